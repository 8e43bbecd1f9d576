"""What can be shared: the modules above register their kinds here, so that shares need to know no goods."""

from collections.abc import Iterable
from uuid import UUID

from shuke.kit.db import Db
from shuke.society.shares.types import Resolver, Target, TargetKindUnknown, TargetNotFound, TargetRef

_resolvers: dict[str, Resolver] = {}


def target_kind(kind: str, resolver: Resolver) -> None:
    """Let `kind` be shared: `resolver` answers the targets that are there and may be seen by anybody."""
    assert kind not in _resolvers, f"{kind} is registered twice"
    _resolvers[kind] = resolver


async def target(db: Db, ref: TargetRef) -> Target:
    """What `ref` names; raises TargetKindUnknown and TargetNotFound."""
    if ref.kind not in _resolvers:
        raise TargetKindUnknown(kind=ref.kind)
    found = await _resolvers[ref.kind](db, [ref.id])
    if ref.id not in found:
        raise TargetNotFound(kind=ref.kind, target_id=ref.id)
    return found[ref.id]


async def targets(db: Db, refs: Iterable[TargetRef]) -> dict[TargetRef, Target]:
    """Those of `refs` that are there, one call a kind."""
    by_kind: dict[str, list[UUID]] = {}
    for ref in refs:
        by_kind.setdefault(ref.kind, []).append(ref.id)
    found: dict[TargetRef, Target] = {}
    for kind, ids in by_kind.items():
        if kind in _resolvers:
            resolved = await _resolvers[kind](db, ids)
            found |= {TargetRef(kind, id): each for id, each in resolved.items()}
    return found
