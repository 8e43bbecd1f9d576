"""Routes of the catalogue."""

from typing import Literal
from uuid import UUID

from shuke.goods.catalog import cards, categories, lists, pictures, products, reviews, skus
from shuke.goods.catalog.asks import (
    AppealAsk,
    CategoryAsk,
    ProductAsk,
    ProductPatch,
    RateAsk,
    ReportAsk,
    SkuAsk,
    SkuPatch,
    StateAsk,
)
from shuke.goods.catalog.cards import Browse
from shuke.goods.catalog.types import (
    Card,
    Category,
    CategoryId,
    CategoryNotFound,
    CeilingExceeded,
    CurrencyNotOfShop,
    LastSku,
    Picture,
    PriceChange,
    Product,
    ProductId,
    ProductNotFound,
    ProductView,
    Rate,
    RateBreaksCeiling,
    RateNotInOrder,
    Report,
    ReportedAlready,
    Sku,
    SkuNotFound,
    Sort,
    StaffCard,
    State,
    StateChange,
    StateNotPossible,
)
from shuke.goods.shops import ShopId
from shuke.goods.stock import SkuId
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.once import once
from shuke.kit.pages import Page, PageLimit
from shuke.kit.pictures import MAX_UPLOAD_BYTES, PictureInvalid
from shuke.kit.storage import ObjectStore
from shuke.kit.web import IdempotencyKey, Limit, Raw, Upload, get, patch, post, put

UPLOADS = Limit("picture uploads", per_minute=120, burst=240, by="person")
REPORTS = Limit("reports", per_minute=10, burst=30, by="person")


@get("/products", returns=Page[Card])
async def list_products(
    db: Db,
    limit: PageLimit = 20,
    cursor: str | None = None,
    q: str = "",
    category_id: UUID | None = None,
    shop_id: UUID | None = None,
    sort: Sort | None = None,
) -> Raw:
    """Products for sale: the newest first, or those that fit the words best; a category brings those below it.

    `q` takes Chinese words, pinyin, initials and English.
    """
    return await lists.browse(db, Browse(limit, cursor, q, category_id, shop_id, sort))


@get("/products/{product_id:uuid}", returns=ProductView, raises=(ProductNotFound,))
async def read_product(product_id: UUID, db: Db) -> Raw:
    """A product with its SKUs, what is available of each, and its shop."""
    return await cards.product_page(db, ProductId(product_id))


@post("/shops/{shop_id:uuid}/products", raises=(CeilingExceeded, CurrencyNotOfShop, CategoryNotFound))
async def create_product(shop_id: UUID, data: ProductAsk, db: Db, actor: Actor, key: IdempotencyKey | None) -> Product:
    """Put a product up for sale."""
    if key is None:
        return await products.list_product(db, actor, ShopId(shop_id), data)
    work = lambda: products.list_product(db, actor, ShopId(shop_id), data)  # noqa: E731
    return await once(db, actor, key, (shop_id, data), Product, work)


@get("/shops/{shop_id:uuid}/products", returns=Page[StaffCard])
async def list_products_of_shop(
    shop_id: UUID, db: Db, actor: Actor, state: State | None = None, cursor: str | None = None, limit: PageLimit = 20
) -> Raw:
    """The shop's products in any state, the one changed last first, for its staff."""
    return await cards.products_of_shop(db, actor, ShopId(shop_id), state, cursor, limit)


@get("/shops/{shop_id:uuid}/products/{product_id:uuid}", raises=(ProductNotFound,))
async def read_product_of_shop(shop_id: UUID, product_id: UUID, db: Db, actor: Actor) -> Product:
    """A product in any state, for staff of its shop."""
    return await products.product_of_shop(db, actor, ShopId(shop_id), ProductId(product_id))


@patch("/shops/{shop_id:uuid}/products/{product_id:uuid}", raises=(ProductNotFound, CeilingExceeded, StateNotPossible))
async def revise_product(shop_id: UUID, product_id: UUID, data: ProductPatch, db: Db, actor: Actor) -> Product:
    """Change a product, put it up for sale or take it out."""
    return await products.revise_product(db, actor, ShopId(shop_id), ProductId(product_id), data)


@post("/shops/{shop_id:uuid}/products/{product_id:uuid}/skus", raises=(ProductNotFound, CurrencyNotOfShop))
async def add_sku(shop_id: UUID, product_id: UUID, data: SkuAsk, db: Db, actor: Actor, key: IdempotencyKey | None) -> Product:
    """Add a SKU to a product."""
    if key is None:
        return await products.add_sku(db, actor, ShopId(shop_id), ProductId(product_id), data)
    work = lambda: products.add_sku(db, actor, ShopId(shop_id), ProductId(product_id), data)  # noqa: E731
    return await once(db, actor, key, (shop_id, product_id, data), Product, work)


