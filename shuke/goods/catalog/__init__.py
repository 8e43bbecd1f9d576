"""What is sold: categories and what the platform takes of them, products, SKUs, and how they are found.

Owns the category tree with every version of its rates, products with their states, SKUs with every change of price, pictures,
reports, and two projections that are written in the transaction of the product itself: cards (what lists and pages show, as
ready JSON) and words (what a search finds).

Always true: a product has a card that agrees with it; its platform commission, tech fee, guide's share and sharers' commission
together are under the ceiling; an imported handle or SKU code stands once in a shop. Only a listed product of an open shop is
shown. How much there is of a SKU is what `stock` says; what is sold is counted here and told to the cards every two seconds.
"""

from shuke.goods.catalog.asks import CategoryAsk, PriceAsk, ProductAsk, ProductPatch, SkuAsk
from shuke.goods.catalog.categories import put_category, set_rate
from shuke.goods.catalog.products import for_sale, list_product, product, revise_product, skus_by_code
from shuke.goods.catalog.sales import count_sales
from shuke.goods.catalog.types import (
    CategoryId,
    ForSale,
    PriceChanged,
    Product,
    ProductId,
    ProductListed,
    ProductNotFound,
    Sku,
    SkuId,
    State,
)

__all__ = [
    "CategoryAsk",
    "CategoryId",
    "ForSale",
    "PriceAsk",
    "PriceChanged",
    "Product",
    "ProductAsk",
    "ProductId",
    "ProductListed",
    "ProductNotFound",
    "ProductPatch",
    "Sku",
    "SkuAsk",
    "SkuId",
    "State",
    "count_sales",
    "for_sale",
    "list_product",
    "product",
    "put_category",
    "revise_product",
    "set_rate",
    "skus_by_code",
]
