"""Lists: a shop's regulars for its staff, and the shops a person is a regular of."""

from datetime import datetime
from uuid import UUID

from shuke.goods import shops
from shuke.goods.regulars import sql
from shuke.goods.regulars.guides import whose
from shuke.goods.regulars.types import MyRegular, Regular
from shuke.goods.shops import ShopId
from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.kit.pages import Page, decode_cursor, page
from shuke.society import identity


async def regulars_of(
    db: Db, actor: Actor, shop_id: ShopId, cursor: str | None = None, limit: int = 20, guide_id: UUID | None = None
) -> Page[Regular]:
    """The regulars of a shop, the newest first, all or one guide's; a guide sees their own only, whatever they ask for."""
    mine = whose(actor, shop_id)
    only = [guide_id] if guide_id is not None and mine is None else mine
    after = decode_cursor(cursor, tuple[datetime, UUID]) or (None, None)
    of_shop = (home_of(shop_id), shop_id, clock.now(), *after, limit + 1)
    if only is None:
        rows = await sql.REGULARS_OF_SHOP.all(db, *of_shop)
    else:
        rows = await sql.REGULARS_OF_GUIDE.all(db, *of_shop, only)
    found = page(rows, limit, lambda row: (row.since, row.person_id))
    people = await identity.by_ids(db, [id for row in found.items for id in (row.person_id, row.guide_id) if id])
    return Page(
        [
            Regular(
                person=people[row.person_id],
                source=row.source,
                since=row.since,
                level=row.level,
                guide=people[row.guide_id] if row.guide_id else None,
                bound_until=row.bound_until,
            )
            for row in found.items
        ],
        found.next_cursor,
    )


async def my_regulars(db: Db, actor: Actor) -> list[MyRegular]:
    """The shops that the actor is a regular of, with who looks after them there; at most 1,000."""
    theirs = await sql.PATRONAGES.all(db, home_of(actor.person), actor.person)
    rows = await sql.REGULARS_OF_PERSON.all(db, [home_of(id) for id in theirs], actor.person, clock.now())
    cards = await shops.by_ids(db, [row.shop_id for row in rows])
    guides = await identity.by_ids(db, [row.guide_id for row in rows if row.guide_id])
    return [MyRegular(cards[row.shop_id], row.since, row.level, guides[row.guide_id] if row.guide_id else None) for row in rows]
