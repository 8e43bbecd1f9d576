"""Events and jobs: what is said and what is to be done, written in the caller's transaction (docs/events-and-jobs.md).

An `Event` is news: past tense, owned by the module that says it, heard by any number of handlers above. A `Job` is an order to
one handler of the module itself, now or at an instant. `emit` writes both as one statement: nothing is lost, and nothing is
announced that did not happen. A handler may run twice, so each one writes as compare-and-set or through a unique key.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import msgspec

from shuke.kit import clock
from shuke.kit.db import Db, Write, at_end, transaction
from shuke.kit.errors import owner_of

Handler = Callable[[Any, Any], Awaitable[None]]
H = TypeVar("H", bound=Handler)
MAX_MESSAGES = 10_000
MAX_ATTEMPTS = 12


class Message(msgspec.Struct, frozen=True):
    """What travels: ids and amounts, not documents. Only ever add fields, with defaults."""

    @classmethod
    def name(cls) -> str:
        """`trade.OrderPaid`: the module that owns it and the class."""
        return f"{owner_of(cls)}.{cls.__name__}"


M = TypeVar("M", bound=Message)


class Event(Message, frozen=True):
    """Something that happened; handlers of other modules may hear it."""


class Job(Message, frozen=True):
    """Something to be done by exactly one handler of the same module."""


class Later(msgspec.Struct, frozen=True):
    """A job for an instant; `dedupe` keeps at most one waiting job under that name."""

    job: Job
    run_at: datetime
    dedupe: str | None = None


class Subscription(msgspec.Struct, frozen=True):
    """A handler under the name its jobs carry. `is_outside` means that it talks to the outside, in no transaction of ours."""

    kind: str
    message: type[Message]
    handler: Handler
    is_outside: bool = False
    is_at_once: bool = False
    max_attempts: int = MAX_ATTEMPTS
    when: Callable[[Any], bool] | None = None
    after: Callable[[Any], timedelta] | None = None


class Registry:
    """Who hears what. Sealed once every module is loaded, so a forgotten import is an error and not a lost event."""

    def __init__(self) -> None:
        self.by_message: dict[type[Message], list[Subscription]] = {}
        self.by_kind: dict[str, Subscription] = {}
        self.crons: dict[str, timedelta] = {}
        self.outside: list[str] = []
        self.is_sealed = False

    def add(self, subscription: Subscription) -> None:
        """Register; a kind is registered once, and nothing after the seal."""
        assert not self.is_sealed, f"{subscription.kind} came after the seal: name its module in modules.py"
        assert not (subscription.is_at_once and (subscription.is_outside or subscription.after)), "at once is now and here"
        assert subscription.kind not in self.by_kind, f"{subscription.kind} is registered twice"
        self.by_kind[subscription.kind] = subscription
        if subscription.is_outside:
            self.outside.append(subscription.kind)
        self.by_message.setdefault(subscription.message, []).append(subscription)

    def seal(self) -> None:
        """No more handlers; every kind of job has exactly one."""
        for message, heard_by in self.by_message.items():
            assert not issubclass(message, Job) or len(heard_by) == 1, f"{message.name()} has {len(heard_by)} handlers"
        self.is_sealed = True


registry = Registry()


def on(
    message: type[M],
    *,
    is_outside: bool = False,
    is_at_once: bool = False,
    max_attempts: int = MAX_ATTEMPTS,
    when: Callable[[M], bool] | None = None,
    after: Callable[[M], timedelta] | None = None,
) -> Callable[[H], H]:
    """Hear a message: `@on(trade.OrderPaid)` above `async def settle_order(db, event)`.

    The handler runs in a transaction of its own, which also takes the job off the queue. With `is_outside` it runs in none,
    because it calls the world outside; it may then be called again after a crash, so it passes our row's id as its key. With
    `is_at_once` it runs in the transaction that said so, just before its commit, and no job is written: for what belongs to
    the same fact and refuses nothing, since its error would undo the news.
    `when` decides from the message alone whether there is anything to do, and `after` how long to wait with it; both are asked
    when the message is emitted, so news that does not matter costs no job.
    """

    def register(handler: H) -> H:
        module = handler.__module__.removesuffix(".jobs").rpartition(".")[2]
        kind = f"{module}.{handler.__name__}"
        registry.add(Subscription(kind, message, handler, is_outside, is_at_once, max_attempts, when, after))
        return handler

    return register


def cron(message: type[Job], every: timedelta) -> None:
    """Do `message()` at each multiple of `every` on the wall clock, once however many processes there are."""
    registry.crons[message.name()] = every


SAY = Write(
    said="""
        insert into kit.events (name, payload, at, timeline)
        select name, payload, $3, $4 from unnest($1::text[], $2::jsonb[]) as said(name, payload)""",
    fan_out="the events of this node",
)
QUEUE = Write(
    queued="""
        insert into kit.jobs (kind, payload, run_at, dedupe, timeline, created_at)
        select kind, payload, run_at, dedupe, $5, $6
        from unnest($1::text[], $2::jsonb[], $3::timestamptz[], $4::text[]) as todo(kind, payload, run_at, dedupe)
        on conflict (dedupe) where dedupe is not null and dead_at is null do nothing""",
    fan_out="the queue of this node",
)


async def emit(db: Db, *messages: Event | Job | Later) -> None:
    """Write news and jobs in the caller's transaction, or in one of their own. At most 10,000 at once."""
    assert len(messages) <= MAX_MESSAGES, "too many messages in one statement"
    if db.depth == 0:
        async with transaction(db):
            await emit(db, *messages)
        return
    now, timeline = clock.now(), clock.timeline_name()
    events = [each for each in messages if isinstance(each, Event)]
    if events:
        await SAY.put_off(db, [event.name() for event in events], events, now, timeline)
    todo: list[tuple[str, Message, datetime, str | None]] = []
    for each in messages:
        message, run_at, dedupe = (each.job, each.run_at, each.dedupe) if isinstance(each, Later) else (each, now, None)
        heard_by = registry.by_message.get(type(message), [])
        assert heard_by or isinstance(message, Event), f"nobody does {message.name()}"
        for subscription in heard_by:
            if subscription.when is not None and not subscription.when(message):
                continue
            if subscription.is_at_once:
                await at_end(db, partial(subscription.handler, db, message))
            else:
                wait = subscription.after(message) if subscription.after else timedelta()
                todo.append((subscription.kind, message, run_at + wait, dedupe))
    if todo:
        kinds, payloads, run_ats, dedupes = (list(part) for part in zip(*todo, strict=True))
        clock.expect(min(run_ats))
        await QUEUE.put_off(db, kinds, payloads, run_ats, dedupes, timeline, now)
