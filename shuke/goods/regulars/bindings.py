"""Bindings: which guide looks after whom, and what they get of the orders."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from shuke.goods.regulars import sql
from shuke.goods.regulars.types import Guide, GuideNotFound, Handover, HandoverAsk, SameGuide, Source
from shuke.goods.shops import ShopId
from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, Reading
from shuke.kit.ids import home_of, new_id
from shuke.kit.pages import Page, decode_cursor, page


def guide_of(ids: Iterable[UUID], person_id: PersonId, now: datetime) -> Reading[dict[ShopId, Guide]]:
    """Who looks after this person at this instant in each shop at whose home these ids live; never the person themselves."""
    return sql.GUIDE_OF.reading(
        lambda rows: {row.shop_id: Guide(row.person_id, row.rate_bps) for row in rows},
        list({home_of(id) for id in ids}),
        person_id,
        now,
    )


async def bind(db: Db, shop_id: ShopId, person_id: PersonId, guide_id: PersonId, source: Source = "opt_in") -> bool:
    """Bind a person to a guide, as a regular; False when another guide has them, the guide is none, or the person left.

    Of two guides at once, one wins. Bound again to the same guide, it lasts anew. Trusts its caller.
    """
    bound = await sql.BIND.first(db, home_of(shop_id), shop_id, person_id, guide_id, source, clock.now())
    if bound:
        await sql.NOTE_PATRONAGE.run(db, home_of(person_id), person_id, shop_id, clock.now())
    return bool(bound)


async def hand_over(db: Db, actor: Actor, shop_id: ShopId, ask: HandoverAsk) -> Handover:
    """Give regulars of one guide to another, all or those named, and keep who did so. Raises GuideNotFound, SameGuide.

    Only what is bound to the former guide at this instant moves, and is bound anew for the full time. The former guide may
    have left the shop.
    """
    actor.require("regulars.write", shop_id)
    if ask.from_id == ask.to_id:
        raise SameGuide()
    home = home_of(shop_id)
    given = await sql.HAND_OVER.first(
        db, home, shop_id, ask.from_id, ask.to_id, ask.person_ids, clock.now(), new_id(home), actor.person
    )
    if given is None:
        raise GuideNotFound()
    return given


async def handovers_of(db: Db, actor: Actor, shop_id: ShopId, cursor: str | None = None, limit: int = 20) -> Page[Handover]:
    """The handovers of a shop, the newest first."""
    actor.require("regulars.read", shop_id)
    after = decode_cursor(cursor, tuple[UUID]) or (None,)
    rows = await sql.HANDOVERS.all(db, home_of(shop_id), shop_id, *after, limit + 1)
    return page(rows, limit, lambda row: (row.id,))
