"""Reading orders: loading is authorising, so every statement has the asker in its `where`."""

from datetime import datetime
from uuid import UUID

import msgspec

from shuke.deals.trade import sql
from shuke.deals.trade.refusals import OrderMissing
from shuke.deals.trade.types import Order, OrderAddress, OrderForSettlement, Status
from shuke.kit.actor import Actor
from shuke.kit.db import Db, Reading
from shuke.kit.ids import home_of
from shuke.kit.pages import Page, decode_cursor, encode_cursor, page
from shuke.kit.secrets import vault


def order(actor: Actor, order_id: UUID) -> Reading[Order]:
    """An order of the buyer, or sent to them; raises OrderMissing."""

    def only(found: list[Order]) -> Order:
        if not found or actor.is_visitor:
            raise OrderMissing(order_id=order_id)
        return found[0]

    return sql.ORDER_OF_BUYER.reading(only, home_of(order_id), order_id, actor.selves)


async def orders_of_buyer(db: Db, actor: Actor, cursor: str | None, limit: int) -> Page[Order]:
    """What the actor bought, newest first."""
    _ = actor.person
    after = decode_cursor(cursor, tuple[datetime, UUID]) or (None, None)
    homes = [home_of(id) for id in actor.selves]
    ids = await sql.PURCHASES.all(db, homes, list(actor.selves), *after, limit + 1)
    found = await sql.ORDERS_BY_ID.all(db, [home_of(id) for id in ids[:limit]], ids[:limit])
    return Page(found, encode_cursor((found[-1].placed_at, found[-1].id)) if len(ids) > limit else None)


async def orders_of_shop(
    db: Db, actor: Actor, shop_id: UUID, status: Status | None, cursor: str | None, limit: int
) -> Page[Order]:
    """The orders of a shop, newest first, for its staff."""
    actor.require("trade.read", shop_id)
    after = decode_cursor(cursor, tuple[datetime, UUID]) or (None, None)
    rows = await sql.ORDERS_OF_SHOP.all(db, home_of(shop_id), shop_id, status, *after, limit + 1)
    return page(rows, limit, lambda row: (row.placed_at, row.id))


async def order_of_shop(db: Db, actor: Actor, shop_id: UUID, order_id: UUID) -> Order:
    """An order of a shop, for its staff; raises OrderMissing."""
    actor.require("trade.read", shop_id)
    found = await sql.ORDER_OF_SHOP.first(db, home_of(shop_id), shop_id, order_id)
    if found is None:
        raise OrderMissing(order_id=order_id)
    return found


async def address_of(db: Db, actor: Actor, shop_id: UUID, order_id: UUID) -> OrderAddress:
    """Where an order goes, for the staff who send it, while it needs to be sent; raises OrderMissing."""
    actor.require("fulfilment.ship", shop_id)
    row = await sql.ADDRESS.first(db, home_of(order_id), order_id, shop_id)
    if row is None:
        raise OrderMissing(order_id=order_id)
    if row.address_sealed is None:
        return OrderAddress("", "", row.region, "", row.country)
    return msgspec.json.decode(vault().open(row.address_sealed, row.buyer_id.bytes), type=OrderAddress)


async def order_for_settlement(db: Db, shop_id: UUID, order_id: UUID) -> OrderForSettlement | None:
    """The order as settlement and commissions read it. Trusts its caller."""
    return await sql.TO_SETTLE.first(db, home_of(order_id), order_id, shop_id)


async def totals(db: Db) -> list[sql.Totals]:
    """How many orders were completed, and what was paid for their goods, per currency."""
    return await sql.TOTALS.all(db)
