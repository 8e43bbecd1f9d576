"""The worker: takes due jobs off the queue and runs their handlers (docs/events-and-jobs.md).

A job is deleted in the transaction that does its work, so its effects happen once, and a killed worker leaves it as it was.
Only handlers that talk to the outside run under a lease instead: their job becomes due again when the lease ends.
"""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from shuke.kit import clock, logs, metrics
from shuke.kit.db import Db, Pool, Query, Statement, borrowed, transaction
from shuke.kit.events import Later, Subscription, emit, registry

LEASE_TIME = timedelta(seconds=20)
IDLE_S = 0.1
MAX_BACKOFF_S = 3600
CONCURRENCY = 4
ORDINARY_ATTEMPTS = 3
NEVER = datetime.max.replace(tzinfo=UTC)

log = logs.named("jobs")


class Due(msgspec.Struct, frozen=True):
    """A job taken off the queue."""

    id: int
    kind: str
    payload: msgspec.Raw
    run_at: datetime
    attempts: int


class Next(msgspec.Struct, frozen=True):
    """When a job is due, and which."""

    run_at: datetime
    kind: str


class Waiting(msgspec.Struct, frozen=True):
    """How many jobs are due, how many are dead, and how late the oldest due one is."""

    due: int
    dead: int
    late_s: float


NEXT = Query(
    Next,
    """
    select run_at, kind from kit.jobs where timeline = $1 and dead_at is null and kind <> all($2::text[])
    order by run_at, id limit 1""",
    fan_out="the queue of this node",
)
TAKE = Query(
    Due,
    """
    delete from kit.jobs where id = (
        select id from kit.jobs
        where timeline = $1 and dead_at is null and run_at <= $2 and kind <> all($3::text[])
        order by run_at, id limit 1
        for update skip locked)
    returning {cols}""",
    fan_out="the queue of this node",
)
# Its name is free from now on: the handler may put the next one of the same name.
LEASE = Query(
    Due,
    """
    update kit.jobs leased set attempts = leased.attempts + 1, run_at = $4, dedupe = null
    from (
        select id, run_at, attempts from kit.jobs
        where timeline = $1 and dead_at is null and run_at <= $2 and kind = any($3::text[])
        order by run_at, id limit 1
        for update skip locked) as due
    where leased.id = due.id
    returning leased.id, kind, payload, due.run_at, due.attempts""",
    fan_out="the queue of this node",
)
DONE = Statement("delete from kit.jobs where id = $1 and attempts = $2", fan_out="the queue of this node")
FAILED = Statement(
    """
    update kit.jobs set attempts = $2, error = $3, run_at = $4, dead_at = $5
    where id = $1 and attempts <= $2 and dead_at is null""",
    fan_out="the queue of this node",
)
HAND_OVER = Statement(
    "update kit.jobs set timeline = $2, run_at = greatest(run_at, $3) where timeline = $1",
    fan_out="the queue of this node",
)
WAITING = Query(
    Waiting,
    """
    select count(*) filter (where dead_at is null and run_at <= $1) as due,
           count(*) filter (where dead_at is not null) as dead,
           coalesce(extract(epoch from $1 - min(run_at) filter (where dead_at is null and run_at <= $1)), 0)::float8 as late_s
    from kit.jobs where timeline = 'live' and (run_at <= $1 or dead_at is not null)""",
    fan_out="the queue of this node",
)
REVIVE = Statement(
    "update kit.jobs set dead_at = null, attempts = 0, run_at = $1 where dead_at is not null",
    fan_out="the queue of this node",
)


async def work(pool: Pool, stop: asyncio.Event, *, concurrency: int = CONCURRENCY) -> None:
    """Run due jobs of the live timeline until `stop` is set; a job that has begun is finished."""
    awake = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for _ in range(concurrency):
            group.create_task(_run_while_due(pool, stop, awake))
        async with borrowed(pool) as db:
            await _watch(db, stop, awake)


async def _watch(db: Db, stop: asyncio.Event, awake: asyncio.Event) -> None:
    # One poll for all runners; a notification per commit would take a lock that all commits of the database share.
    seeded_at: datetime | None = None
    while not stop.is_set():
        now = clock.now()
        if seeded_at is None or now - seeded_at > timedelta(minutes=1):
            await _seed_crons(db)
            seeded_at = now
        first = await NEXT.first(db, clock.LIVE, ())
        if first is not None and first.run_at <= now:
            awake.set()
        await asyncio.sleep(IDLE_S)
    awake.set()


async def _run_while_due(pool: Pool, stop: asyncio.Event, awake: asyncio.Event) -> None:
    while not stop.is_set():
        await awake.wait()
        async with borrowed(pool, timeout_s=60) as db:
            while not stop.is_set() and await run_next(db, clock.LIVE) is not None:
                pass
        awake.clear()


