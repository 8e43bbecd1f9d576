import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import MagicMock
from uuid import UUID

import pytest

from shuke.kit import clock, jobs
from shuke.kit.actor import Actor
from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.errors import Conflict
from shuke.kit.events import Event, Job, Later, Subscription, emit, registry
from shuke.kit.ids import new_id
from shuke.kit.once import KeyReused, once

heard: list[str] = []


class BellRang(Event, frozen=True):
    tower: str


class RingBell(Job, frozen=True):
    tower: str


class CallTower(Job, frozen=True):
    tower: str


class Broken(Exception):
    """What a handler of these tests raises."""


async def hear_bell(_db: Db, event: BellRang) -> None:
    heard.append(f"heard {event.tower}")


async def ring_bell(db: Db, job: RingBell) -> None:
    if job.tower == "cracked":
        raise Broken(job.tower)
    heard.append(f"rang {job.tower} at {clock.now():%H:%M}")
    await emit(db, BellRang(job.tower))


async def call_tower(db: Db, job: CallTower) -> None:
    if job.tower == "cracked":
        raise Broken(job.tower)
    heard.append(f"called {job.tower}")
    await emit(db, Later(CallTower("cracked"), clock.now() + timedelta(hours=1), dedupe="call"))


HANDLERS = ((BellRang, hear_bell), (RingBell, ring_bell), (CallTower, call_tower))


@pytest.fixture(autouse=True)
def _bells() -> Iterator[None]:
    # The registry is sealed once the modules are loaded; these tests add handlers of their own and take them out again.
    registry.is_sealed = False
    for message, handler in HANDLERS:
        kind = f"tests.{handler.__name__}"
        registry.add(Subscription(kind, message, handler, is_outside=handler is call_tower, max_attempts=2))
    registry.is_sealed = True
    heard.clear()
    yield
    registry.outside.remove("tests.call_tower")
    for message, handler in HANDLERS:
        del registry.by_kind[f"tests.{handler.__name__}"], registry.by_message[message]


async def test_jobs_run_in_order_of_time_and_move_the_clock(db: Db, timeline: clock.Timeline):
    await emit(
        db, Later(RingBell("noon"), clock.now() + timedelta(hours=3)), Later(RingBell("ten"), clock.now() + timedelta(hours=1))
    )

    count = await jobs.drain(db, timeline, until=clock.now() + timedelta(hours=4))

    assert count == 4
    assert heard == ["rang ten at 10:00", "heard ten", "rang noon at 12:00", "heard noon"]
    assert f"{clock.now():%H:%M}" == "13:00"


async def test_a_waiting_job_of_the_same_name_is_written_once(db: Db, timeline: clock.Timeline):
    for _ in range(3):
        await emit(db, Later(RingBell("ten"), clock.now(), dedupe="the ten o'clock bell"))

    await jobs.drain(db, timeline)

    assert heard == ["rang ten at 09:00", "heard ten"]


async def test_a_job_that_fails_is_put_off_and_then_kept_dead(pool: Pool, timeline: clock.Timeline):
    async with borrowed(pool) as db:
        await emit(db, RingBell("cracked"))

        for _ in range(3):
            timeline.advance(days=1)
            await jobs.run_next(db, "test")

        rows = await db.fetch("select attempts, error, dead_at from kit.jobs")
    assert [(row["attempts"], row["error"]) for row in rows] == [(2, "Broken: cracked")]
    assert rows[0]["dead_at"] is not None


async def test_a_call_outside_is_leased_and_may_put_the_next_of_its_name(db: Db, timeline: clock.Timeline):
    await emit(db, Later(CallTower("first"), clock.now(), dedupe="call"))

    assert await jobs.run_next(db, "test")
    assert not await jobs.run_next(db, "test")
    waiting = await db.fetch("select payload ->> 'tower' as tower, dedupe, attempts from kit.jobs")

    assert heard == ["called first"]
    assert [tuple(row) for row in waiting] == [("cracked", "call", 0)]


async def test_a_call_outside_whose_caller_was_killed_is_due_again_when_its_lease_ends(db: Db, timeline: clock.Timeline):
    await emit(db, CallTower("first"))
    leased = await jobs.LEASE.first(db, "test", clock.now(), ["tests.call_tower"], clock.now() + jobs.LEASE_TIME)
    assert leased is not None and leased.run_at == clock.now()

    assert not await jobs.run_next(db, "test")
    timeline.move_to(clock.now() + jobs.LEASE_TIME)
    again = await jobs.run_next(db, "test")

    assert again is not None and (again.id, again.attempts) == (leased.id, 1)


