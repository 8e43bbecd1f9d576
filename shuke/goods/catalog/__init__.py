"""What is sold: categories and what the platform takes of them, products, SKUs, and how they are found.

Owns the category tree with every version of its rates, products with their states, SKUs with every change of price, pictures,
reports, and two projections that are written in the transaction of the product itself: cards (what lists and pages show, as
ready JSON) and words (what a search finds).

Always true: a product has a card that agrees with it; its platform commission, tech fee, guide's share and sharers' commission
together are under the ceiling; an imported handle or SKU code stands once in a shop. Only a listed product of an open shop is
shown. How much there is of a SKU is what `stock` says; what is sold is counted here and told to the cards every two seconds.
"""

from shuke.goods.catalog.asks import (
    AppealAsk,
    CategoryAsk,
    PriceAsk,
    ProductAsk,
    ProductPatch,
    RateAsk,
    ReportAsk,
    SkuAsk,
    SkuPatch,
    StateAsk,
)
from shuke.goods.catalog.cards import Browse, product_page, show_shop
from shuke.goods.catalog.categories import put_category, rates_of, set_rate, tree
from shuke.goods.catalog.imports import ImportReport, import_products
from shuke.goods.catalog.lists import browse
from shuke.goods.catalog.pictures import add_picture, keep_picture
from shuke.goods.catalog.products import add_sku, for_sale, list_product, product, revise_product, skus_by_code
from shuke.goods.catalog.reviews import appeal, open_reports, report, set_state, states_of, to_review
from shuke.goods.catalog.sales import count_sales, fold_sales
from shuke.goods.catalog.shopify import BadRow
from shuke.goods.catalog.skus import prices_of, revise_sku
from shuke.goods.catalog.types import (
    Category,
    CategoryId,
    CategoryMoved,
    CategoryNotFound,
    CeilingExceeded,
    CodeTaken,
    CurrencyNotOfShop,
    ForSale,
    LastSku,
    OptionsDiffer,
    OwnProduct,
    Picture,
    PriceChanged,
    Product,
    ProductId,
    ProductListed,
    ProductNotFound,
    RateBreaksCeiling,
    RateNotInOrder,
    ReasonMissing,
    ReportedAlready,
    Sku,
    SkuId,
    Sort,
    State,
    StateNotPossible,
)

__all__ = [
    "AppealAsk",
    "BadRow",
    "Browse",
    "Category",
    "CategoryAsk",
    "CategoryId",
    "CategoryMoved",
    "CategoryNotFound",
    "CeilingExceeded",
    "CodeTaken",
    "CurrencyNotOfShop",
    "ForSale",
    "ImportReport",
    "LastSku",
    "OptionsDiffer",
    "OwnProduct",
    "Picture",
    "PriceAsk",
    "PriceChanged",
    "Product",
    "ProductAsk",
    "ProductId",
    "ProductListed",
    "ProductNotFound",
    "ProductPatch",
    "RateAsk",
    "RateBreaksCeiling",
    "RateNotInOrder",
    "ReasonMissing",
    "ReportAsk",
    "ReportedAlready",
    "Sku",
    "SkuAsk",
    "SkuId",
    "SkuPatch",
    "Sort",
    "State",
    "StateAsk",
    "StateNotPossible",
    "add_picture",
    "add_sku",
    "appeal",
    "browse",
    "count_sales",
    "fold_sales",
    "for_sale",
    "import_products",
    "keep_picture",
    "list_product",
    "open_reports",
    "prices_of",
    "product",
    "product_page",
    "put_category",
    "rates_of",
    "report",
    "revise_product",
    "revise_sku",
    "set_rate",
    "set_state",
    "show_shop",
    "skus_by_code",
    "states_of",
    "to_review",
    "tree",
]
