"""Groups: opening, seeing, renaming, and the code that lets others in."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, transaction
from shuke.kit.ids import from_short, home_of, new_id, short
from shuke.kit.pages import Page, decode_cursor, page
from shuke.society.social import groups_sql as sql
from shuke.society.social.types import Group, GroupAsk, GroupId, GroupNotFound, GroupSeen

SECRET_BYTES = 6


async def open_group(db: Db, actor: Actor, ask: GroupAsk) -> Group:
    """Open a group; whoever opens it owns it."""
    me, now = actor.person, clock.now()
    home = home_of(me)
    async with transaction(db):
        opened = await sql.OPEN_GROUP.one(db, home, new_id(home), ask.name, me, _new_secret(), now)
        await sql.NOTE_MEMBERSHIP.run(db, home, me, opened.id, now)
    return opened


async def group_seen(db: Db, actor: Actor, group_id: GroupId) -> GroupSeen:
    """A group as one of its members sees it. Raises GroupNotFound."""
    found = await sql.GROUP_OF_MEMBER.first(db, home_of(group_id), group_id, actor.person)
    if found is None:
        raise GroupNotFound()
    code = short(found.id) + found.secret if found.role in ("owner", "admin") else None
    group = Group(found.id, found.name, found.owner_id, found.members, found.max_members, found.created_at)
    return GroupSeen(group, found.role, code)


async def rename_group(db: Db, actor: Actor, group_id: GroupId, ask: GroupAsk) -> Group:
    """Give a group another name, as owner or admin. Raises GroupNotFound."""
    found = await sql.RENAME.first(db, home_of(group_id), group_id, actor.person, ask.name)
    if found is None:
        raise GroupNotFound()
    return found


async def renew_code(db: Db, actor: Actor, group_id: GroupId) -> GroupSeen:
    """Make a new code, as owner or admin; the former one lets nobody in any more. Raises GroupNotFound."""
    if not await sql.RENEW_SECRET.first(db, home_of(group_id), group_id, actor.person, _new_secret()):
        raise GroupNotFound()
    return await group_seen(db, actor, group_id)


async def groups_of(db: Db, actor: Actor, cursor: str | None, limit: int) -> Page[Group]:
    """The groups of the signed-in person."""
    me, after = actor.person, decode_cursor(cursor, tuple[UUID])
    ids = await sql.GROUPS_OF.all(db, home_of(me), me, after[0] if after else None, limit + 1)
    found = page(ids, limit, lambda id: (id,))
    groups = await groups_by_ids(db, found.items)
    return Page([groups[GroupId(id)] for id in found.items if id in groups], found.next_cursor)


async def groups_by_ids(db: Db, ids: Sequence[UUID]) -> dict[GroupId, Group]:
    """Groups by id; unknown ids are left out. Trusts its caller."""
    found = await sql.GROUPS.all(db, [home_of(id) for id in ids], ids) if ids else []
    return {group.id: group for group in found}


async def is_member(db: Db, group_id: UUID, person_id: PersonId) -> bool:
    """Whether a person is in a group."""
    return await sql.IS_MEMBER.one(db, home_of(group_id), group_id, person_id)


def group_of_code(code: str) -> tuple[GroupId, str]:
    """The group a code leads to and the secret in it; raises GroupNotFound."""
    group_id = from_short(code[:22])
    if group_id is None:
        raise GroupNotFound()
    return GroupId(group_id), code[22:]


def _new_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)