async def test_news_and_its_jobs_go_as_one_statement_also_outside_a_transaction(pool: Pool, statements: Callable[..., Any]):
    async with borrowed(pool) as db:
        # The first time, the driver asks for types too.
        await emit(db, BellRang("south"))
        with statements(db, at_most=1) as seen:
            await emit(db, BellRang("north"))
            # It tells its loggers a moment later.
            await asyncio.sleep(0)

        assert len(seen) == 1
        assert await db.fetchval("select count(*) from kit.events") == await db.fetchval("select count(*) from kit.jobs") == 2


@pytest.mark.concurrent
@pytest.mark.parametrize("is_outside", [False, True])
async def test_a_job_is_tried_as_often_as_it_may_and_no_less(
    pool: Pool, timeline: clock.Timeline, monkeypatch: pytest.MonkeyPatch, is_outside: bool
):
    subscription = Subscription("tests.ring_bell", RingBell, ring_bell, is_outside=is_outside, max_attempts=4)
    monkeypatch.setitem(registry.by_kind, subscription.kind, subscription)
    monkeypatch.setattr(registry, "outside", [subscription.kind] if is_outside else [])
    tries = 0

    async with borrowed(pool) as db:
        await emit(db, RingBell("cracked"))
        while await jobs.run_next(db, timeline.name) is not None:
            tries += 1
            timeline.advance(hours=2)

        assert tries == 4
        assert await db.fetchval("select attempts from kit.jobs where dead_at is not null") == 4


@pytest.mark.concurrent
@pytest.mark.parametrize("words", ["a NUL \\0", "half a letter \\ud83d"], ids=["NUL", "surrogate"])
async def test_whatever_an_error_says_the_job_is_put_off(
    pool: Pool, timeline: clock.Timeline, monkeypatch: pytest.MonkeyPatch, words: str
):
    async def say(_db: Db, _job: RingBell) -> None:
        raise Broken(words.encode().decode("unicode_escape"))

    monkeypatch.setitem(registry.by_kind, "tests.ring_bell", Subscription("tests.ring_bell", RingBell, say))
    # Half a letter in a captured log would not travel between the processes that run the tests.
    monkeypatch.setattr(jobs, "log", MagicMock())

    async with borrowed(pool) as db:
        await emit(db, RingBell("any"))
        assert await jobs.run_next(db, timeline.name) is not None

        error = await db.fetchval("select error from kit.jobs where run_at > $1", clock.now())
    assert error.startswith(f"Broken: {words[:6]}")


@pytest.mark.concurrent
async def test_two_workers_never_run_the_same_job(pool: Pool):
    async with borrowed(pool) as db:
        await emit(db, *[RingBell(str(number)) for number in range(40)])

    async def work() -> None:
        async with borrowed(pool) as db:
            while await jobs.run_next(db, "test"):
                pass

    await asyncio.gather(*[work() for _ in range(6)])

    assert sorted(each for each in heard if each.startswith("rang")) == sorted(f"rang {n} at 09:00" for n in range(40))
    assert len(heard) == 80


async def test_what_four_duplicates_do_happens_once_and_they_get_the_same_answer(pool: Pool):
    me = Actor(id=new_id(5))

    async def ask() -> UUID:
        async def work() -> UUID:
            await emit(db, BellRang("west"))
            await asyncio.sleep(0.05)
            return new_id(5)

        async with borrowed(pool) as db:
            return await once(db, me, "key", ("body",), UUID, work)

    answers = await asyncio.gather(*[ask() for _ in range(4)])

    assert len(set(answers)) == 1
    async with borrowed(pool) as db:
        assert await db.fetchval("select count(*) from kit.events") == 1


async def test_the_same_key_with_another_body_is_refused_and_a_refusal_frees_the_key(db: Db):
    me = Actor(id=new_id(5))

    async def refuse() -> int:
        raise Conflict()

    async def answer() -> int:
        return 7

    with pytest.raises(Conflict):
        await once(db, me, "key", "first", int, refuse)
    assert await once(db, me, "key", "first", int, answer) == 7
    with pytest.raises(KeyReused):
        await once(db, me, "key", "second", int, answer)
