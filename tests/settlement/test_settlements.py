import asyncio
from datetime import timedelta

import pytest

from shuke.deals.trade import Status
from shuke.earnings import commissions, settlement
from shuke.kit import clock, jobs
from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.ids import PLATFORM, home_of
from shuke.money import ledger
from shuke.money.ledger import InsufficientFunds
from tests.commissions.builders import ANA, BEN, GIL, SHOP, a_guide, a_line, an_order, sharers
from tests.settlement.builders import a_settled_order, assert_money_adds_up, held, into_escrow
from tests.trade.builders import a_cast, a_completed_order, a_paid_order


def a_shared_sale(**more: object):
    return an_order(a_line(6900, 500, (800, 300)), payees=[*sharers(ANA, BEN), a_guide(200)], freight=800, **more)


async def test_one_entry_divides_escrow_in_the_shops_own_book(db: Db):
    order = await a_settled_order(db, a_shared_sale())

    assert await held(db, SHOP) == {
        "clearing:sandbox": -7700,
        "owed:platform:commission": 345,
        "owed:platform:tech_fee": 46,
        f"owed:person:{ANA}": 552,
        f"owed:person:{BEN}": 207,
        f"owed:person:{GIL}": 138,
        "pending": 6412,
    }
    entries = await ledger.entries_of(db, home_of(SHOP), [str(order.id)])
    assert {entry.kind for entry in entries} == {"payment", "settlement"}
    assert await ledger.balances(db, PLATFORM) == {}
    await assert_money_adds_up(db)


async def test_settling_again_changes_nothing(db: Db):
    order = await a_settled_order(db, a_shared_sale())
    before = await held(db, SHOP)

    assert not await settlement.settle_order(db, order)

    assert await held(db, SHOP) == before
    assert len(await commissions.shares_of_order(db, order.id)) == 3


async def test_what_was_refunded_before_is_not_divided(db: Db):
    await a_settled_order(db, a_shared_sale(refunded=7700 // 2))

    in_book = await held(db, SHOP)

    assert in_book["clearing:sandbox"] == -3850
    assert in_book["owed:platform:tech_fee"] == 3850 * 60 // 10_000
    await assert_money_adds_up(db)


async def test_an_order_that_cost_nothing_settles_without_an_entry(db: Db):
    order = await a_settled_order(db, an_order(a_line(0)))

    assert await ledger.entries_of(db, home_of(SHOP), [str(order.id)]) == []
    assert await settlement.sweep(db, SHOP, clock.now()) == 1
    await assert_money_adds_up(db)


async def test_without_the_money_in_escrow_nothing_is_settled(db: Db):
    order = a_shared_sale()

    with pytest.raises(InsufficientFunds):
        await settlement.settle_order(db, order)

    assert await commissions.shares_of_order(db, order.id) == []
    await into_escrow(db, order)
    assert await settlement.settle_order(db, order)


async def test_the_shops_part_is_released_a_day_later_and_not_before(db: Db, timeline: clock.Timeline):
    order = await a_settled_order(db, a_shared_sale())

    timeline.advance(hours=23)
    assert not await settlement.release(db, order.id)
    timeline.advance(hours=1)
    assert [await settlement.release(db, order.id) for _ in range(2)] == [True, False]

    in_book = await held(db, SHOP)
    assert (in_book["available"], "pending" in in_book) == (6412, False)
    await assert_money_adds_up(db)


async def test_settling_takes_few_statements(db: Db, statements):
    order = a_shared_sale()
    await into_escrow(db, order)

    with statements(db, at_most=7):  # three of them begin and end the savepoint
        await settlement.settle_order(db, order)


async def test_a_completed_order_is_settled_by_its_news(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)

    order = await a_completed_order(db, timeline, cast, 2)

    assert order.status is Status.COMPLETED
    in_book = await held(db, cast.shop.id)
    assert in_book["pending"] + in_book["owed:platform:commission"] + in_book["owed:platform:tech_fee"] == order.total.amount
    assert "escrow" not in in_book
    await assert_money_adds_up(db)


async def test_an_order_not_completed_is_not_settled(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    order = await a_paid_order(db, timeline, cast)

    assert not await settlement.settle(db, cast.shop.id, order.id)

    assert (await held(db, cast.shop.id))["escrow"] == order.total.amount


async def test_time_alone_brings_all_money_where_it_belongs(db: Db, timeline: clock.Timeline):
    await a_settled_order(db, a_shared_sale(completed_at=clock.now()))

    await jobs.drain(db, timeline, clock.now() + timedelta(days=8))

    assert await held(db, SHOP) == {"clearing:sandbox": -7700, "clearing:books": 1288, "available": 6412}
    assert [(await held(db, person))["available"] for person in (ANA, BEN, GIL)] == [552, 207, 138]
    platform = await ledger.balances(db, PLATFORM)
    assert {account: amounts[0].amount for account, amounts in platform.items()} == {
        "clearing:books": -391,
        "revenue:commission": 345,
        "revenue:tech_fee": 46,
    }
    await assert_money_adds_up(db)


@pytest.mark.concurrent
async def test_an_order_settled_and_released_by_many_at_once_is_settled_and_released_once(pool: Pool, timeline: clock.Timeline):
    order = a_shared_sale()
    async with borrowed(pool) as db:
        await into_escrow(db, order)

    async def settle() -> bool:
        async with borrowed(pool) as db:
            return await settlement.settle_order(db, order)

    async def release() -> bool:
        async with borrowed(pool) as db:
            return await settlement.release(db, order.id)

    assert sum(await asyncio.gather(*[settle() for _ in range(12)])) == 1
    timeline.advance(days=1)
    assert sum(await asyncio.gather(*[release() for _ in range(12)])) == 1

    async with borrowed(pool) as db:
        assert (await held(db, SHOP))["available"] == 6412
        await assert_money_adds_up(db)
