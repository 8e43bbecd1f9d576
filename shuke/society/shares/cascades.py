"""Cascades: what came of a link, level by level, for those who may know."""

from collections.abc import Sequence

from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.ids import from_short, home_of
from shuke.society import identity, social
from shuke.society.shares import levels_sql, rules, sql
from shuke.society.shares.types import (
    MAX_FRESH,
    MAX_LEVELS,
    MAX_MINE,
    MAX_NODES,
    Brought,
    Cascade,
    LinkNotFound,
    LinkRow,
    Node,
    NodeRow,
)


async def cascade(db: Db, actor: Actor, code: str) -> Cascade:
    """What came of a link: for its sharer, staff of the owner with `shares.read`, and operators with `ops.shares`.

    Levels are relative to the link. The tree names the sharer and their friends; staff and operators see counts only.
    Raises LinkNotFound, also for a link whose cascade is not the asker's to see.
    """
    link = await _readable(db, actor, code)
    home = home_of(link.id)
    rows = await levels_sql.LEVELS.all(db, home, link.id, link.root_id, MAX_FRESH)
    levels = rules.levels_of(rows)
    nodes = await levels_sql.TREE.all(db, home, link.id, MAX_NODES)
    tree = await _draw(db, actor, link, nodes)
    widest = max(level.shares for level in levels)
    deepest = max(level.depth for level in levels if level.shares)
    return Cascade(deepest, widest, rules.level_of(0, rows), levels[:MAX_LEVELS], tree)


async def brought_by(db: Db, actor: Actor) -> Brought:
    """Whom this person brought and what it earned, by level, over their newest 1,000 links as of the last fold.

    A link below another of their own is counted in that one. Somebody who came by two trees is counted in both.
    """
    me = actor.person
    selves = list({me, *actor.selves})
    mine = await sql.MY_LINKS.all(db, [home_of(id) for id in selves], selves, None, MAX_MINE)
    ids = [row.link_id for row in mine]
    top = await sql.TOPMOST.all(db, [home_of(id) for id in ids], ids, selves)
    rows = await levels_sql.BRANCH_LEVELS.all(db, [home_of(id) for id in top], top)
    return Brought(rules.levels_of(rows), rules.level_of(0, rows))


async def _readable(db: Db, actor: Actor, code: str) -> LinkRow:
    selves = [actor.person, *actor.selves]
    owners = [scope for scope in actor.grants if actor.can("shares.read", scope)]
    link_id = from_short(code)
    asked = (home_of(link_id), link_id, selves, owners, actor.can("ops.shares")) if link_id else None
    found = await sql.LINK_TO_READ.first(db, *asked) if asked else None
    if found is None:
        raise LinkNotFound(link=code)
    return found


async def _draw(db: Db, actor: Actor, link: LinkRow, nodes: Sequence[NodeRow]) -> list[Node]:
    me = actor.person
    is_mine = link.sharer_id in (me, *actor.selves)
    known = {me, *actor.selves} | await social.friends_among(db, me, [node.sharer_id for node in nodes]) if is_mine else set()
    cards = await identity.by_ids(db, [node.sharer_id for node in nodes if node.sharer_id in known]) if known else {}
    places = {node.id: place for place, node in enumerate(nodes)}
    return [
        Node(
            None if node.id == link.id or node.parent_id is None else places[node.parent_id],
            node.level,
            cards.get(node.sharer_id),
            node.visitors,
            node.orders,
        )
        for node in nodes
    ]
