"""A small town lives for some days: it is the same town for the same seed, and everything in it adds up."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from shuke import town
from shuke.kit import proofs
from shuke.kit.db import Db, connect

END = datetime(2026, 6, 1, 12, tzinfo=UTC)
COUNTS = """
    select (select count(*) from identity.persons), (select count(*) from social.friendships),
           (select count(*) from catalog.products), (select count(*) from shares.links), (select count(*) from shares.visits),
           (select count(*) from trade.orders), (select sum(total) from trade.orders),
           (select count(*) from trade.orders where status = 'completed'), (select count(*) from regulars.regulars),
           (select count(*) from ledger.entries)"""


async def a_town(dsn: str, seed: int) -> tuple[Db, tuple[int, ...]]:
    """A town of sixty that lived for twelve days, and what it counts."""
    db = await connect(dsn)
    await town.build(db, people=60, days=12, seed=seed, end=END, progress=lambda _what, _done: None)
    return db, tuple(await db.fetchrow(COUNTS) or ())


@pytest.mark.slow
async def test_one_seed_is_one_history_that_adds_up(copies: Callable[[], Awaitable[str]]):
    db, counts = await a_town(await copies(), 7)
    again, same = await a_town(await copies(), 7)
    try:
        assert counts == same
        people, friendships, products, links, visits, orders, _, completed, regulars, _ = counts
        assert (people, products) == (60, 90)
        assert friendships > 4 * people
        assert visits > links > orders / 4
        assert orders > completed > regulars / 2 > 10
        for proof, finding in await proofs.verify(db):
            assert finding.broken == 0, (proof.sentence, finding.example)
        await assert_believable(db)
    finally:
        await db.close()
        await again.close()


async def assert_believable(db: Db) -> None:
    """Things travel several levels, and of those who open a friend's link some buy and some pass it on."""
    deepest = await db.fetchval("select max(depth) from shares.links")
    by_link = await db.fetchval("select count(*) from trade.orders where attribution->>'link_id' is not null")
    visits = await db.fetchval("select count(*) from shares.visits")
    paid = await db.fetchval("select count(distinct person_id) from commissions.accruals where role = 'sharer'")
    assert deepest >= 3
    assert 0.03 < by_link / visits < 0.35
    assert paid >= 5
    late = await db.fetchval("select count(*) from kit.jobs where dead_at is not null or timeline <> 'live'")
    assert late == 0
