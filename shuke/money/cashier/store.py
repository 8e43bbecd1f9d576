"""The cashier's own SQLite file. A write is on disk before it is answered; writes that arrive together share one commit.

One thread writes, so a unit of work is never interleaved with another, and reads see only what is committed.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

MAX_WAITING = 10_000
MAX_SHARING_A_COMMIT = 256

SCHEMA = """
create table if not exists payments (
    id text primary key,
    state text not null check (state in ('paid', 'failed', 'closed')),
    asked text check (asked in ('paid', 'failed')),
    amount integer check (amount > 0),
    currency text,
    transaction_id text unique,
    decided_at integer not null,
    refunded integer not null default 0 check (refunded between 0 and iif(state = 'paid', amount, 0)),
    check (state = 'closed' or (
        asked is not null and amount is not null and currency is not null and transaction_id is not null))
) strict;
create index if not exists payments_by_day on payments (decided_at, id) where state = 'paid';

create table if not exists refunds (
    id text primary key,
    payment_id text not null references payments (id),
    amount integer not null check (amount > 0),
    currency text not null,
    reason text not null,
    notify_url text not null,
    state text not null check (state in ('succeeded', 'failed')),
    transaction_id text not null unique,
    decided_at integer not null
) strict;
create index if not exists refunds_by_day on refunds (decided_at, id) where state = 'succeeded';

create table if not exists notices (
    id integer primary key,
    public_id text not null unique,
    url text not null,
    body blob not null,
    copies integer not null,
    drop_first integer not null,
    forge_first integer not null,
    attempts integer not null default 0,
    due_at integer,
    delivered_at integer,
    last_answer text
) strict;
create index if not exists notices_undelivered on notices (due_at) where delivered_at is null;

create table if not exists defaults (
    one integer primary key check (one = 1),
    rules blob not null
) strict;
"""

Answer = TypeVar("Answer")
Work = Callable[[sqlite3.Connection], Answer]


class Busy(Exception):
    """More writes wait for the disk than the cashier is willing to queue."""


class Store:
    """The open file: `write` a unit of work, or read from `reading`."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = path
        self._writing = _connect(path)
        self._writing.executescript(SCHEMA)
        self.reading = _connect(path)
        self._thread = ThreadPoolExecutor(1, "cashier-store")
        self._waiting: list[tuple[Work[Any], asyncio.Future[Any]]] = []
        self._committer: asyncio.Task[None] | None = None

    async def write(self, work: Work[Answer]) -> Answer:
        """Do all of `work` or nothing, and return its answer once it is durable. What `work` raises undoes it alone."""
        if len(self._waiting) >= MAX_WAITING:
            raise Busy
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, answer))
        if self._committer is None:
            self._committer = asyncio.create_task(self._commit_all())
        return await answer

    def snapshot(self) -> sqlite3.Connection:
        """A connection of its own for a long read, which the reader closes."""
        return _connect(self._path)

    async def close(self) -> None:
        """Finish what waits, then close the file."""
        if self._committer is not None:
            await self._committer
        self._thread.shutdown()
        self._writing.close()
        self.reading.close()

    async def _commit_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch, self._waiting = self._waiting[:MAX_SHARING_A_COMMIT], self._waiting[MAX_SHARING_A_COMMIT:]
            outcomes = await loop.run_in_executor(self._thread, self._commit, [work for work, _ in batch])
            for (_, answer), outcome in zip(batch, outcomes, strict=True):
                if answer.done():
                    continue
                if isinstance(outcome, BaseException):
                    answer.set_exception(outcome)
                else:
                    answer.set_result(outcome)
        self._committer = None

    def _commit(self, works: list[Work[Any]]) -> list[Any]:
        try:
            self._writing.execute("begin immediate")
            outcomes = [self._attempt(work) for work in works]
            self._writing.execute("commit")
        except sqlite3.Error as error:
            if self._writing.in_transaction:
                self._writing.execute("rollback")
            return [error] * len(works)
        return outcomes

    def _attempt(self, work: Work[Any]) -> Any:
        self._writing.execute("savepoint work")
        try:
            outcome = work(self._writing)
        except Exception as refusal:
            self._writing.execute("rollback to work")
            outcome = refusal
        self._writing.execute("release work")
        return outcome


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
    connection.row_factory = sqlite3.Row
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = full")
    connection.execute("pragma foreign_keys = on")
    return connection
