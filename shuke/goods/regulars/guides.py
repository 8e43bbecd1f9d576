"""Guides: staff in the role `shop.guide`, and what they get. Their row follows the staff's."""

from collections.abc import Sequence
from uuid import UUID

from shuke.goods import shops
from shuke.goods.regulars import sql
from shuke.goods.regulars.types import GuideAsk, GuideLink, GuideNotFound, GuideRow, GuideView, RateAboveCap
from shuke.goods.shops import ShopId
from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, transaction
from shuke.kit.ids import from_short, home_of, new_id, short
from shuke.kit.pages import Page, decode_cursor, page
from shuke.society import identity

ROLE = "shop.guide"


async def follow_staff(db: Db, shop_id: ShopId, person_id: PersonId) -> None:
    """Make a person a guide or not, as the shop's staff says at this instant. Trusts its caller; twice is once."""
    home, now = home_of(shop_id), clock.now()
    async with transaction(db):
        # What staff says is held until we commit, so of two who follow it the last one is right.
        if await shops.works_as(db, shop_id, person_id, ROLE):
            await sql.KEEP_GUIDE.run(db, home, new_id(home), shop_id, person_id, now)
        else:
            await sql.END_GUIDE.run(db, home, shop_id, person_id, now)


async def lower_rates(db: Db, shop_id: ShopId) -> None:
    """Bring every rate down to the shop's present cap. Trusts its caller."""
    async with transaction(db):
        await sql.LOWER_RATES.run(db, home_of(shop_id), shop_id, await shops.guide_cap(db, shop_id))


async def set_guide_rate(db: Db, actor: Actor, shop_id: ShopId, person_id: PersonId, ask: GuideAsk) -> GuideView:
    """Set what a guide gets of the orders of their regulars, as the shop; raises RateAboveCap, GuideNotFound."""
    actor.require("shop.manage", shop_id)
    async with transaction(db):
        cap = await shops.guide_cap(db, shop_id)
        if ask.rate_bps > cap:
            raise RateAboveCap(cap_bps=cap)
        await follow_staff(db, shop_id, person_id)
        home = home_of(shop_id)
        if not await sql.SET_RATE.first(db, home, shop_id, person_id, ask.rate_bps, ask.binding_days):
            raise GuideNotFound()
        rows = await sql.GUIDES.all(db, home, shop_id, clock.now(), [person_id], None, 1)
        return (await _shown(db, rows))[0]


async def guides_of(db: Db, actor: Actor, shop_id: ShopId, cursor: str | None = None, limit: int = 20) -> Page[GuideView]:
    """The guides of a shop with how many regulars each has; a guide sees themselves only."""
    only = whose(actor, shop_id)
    after = decode_cursor(cursor, tuple[UUID]) or (None,)
    rows = await sql.GUIDES.all(db, home_of(shop_id), shop_id, clock.now(), only, *after, limit + 1)
    found = page(rows, limit, lambda row: (row.person_id,))
    return Page(await _shown(db, found.items), found.next_cursor)


async def guide_by_code(db: Db, code: str) -> GuideLink:
    """What a guide's link or QR code leads to, for everybody; raises GuideNotFound."""
    id = from_short(code)
    row = await sql.GUIDE_BY_ID.first(db, home_of(id), id) if id else None
    if row is None:
        raise GuideNotFound()
    card = (await shops.by_ids(db, [row.shop_id]))[row.shop_id]
    return GuideLink(card, (await identity.by_ids(db, [row.person_id]))[row.person_id])


def whose(actor: Actor, shop_id: UUID) -> list[UUID] | None:
    """The guides whose regulars the actor may see: None is all; raises CapabilityMissing."""
    if actor.can("regulars.read", shop_id):
        return None
    actor.require("regulars.own", shop_id)
    return list(actor.selves)


async def _shown(db: Db, rows: Sequence[GuideRow]) -> list[GuideView]:
    people = await identity.by_ids(db, [row.person_id for row in rows])
    return [
        GuideView(short(row.id), people[row.person_id], row.rate_bps, row.binding_days, row.since, row.regulars) for row in rows
    ]
