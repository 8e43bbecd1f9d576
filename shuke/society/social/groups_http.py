"""Routes of groups, their members and invitations."""

from typing import Annotated
from uuid import UUID

import msgspec

from shuke.kit.actor import PersonId
from shuke.kit.pages import Page
from shuke.kit.web import Actor, Db, delete, get, patch, post, put
from shuke.society import social
from shuke.society.social.types import (
    AlreadyMember,
    Group,
    GroupAsk,
    GroupFull,
    GroupId,
    GroupNotFound,
    GroupSeen,
    Invitation,
    InvitationAsk,
    InvitationNotFound,
    JoinAsk,
    JoinAskIncomplete,
    Member,
    MemberNotFound,
    NotYourself,
    OwnerStays,
    PersonNotFound,
    RoleChange,
)

Size = Annotated[int, msgspec.Meta(ge=1, le=100)]


@post("/groups")
async def create_group(data: GroupAsk, db: Db, actor: Actor) -> Group:
    """Open a group."""
    return await social.open_group(db, actor, data)


@get("/me/groups")
async def list_groups(db: Db, actor: Actor, cursor: str | None = None, limit: Size = 20) -> Page[Group]:
    """The groups one is in."""
    return await social.groups_of(db, actor, cursor, limit)


@post("/me/groups", raises=(JoinAskIncomplete, GroupNotFound, InvitationNotFound, GroupFull, AlreadyMember))
async def join_group(data: JoinAsk, db: Db, actor: Actor) -> Group:
    """Join a group by its code, or one that has invited you."""
    return await social.join_group(db, actor, data)


@delete("/me/groups/{group_id:uuid}", raises=(MemberNotFound, OwnerStays))
async def leave_group(group_id: UUID, db: Db, actor: Actor) -> None:
    """Leave a group; the last member ends it."""
    await social.leave_group(db, actor, GroupId(group_id))


@get("/groups/{group_id:uuid}", raises=(GroupNotFound,))
async def read_group(group_id: UUID, db: Db, actor: Actor) -> GroupSeen:
    """A group one is in; owner and admins see the code that lets others in."""
    return await social.group_seen(db, actor, GroupId(group_id))


@patch("/groups/{group_id:uuid}", raises=(GroupNotFound,))
async def rename_group(group_id: UUID, data: GroupAsk, db: Db, actor: Actor) -> Group:
    """Give a group another name."""
    return await social.rename_group(db, actor, GroupId(group_id), data)


@post("/groups/{group_id:uuid}/codes", raises=(GroupNotFound,))
async def create_group_code(group_id: UUID, db: Db, actor: Actor) -> GroupSeen:
    """Make a new code; the former one lets nobody in any more."""
    return await social.renew_code(db, actor, GroupId(group_id))


@get("/groups/{group_id:uuid}/members", raises=(GroupNotFound,))
async def list_members(group_id: UUID, db: Db, actor: Actor, cursor: str | None = None, limit: Size = 20) -> Page[Member]:
    """Who is in a group."""
    return await social.members_of(db, actor, GroupId(group_id), cursor, limit)


@delete("/groups/{group_id:uuid}/members/{person_id:uuid}", raises=(MemberNotFound,))
async def remove_member(group_id: UUID, person_id: UUID, db: Db, actor: Actor) -> None:
    """Take a member out, as owner or admin."""
    await social.remove_member(db, actor, GroupId(group_id), PersonId(person_id))


@put("/groups/{group_id:uuid}/members/{person_id:uuid}/role", status_code=204, raises=(MemberNotFound,))
async def put_role(group_id: UUID, person_id: UUID, data: RoleChange, db: Db, actor: Actor) -> None:
    """Make a member admin or member again, or hand the group over, as its owner."""
    await social.set_role(db, actor, GroupId(group_id), PersonId(person_id), data.role)


@post(
    "/groups/{group_id:uuid}/invitations", status_code=204, raises=(GroupNotFound, PersonNotFound, NotYourself, AlreadyMember)
)
async def create_invitation(group_id: UUID, data: InvitationAsk, db: Db, actor: Actor) -> None:
    """Invite a person, as a member."""
    await social.invite(db, actor, GroupId(group_id), data.person_id)


@get("/me/group-invitations")
async def list_invitations(db: Db, actor: Actor, cursor: str | None = None, limit: Size = 20) -> Page[Invitation]:
    """The groups one may join."""
    return await social.my_invitations(db, actor, cursor, limit)


@delete("/me/group-invitations/{group_id:uuid}")
async def decline_invitation(group_id: UUID, db: Db, actor: Actor) -> None:
    """Decline an invitation."""
    await social.decline_invitation(db, actor, GroupId(group_id))


routes = [
    create_group,
    list_groups,
    join_group,
    leave_group,
    read_group,
    rename_group,
    create_group_code,
    list_members,
    remove_member,
    put_role,
    create_invitation,
    list_invitations,
    decline_invitation,
]
