"""Queries: the only way a statement reaches PostgreSQL (docs/statements.md).

A round trip costs more than what most statements do, on both sides of it. So what needs nothing of each other goes together:
a `Reading` is a question not asked yet, and `read` asks several as one statement; a `Write` waits for others to go with.
"""

import inspect
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from itertools import chain
from typing import Any, ClassVar, Generic, TypeVar, cast, overload

from shuke.kit.connections import Db, Pending, Refusals
from shuke.kit.rows import columns_of, maker_of
from shuke.kit.statements import Part, Parts, asked_at_once, written_at_once

Row = TypeVar("Row")
T = TypeVar("T")
U = TypeVar("U")
Answer = TypeVar("Answer", covariant=True)
A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
E = TypeVar("E")
Rows = Iterator[list[Any]]
MAX_TOGETHER = 12
"""So many writes wait for each other at most: there are only so many statements to prepare."""
NO_REFUSALS: Refusals = {}


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
        await db.catch_up()
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

    def reading(self, become: Callable[[list[Row]], T], *args: object) -> "Reading[T]":
        """The question with these arguments, for `read`; `become` makes the answer of its rows."""
        return Reading(((self, args),), lambda rows: become(next(rows)))

    def rows(self, records: Sequence[Any]) -> list[Row]:
        """Rows of records that another statement brought along."""
        return [cast(Row, self._make(record)) for record in records]


class Reading(Generic[Answer]):
    """Statements not sent yet with their arguments, and what their rows become together. `read` sends them."""

    __slots__ = ("asked", "become")

    def __init__(self, asked: Sequence[tuple[Query[Any], tuple[object, ...]]], become: Callable[[Rows], Answer]) -> None:
        self.asked = asked
        self.become = become

    def then(self, make: Callable[[Answer], U]) -> "Reading[U]":
        """The same question, whose answer becomes something else."""
        return Reading(self.asked, lambda rows: make(self.become(rows)))

    def postponed(self) -> "Reading[Callable[[], Answer]]":
        """The same question, whose answer is given (or refused) when it is called for."""

        def postpone(rows: Rows) -> Callable[[], Answer]:
            mine = [next(rows) for _ in self.asked]
            return lambda: self.become(iter(mine))

        return Reading(self.asked, postpone)


def first_of(rows: list[T]) -> T | None:
    """The row of a question that has one row at most, or None: `QUERY.reading(first_of, ...)`."""
    return rows[0] if rows else None


def known(value: T) -> Reading[T]:
    """The answer to a question that need not be asked."""
    return Reading((), lambda _: value)


@overload
def together(a: Reading[A], b: Reading[B], /) -> Reading[tuple[A, B]]: ...
@overload
def together(a: Reading[A], b: Reading[B], c: Reading[C], /) -> Reading[tuple[A, B, C]]: ...
@overload
def together(a: Reading[A], b: Reading[B], c: Reading[C], d: Reading[D], /) -> Reading[tuple[A, B, C, D]]: ...
@overload
def together(a: Reading[A], b: Reading[B], c: Reading[C], d: Reading[D], e: Reading[E], /) -> Reading[tuple[A, B, C, D, E]]: ...
def together(*readings: Reading[Any]) -> Reading[Any]:
    """Several questions that need nothing of each other as one; the first whose answer refuses, refuses."""
    asked = tuple(chain.from_iterable(each.asked for each in readings))
    return Reading(asked, lambda rows: tuple(each.become(rows) for each in readings))


async def read(db: Db, reading: Reading[T]) -> T:
    """Ask, in one round trip and of one snapshot however many statements it takes.

    A question locks nothing, so it begins no transaction: what it answers may have changed when the transaction writes.
    """
    asked = reading.asked
    with db.asking():
        if len(asked) < 2:
            return reading.become(iter([await query.all(db, *args) for query, args in asked]))
        sql = asked_at_once(tuple(query.sql for query, _ in asked))
        answer = await db.fetchrow(sql, *chain.from_iterable(args for _, args in asked))
    assert answer is not None, "a select without a table has one row"
    return reading.become(query.rows(records) for (query, _), records in zip(asked, answer, strict=True))


class Statement(Query[None]):
    """A statement whose rows nobody reads."""

    def __init__(self, sql: str, *, fan_out: str = "") -> None:
        super().__init__(type(None), sql, fan_out=fan_out)


class Write(Statement):
    """A statement that only writes, in named parts: `{opened}` in a part stands for the rows of the part `opened`.

    Inside a transaction it waits for others and goes with them as one statement, in no particular order: it touches no row
    that another of them may touch. The part called `must` in the arguments returns a row, or nothing at all is written
    and the caller gets Overtaken: so a compare-and-set can go with the rest.
    """

    __slots__ = ("parts",)

    def __init__(self, *, fan_out: str = "", must: str = "", **parts: str) -> None:
        assert not must or must in parts, f"no part is called {must}"
        self.parts: Parts = tuple(Part(name, sql, name == must) for name, sql in parts.items())
        super().__init__(written_at_once((self.parts,)), fan_out=fan_out)

    async def put(self, db: Db, *args: object, refusals: Refusals = NO_REFUSALS) -> None:
        """Write it before the next statement of this transaction; outside of one, at once."""
        await self._wait(db, db.waiting, Pending(self.parts, args, refusals))
        db.is_behind = db.depth > 0

    async def put_off(self, db: Db, *args: object, refusals: Refusals = NO_REFUSALS) -> None:
        """Write it before this transaction commits: nothing else in it reads what is written. Outside of one, at once."""
        await self._wait(db, db.put_off, Pending(self.parts, args, refusals))

    async def put_last(self, db: Db, *args: object, refusals: Refusals = NO_REFUSALS) -> None:
        """Write it last of all before the commit: it changes rows that others wait for. Outside of a transaction, at once."""
        await self._wait(db, db.hot, Pending(self.parts, args, refusals))

    async def _wait(self, db: Db, queue: list[Pending], pending: Pending) -> None:
        if db.depth == 0:
            await db.do([pending])
            return
        queue.append(pending)
        if len(queue) >= MAX_TOGETHER:
            full = queue[:]
            queue.clear()
            await db.catch_up()
            await db.do(full)


def _owner() -> str:
    frame = inspect.currentframe()
    assert frame is not None
    while frame.f_globals["__name__"] == __name__ and frame.f_back:
        frame = frame.f_back
    return frame.f_globals["__name__"]
