"""Products: put up for sale, revised, and read by their shop and by orders."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import msgspec
from msgspec import UNSET

from shuke.goods import shops, stock
from shuke.goods.catalog import sql
from shuke.goods.catalog.asks import MAX_SKUS, ProductAsk, ProductPatch, SkuAsk
from shuke.goods.catalog.categories import facts_of
from shuke.goods.catalog.categories_sql import CategoryFacts
from shuke.goods.catalog.projections import project
from shuke.goods.catalog.rules import (
    check_ceiling,
    check_currency,
    image_keys,
    in_order,
    option_names,
    state_when_edited,
    state_when_put_up,
)
from shuke.goods.catalog.types import (
    DEFAULT_RATE_BPS,
    CategoryId,
    CodeTaken,
    ForSale,
    Product,
    ProductId,
    ProductListed,
    ProductNotFound,
    Sku,
    State,
    StateNotPossible,
    TooManySkus,
)
from shuke.goods.shops import GUIDE_CAP_BPS, Delivering, ShopId, ShopNotFound
from shuke.goods.stock import LocationId, SkuId, Supply
from shuke.kit import clock
from shuke.kit import settings as kit_settings
from shuke.kit.actor import Actor
from shuke.kit.db import Db, Reading, read, transaction
from shuke.kit.events import emit
from shuke.kit.ids import home_of, new_id
from shuke.kit.money import Money


class SkuRow(msgspec.Struct, frozen=True):
    """A SKU as it is inserted."""

    id: SkuId
    product_id: ProductId
    code: str
    options: dict[str, str]
    price: int
    currency: str
    weight_g: int
    position: int
    source_code: str | None = None


async def list_product(db: Db, actor: Actor, shop_id: ShopId, ask: ProductAsk) -> Product:
    """Put a product up for sale, as its shop: at once where nobody reviews, else when an operator agrees.

    Raises CurrencyNotOfShop, CodeTaken, OptionsDiffer, ImageUnknown, CategoryNotFound, CeilingExceeded.
    """
    actor.require("catalog.write", shop_id)
    settings = kit_settings.current()
    async with transaction(db):
        shop = await shop_of(db, shop_id)
        check_currency(ask.skus, shop.currency)
        product = _product(shop_id, ask, State.DRAFT if ask.is_draft else state_when_put_up(settings))
        await _add(db, shop, product, [sku.stock for sku in ask.skus])
    return product


async def revise_product(db: Db, actor: Actor, shop_id: ShopId, product_id: ProductId, ask: ProductPatch) -> Product:
    """Change a product, put it up or take it out of sale, as its shop. Raises what `list_product` does, StateNotPossible."""
    actor.require("catalog.write", shop_id)
    async with transaction(db):
        shop = await shop_of(db, shop_id)
        old = await hold(db, shop_id, product_id)
        new = _revised(old, ask)
        facts = await facts_of(db, {new.category_id} if new.category_id else ())
        rate = facts[new.category_id].top_rate_bps if new.category_id else DEFAULT_RATE_BPS
        check_ceiling(rate, GUIDE_CAP_BPS, new.commission_bps, kit_settings.current())
        await _rewrite(db, new)
        has_new_words = (old.title, old.description, old.category_id) != (new.title, new.description, new.category_id)
        await project(db, shop, [new], facts, has_new_words=has_new_words)
        if new.state is State.LISTED is not old.state:
            await emit(db, ProductListed(product_id, shop_id))
    return new


async def add_sku(db: Db, actor: Actor, shop_id: ShopId, product_id: ProductId, ask: SkuAsk) -> Product:
    """Add a choice to a product, as its shop. Raises CodeTaken, OptionsDiffer, TooManySkus, CurrencyNotOfShop."""
    actor.require("catalog.write", shop_id)
    async with transaction(db):
        shop = await shop_of(db, shop_id)
        check_currency([ask], shop.currency)
        old = await hold(db, shop_id, product_id)
        if len(old.skus) >= MAX_SKUS:
            raise TooManySkus(at_most=MAX_SKUS)
        if ask.code in {sku.code for sku in old.skus}:
            raise CodeTaken(sku_code=ask.code)
        option_names([*(sku for sku in old.skus if not sku.is_retired), ask])
        sku = _sku(shop_id, ask)
        new = msgspec.structs.replace(old, skus=[*old.skus, sku], revised_at=clock.now())
        await sql.ADD_PRODUCTS.run(db, home_of(shop_id), shop_id, [], [sku_row(product_id, sku, len(old.skus))], new.revised_at)
        await stock.set_available(db, [Supply(sku.id, LocationId(shop.default_location_id), ask.stock)])
        await project(db, shop, [new], await _facts(db, new), has_new_words=False)
    return new


async def product(db: Db, product_id: ProductId) -> Product:
    """A product in any state, with its SKUs. Trusts its caller. Raises ProductNotFound."""
    found = await by_ids(db, [product_id])
    if not found:
        raise ProductNotFound(product_id=product_id)
    return found[0]


async def product_of_shop(db: Db, actor: Actor, shop_id: ShopId, product_id: ProductId) -> Product:
    """A product in any state, for staff of its shop. Raises ProductNotFound."""
    actor.require("catalog.write", shop_id)
    found = await product(db, product_id)
    if found.shop_id != shop_id:
        raise ProductNotFound(product_id=product_id)
    return found


async def by_ids(db: Db, product_ids: Sequence[UUID]) -> list[Product]:
    """Products in any state with their SKUs, options in their order. Trusts its caller."""
    rows = await sql.PRODUCTS.all(db, [home_of(id) for id in product_ids], list(product_ids))
    return [_in_order(row) for row in rows]


def for_sale(sku_ids: Iterable[UUID]) -> Reading[dict[UUID, ForSale]]:
    """What an order freezes of each SKU; what is no SKU is not there, what is not for sale says so."""
    wanted = list(sku_ids)
    homes = [home_of(id) for id in wanted]
    return sql.FOR_SALE.reading(lambda rows: {row.id: row for row in rows}, homes, wanted, clock.now())


async def skus_by_code(db: Db, shop_id: ShopId, codes: Iterable[str]) -> dict[str, SkuId]:
    """The SKUs of a shop by their codes; where several products use a code, the imported one, then the oldest."""
    rows = await sql.SKUS_BY_CODE.all(db, home_of(shop_id), list(codes))
    return {row.code: row.id for row in rows}


async def hold(db: Db, shop_id: ShopId, product_id: UUID) -> Product:
    """A product of the shop, that nobody else changes until the transaction ends. Raises ProductNotFound."""
    if await sql.LOCK_PRODUCT.first(db, home_of(shop_id), product_id, shop_id) is None:
        raise ProductNotFound(product_id=product_id)
    return (await by_ids(db, [product_id]))[0]


async def shop_of(db: Db, shop_id: ShopId) -> Delivering:
    """The shop, its currency and its default location. Raises ShopNotFound."""
    shop = (await read(db, shops.delivering([shop_id]))).get(shop_id)
    if shop is None:
        raise ShopNotFound(shop_id=shop_id)
    return shop


async def set_images(db: Db, old: Product, images: list[str]) -> None:
    """Give a product that its caller holds these pictures; in production a listed one is looked at again. Trusts its caller."""
    state = state_when_edited(old.state, kit_settings.current())
    new = msgspec.structs.replace(old, images=images, state=state, revised_at=clock.now())
    await _rewrite(db, new)
    await show(db, await shop_of(db, old.shop_id), new)


async def show(db: Db, shop: Delivering, product: Product) -> None:
    """Write the card of a product that its caller has changed and holds."""
    await project(db, shop, [product], await _facts(db, product), has_new_words=False)


def sku_row(product_id: ProductId, sku: Sku, position: int, source_code: str | None = None) -> SkuRow:
    """A SKU as it is inserted."""
    price = (sku.price.amount, sku.price.currency)
    return SkuRow(sku.id, product_id, sku.code, sku.options, *price, sku.weight_g, position, source_code)


async def _add(db: Db, shop: Delivering, product: Product, quantities: Sequence[int]) -> None:
    facts = await _facts(db, product)
    rate = facts[product.category_id].top_rate_bps if product.category_id else DEFAULT_RATE_BPS
    check_ceiling(rate, GUIDE_CAP_BPS, product.commission_bps, kit_settings.current())
    skus = [sku_row(product.id, sku, position) for position, sku in enumerate(product.skus)]
    await sql.ADD_PRODUCTS.run(db, home_of(shop.id), shop.id, [product], skus, product.created_at)
    location = LocationId(shop.default_location_id)
    await stock.set_available(db, [Supply(sku.id, location, each) for sku, each in zip(product.skus, quantities, strict=True)])
    await project(db, shop, [product], facts, has_new_words=True)
    if product.state is State.LISTED:
        await emit(db, ProductListed(product.id, shop.id))


async def _rewrite(db: Db, new: Product) -> None:
    names = (new.title, new.description, new.category_id, new.images, new.commission_bps, new.is_virtual, new.state)
    await sql.REVISE_PRODUCT.run(db, home_of(new.id), new.id, *names, new.revised_at)


async def _facts(db: Db, product: Product) -> dict[UUID, CategoryFacts]:
    return await facts_of(db, {product.category_id} if product.category_id else ())


def _product(shop_id: ShopId, ask: ProductAsk, state: State) -> Product:
    now = clock.now()
    return Product(
        id=ProductId(new_id(home_of(shop_id))),
        shop_id=shop_id,
        title=ask.title.strip(),
        description=ask.description,
        category_id=CategoryId(ask.category_id) if ask.category_id else None,
        state=state,
        images=image_keys(ask.images),
        options=option_names(ask.skus),
        commission_bps=ask.commission_bps,
        is_virtual=ask.is_virtual,
        source_handle=None,
        created_at=now,
        revised_at=now,
        listed_at=now if state is State.LISTED else None,
        skus=[_sku(shop_id, each) for each in ask.skus],
    )


def _sku(shop_id: ShopId, ask: SkuAsk) -> Sku:
    price = Money(ask.price.amount, ask.price.currency)
    return Sku(SkuId(new_id(home_of(shop_id))), ask.code, ask.options, price, ask.weight_g)


def _revised(old: Product, ask: ProductPatch) -> Product:
    settings, now = kit_settings.current(), clock.now()
    state = old.state
    if ask.state is not UNSET and ask.state != state:
        # A held or rejected product comes back by an appeal; while it is in review, taking it back is all a shop can do.
        if state in (State.HELD, State.REJECTED) or (state is State.IN_REVIEW and ask.state == State.LISTED):
            raise StateNotPossible(state=state)
        state = State.DRAFT if ask.state == State.DRAFT else state_when_put_up(settings)
    elif (ask.title, ask.description, ask.images) != (UNSET, UNSET, UNSET):
        state = state_when_edited(state, settings)
    return msgspec.structs.replace(
        old,
        title=old.title if ask.title is UNSET else ask.title.strip(),
        description=old.description if ask.description is UNSET else ask.description,
        category_id=old.category_id if ask.category_id is UNSET else ask.category_id,
        images=old.images if ask.images is UNSET else image_keys(ask.images),
        commission_bps=old.commission_bps if ask.commission_bps is UNSET else ask.commission_bps,
        is_virtual=old.is_virtual if ask.is_virtual is UNSET else ask.is_virtual,
        state=state,
        listed_at=old.listed_at or now if state is State.LISTED else old.listed_at,
        revised_at=now,
    )


def _in_order(product: Product) -> Product:
    skus = [msgspec.structs.replace(sku, options=in_order(sku.options, product.options)) for sku in product.skus]
    return msgspec.structs.replace(product, skus=skus)
