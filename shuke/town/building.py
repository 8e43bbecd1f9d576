"""Building the town: people settle, shops open, and then a month passes."""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from shuke.kit import clock, jobs
from shuke.kit.db import Db
from shuke.society import identity, shares
from shuke.town.agenda import Agenda
from shuke.town.content import make_people
from shuke.town.folk import Townsman, befriend, settle
from shuke.town.life import Life
from shuke.town.market import Stall, draw_covers, open_market

DAYS = 30
PEOPLE = 300
SHARES_A_DAY = 0.055
"""First shares a day and person; what friends make of them comes on top."""
WALK_INS_A_DAY = 0.03
"""How many people a day come to a shop without a friend's link."""

Progress = Callable[[str, float], None]


class Resident(msgspec.Struct, frozen=True):
    """Somebody to sign in as."""

    name: str
    phone: str
    part: str


class Town(msgspec.Struct, frozen=True):
    """A town that was built: whom to sign in as."""

    residents: list[Resident]
    people: int
    shops: int


async def build(
    db: Db, *, people: int = PEOPLE, days: int = DAYS, seed: int = 20, end: datetime | None = None, progress: Progress
) -> Town:
    """Let a town of `people` live for `days` up to `end` (by default now); the live workers go on from there.

    Deterministic for a seed, but for random ids. `progress` hears what is done and how much of it, from 0 to 1.
    """
    rng = random.Random(seed)  # noqa: S311 - a story, not a secret
    end = end or datetime.now(UTC)
    timeline = clock.Timeline("town", end - timedelta(days=days, hours=2))
    # A demo may be built anew; nobody waits for its commits to reach the disk.
    await db.execute("set synchronous_commit = off")
    try:
        with clock.on(timeline):
            async with asyncio.TaskGroup() as group:
                covers = group.create_task(asyncio.to_thread(draw_covers))
                progress("people", 0)
                folk = await settle(db, rng, make_people(rng, people))
                progress("friends", 0.1)
                friends = await befriend(db, rng, folk)
                progress("shops", 0.15)
                stalls = await open_market(db, rng, folk, covers)
            await identity.make_operator(db, folk[-1].id)
        agenda = Agenda(db, rng, timeline)
        await _live(agenda, Life(db, agenda, friends, stalls), folk, days, end, progress)
        while await shares.fold(db):
            pass
        await jobs.hand_over(db, timeline)
    finally:
        await db.execute("reset synchronous_commit")
    return Town(_residents(folk, stalls), len(folk), len(stalls))


async def _live(agenda: Agenda, life: Life, folk: Sequence[Townsman], days: int, end: datetime, progress: Progress) -> None:
    start = end - timedelta(days=days)
    for day in range(days):
        morning = start + timedelta(days=day)
        _plan(agenda, life, folk, morning)
        await agenda.live(morning + timedelta(days=1))
        progress("days", 0.2 + 0.8 * (day + 1) / days)


def _plan(agenda: Agenda, life: Life, folk: Sequence[Townsman], morning: datetime) -> None:
    rng = agenda.rng
    for person in folk:
        if rng.random() < SHARES_A_DAY * 2 * person.zeal:
            good = life.fancy()
            agenda.at(_some_time(rng, morning), lambda person=person, good=good: life.pass_on(person, good, None))
        if rng.random() < WALK_INS_A_DAY * (1.6 - person.thrift):
            good = life.fancy()
            agenda.at(_some_time(rng, morning), lambda person=person, good=good: life.buy(person, good))


def _some_time(rng: random.Random, morning: datetime) -> datetime:
    # Most of what people do, they do in the evening.
    return morning + timedelta(hours=min(23.9, max(0.1, rng.gauss(12.5, 4.5))))


def _residents(folk: Sequence[Townsman], stalls: Sequence[Stall]) -> list[Resident]:
    owner, guide = stalls[0].owner, next(each for stall in stalls for each in stall.guides)
    buyer = folk[len(folk) // 2]
    return [
        Resident(buyer.seed.name, buyer.seed.phone, "buyer"),
        Resident(owner.seed.name, owner.seed.phone, f"owner of {stalls[0].seed.name.zh}"),
        Resident(guide.seed.name, guide.seed.phone, "guide"),
        Resident(folk[-1].seed.name, folk[-1].seed.phone, "operator"),
    ]
