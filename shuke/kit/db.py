"""Connections, transactions and `Query`, the only way a statement reaches PostgreSQL (docs/queries.md)."""

import inspect
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, ClassVar, Generic, TypeVar, cast

import asyncpg
import msgspec
from asyncpg.exceptions import IntegrityConstraintViolationError

from shuke.kit.errors import Refusal
from shuke.kit.rows import columns_of, maker_of

Row = TypeVar("Row")
Pool = asyncpg.Pool


class Db(asyncpg.Connection):
    """One connection. It is the first parameter of every use case, and knows what must run last."""

    __slots__ = ("depth", "lasts")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.depth = 0
        self.lasts: list[Callable[[], Awaitable[object]]] = []

    def get_reset_query(self) -> str:
        """Nothing to reset between borrowers: no statement of ours leaves session state behind."""
        return ""


class Query(Generic[Row]):
    """One SQL statement that yields `Row`; `{cols}` (or `{cols:alias}`) is the row's column list.

    `Row` is a msgspec struct or one scalar type. A statement that names no home says why in `fan_out`. One test prepares
    every query against the migrated schema.
    """

    __slots__ = ("_make", "fan_out", "module", "row", "sql")
    every: ClassVar["list[Query[Any]]"] = []

    def __init__(self, row: type[Row], sql: str, *, fan_out: str = "") -> None:
        self.row = row
        self.fan_out = fan_out
        self.sql = re.sub(r"\{cols(?::(\w+))?\}", lambda found: columns_of(row, found[1]), sql).strip()
        self.module = _owner()
        self._make = maker_of(row)
        Query.every.append(self)

    async def first(self, db: Db, *args: object) -> Row | None:
        """The first row, or None."""
        record = await db.fetchrow(self.sql, *args)
        return None if record is None else cast(Row, self._make(record))

    async def one(self, db: Db, *args: object) -> Row:
        """The row of a statement that always yields one."""
        record = await db.fetchrow(self.sql, *args)
        assert record is not None, f"no row from: {self.sql}"
        return cast(Row, self._make(record))

    async def all(self, db: Db, *args: object) -> list[Row]:
        """Every row; the statement states its own maximum."""
        make = self._make
        return [cast(Row, make(record)) for record in await db.fetch(self.sql, *args)]

    async def stream(self, db: Db, *args: object) -> AsyncIterator[Row]:
        """Row by row, for whole tables in constant memory; needs a transaction."""
        async for record in db.cursor(self.sql, *args, prefetch=1000):
            yield cast(Row, self._make(record))

    async def run(self, db: Db, *args: object) -> int:
        """Execute; answers how many rows were written."""
        status = await db.execute(self.sql, *args)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def each(self, db: Db, rows: list[tuple[object, ...]]) -> None:
        """Execute once for each of `rows`, pipelined; for bulk work."""
        await db.executemany(self.sql, rows)


class Statement(Query[None]):
    """A statement whose rows nobody reads."""

    def __init__(self, sql: str, *, fan_out: str = "") -> None:
        super().__init__(type(None), sql, fan_out=fan_out)


def _owner() -> str:
    frame = inspect.currentframe()
    assert frame is not None
    while frame.f_globals["__name__"] == __name__ and frame.f_back:
        frame = frame.f_back
    return frame.f_globals["__name__"]


@asynccontextmanager
async def transaction(db: Db) -> AsyncGenerator[None]:
    """All or nothing. Inside another one it is a savepoint. What was given to `last` runs just before the commit."""
    async with db.transaction():
        db.depth += 1
        try:
            yield
            if db.depth == 1:
                lasts, db.lasts[:] = db.lasts[:], []
                for work in lasts:
                    await work()
        except BaseException:
            if db.depth == 1:
                db.lasts.clear()
            raise
        finally:
            db.depth -= 1


async def last(db: Db, work: Callable[[], Awaitable[object]]) -> None:
    """Run `work` as the last thing before the commit, so that a hot row is locked for the commit only.

    A refusal in `work` rolls everything back. Outside a transaction it runs at once.
    """
    if db.depth == 0:
        await work()
    else:
        db.lasts.append(work)


@contextmanager
def refusing(**refusals: Refusal) -> Generator[None]:
    """Translate the violation of a named constraint into a refusal: `with refusing(supplies_available_check=SoldOut(...))`."""
    try:
        yield
    except IntegrityConstraintViolationError as error:
        refusal = refusals.get(str(getattr(error, "constraint_name", "")))
        if refusal is None:
            raise
        raise refusal from None


async def open_pool(dsn: str, *, size: int = 12) -> Pool:
    """A pool of at most `size` connections; a borrower waits for a free one."""
    return await asyncpg.create_pool(dsn, min_size=1, max_size=size, init=_set_codecs, **_OPTIONS)


async def connect(dsn: str, **options: Any) -> Db:
    """A connection of one's own; the caller closes it."""
    db = cast(Db, await asyncpg.connect(dsn, **(_OPTIONS | options)))
    await _set_codecs(db)
    return db


@asynccontextmanager
async def borrowed(pool: Pool, *, timeout_s: float = 10) -> AsyncGenerator[Db]:
    """A connection of the pool for one block; raises TimeoutError when none gets free in time."""
    async with pool.acquire(timeout=timeout_s) as proxy:
        # The proxy guards against use after release; our blocks end before it, and a direct call costs less.
        yield cast(Db, proxy._con)  # type: ignore[reportPrivateUsage]  # noqa: SLF001


# No limit to the age of prepared statements: the set of statements is closed and small.
_OPTIONS: dict[str, Any] = {
    "connection_class": Db,
    "statement_cache_size": 1024,
    "max_cached_statement_lifetime": 0,
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


def _encode_jsonb(value: object) -> bytes:
    return b"\x01" + msgspec.json.encode(value)


def _decode_jsonb(raw: bytes) -> bytes:
    return raw[1:]
