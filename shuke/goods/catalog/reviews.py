"""Reviews: operators decide on products, shops appeal, persons report. Each decision is a row: who, when and why."""

from uuid import UUID

import msgspec

from shuke.goods.catalog import reviews_sql as sql
from shuke.goods.catalog.asks import AppealAsk, ReportAsk, StateAsk
from shuke.goods.catalog.cards import At
from shuke.goods.catalog.products import by_ids, hold, shop_of, show
from shuke.goods.catalog.rules import APPEALABLE, DECISIONS, check_reason
from shuke.goods.catalog.types import (
    OwnProduct,
    Product,
    ProductId,
    ProductListed,
    ProductNotFound,
    Report,
    ReportedAlready,
    State,
    StateChange,
    StateNotPossible,
)
from shuke.goods.shops import ShopId
from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, transaction
from shuke.kit.events import emit
from shuke.kit.ids import home_of, new_id
from shuke.kit.pages import Page, decode_cursor, encode_cursor, page


async def set_state(db: Db, actor: Actor, product_id: ProductId, ask: StateAsk) -> Product:
    """List, hold or reject a product, as an operator; its open reports are closed by it.

    Raises ProductNotFound, ReasonMissing, StateNotPossible.
    """
    actor.require("ops.catalog")
    state = State(ask.state)
    check_reason(state, ask.reason)
    async with transaction(db):
        shop_id = await sql.SHOP_OF.first(db, home_of(product_id), product_id)
        if shop_id is None:
            raise ProductNotFound(product_id=product_id)
        old = await hold(db, ShopId(shop_id), product_id)
        turned = await _turn(db, actor, old, state, DECISIONS[state], ask.reason, is_appeal=False)
        await sql.CLOSE_REPORTS.run(db, home_of(product_id), product_id, turned.revised_at)
        if state is State.LISTED is not old.state:
            await emit(db, ProductListed(product_id, old.shop_id))
    return turned


async def appeal(db: Db, actor: Actor, shop_id: ShopId, product_id: ProductId, ask: AppealAsk) -> Product:
    """Ask for another review of a held or rejected product, as its shop. Raises ProductNotFound, StateNotPossible."""
    actor.require("catalog.write", shop_id)
    async with transaction(db):
        old = await hold(db, shop_id, product_id)
        return await _turn(db, actor, old, State.IN_REVIEW, APPEALABLE, ask.reason, is_appeal=True)


async def states_of(db: Db, actor: Actor, product_id: ProductId) -> list[StateChange]:
    """What was decided on a product and appealed, the latest first, for its shop and for operators. Raises ProductNotFound."""
    shop_id = await sql.SHOP_OF.first(db, home_of(product_id), product_id)
    if shop_id is None or not (actor.can("ops.catalog") or actor.can("catalog.write", shop_id)):
        raise ProductNotFound(product_id=product_id)
    return await sql.STATES_OF.all(db, home_of(product_id), product_id)


async def to_review(db: Db, actor: Actor, state: State, cursor: str | None, limit: int) -> Page[Product]:
    """Products that wait for a decision, or are held, the oldest first, for operators."""
    actor.require("ops.catalog")
    after = decode_cursor(cursor, tuple[At, UUID]) or (None, None)
    ids = await sql.IN_STATE.all(db, state, *after, limit + 1)
    products = {found.id: found for found in await by_ids(db, ids[:limit])}
    rows = [products[ProductId(id)] for id in ids[:limit]]
    return Page(rows, encode_cursor((rows[-1].revised_at, rows[-1].id)) if len(ids) > limit else None)


async def report(db: Db, actor: Actor, product_id: ProductId, ask: ReportAsk) -> Report:
    """Say what is wrong with a product, once per person. Raises ProductNotFound, ReportedAlready, OwnProduct."""
    person = actor.person
    shop_id = await sql.SHOP_OF.first(db, home_of(product_id), product_id)
    if shop_id is not None and actor.can("catalog.write", shop_id):
        raise OwnProduct()
    now, id = clock.now(), new_id(home_of(product_id))
    found = await sql.REPORT.first(db, home_of(product_id), product_id, person, id, ask.reason, ask.words, now)
    if found is None:
        state = (await by_ids(db, [product_id]))[0].state if shop_id is not None else None
        raise ReportedAlready(product_id=product_id) if state is State.LISTED else ProductNotFound(product_id=product_id)
    return found


async def open_reports(db: Db, actor: Actor, cursor: str | None, limit: int) -> Page[Report]:
    """Reports that no operator has decided on, the oldest first, for operators."""
    actor.require("ops.catalog")
    after = decode_cursor(cursor, tuple[At, UUID]) or (None, None)
    rows = await sql.OPEN_REPORTS.all(db, *after, limit + 1)
    return page(rows, limit, lambda row: (row.reported_at, row.id))


async def _turn(
    db: Db, actor: Actor, old: Product, state: State, before: tuple[State, ...], reason: str, *, is_appeal: bool
) -> Product:
    now, home = clock.now(), home_of(old.id)
    if await sql.TURN.first(db, home, old.id, state, list(before), now) is None:
        raise StateNotPossible(state=old.state)
    await sql.NOTE_STATE.run(db, home, new_id(home), old.id, state, reason, is_appeal, actor.person, now)
    listed_at = old.listed_at or now if state is State.LISTED else old.listed_at
    new = msgspec.structs.replace(old, state=state, listed_at=listed_at, revised_at=now)
    await show(db, await shop_of(db, old.shop_id), new)
    return new
