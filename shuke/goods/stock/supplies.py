"""Supplies: what is for sale, where."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from shuke.goods import shops
from shuke.goods.stock import sql
from shuke.goods.stock.types import LocationId, OnHand, SkuId, Supply, SupplyAsk, SupplyRow, SupplyUnknown, TooManyLines
from shuke.kit.actor import Actor
from shuke.kit.db import Db, Reading, read
from shuke.kit.ids import home_of
from shuke.kit.pages import Page, decode_cursor, page

MAX_SUPPLIES = 1000


async def set_available(db: Db, supplies: Sequence[Supply]) -> None:
    """Make exactly these quantities available, whatever is reserved and sold beside them. Trusts its caller.

    At most 1,000 at once; each (SKU, location) once. Raises TooManyLines.
    """
    if len(supplies) > MAX_SUPPLIES:
        raise TooManyLines(at_most=MAX_SUPPLIES)
    await sql.SET_AVAILABLE.run(
        db,
        [home_of(each.sku_id) for each in supplies],
        [each.sku_id for each in supplies],
        [each.location_id for each in supplies],
        [each.quantity for each in supplies],
    )


async def put(db: Db, actor: Actor, shop_id: UUID, sku_id: UUID, ask: SupplyAsk) -> None:
    """Set what is available of a shop's SKU at one of its locations, as the shop. Raises SupplyUnknown."""
    actor.require("stock.write", shop_id)
    home, place = home_of(shop_id), ask.location_id
    is_theirs = await shops.has_location(db, shops.ShopId(shop_id), place)
    if not is_theirs or not await sql.PUT_AVAILABLE.run(db, home, sku_id, place, ask.quantity):
        raise SupplyUnknown(sku_id=sku_id, location_id=place)


def on_hand(sku_ids: Iterable[UUID]) -> Reading[dict[SkuId, dict[LocationId, int]]]:
    """What is available of each SKU at each location, the fullest location first; a SKU never supplied is not there."""
    wanted = list(sku_ids)
    return sql.ON_HAND.reading(_by_sku, list({home_of(id) for id in wanted}), wanted)


def _by_sku(rows: list[OnHand]) -> dict[SkuId, dict[LocationId, int]]:
    found: dict[SkuId, dict[LocationId, int]] = {}
    for row in rows:
        found.setdefault(row.sku_id, {})[row.location_id] = row.available
    return found


async def available(db: Db, sku_ids: Iterable[UUID]) -> dict[SkuId, int]:
    """What is available of each SKU at all locations together."""
    return {sku_id: sum(places.values()) for sku_id, places in (await read(db, on_hand(sku_ids))).items()}


async def sold(db: Db, sku_ids: Iterable[UUID]) -> dict[SkuId, int]:
    """How much of each SKU was sold, all time, less what came back."""
    wanted = list(sku_ids)
    return {row.sku_id: row.sold for row in await sql.SOLD.all(db, [home_of(id) for id in wanted], wanted)}


async def supplies_of(db: Db, actor: Actor, shop_id: UUID, cursor: str | None, limit: int) -> Page[SupplyRow]:
    """The supplies of a shop by SKU, for its staff."""
    actor.require("stock.read", shop_id)
    after = decode_cursor(cursor, tuple[UUID, UUID]) or (None, None)
    rows = await sql.SUPPLIES_OF_SHOP.all(db, home_of(shop_id), *after, limit + 1)
    return page(rows, limit, lambda row: (row.sku_id, row.location_id))
