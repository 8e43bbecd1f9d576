"""The words of social."""

from datetime import datetime
from typing import Annotated, Literal, NewType
from uuid import UUID

import msgspec

from shuke.kit.actor import PersonId
from shuke.kit.errors import Conflict, Invalid, NotFound, Throttled
from shuke.society.identity import PersonCard, PhoneText

ProfileId = NewType("ProfileId", UUID)
GroupId = NewType("GroupId", UUID)

MAX_FRIENDS = 5_000
Role = Literal["owner", "admin", "member"]
ProfileKind = Literal["account", "channel"]
Line = Annotated[
    str, msgspec.Meta(min_length=1, max_length=40, pattern=r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")
]
Text = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^[^\x00]*$")]
Greeting = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[^\x00]*$")]
Picture = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^((https://|/)[^\x00-\x20\x7f]+)?$")]


class LookupAsk(msgspec.Struct, frozen=True):
    """The whole number of somebody one knows."""

    phone: PhoneText


class Found(msgspec.Struct, frozen=True):
    """Who has the number; nobody when it is no one's, or no one's who may be found."""

    person: PersonCard | None


class FriendAsk(msgspec.Struct, frozen=True):
    """Ask a person to be a friend."""

    person_id: UUID
    message: Greeting = ""


class FriendAnswer(msgspec.Struct, frozen=True):
    """`friends` at once when the other had asked already."""

    state: Literal["asked", "friends"]
    person: PersonCard


class Friend(msgspec.Struct, frozen=True):
    """A friend."""

    person: PersonCard
    since: datetime


class FriendRow(msgspec.Struct, frozen=True):
    """A friendship at one of its sides."""

    friend_id: PersonId
    since: datetime


class RequestRow(msgspec.Struct, frozen=True):
    """Somebody who wants to be a friend."""

    asker_id: PersonId
    message: str
    asked_at: datetime


class FriendRequest(msgspec.Struct, frozen=True):
    """Somebody who wants to be a friend."""

    person: PersonCard
    message: str
    asked_at: datetime


class KnownRow(msgspec.Struct, frozen=True):
    """What two persons are to each other."""

    is_friend: bool
    is_blocked: bool
    common_friends: int


class PersonSeen(msgspec.Struct, frozen=True):
    """A person as another sees them, and never more."""

    id: PersonId
    name: str
    avatar: str | None
    is_friend: bool
    common_friends: int


class BlockRow(msgspec.Struct, frozen=True):
    """Somebody who is blocked."""

    blocked_id: PersonId
    since: datetime


class Block(msgspec.Struct, frozen=True):
    """Somebody who is blocked."""

    person: PersonCard
    since: datetime


class ProfileAsk(msgspec.Struct, frozen=True):
    """Open a profile: one's own, or a shop's with `shop_id`."""

    name: Line
    kind: ProfileKind = "account"
    avatar: Picture | None = None
    bio: Text = ""
    shop_id: UUID | None = None


class ProfileRevision(msgspec.Struct, frozen=True):
    """Change a profile; what is left out stays, an empty avatar is removed."""

    name: Line | None = None
    avatar: Picture | None = None
    bio: Text | None = None


class Profile(msgspec.Struct, frozen=True):
    """A public profile (号) of a person or a shop."""

    id: ProfileId
    owner_kind: Literal["person", "shop"]
    owner_id: UUID
    kind: ProfileKind
    name: str
    avatar: str | None
    bio: str
    created_at: datetime


class ProfileSeen(msgspec.Struct, frozen=True):
    """A profile with its followers, counted to 10,000."""

    profile: Profile
    followers: int
    is_followed: bool


class FollowRow(msgspec.Struct, frozen=True):
    """A profile somebody follows."""

    profile_id: ProfileId
    since: datetime


class FollowerRow(msgspec.Struct, frozen=True):
    """Somebody who follows a profile."""

    person_id: PersonId
    since: datetime


class Follower(msgspec.Struct, frozen=True):
    """Somebody who follows a profile."""

    person: PersonCard
    since: datetime


class GroupAsk(msgspec.Struct, frozen=True):
    """Open a group, or change its name."""

    name: Line


class Group(msgspec.Struct, frozen=True):
    """A group."""

    id: GroupId
    name: str
    owner_id: PersonId
    members: int
    max_members: int
    created_at: datetime


class GroupSeen(msgspec.Struct, frozen=True):
    """A group as its members see it; owner and admins also see the code that lets others in."""

    group: Group
    role: Role
    code: str | None


class GroupRow(msgspec.Struct, frozen=True):
    """A group with the asking member's role."""

    id: GroupId
    name: str
    owner_id: PersonId
    members: int
    max_members: int
    created_at: datetime
    secret: str
    role: Role


class MemberRow(msgspec.Struct, frozen=True):
    """Somebody in a group."""

    person_id: PersonId
    role: Role
    joined_at: datetime


class Member(msgspec.Struct, frozen=True):
    """Somebody in a group."""

    person: PersonCard
    role: Role
    joined_at: datetime


class InvitationAsk(msgspec.Struct, frozen=True):
    """Invite a person to a group."""

    person_id: UUID


class InvitationRow(msgspec.Struct, frozen=True):
    """A group somebody may join."""

    group_id: GroupId
    invited_by: PersonId
    invited_at: datetime


class Invitation(msgspec.Struct, frozen=True):
    """A group one may join, and who says so."""

    group: Group
    invited_by: PersonCard
    invited_at: datetime


class JoinAsk(msgspec.Struct, frozen=True):
    """Join a group by its code, or one that has invited you by its id."""

    code: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{30}$")] | None = None
    group_id: UUID | None = None


class RoleChange(msgspec.Struct, frozen=True):
    """Another role in a group; `owner` hands the group over."""

    role: Role


class PersonNotFound(NotFound):
    """There is no such person, or one of you blocked the other."""

    person_id: UUID


class NotYourself(Invalid):
    """This needs somebody else than yourself."""


class TooManyLookups(Throttled):
    """You may look up this many numbers a day."""

    at_most: int


class AlreadyFriends(Conflict):
    """You are friends already."""

    person_id: UUID


class RequestNotFound(NotFound):
    """This person does not ask to be your friend."""

    person_id: UUID


class FriendNotFound(NotFound):
    """This person is not your friend."""

    person_id: UUID


class TooManyFriends(Conflict):
    """One of you has 5,000 friends already."""


class ProfileNotFound(NotFound):
    """There is no such profile, or it is not yours to change."""

    profile_id: UUID


class ProfileExists(Conflict):
    """You have a profile already; a person has one."""


class GroupNotFound(NotFound):
    """There is no such group, or you are not in it."""


class GroupFull(Conflict):
    """The group has as many members as it may have, or the code is no longer its code."""


class AlreadyMember(Conflict):
    """You are in this group already."""


class InvitationNotFound(NotFound):
    """You are not invited to this group."""


class MemberNotFound(NotFound):
    """There is no such member, or it is not yours to change them."""

    person_id: UUID


class OwnerStays(Conflict):
    """The owner leaves last, or hands the group over first."""


class JoinAskIncomplete(Invalid):
    """Send either `code` or `group_id`."""
