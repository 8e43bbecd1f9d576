import asyncio
from collections.abc import AsyncIterator
from enum import StrEnum
from uuid import UUID

import msgspec
import pytest

from shuke.kit.db import Db, Overtaken, Pool, Query, Statement, Write, at_end, borrowed, last, read, transaction
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


SHEEP = Query(int, "select count from kit_sheep where name = $1", fan_out="a table of this test")
SHEAR = Write(
    must="shorn",
    shorn="update kit_sheep set count = count - 1 where name = $1 and count = $2 returning true",
    fan_out="a table of this test",
)
TELL = Write(told="insert into kit_sheep values ($1, $2)", fan_out="a table of this test")


async def _only(db: Db, name: str) -> int:
    (count,) = await read(db, SHEEP.reading(list, name))
    return count


@pytest.fixture
async def sheep(pool: Pool) -> AsyncIterator[Pool]:
    async with borrowed(pool) as db:
        await db.execute("create table kit_sheep (name text primary key, count int)")
        await db.execute("insert into kit_sheep values ('wool', 100)")
    yield pool
    async with borrowed(pool) as db:
        await db.execute("drop table kit_sheep")


async def test_of_two_who_change_what_they_read_one_is_told_that_it_was_overtaken(sheep: Pool):
    async with borrowed(sheep) as db, borrowed(sheep) as other:

        async def shear_too_late() -> None:
            async with transaction(db):
                count = await _only(db, "wool")
                await SHEAR.put(db, "wool", count)
                await TELL.put_off(db, "milk", 1)
                await SHEAR.put(other, "wool", count)

        with pytest.raises(Overtaken, match="shorn"):
            await shear_too_late()

        assert await _only(db, "wool") == 99
        assert await read(db, SHEEP.reading(list, "milk")) == []


@pytest.mark.concurrent
async def test_nothing_is_lost_between_reading_and_writing_however_many_do_it(sheep: Pool):
    async def shear() -> int:
        tries = 0
        while True:
            tries += 1
            async with borrowed(sheep) as db:
                try:
                    async with transaction(db):
                        count = await _only(db, "wool")
                        await SHEAR.put_off(db, "wool", count)
                except Overtaken:
                    continue
                return tries

    tries = await asyncio.gather(*[shear() for _ in range(20)])

    async with borrowed(sheep) as db:
        assert await _only(db, "wool") == 80
    assert sum(tries) >= 20


async def test_a_reading_begins_no_transaction_and_sees_what_was_put_before_it(sheep: Pool):
    async with borrowed(sheep) as db:
        async with transaction(db):
            await _only(db, "wool")
            assert not db.is_in_transaction()
            await TELL.put(db, "milk", 3)
            assert await _only(db, "milk") == 3
            assert db.is_in_transaction()
            assert await _only(db, "wool") == 100
        assert not db.is_in_transaction()
