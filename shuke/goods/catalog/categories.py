"""Categories: the tree of what is sold, and what the platform takes of each branch, version by version."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from shuke.goods.catalog import categories_sql as sql
from shuke.goods.catalog.asks import CategoryAsk, RateAsk
from shuke.goods.catalog.categories_sql import CategoryFacts
from shuke.goods.catalog.types import (
    Category,
    CategoryId,
    CategoryMoved,
    CategoryNotFound,
    CategoryRow,
    Rate,
    RateBreaksCeiling,
    RateNotInOrder,
)
from shuke.goods.shops import GUIDE_CAP_BPS
from shuke.kit import clock
from shuke.kit import settings as kit_settings
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, transaction
from shuke.kit.ids import PLATFORM, new_id


async def put_category(db: Db, ask: CategoryAsk, set_by: PersonId | None = None) -> CategoryId:
    """Make a category or bring it up to date, by its slug; its parent is there already. Trusts its caller.

    Another rate becomes a new version, from now on. Raises CategoryNotFound, CategoryMoved, RateBreaksCeiling.
    """
    async with transaction(db):
        parent_id = None
        if ask.parent is not None and (parent_id := await sql.BY_SLUG.first(db, ask.parent)) is None:
            raise CategoryNotFound(category=ask.parent)
        names = (ask.name_zh, ask.name_en, ask.is_sensitive, ask.is_perishable, ask.is_made_to_order, ask.position)
        id = await sql.PUT_CATEGORY.first(db, new_id(PLATFORM), ask.slug, parent_id, *names)
        if id is None:
            raise CategoryMoved(slug=ask.slug)
        if await sql.LATEST_RATE.first(db, id) != ask.rate_bps:
            await _set_rate(db, id, ask.rate_bps, None, set_by)
    return CategoryId(id)


async def revise_category(db: Db, actor: Actor, ask: CategoryAsk) -> CategoryId:
    """Make a category or bring it up to date, as an operator."""
    actor.require("ops.catalog")
    actor.require("ops.rates")
    return await put_category(db, ask, actor.person)


async def tree(db: Db) -> list[Category]:
    """The whole tree with the rates in effect, roots first."""
    rows = await sql.TREE.all(db, clock.now())
    below: dict[UUID | None, list[CategoryRow]] = {}
    for row in rows:
        below.setdefault(row.parent_id, []).append(row)

    def branch(row: CategoryRow) -> Category:
        names = (row.name_zh, row.name_en, row.is_sensitive, row.is_perishable, row.is_made_to_order)
        children = [branch(child) for child in below.get(row.id, [])]
        return Category(row.id, row.slug, row.parent_id, *names, row.position, row.rate_bps, children)

    return [branch(root) for root in below.get(None, [])]


async def set_rate(db: Db, actor: Actor, category_id: CategoryId, ask: RateAsk) -> Rate:
    """Add a version of a category's rate, as an operator; older ones stay for the orders that froze them.

    Raises CategoryNotFound, RateNotInOrder, RateBreaksCeiling.
    """
    actor.require("ops.rates")
    async with transaction(db):
        return await _set_rate(db, category_id, ask.rate_bps, ask.effective_at, actor.person)


async def rates_of(db: Db, actor: Actor, category_id: CategoryId) -> list[Rate]:
    """Every version of a category's rate, the newest first, for operators."""
    actor.require("ops.rates")
    return await sql.RATES.all(db, category_id)


async def branch_of(db: Db, category_id: UUID) -> list[UUID]:
    """A category and all below it; nothing when there is no such category."""
    return await sql.BRANCH.all(db, category_id)


async def facts_of(db: Db, category_ids: Collection[UUID]) -> dict[UUID, CategoryFacts]:
    """What products need to know of their categories; the rates stay until the transaction ends. Raises CategoryNotFound."""
    if not category_ids:
        return {}
    await sql.SHARE.run(db, list(category_ids))
    found: dict[UUID, CategoryFacts] = {facts.id: facts for facts in await sql.FACTS.all(db, list(category_ids), clock.now())}
    for id in category_ids:
        if id not in found:
            raise CategoryNotFound(category=str(id))
    return found


async def _set_rate(db: Db, category_id: UUID, rate_bps: int, effective_at: datetime | None, set_by: PersonId | None) -> Rate:
    now, settings = clock.now(), kit_settings.current()
    if effective_at is not None and effective_at < now:
        raise RateNotInOrder()
    # Products that are being written read their rate under a share lock: they finish first, or see this one.
    if await sql.LOCK.first(db, category_id) is None:
        raise CategoryNotFound(category=str(category_id))
    room = settings.commission_ceiling_bps - settings.tech_fee_bps - GUIDE_CAP_BPS - rate_bps
    if (breach := await sql.BREACH.first(db, category_id, room)) is not None:
        raise RateBreaksCeiling(product_id=breach.id, ceiling_bps=settings.commission_ceiling_bps)
    rate = await sql.SET_RATE.first(db, category_id, rate_bps, effective_at or now, set_by, now)
    if rate is None:
        raise RateNotInOrder()
    return rate
