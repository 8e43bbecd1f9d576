"""Members of groups: inviting, joining, leaving, roles. How many fit is a constraint of the group's row."""

from uuid import UUID

from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, refusing, transaction
from shuke.kit.ids import home_of
from shuke.kit.pages import Page, decode_cursor, page
from shuke.society.social import groups_sql as sql
from shuke.society.social.groups import group_of_code, group_seen, groups_by_ids, is_member
from shuke.society.social.people import another, cards_of, is_blocked
from shuke.society.social.types import (
    AlreadyMember,
    Group,
    GroupFull,
    GroupId,
    GroupNotFound,
    Invitation,
    InvitationNotFound,
    JoinAsk,
    JoinAskIncomplete,
    Member,
    MemberNotFound,
    OwnerStays,
    PersonNotFound,
    Role,
)


async def invite(db: Db, actor: Actor, group_id: GroupId, person_id: UUID) -> None:
    """Let a person join, as a member. Raises GroupNotFound, PersonNotFound, AlreadyMember."""
    await group_seen(db, actor, group_id)
    other = (await another(db, actor, person_id)).id
    if await is_blocked(db, actor.person, other):
        raise PersonNotFound(person_id=person_id)
    if await is_member(db, group_id, other):
        raise AlreadyMember()
    await sql.INVITE.run(db, home_of(other), other, group_id, actor.person, clock.now())


async def join_group(db: Db, actor: Actor, ask: JoinAsk) -> Group:
    """Join by code, or by invitation. Raises JoinAskIncomplete, GroupNotFound, InvitationNotFound, GroupFull, AlreadyMember."""
    me, secret = actor.person, None
    if (ask.code is None) == (ask.group_id is None):
        raise JoinAskIncomplete()
    async with transaction(db):
        if ask.code:
            group_id, secret = group_of_code(ask.code)
        else:
            invited = await sql.TAKE_INVITATION.first(db, home_of(me), me, ask.group_id)
            if invited is None:
                raise InvitationNotFound()
            group_id = GroupId(invited)
        return await add_member(db, group_id, me, secret)


async def add_member(db: Db, group_id: GroupId, person_id: PersonId, secret: str | None = None) -> Group:
    """Put a person into a group. Trusts its caller unless `secret` is given. Raises GroupNotFound, GroupFull, AlreadyMember."""
    now = clock.now()
    async with transaction(db):
        with refusing(group_members_pkey=AlreadyMember()):
            async with transaction(db):
                joined = await sql.JOIN.first(db, home_of(group_id), group_id, person_id, secret, now)
        if joined is None:
            raise GroupFull() if await groups_by_ids(db, [group_id]) else GroupNotFound()
        await sql.NOTE_MEMBERSHIP.run(db, home_of(person_id), person_id, group_id, now)
        await sql.TAKE_INVITATION.first(db, home_of(person_id), person_id, group_id)
    return joined


async def leave_group(db: Db, actor: Actor, group_id: GroupId) -> None:
    """Leave a group; the last one, its owner, ends it. Raises MemberNotFound and OwnerStays."""
    me, home = actor.person, home_of(group_id)
    async with transaction(db):
        if not await sql.END_GROUP.first(db, home, group_id, me):
            mine = await sql.GROUP_OF_MEMBER.first(db, home, group_id, me)
            if mine and mine.role == "owner":
                raise OwnerStays()
            await remove_member(db, actor, group_id, me)
        await sql.DROP_MEMBERSHIP.run(db, home_of(me), me, group_id)


async def remove_member(db: Db, actor: Actor, group_id: GroupId, person_id: PersonId) -> None:
    """Take a member out: the owner anybody, an admin members, everybody themselves. Raises MemberNotFound."""
    gone = MemberNotFound(person_id=person_id)
    # Of two who take the same member out at once, the second lowers the count and then finds nobody; both are undone.
    with refusing(groups_members_check=gone):
        async with transaction(db):
            if not await sql.LEAVE.first(db, home_of(group_id), group_id, person_id, actor.person):
                raise gone
            await sql.DROP_MEMBERSHIP.run(db, home_of(person_id), person_id, group_id)


async def set_role(db: Db, actor: Actor, group_id: GroupId, person_id: PersonId, role: Role) -> None:
    """Make a member admin or member again, or hand the group over, as its owner. Raises MemberNotFound."""
    home, me = home_of(group_id), actor.person
    async with transaction(db):
        if role != "owner":
            done = await sql.SET_ROLE.first(db, home, group_id, person_id, me, role)
        else:
            handed = person_id != me and await sql.STEP_DOWN.first(db, home, group_id, me, person_id)
            done = handed and await sql.STEP_UP.first(db, home, group_id, person_id)
        if not done:
            raise MemberNotFound(person_id=person_id)


async def members_of(db: Db, actor: Actor, group_id: GroupId, cursor: str | None, limit: int) -> Page[Member]:
    """Who is in a group, for its members. Raises GroupNotFound."""
    await group_seen(db, actor, group_id)
    after = decode_cursor(cursor, tuple[UUID])
    rows = await sql.MEMBERS.all(db, home_of(group_id), group_id, after[0] if after else None, limit + 1)
    found = page(rows, limit, lambda row: (row.person_id,))
    cards = await cards_of(db, [row.person_id for row in found.items])
    members = [Member(cards[row.person_id], row.role, row.joined_at) for row in found.items if row.person_id in cards]
    return Page(members, found.next_cursor)


async def my_invitations(db: Db, actor: Actor, cursor: str | None, limit: int) -> Page[Invitation]:
    """The groups the signed-in person may join."""
    me, after = actor.person, decode_cursor(cursor, tuple[UUID])
    rows = await sql.INVITATIONS.all(db, home_of(me), me, after[0] if after else None, limit + 1)
    found = page(rows, limit, lambda row: (row.group_id,))
    groups = await groups_by_ids(db, [row.group_id for row in found.items])
    cards = await cards_of(db, [row.invited_by for row in found.items])
    items = [
        Invitation(groups[row.group_id], cards[row.invited_by], row.invited_at)
        for row in found.items
        if row.group_id in groups and row.invited_by in cards
    ]
    return Page(items, found.next_cursor)


async def decline_invitation(db: Db, actor: Actor, group_id: GroupId) -> None:
    """Join not."""
    await sql.TAKE_INVITATION.first(db, home_of(actor.person), actor.person, group_id)
