"""Earnings: the same amounts as the person sees them, who they brought and what it earned."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from shuke.earnings.commissions import sql
from shuke.earnings.commissions.types import EarningsUnpaid, MyEarnings
from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.kit.pages import decode_cursor, page
from shuke.society import identity, social

EVERYTHING = 100_000


async def my_earnings(db: Db, actor: Actor, cursor: str | None, limit: int) -> MyEarnings:
    """What the actor earned, newest first, with the sums by currency. Only buyers who are their friends are named."""
    me, now = actor.person, clock.now()
    selves = [home_of(id) for id in actor.selves], list(actor.selves)
    after = decode_cursor(cursor, tuple[datetime, UUID, str, int]) or (None, None, None, None)
    rows = await sql.EARNINGS.all(db, *selves, now, *after, limit + 1)
    shown = page(rows, limit, lambda row: (row.accrued_at, row.order_id, row.role, row.level))
    buyers = {row.buyer_id for row in shown.items if row.buyer_id}
    friends = await social.friends_among(db, me, list(buyers)) if buyers else set[PersonId]()
    cards = await identity.by_ids(db, friends) if friends else {}
    items = [row if row.buyer_id in cards else msgspec.structs.replace(row, buyer_id=None) for row in shown.items]
    return MyEarnings(
        totals=await sql.TOTALS.all(db, *selves, now),
        items=items,
        friends=[msgspec.structs.replace(card, id=id) for id, card in cards.items()],
        next_cursor=shown.next_cursor,
    )


async def export_person(db: Db, person_id: PersonId) -> dict[str, Any]:
    """Everything a person earned; who bought is the buyers' own."""
    rows = await sql.EARNINGS.all(db, [home_of(person_id)], [person_id], clock.now(), None, None, None, None, EVERYTHING)
    return {"earnings": [msgspec.structs.replace(row, buyer_id=None) for row in rows]} if rows else {}


async def erase_person(db: Db, person_id: PersonId) -> None:
    """Keep what was earned: it is trade records, under an id that no longer says who it was.

    Raises EarningsUnpaid while a shop owes them something: a debt is not forgotten because its creditor asks to be. A sweep
    pays at the same moment or before; then it is the ledger, asked later, that finds it in the person's book.
    """
    if unpaid := await sql.UNPAID.all(db, home_of(person_id), person_id):
        raise EarningsUnpaid(amounts=[each.amount for each in unpaid], payable_at=max(each.payable_at for each in unpaid))
