"""Visits: somebody opens a link."""

from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, transaction
from shuke.kit.ids import home_of
from shuke.society import identity
from shuke.society.shares import sql
from shuke.society.shares.links import find
from shuke.society.shares.targets import target
from shuke.society.shares.types import LinkRow, TargetRef, Visit


async def visit(db: Db, actor: Actor, code: str) -> Visit:
    """Open a link: the visit is kept at its tree and the touch at the visitor, for the next order.

    Who has no token gets one. The sharer's own visits count for nothing. Raises LinkNotFound and TargetNotFound.
    """
    link = await find(db, code)
    opened = await target(db, TargetRef(link.target_kind, link.target_id))
    sharers = await identity.by_ids(db, [link.sharer_id])
    token = None
    async with transaction(db):
        if actor.id is None:
            begun = await identity.begin_visit(db)
            token = begun.token
            actor = Actor(id=begun.id, is_visitor=True, selves=(begun.id,))
        await _record(db, actor, link)
    return Visit(opened, sharers.get(link.sharer_id), token)


async def _record(db: Db, actor: Actor, link: LinkRow) -> None:
    me, now = actor.anyone, clock.now()
    selves = {me, *actor.selves}
    if link.sharer_id in selves:
        return
    await sql.VISIT.put(db, home_of(link.id), link.id, me, list(selves), now, link.root_id, link.depth)
    owner, target_of_it = (link.owner_id, home_of(link.owner_id)), (link.target_kind, link.target_id)
    await sql.TOUCH.put(db, home_of(me), me, link.id, link.sharer_id, *owner, *target_of_it, now)
