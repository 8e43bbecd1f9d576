"""The words of shares."""

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Annotated, Literal, NewType
from uuid import UUID

import msgspec

from shuke.kit.actor import PersonId
from shuke.kit.db import Db
from shuke.kit.errors import Invalid, NotFound
from shuke.kit.events import Job
from shuke.kit.money import Money
from shuke.society.identity import PersonCard

LinkId = NewType("LinkId", UUID)
Medium = Literal["chat", "moments", "group", "poster", "link"]
Code = Annotated[str, msgspec.Meta(max_length=32, pattern="^[A-Za-z0-9_-]+$")]

MAX_NODES = 200
MAX_LEVELS = 1_000
MAX_MINE = 1_000
MAX_FRESH = 500
"""A reader adds at most this many deltas on the fly; beyond, counters lag by the seconds until the next fold."""


class TargetRef(msgspec.Struct, frozen=True):
    """What is shared, as the sharer names it."""

    kind: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
    id: UUID


class Target(msgspec.Struct, frozen=True):
    """What a link leads to. Shares know nothing more of it; the module that owns the kind resolves it."""

    kind: str
    id: UUID
    owner_id: UUID
    title: str
    cover: str | None = None


Resolver = Callable[[Db, Iterable[UUID]], Awaitable[dict[UUID, Target]]]


class ShareAsk(msgspec.Struct, frozen=True):
    """Share a target: `parent` is the code by which the sharer came to it; without one, their last visit to it is found."""

    target: TargetRef
    medium: Medium
    group_id: UUID | None = None
    parent: Code | None = None


class LinkRow(msgspec.Struct, frozen=True):
    """A link as it is stored."""

    id: LinkId
    root_id: LinkId
    parent_id: LinkId | None
    depth: int
    sharer_id: PersonId
    target_kind: str
    target_id: UUID
    owner_id: UUID
    medium: str
    group_id: UUID | None
    created_at: datetime


class Link(msgspec.Struct, frozen=True):
    """A link to pass on: its code, its address, and how many re-shares lie between it and the first sharer."""

    code: str
    url: str
    depth: int
    target: TargetRef
    medium: str
    created_at: datetime


class Visit(msgspec.Struct, frozen=True):
    """What an opened link leads to and who sent it; a visitor nobody knew gets a token."""

    target: Target
    sharer: PersonCard | None
    visitor_token: str | None = None


class Step(msgspec.Struct, frozen=True):
    """One sharer on the way of an order."""

    person_id: PersonId
    depth: int


class SharePath(msgspec.Struct, frozen=True):
    """How a buyer came to a shop: `steps` go from the link opened last back to the first sharer.

    `first_link_id` was opened first among the links still in the window.
    """

    link_id: LinkId
    root_id: LinkId
    entry_medium: str
    first_link_id: LinkId
    first_touch: datetime
    last_touch: datetime
    steps: tuple[Step, ...]


class TouchRow(msgspec.Struct, frozen=True):
    """The last and the first link by which somebody came to an owner within the window."""

    owner_id: UUID
    link_id: LinkId
    last_at: datetime
    first_link_id: LinkId
    first_at: datetime


class PathRow(msgspec.Struct, frozen=True):
    """A link with its sharers, from itself back to the first."""

    id: LinkId
    root_id: LinkId
    owner_id: UUID
    medium: str
    depth: int
    sharer_ids: list[UUID]


class LevelRow(msgspec.Struct, frozen=True):
    """What happened at one level below a link; the currency is empty for shares and visitors."""

    depth: int
    currency: str
    shares: int
    visitors: int
    orders: int
    amount: int


class Level(msgspec.Struct, frozen=True):
    """One level below the link asked for (level 0 is the link itself): conversion is orders per visitor."""

    depth: int
    shares: int
    visitors: int
    orders: int
    gmv: list[Money]
    conversion_bps: int


class NodeRow(msgspec.Struct, frozen=True):
    """A link of the tree as it is drawn."""

    id: LinkId
    parent_id: LinkId | None
    sharer_id: PersonId
    level: int
    visitors: int
    orders: int


class Node(msgspec.Struct, frozen=True):
    """A link in the drawing: `parent` is the place of its parent in the list; only the asker's friends have a person."""

    parent: int | None
    depth: int
    person: PersonCard | None
    visitors: int
    orders: int


class Cascade(msgspec.Struct, frozen=True):
    """What came of a link: how deep and how wide it went, by level and in sum, and its busiest part as a tree."""

    depth: int
    width: int
    total: Level
    levels: list[Level]
    tree: list[Node]


class MyLinkRow(msgspec.Struct, frozen=True):
    """A link at its sharer."""

    link_id: LinkId
    target_kind: str
    target_id: UUID
    owner_id: UUID
    medium: str
    created_at: datetime


class OpenedRow(msgspec.Struct, frozen=True):
    """A link somebody opened, for their export."""

    link_id: LinkId
    target_kind: str
    target_id: UUID
    first_at: datetime
    last_at: datetime


class BranchRow(msgspec.Struct, frozen=True):
    """What came of one of several links, in one currency."""

    link_id: LinkId
    currency: str
    shares: int
    visitors: int
    orders: int
    amount: int


class MyLink(msgspec.Struct, frozen=True):
    """A link one shared and what came of it, at all levels; a target that is gone is null."""

    code: str
    url: str
    medium: str
    created_at: datetime
    target: Target | None
    shares: int
    visitors: int
    orders: int
    gmv: list[Money]


class Brought(msgspec.Struct, frozen=True):
    """Whom a person brought and what it earned the shops: level 0 came by their own links, the others by their friends'."""

    levels: list[Level]
    total: Level


class FoldLevels(Job, frozen=True):
    """Move what happened into the level counters."""


class LinkNotFound(NotFound):
    """There is no link with this code, or its cascade is not yours to see."""

    link: str


class TargetKindUnknown(Invalid):
    """Nothing of this kind can be shared."""

    kind: str


class TargetNotFound(NotFound):
    """What should be shared, or was shared, is not there."""

    kind: str
    target_id: UUID


class ParentMismatch(Invalid):
    """The parent link leads to something else than the target."""

    parent: str


class GroupNotYours(NotFound):
    """There is no such group, or you are not in it."""

    group_id: UUID
