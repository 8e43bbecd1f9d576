"""Reviews: the states of a shop, set by operators with a reason, and what its owners say to it."""

from datetime import datetime
from uuid import UUID

from shuke.goods.shops import sql
from shuke.goods.shops.rules import REACHED_FROM
from shuke.goods.shops.types import (
    NothingToAppeal,
    Shop,
    ShopAppealAsk,
    ShopId,
    ShopNotFound,
    ShopReview,
    ShopStateAsk,
    ShopStateChanged,
    State,
    StateNotPossible,
)
from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, transaction
from shuke.kit.events import emit
from shuke.kit.ids import home_of, new_id
from shuke.kit.pages import Page, decode_cursor, page


async def set_state(db: Db, actor: Actor, shop_id: ShopId, ask: ShopStateAsk) -> Shop:
    """Open, hold or close a shop, as an operator; the reason is kept. Raises StateNotPossible."""
    actor.require("ops.shops")
    home = home_of(shop_id)
    review = (new_id(home), actor.person, ask.why, clock.now())
    async with transaction(db):
        if await sql.SET_STATE.first(db, home, shop_id, ask.state, REACHED_FROM[ask.state], *review) is None:
            raise StateNotPossible(state=ask.state)
        await emit(db, ShopStateChanged(shop_id, ask.state))
        return await sql.SHOP.one(db, home, shop_id)


async def appeal(db: Db, actor: Actor, shop_id: ShopId, ask: ShopAppealAsk) -> None:
    """Say why a held or closed shop should be open, as its owner; once, until an operator sets its state again."""
    actor.require("shop.own", shop_id)
    home = home_of(shop_id)
    if await sql.APPEAL.first(db, home, shop_id, new_id(home), actor.person, ask.why, clock.now()) is None:
        raise NothingToAppeal()


async def reviews_of(db: Db, actor: Actor, shop_id: ShopId, cursor: str | None, limit: int) -> Page[ShopReview]:
    """What was decided about a shop and said to it, the newest first, for its owners and operators."""
    if not actor.can("ops.shops"):
        actor.require("shop.own", shop_id)
    after = decode_cursor(cursor, tuple[datetime, UUID]) or (None, None)
    rows = await sql.REVIEWS.all(db, home_of(shop_id), shop_id, *after, limit + 1)
    return page(rows, limit, lambda row: (row.at, row.id))


async def shops_in_state(db: Db, actor: Actor, state: State, cursor: str | None, limit: int) -> Page[Shop]:
    """The shops in one state, the oldest first, for operators."""
    actor.require("ops.shops")
    after = decode_cursor(cursor, tuple[UUID]) or (None,)
    rows = await sql.SHOPS_IN_STATE.all(db, state, *after, limit + 1)
    return page(rows, limit, lambda row: (row.id,))


async def set_standing(db: Db, shop_id: ShopId, standing: int) -> None:
    """Set how well a shop serves, 0 to 100, as measured above. Trusts its caller. Raises ShopNotFound."""
    if await sql.SET_STANDING.first(db, home_of(shop_id), shop_id, standing) is None:
        raise ShopNotFound(shop_id=shop_id)