@patch("/shops/{shop_id:uuid}/skus/{sku_id:uuid}", raises=(SkuNotFound, CurrencyNotOfShop, LastSku))
async def revise_sku(shop_id: UUID, sku_id: UUID, data: SkuPatch, db: Db, actor: Actor) -> Sku:
    """Set the price of a SKU, or what is available of it at the default location."""
    return await skus.revise_sku(db, actor, ShopId(shop_id), SkuId(sku_id), data)


@get("/shops/{shop_id:uuid}/skus/{sku_id:uuid}/prices")
async def list_prices(
    shop_id: UUID, sku_id: UUID, db: Db, actor: Actor, cursor: str | None = None, limit: PageLimit = 20
) -> Page[PriceChange]:
    """Every change of a SKU's price, the latest first."""
    return await skus.prices_of(db, actor, ShopId(shop_id), SkuId(sku_id), cursor, limit)


@post("/shops/{shop_id:uuid}/pictures", limit=UPLOADS, max_body=MAX_UPLOAD_BYTES + 65_536, raises=(PictureInvalid,))
async def add_picture(shop_id: UUID, upload: Upload, store: ObjectStore, actor: Actor) -> Picture:
    """Upload a picture (JPEG, PNG, WebP or GIF) as the body or in a form; its key goes into a product's images."""
    return await pictures.add_picture(store, actor, ShopId(shop_id), upload.content)


@post("/shops/{shop_id:uuid}/products/{product_id:uuid}/appeals", raises=(ProductNotFound, StateNotPossible))
async def appeal_state(shop_id: UUID, product_id: UUID, data: AppealAsk, db: Db, actor: Actor) -> Product:
    """Ask for another review of a held or rejected product."""
    return await reviews.appeal(db, actor, ShopId(shop_id), ProductId(product_id), data)


@get("/products/{product_id:uuid}/states", raises=(ProductNotFound,))
async def list_states(product_id: UUID, db: Db, actor: Actor) -> Page[StateChange]:
    """What was decided on a product and why, for its shop and for operators."""
    return Page(await reviews.states_of(db, actor, ProductId(product_id)))


@post("/products/{product_id:uuid}/reports", limit=REPORTS, raises=(ProductNotFound, ReportedAlready))
async def report_product(product_id: UUID, data: ReportAsk, db: Db, actor: Actor) -> Report:
    """Say what is wrong with a product; once."""
    return await reviews.report(db, actor, ProductId(product_id), data)


@get("/categories")
async def list_categories(db: Db) -> Page[Category]:
    """The tree of categories, in Chinese and English, with the platform's commission in effect."""
    return Page(await categories.tree(db))


@put("/ops/categories", status_code=204, raises=(CategoryNotFound, RateBreaksCeiling))
async def put_category(data: CategoryAsk, db: Db, actor: Actor) -> None:
    """Make a category or bring it up to date, by its slug."""
    await categories.revise_category(db, actor, data)


@post("/ops/categories/{category_id:uuid}/rates", raises=(CategoryNotFound, RateNotInOrder, RateBreaksCeiling))
async def add_rate(category_id: UUID, data: RateAsk, db: Db, actor: Actor) -> Rate:
    """Set the platform's commission on a category from an instant on; older versions stay."""
    return await categories.set_rate(db, actor, CategoryId(category_id), data)


@get("/ops/categories/{category_id:uuid}/rates")
async def list_rates(category_id: UUID, db: Db, actor: Actor) -> Page[Rate]:
    """Every version of a category's commission, the newest first."""
    return Page(await categories.rates_of(db, actor, CategoryId(category_id)))


@get("/ops/products")
async def list_products_to_review(
    db: Db,
    actor: Actor,
    state: Literal["in_review", "held"] = "in_review",
    cursor: str | None = None,
    limit: PageLimit = 20,
) -> Page[Product]:
    """Products that wait for a decision, or are held, the oldest first."""
    return await reviews.to_review(db, actor, State(state), cursor, limit)


@post("/ops/products/{product_id:uuid}/states", raises=(ProductNotFound, StateNotPossible))
async def set_state(product_id: UUID, data: StateAsk, db: Db, actor: Actor) -> Product:
    """Decide on a product: list, hold or reject it; its open reports are closed by it."""
    return await reviews.set_state(db, actor, ProductId(product_id), data)


@get("/ops/reports")
async def list_reports(db: Db, actor: Actor, cursor: str | None = None, limit: PageLimit = 20) -> Page[Report]:
    """Reports nobody has decided on, the oldest first."""
    return await reviews.open_reports(db, actor, cursor, limit)


routes = [
    list_products,
    read_product,
    create_product,
    list_products_of_shop,
    read_product_of_shop,
    revise_product,
    add_sku,
    revise_sku,
    list_prices,
    add_picture,
    appeal_state,
    list_states,
    report_product,
    list_categories,
    put_category,
    add_rate,
    list_rates,
    list_products_to_review,
    set_state,
    list_reports,
]
