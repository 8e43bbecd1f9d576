"""SKUs: their price and what there is of them, changed by their shop."""

from uuid import UUID

import msgspec

from shuke.goods import stock
from shuke.goods.catalog import sql
from shuke.goods.catalog.asks import SkuPatch
from shuke.goods.catalog.cards import At
from shuke.goods.catalog.products import hold, shop_of, show
from shuke.goods.catalog.types import (
    CurrencyNotOfShop,
    LastSku,
    PriceChange,
    PriceChanged,
    Product,
    Sku,
    SkuNotFound,
)
from shuke.goods.shops import ShopId
from shuke.goods.stock import LocationId, SkuId, Supply
from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, last, transaction
from shuke.kit.events import emit
from shuke.kit.ids import home_of, new_id
from shuke.kit.money import Money
from shuke.kit.pages import Page, decode_cursor, page


class PriceNote(msgspec.Struct, frozen=True):
    """A row of the price history."""

    id: UUID
    sku_id: SkuId
    old_price: int
    price: int
    currency: str


async def revise_sku(db: Db, actor: Actor, shop_id: ShopId, sku_id: SkuId, ask: SkuPatch) -> Sku:
    """Set price, weight, or what is available at the default location, as the shop; the price's change is kept.

    Raises SkuNotFound, CurrencyNotOfShop, LastSku.
    """
    actor.require("catalog.write", shop_id)
    async with transaction(db):
        shop = await shop_of(db, shop_id)
        if ask.price is not None and ask.price.currency != shop.currency:
            raise CurrencyNotOfShop(currency=ask.price.currency, shop_currency=shop.currency)
        product_id = await sql.PRODUCT_OF_SKU.first(db, home_of(shop_id), sku_id, shop_id)
        if product_id is None:
            raise SkuNotFound(sku_id=sku_id)
        if (ask.price, ask.weight_g, ask.is_retired) != (None, None, None):
            await _revise(db, actor, shop_id, product_id, sku_id, ask)
        if ask.stock is not None:
            supply = Supply(sku_id, LocationId(shop.default_location_id), ask.stock)
            await last(db, lambda: stock.set_available(db, [supply]))
        product = (await sql.PRODUCTS.all(db, [home_of(product_id)], [product_id]))[0]
    return _of(product, sku_id)


async def _revise(db: Db, actor: Actor, shop_id: ShopId, product_id: UUID, sku_id: SkuId, ask: SkuPatch) -> None:
    old = await hold(db, shop_id, product_id)
    new = _changed(_of(old, sku_id), ask)
    kept = [new if each.id == sku_id else each for each in old.skus]
    if all(each.is_retired for each in kept):
        raise LastSku(sku_id=sku_id)
    now = clock.now()
    await sql.REVISE_SKU.run(db, home_of(shop_id), sku_id, new.price.amount, new.weight_g, now if new.is_retired else None)
    await sql.TOUCH_PRODUCT.run(db, home_of(shop_id), product_id, now)
    was, price = _of(old, sku_id).price, new.price
    if price != was:
        note = PriceNote(new_id(home_of(shop_id)), sku_id, was.amount, price.amount, price.currency)
        await sql.NOTE_PRICES.run(db, home_of(shop_id), [note], actor.person, now)
        await emit(db, PriceChanged(sku_id, product_id, shop_id, was.amount, price.amount, price.currency))
    await show(db, await shop_of(db, shop_id), msgspec.structs.replace(old, skus=kept, revised_at=now))


async def prices_of(db: Db, actor: Actor, shop_id: ShopId, sku_id: SkuId, cursor: str | None, limit: int) -> Page[PriceChange]:
    """Every change of a SKU's price, the latest first, for the shop."""
    actor.require("catalog.write", shop_id)
    after = decode_cursor(cursor, tuple[At, UUID]) or (None, None)
    rows = await sql.PRICES_OF_SKU.all(db, home_of(shop_id), sku_id, *after, limit + 1)
    return page(rows, limit, lambda row: (row.changed_at, row.id))


def _changed(old: Sku, ask: SkuPatch) -> Sku:
    return msgspec.structs.replace(
        old,
        price=Money(ask.price.amount, ask.price.currency) if ask.price is not None else old.price,
        weight_g=old.weight_g if ask.weight_g is None else ask.weight_g,
        is_retired=old.is_retired if ask.is_retired is None else ask.is_retired,
    )


def _of(product: Product, sku_id: UUID) -> Sku:
    return next(sku for sku in product.skus if sku.id == sku_id)
