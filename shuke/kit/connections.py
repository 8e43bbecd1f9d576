"""Connections to PostgreSQL, and what waits on one of them for its next statement or its commit (docs/statements.md)."""

from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, NamedTuple, cast

import asyncpg
import msgspec
from asyncpg.exceptions import IntegrityConstraintViolationError

from shuke.kit.errors import Refusal
from shuke.kit.statements import Parts, written_at_once

Work = Callable[[], Awaitable[object]]
Refusals = Mapping[str, Callable[[str], Refusal]]
"""By the name of a constraint: what its violation, told in PostgreSQL's words, is to a caller."""


OVERTAKEN = "SK001"
"""What `kit.must` raises."""


class Overtaken(Exception):
    """Somebody else changed what this transaction had read and meant to change; nothing of it is written."""


class Pending(NamedTuple):
    """A write that waits for others to go with."""

    parts: Parts
    args: tuple[object, ...]
    refusals: Refusals


class Db(asyncpg.Connection):
    """One connection, the first parameter of every use case.

    It begins a transaction with the first statement in it, and keeps what goes together until then (kit/transactions.py).
    """

    __slots__ = ("afters", "depth", "ends", "hot", "is_begun", "is_behind", "lasts", "put_off", "waiting")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.depth = 0
        self.is_begun = False
        self.is_behind = False
        self.afters: list[Callable[[], None]] = []
        self.ends: list[Work] = []
        self.lasts: list[Work] = []
        self.waiting: list[Pending] = []
        self.put_off: list[Pending] = []
        self.hot: list[Pending] = []

    @contextmanager
    def asking(self) -> Generator[None]:
        """What is asked in this block needs no transaction, unless writes wait that it should see."""
        is_behind, self.is_behind = self.is_behind, bool(self.waiting)
        try:
            yield
        finally:
            self.is_behind = is_behind and not self.is_begun

    async def catch_up(self) -> None:
        """Begin the transaction that is only meant so far, and do the writes that wait for the next statement."""
        self.is_behind = False
        if self.depth and not self.is_begun:
            await super().execute("begin")
            self.is_begun = True
        if self.waiting:
            waiting, self.waiting = self.waiting, []
            await self.do(waiting)

    async def do(self, pending: Sequence[Pending]) -> None:
        """Do these writes as one statement; raises the refusal of the constraint that it violates."""
        sql = written_at_once(tuple(each.parts for each in pending))
        try:
            await super()._execute(sql, tuple(chain.from_iterable(each.args for each in pending)), 0, None)
        except IntegrityConstraintViolationError as error:
            name, detail = str(getattr(error, "constraint_name", "")), str(getattr(error, "detail", ""))
            for each in pending:
                if name in each.refusals:
                    raise each.refusals[name](detail) from None
            raise
        except asyncpg.PostgresError as error:
            if getattr(error, "sqlstate", "") == OVERTAKEN:
                raise Overtaken(error.args[0]) from None
            raise

    async def _execute(self, *args: Any, **kwargs: Any) -> Any:
        if self.is_behind:
            await self.catch_up()
        return await super()._execute(*args, **kwargs)

    async def _executemany(self, *args: Any, **kwargs: Any) -> Any:
        if self.is_behind:
            await self.catch_up()
        return await super()._executemany(*args, **kwargs)

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109 - the driver's
        """Execute a statement, or several without arguments; answers PostgreSQL's word of what was done."""
        if self.is_behind:
            await self.catch_up()
        return await super().execute(query, *args, timeout=timeout)


async def connect(dsn: str, **options: Any) -> Db:
    """A connection of one's own; the caller closes it."""
    db = cast(Db, await asyncpg.connect(dsn, **(_OPTIONS | options)))
    await _set_codecs(db)
    return db


# No limit to the age of prepared statements: the set of statements is closed and small.
_OPTIONS: dict[str, Any] = {
    "connection_class": Db,
    "statement_cache_size": 1024,
    "max_cached_statement_lifetime": 0,
    "max_cacheable_statement_size": 0,
    "command_timeout": 60,
    "server_settings": {
        "timezone": "UTC",
        "application_name": "shuke",
        # Ours are look-ups by key: planning them anew for each set of arguments costs more than running them. A plan may have
        # been made while a table was still empty, so reading all of it must never look cheap.
        "plan_cache_mode": "force_generic_plan",
        "enable_seqscan": "off",
    },
}
_IN_ROWS = ("bool", "int2", "int4", "int8", "text", "uuid", "timestamptz")


async def _set_codecs(db: Any) -> None:
    # jsonb travels as one version byte and the text; rows decode it to their own types (kit/rows.py).
    await db.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=_encode_jsonb,
        decoder=_decode_jsonb,
    )
    await db.set_type_codec("json", schema="pg_catalog", format="binary", encoder=msgspec.json.encode, decoder=bytes)
    # The driver looks up the types that stand in a statement, but not those inside of rows that a reading brings along.
    await db.prepare(f"select {', '.join(f'null::{name}[]' for name in _IN_ROWS)}")


def _encode_jsonb(value: object) -> bytes:
    return b"\x01" + msgspec.json.encode(value)


def _decode_jsonb(raw: bytes) -> bytes:
    return raw[1:]
