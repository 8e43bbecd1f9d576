"""Links: sharing, re-sharing, and finding a link by its code."""

from datetime import timedelta
from uuid import UUID

from shuke.kit import clock, settings
from shuke.kit.actor import Actor
from shuke.kit.db import Db, transaction
from shuke.kit.ids import from_short, home_of, new_id, short
from shuke.kit.pages import Page, decode_cursor, page
from shuke.society import social
from shuke.society.shares import levels_sql, rules, sql
from shuke.society.shares.targets import target, targets
from shuke.society.shares.types import (
    BranchRow,
    GroupNotYours,
    Link,
    LinkId,
    LinkNotFound,
    LinkRow,
    MyLink,
    ParentMismatch,
    ShareAsk,
    Target,
    TargetRef,
)


async def share(db: Db, actor: Actor, ask: ShareAsk) -> Link:
    """Answer the link by which this person passes a target on; the same ask gets the same link.

    It grows from `ask.parent`, or from the link by which the sharer last came to the target within the window, so that
    the path is never lost. Raises TargetKindUnknown, TargetNotFound, LinkNotFound, ParentMismatch and GroupNotYours.
    """
    me = actor.person
    if ask.group_id and not await social.is_member(db, ask.group_id, me):
        raise GroupNotYours(group_id=ask.group_id)
    shared = await target(db, ask.target)
    parent_id = await _parent(db, actor, ask)
    async with transaction(db):
        made = await (_grow(db, actor, ask, shared, parent_id) if parent_id else _plant(db, actor, ask, shared))
    return link_of(made)


async def find(db: Db, code: str) -> LinkRow:
    """The link behind a code; raises LinkNotFound."""
    link_id = from_short(code)
    found = await sql.LINK.first(db, home_of(link_id), link_id) if link_id else None
    if found is None:
        raise LinkNotFound(link=code)
    return found


async def my_links(db: Db, actor: Actor, cursor: str | None = None, limit: int = 20) -> Page[MyLink]:
    """A person's links, the newest first, with what came of each as of the last fold."""
    me = actor.person
    after = decode_cursor(cursor, tuple[UUID])
    selves = list({me, *actor.selves})
    rows = await sql.MY_LINKS.all(db, [home_of(id) for id in selves], selves, after[0] if after else None, limit + 1)
    ids = [row.link_id for row in rows[:limit]]
    branches: dict[LinkId, list[BranchRow]] = {}
    for branch in await levels_sql.BRANCHES.all(db, [home_of(id) for id in ids], ids):
        branches.setdefault(branch.link_id, []).append(branch)
    shared = await targets(db, {TargetRef(row.target_kind, row.target_id) for row in rows[:limit]})
    found = page(rows, limit, lambda row: (row.link_id,))
    items: list[MyLink] = []
    for row in found.items:
        sums = rules.level_of(0, branches.get(row.link_id, []))
        code = short(row.link_id)
        seen = shared.get(TargetRef(row.target_kind, row.target_id))
        items.append(
            MyLink(code, url_of(code), row.medium, row.created_at, seen, sums.shares, sums.visitors, sums.orders, sums.gmv)
        )
    return Page(items, found.next_cursor)


def link_of(row: LinkRow) -> Link:
    """The link as its sharer gets it."""
    code = short(row.id)
    return Link(code, url_of(code), row.depth, TargetRef(row.target_kind, row.target_id), row.medium, row.created_at)


def url_of(code: str) -> str:
    """Where a code is opened."""
    return f"{settings.current().origin}/s/{code}"


async def _parent(db: Db, actor: Actor, ask: ShareAsk) -> LinkId | None:
    selves = [actor.person, *actor.selves]
    if ask.parent:
        parent = await find(db, ask.parent)
        if (parent.target_kind, parent.target_id) != (ask.target.kind, ask.target.id):
            raise ParentMismatch(parent=ask.parent)
        # Passing on one's own link again is no new step: the link grows beside it, not below.
        return parent.parent_id if parent.sharer_id in selves else parent.id
    now = clock.now()
    since = now - timedelta(days=settings.current().attribution_window_days)
    homes = [home_of(id) for id in selves]
    found = await sql.CAME_BY.first(db, homes, selves, ask.target.kind, ask.target.id, since, now)
    return LinkId(found) if found else None


async def _plant(db: Db, actor: Actor, ask: ShareAsk, shared: Target) -> LinkRow:
    me, home = actor.person, home_of(actor.person)
    key = (me, shared.kind, shared.id)
    made = await sql.PLANT.first(db, home, new_id(home), *key, shared.owner_id, ask.medium, ask.group_id, clock.now())
    if made is None:
        return await sql.SAME_ROOT.one(db, home, *key, ask.medium, ask.group_id)
    await _note(db, made)
    return made


async def _grow(db: Db, actor: Actor, ask: ShareAsk, shared: Target, parent_id: LinkId) -> LinkRow:
    me, home = actor.person, home_of(parent_id)
    way = (ask.medium, ask.group_id)
    made = await sql.GROW.first(db, home, new_id(home), parent_id, me, shared.owner_id, *way, clock.now())
    if made is None:
        return await sql.SAME_CHILD.one(db, home, parent_id, me, *way)
    await _note(db, made)
    return made


async def _note(db: Db, made: LinkRow) -> None:
    mine = (made.target_kind, made.target_id, made.owner_id, made.medium, made.created_at)
    await sql.NOTE_MINE.run(db, home_of(made.sharer_id), made.sharer_id, made.id, *mine)
