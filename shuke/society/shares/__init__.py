"""Shares: who passed what on to whom, who came by it, and what it brought (docs/share-tree.md).

A link has a parent when it was re-shared, so the links of one first sharer's share are a tree, and the whole tree lives at that
person's home. A tree only grows: no link is deleted or moved, which is why it has no cycles and why a path once walked is there
when the order is placed. Opening a link writes a visit at the tree and a touch at the visitor; an order finds its path from the
touch. Whoever writes only appends; level counters are folded in the background, and equal a recount. Targets are opaque: the
modules above register a resolver per kind. Who may be paid for a path is not decided here.
"""

from shuke.society import identity
from shuke.society.shares.cascades import brought_by, cascade
from shuke.society.shares.conversions import convert, undo_conversion
from shuke.society.shares.folds import fold
from shuke.society.shares.links import my_links, share
from shuke.society.shares.paths import Touches, path, touches
from shuke.society.shares.privacy import erase_person, export_person
from shuke.society.shares.targets import target_kind
from shuke.society.shares.types import (
    Brought,
    Cascade,
    GroupNotYours,
    Level,
    Link,
    LinkId,
    LinkNotFound,
    MyLink,
    Node,
    ParentMismatch,
    ShareAsk,
    SharePath,
    Step,
    Target,
    TargetKindUnknown,
    TargetNotFound,
    TargetRef,
    Visit,
)
from shuke.society.shares.visits import visit

__all__ = [
    "Brought",
    "Cascade",
    "GroupNotYours",
    "Level",
    "Link",
    "LinkId",
    "LinkNotFound",
    "MyLink",
    "Node",
    "ParentMismatch",
    "ShareAsk",
    "SharePath",
    "Step",
    "Target",
    "TargetKindUnknown",
    "TargetNotFound",
    "TargetRef",
    "Touches",
    "Visit",
    "brought_by",
    "cascade",
    "convert",
    "fold",
    "my_links",
    "path",
    "share",
    "target_kind",
    "touches",
    "undo_conversion",
    "visit",
]

identity.privacy("shares", export=export_person, erase=erase_person)
