"""Paths: how a buyer came to a shop. On the way of every order, so one round trip for who came by no link, and two at most."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from shuke.kit import settings
from shuke.kit.db import Db, Reading
from shuke.kit.ids import from_short, home_of
from shuke.society.shares import sql
from shuke.society.shares.types import LinkId, PathRow, PersonId, SharePath, Step, TouchRow

Touches = Mapping[UUID, TouchRow]


def touches(selves: Iterable[UUID], neighbours: Iterable[UUID], now: datetime) -> Reading[Touches]:
    """By which links the person known as `selves` came, within the window, to the owners at whose homes `neighbours` live.

    Trusts its caller for `selves`.
    """
    mine = list(selves)
    since = now - timedelta(days=settings.current().attribution_window_days)
    return sql.TOUCHES.reading(
        lambda rows: {touch.owner_id: touch for touch in rows},
        [home_of(id) for id in mine],
        mine,
        list({home_of(id) for id in neighbours}),
        since,
        now,
    )


async def path(
    db: Db, selves: Iterable[UUID], owner_ids: Sequence[UUID], touches: Touches, code: str | None, now: datetime
) -> dict[UUID, SharePath]:
    """How the person known as `selves` came to each owner: by the link they last opened, as `touches` tell, or by `code`.

    Trusts its caller for `selves`. A code of the person's own counts as none, and so does one of another owner.
    """
    mine = list(selves)
    coded = from_short(code) if code else None
    ids = {touch.link_id for touch in touches.values()} | ({coded} if coded else set())
    if not ids:
        return {}
    ways = {way.id: way for way in await sql.PATHS.all(db, [home_of(id) for id in ids], list(ids))}
    opened = {owner: ways[touch.link_id] for owner, touch in touches.items()}
    way = ways.get(LinkId(coded)) if coded else None
    if way and way.owner_id in owner_ids and way.sharer_ids[0] not in mine:
        opened[way.owner_id] = way
    return {owner: _path(way, touches.get(owner), now) for owner, way in opened.items()}


def _path(way: PathRow, touch: TouchRow | None, now: datetime) -> SharePath:
    is_touched = touch is not None and touch.link_id == way.id
    first_id, first_at = (touch.first_link_id, touch.first_at) if touch else (way.id, now)
    steps = tuple(Step(PersonId(person), way.depth - above) for above, person in enumerate(way.sharer_ids))
    return SharePath(way.id, way.root_id, way.medium, first_id, first_at, touch.last_at if touch and is_touched else now, steps)
