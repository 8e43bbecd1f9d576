from enum import StrEnum
from uuid import UUID

import msgspec
import pytest

from shuke.kit.db import Db, Query, Statement, Write, at_end, last, transaction
from shuke.kit.ids import from_short, home_of, new_id, short
from shuke.kit.money import Money


class Mood(StrEnum):
    CALM = "calm"


class Line(msgspec.Struct, frozen=True):
    name: str
    count: int


class Sample(msgspec.Struct, frozen=True):
    id: UUID
    total: Money
    mood: Mood
    lines: list[Line]
    tags: list[str]
    discount: Money | None


SAMPLE = Query(
    Sample,
    """
    select {cols} from (values (
        $1::uuid, 690::bigint, 'calm'::text, $2::jsonb, array['a','b']::text[], null::bigint, 'CNY'::text))
    as sample(id, total, mood, lines, tags, discount, currency)""",
    fan_out="no table",
)


async def test_a_row_becomes_the_struct_the_api_answers(db: Db):
    id = new_id(7)

    row = await SAMPLE.one(db, id, [Line("tea", 2)])

    assert row == Sample(id, Money(690, "CNY"), Mood.CALM, [Line("tea", 2)], ["a", "b"], None)


async def test_what_must_run_last_runs_just_before_the_commit(db: Db):
    said: list[str] = []

    async def locking() -> None:
        said.append("last")

    async with transaction(db):
        await last(db, locking)
        async with transaction(db):
            said.append("inner")
        said.append("outer")

    assert said == ["inner", "outer", "last"]


async def test_what_is_done_at_the_end_sees_what_was_to_be_written_last(db: Db):
    await db.execute("create temporary table numbers (n int)")
    write = Write(added="insert into numbers values ($1)", fan_out="a test's own table")
    seen: list[int] = []

    async def look() -> None:
        seen.append(await db.fetchval("select coalesce(sum(n), 0) from numbers"))

    async with transaction(db):
        await write.put_last(db, 1)
        await at_end(db, look)
        await write.put_last(db, 2)

    assert seen == [3]
    Query.every.remove(write)


async def test_a_refused_transaction_forgets_what_was_to_run_last(db: Db):
    said: list[str] = []

    async def never() -> None:
        said.append("never")

    async def refused() -> None:
        async with transaction(db):
            await last(db, never)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await refused()
    async with transaction(db):
        pass

    assert said == []


def test_an_id_knows_its_home_and_its_short_form():
    id = new_id(68_719_476_735)

    assert home_of(id) == 68_719_476_735
    assert id.version == 8
    assert len(short(id)) == 22
    assert from_short(short(id)) == id
    assert from_short("no code") is None


async def test_a_statement_tells_how_many_rows_it_wrote(db: Db):
    await db.execute("create temporary table numbers (n int)")
    write = Statement("insert into numbers select generate_series(1, $1::int)", fan_out="a test's own table")

    assert await write.run(db, 3) == 3
    Query.every.remove(write)
