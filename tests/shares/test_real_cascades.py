"""Real cascades of Twitter (Hodas & Lerman 2014) as share trees.

The set tells who passed a link on and when, not from whom. So each user's parent is inferred: the one, among the hundred before
them, who stood closely before them in most other cascades; without such evidence, the first sharer. The trees are real in size,
pace and people, and believable in shape.
"""

import csv
import gzip
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from shuke.kit.actor import Actor
from shuke.kit.clock import Timeline
from shuke.kit.db import Db
from shuke.kit.money import Money
from shuke.society import identity, shares
from shuke.society.shares import Cascade
from tests.datasets import dataset
from tests.shares.builders import a_tea, link_of, pass_on
from tests.shares.test_cascades import assert_proofs_hold

CLOSE = 10
FAR = 100
Pairs = Counter[tuple[str, str]]


class RealCascade(msgspec.Struct, frozen=True):
    """Users and unix seconds in order."""

    events: list[tuple[str, int]]

    def parents(self, pairs: Pairs) -> list[int | None]:
        """The inferred place of each one's parent; `pairs` counts who stood closely before whom."""
        found: list[int | None] = [None]
        for place in range(1, len(self.events)):
            user = self.events[place][0]
            evidence = {
                before: pairs[self.events[before][0], user] - (place - before <= CLOSE)
                for before in range(max(0, place - FAR), place)
            }
            best = max(evidence, key=lambda before: evidence[before])
            found.append(best if evidence[best] > 0 else 0)
        return found


class Real(msgspec.Struct, frozen=True):
    """The data set."""

    cascades: list[RealCascade]
    pairs: Pairs


@pytest.fixture(scope="module")
def real() -> Real:
    """The data set, where it is."""
    return read(dataset("diffusion/twitter_cascades.csv.gz"))


def read(file: Path) -> Real:
    """All cascades of the file."""
    with gzip.open(file, "rt") as lines:
        raw = [
            [(user, int(at)) for user, at in (event.split(":") for event in row["events"].split())]
            for row in csv.DictReader(lines)
        ]
    pairs: Pairs = Counter()
    for events in raw:
        for place, (user, _) in enumerate(events):
            pairs.update((before, user) for before, _ in events[max(0, place - CLOSE) : place])
    return Real([RealCascade(events) for events in raw], pairs)


def depths_of(parents: list[int | None]) -> list[int]:
    """The depth of each place."""
    depths: list[int] = []
    for parent in parents:
        depths.append(0 if parent is None else depths[parent] + 1)
    return depths


async def replay(
    db: Db, timeline: Timeline, cascade: RealCascade, parents: list[int | None], users: dict[str, Actor]
) -> list[str]:
    """Share, visit and buy as the cascade went: each opens the parent's link and passes it on without naming it."""
    tea, codes = a_tea(), list[str]()
    start = timeline.now
    for place, (user, at) in enumerate(cascade.events):
        timeline.move_to(start.replace(microsecond=0) + (instant(at) - instant(cascade.events[0][1])))
        parent = parents[place]
        if parent is not None:
            await shares.visit(db, users[user], codes[parent])
        codes.append(await pass_on(db, users[user], tea))
        if place % 5 == 4:
            await shares.convert(db, link_of(codes[-1]), link_of(codes[-1]), Money(place, "CNY"))
    return codes


def instant(seconds: int) -> datetime:
    """Unix time."""
    return datetime.fromtimestamp(seconds, UTC)


async def replayed(
    db: Db, timeline: Timeline, cascade: RealCascade, pairs: Pairs, *, is_folded: bool
) -> tuple[Cascade, list[int]]:
    """A cascade as its first sharer sees it after a replay, and the depth of each event."""
    ids = {user: await identity.person_by_login(db, "external:twitter", user, user) for user, _ in cascade.events}
    users = {user: Actor(id=id, selves=(id,)) for user, id in ids.items()}
    parents = cascade.parents(pairs)
    codes = await replay(db, timeline, cascade, parents, users)
    if is_folded:
        while await shares.fold(db):
            pass
    return await shares.cascade(db, users[cascade.events[0][0]], codes[0]), depths_of(parents)


def assert_counted(seen: Cascade, depths: list[int]) -> None:
    """Level by level: who shared, who came (everybody but the first), and every fifth who bought."""
    expected = Counter(depths)
    bought = Counter(depth for place, depth in enumerate(depths) if place % 5 == 4)
    assert {level.depth: level.shares for level in seen.levels} == expected
    assert [level.visitors for level in seen.levels] == [expected[level.depth + 1] for level in seen.levels]
    assert [level.orders for level in seen.levels] == [bought[level.depth] for level in seen.levels]


async def test_real_cascades_count_by_level_as_an_independent_count_does(db: Db, timeline: Timeline, real: Real):
    chosen = [cascade for cascade in real.cascades if 30 <= len(cascade.events) <= 120][:12]

    for turn, cascade in enumerate(chosen):
        assert_counted(*await replayed(db, timeline, cascade, real.pairs, is_folded=turn % 2 == 1))
    while await shares.fold(db):
        pass

    await assert_proofs_hold(db)


async def test_a_real_cascade_deeper_than_the_counters_reach_is_whole(db: Db, timeline: Timeline, real: Real):
    large = sorted((cascade for cascade in real.cascades if len(cascade.events) >= 200), key=lambda each: len(each.events))
    deep = next(cascade for cascade in large if max(depths_of(cascade.parents(real.pairs))) >= 64)

    seen, depths = await replayed(db, timeline, deep, real.pairs, is_folded=True)

    assert seen.depth >= 64
    assert_counted(seen, depths)
    await assert_proofs_hold(db)


def test_an_ordinary_real_cascade_is_three_levels_deep(real: Real):
    ordinary = [cascade for cascade in real.cascades if 10 <= len(cascade.events) < 50]

    deepest = sorted(max(depths_of(cascade.parents(real.pairs))) for cascade in ordinary)

    assert deepest[len(deepest) // 2] == 3