async def drain(
    db: Db, timeline: clock.Timeline, until: datetime | None = None, *, leave_outside_of: Sequence[str] = ()
) -> int:
    """Run the jobs of `timeline` in order of time on this connection, moving its clock; answers how many ran.

    Runs what is due by `until` (by default: now) and leaves the clock there. An error of a handler is raised. Jobs of the
    modules in `leave_outside_of` that call the outside stay for the live workers: a simulated time has no outside.
    """
    until = until or timeline.now
    left = [kind for kind in registry.outside if kind.partition(".")[0] in leave_outside_of]
    count = 0
    if not left:
        timeline.next_at = None
    with clock.on(timeline):
        while timeline.next_at is None or timeline.next_at <= until:
            first = await NEXT.first(db, timeline.name, left)
            timeline.next_at = first.run_at if first else NEVER
            if timeline.next_at <= until:
                timeline.move_to(timeline.next_at)
                count += await run_next(db, timeline.name, first, left=left, is_strict=True) is not None
                timeline.next_at = None
        timeline.move_to(until)
    return count


async def hand_over(db: Db, timeline: clock.Timeline) -> int:
    """Give what `timeline` left for later to the live workers; answers how many jobs."""
    return await HAND_OVER.run(db, timeline.name, clock.LIVE, datetime.now(UTC))


async def run_next(
    db: Db, timeline: str, first: Next | None = None, *, left: Sequence[str] = (), is_strict: bool = False
) -> Due | None:
    """Run the job that is due first, if any; `first` is what is known of it.

    A failure puts it off with backoff, or is raised when `is_strict`.
    """
    first = first or await NEXT.first(db, timeline, left)
    now = clock.now()
    if first is None or first.run_at > now:
        return None
    runs = (_run_leased, _run_taken) if first.kind in registry.outside else (_run_taken, _run_leased)
    for run in runs:
        if (due := await run(db, timeline, now, left, is_strict=is_strict)) is not None:
            return due
    # Others have them.
    return None


async def _run_taken(db: Db, timeline: str, now: datetime, left: Sequence[str], *, is_strict: bool) -> Due | None:
    due: Due | None = None
    try:
        async with transaction(db):
            due = await TAKE.first(db, timeline, now, [*registry.outside, *left])
            if due is not None:
                await _handle(db, registry.by_kind[due.kind], due)
        if due is not None:
            metrics.count_job(due.kind, "done")
    except Exception as error:
        if is_strict or due is None:
            raise
        await _put_off(db, due, error)
    return due


async def _run_leased(db: Db, timeline: str, now: datetime, left: Sequence[str], *, is_strict: bool) -> Due | None:
    kinds = [kind for kind in registry.outside if kind not in left]
    due = await LEASE.first(db, timeline, now, kinds, now + LEASE_TIME)
    if due is None:
        return None
    try:
        await _handle(db, registry.by_kind[due.kind], due)
        await DONE.run(db, due.id, due.attempts + 1)
        metrics.count_job(due.kind, "done")
    except Exception as error:
        if is_strict:
            raise
        await _put_off(db, due, error)
    return due


async def _handle(db: Db, subscription: Subscription, due: Due) -> None:
    message = msgspec.json.decode(due.payload, type=subscription.message)
    await subscription.handler(db, message)
    if (every := registry.crons.get(message.name())) is not None:
        await emit(db, Later(message, _next_multiple(every), dedupe=f"cron:{message.name()}"))  # type: ignore[arg-type]


async def _put_off(db: Db, due: Due, error: Exception) -> None:
    attempts = due.attempts + 1
    subscription = registry.by_kind.get(due.kind)
    is_dead = subscription is None or attempts >= subscription.max_attempts
    now = clock.now()
    backoff = timedelta(seconds=min(MAX_BACKOFF_S, 2**attempts * random.uniform(0.5, 1)))  # noqa: S311 - spreads retries
    # A lease has counted this attempt already; one that others took since has counted more, and is theirs.
    await FAILED.run(db, due.id, attempts, _told(error), now + backoff, now if is_dead else None)
    metrics.count_job(due.kind, "dead" if is_dead else "failed")
    # That the outside does not answer at once is ordinary; that it still does not is worth a look.
    is_ordinary = subscription is not None and subscription.is_outside and attempts <= ORDINARY_ATTEMPTS
    told = log.info if is_ordinary else log.error
    told("job_failed", error=error, kind=due.kind, job_id=due.id, attempts=attempts, is_dead=is_dead)


def _told(error: Exception) -> str:
    # Whatever it says, PostgreSQL must be able to hold it: otherwise the job would stop the worker, and be the first again.
    text = f"{type(error).__name__}: {error}"[:2000]
    return text.replace("\0", "\\0").encode(errors="backslashreplace").decode()


async def _seed_crons(db: Db) -> None:
    for name, every in registry.crons.items():
        message = next(each for each in registry.by_message if each.name() == name)
        await emit(db, Later(message(), _next_multiple(every), dedupe=f"cron:{name}"))  # type: ignore[arg-type]


def _next_multiple(every: timedelta) -> datetime:
    seconds = every.total_seconds()
    return datetime.fromtimestamp((clock.now().timestamp() // seconds + 1) * seconds, UTC)
