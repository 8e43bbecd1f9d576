import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from shuke.deals.trade import OrderForSettlement
from shuke.earnings import commissions, settlement
from shuke.earnings.settlement import sweeps
from shuke.kit import clock, jobs
from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.ids import PLATFORM, home_of, new_id
from shuke.kit.money import Money
from shuke.money import ledger
from shuke.society import identity
from tests.commissions.builders import ANA, BEN, SHOP, a_line, an_order, sharers
from tests.identity.people import a_person, an_operator
from tests.settlement.builders import a_settled_order, assert_money_adds_up, cny_of, held


def a_sale(amount: int = 10_000, **more: Any):
    return an_order(a_line(amount, 500, (800, 300)), payees=sharers(ANA, BEN), completed_at=clock.now(), **more)


def in_currency(order: OrderForSettlement, currency: str) -> OrderForSettlement:
    moneys = {
        name: Money(getattr(order, name).amount, currency) for name in ("total", "goods", "discount", "freight", "refunded")
    }
    return msgspec.structs.replace(order, **moneys)


async def revenue(db: Db) -> int:
    held_there = await ledger.balances(db, PLATFORM)
    return sum(cny_of(amounts) for account, amounts in held_there.items() if account.startswith("revenue:"))


async def test_fees_are_swept_at_once_and_shares_when_the_return_window_is_over(db: Db, timeline: clock.Timeline):
    await a_settled_order(db, a_sale())

    await settlement.sweep(db, SHOP, clock.now())
    assert (await revenue(db), await held(db, ANA)) == (560, {})

    timeline.advance(days=7, seconds=-1)
    assert await settlement.sweep(db, SHOP, clock.now()) == 0
    timeline.advance(seconds=1)
    assert await settlement.sweep(db, SHOP, clock.now()) == 2

    assert ((await held(db, ANA))["available"], (await held(db, BEN))["available"]) == (800, 300)
    assert await settlement.sweep(db, SHOP, clock.now()) == 0
    await assert_money_adds_up(db)


async def test_many_orders_are_one_entry_in_each_book(db: Db, timeline: clock.Timeline, statements: Callable[..., Any]):
    orders = [await a_settled_order(db, a_sale(1000 + number)) for number in range(30)]
    timeline.advance(days=7)

    with statements(db, at_most=10):  # eight, and what begins and ends the savepoints
        await sweeps.sweep_some(db, home_of(SHOP), clock.now())

    assert await db.fetchval("select count(*) from ledger.entries where home = $1", PLATFORM) == 1
    assert await db.fetchval("select count(*) from ledger.entries where home = $1", home_of(ANA)) == 1
    assert (await held(db, ANA))["available"] == sum(order.total.share(800).amount for order in orders)
    await assert_money_adds_up(db)


async def test_a_shop_is_swept_and_its_neighbour_is_not(db: Db):
    neighbour = new_id(7900)
    await a_settled_order(db, a_sale())
    await a_settled_order(db, a_sale(shop_id=neighbour))

    await settlement.sweep(db, neighbour, clock.now())

    assert await revenue(db) == 560
    assert (await held(db, SHOP))["owed:platform:commission"] == 500


async def test_who_merged_with_somebody_is_paid_as_the_one_they_are_now(db: Db, timeline: clock.Timeline):
    old, now = await a_person(db, "Old"), await a_person(db, "Now")
    await a_settled_order(db, an_order(a_line(10_000, 500, (800,)), payees=sharers(old.person), completed_at=clock.now()))
    await identity.merge(db, await an_operator(db), now.person, old.person)
    timeline.advance(days=7)

    await settlement.sweep(db, SHOP, clock.now())

    assert (await held(db, now.person))["available"] == 800
    assert await held(db, old.person) == {}
    await assert_money_adds_up(db)


async def test_currencies_are_swept_side_by_side(db: Db, timeline: clock.Timeline):
    await a_settled_order(db, a_sale())
    await a_settled_order(db, in_currency(a_sale(), "GBP"))
    timeline.advance(days=7)

    await settlement.sweep(db, SHOP, clock.now())

    assert (await ledger.balances(db, home_of(ANA)))["available"] == [Money(800, "CNY"), Money(800, "GBP")]
    await assert_money_adds_up(db)


async def test_a_share_cut_to_nothing_is_swept_as_nothing(db: Db, timeline: clock.Timeline):
    order = an_order(a_line(10_000, 1000, (2000, 300)), payees=sharers(ANA, BEN), completed_at=clock.now())
    await a_settled_order(db, order)
    timeline.advance(days=7)

    await settlement.sweep(db, SHOP, clock.now())

    assert [share.amount.amount for share in await commissions.shares_of_order(db, order.id)] == [1940, 0]
    assert (await held(db, ANA))["available"] == 1940
    assert await held(db, BEN) == {}
    await assert_money_adds_up(db)


async def test_orders_of_an_hour_share_a_sweep_in_their_own_time(db: Db, timeline: clock.Timeline):
    for _ in range(3):
        await a_settled_order(db, a_sale())
        timeline.advance(minutes=15)

    waiting = await db.fetchval("select count(*) from kit.jobs where kind = 'settlement.sweep_book'")
    await jobs.drain(db, timeline, clock.now().replace(minute=0) + timedelta(hours=1))

    assert waiting == 2
    assert await revenue(db) == 3 * 560
    assert await db.fetchval("select count(*) from ledger.entries where home = $1", PLATFORM) == 1


async def test_the_minute_finds_every_book_that_owes_something(db: Db, timeline: clock.Timeline):
    neighbour = new_id(7900)
    await a_settled_order(db, a_sale())
    await a_settled_order(db, a_sale(shop_id=neighbour))
    await db.execute("delete from kit.jobs")

    await sweeps.find_due_books(db)
    await sweeps.find_due_books(db)

    assert await jobs.drain(db, timeline) == 2
    assert await revenue(db) == 2 * 560


async def test_a_full_batch_orders_the_next(db: Db, timeline: clock.Timeline, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sweeps, "MAX_FEES", 3)
    for _ in range(7):
        await a_settled_order(db, a_sale())
    await db.execute("delete from kit.jobs")

    await sweeps.find_due_books(db)

    assert await jobs.drain(db, timeline) == 3
    assert await revenue(db) == 7 * 560


@pytest.mark.concurrent
async def test_sweeps_at_once_pay_every_debt_once_while_orders_go_on_settling(pool: Pool, timeline: clock.Timeline):
    async with borrowed(pool) as db:
        for _ in range(20):
            await a_settled_order(db, a_sale())
    timeline.advance(days=7)

    async def sweep() -> int:
        async with borrowed(pool) as db:
            return await settlement.sweep(db, SHOP, clock.now())

    async def settle() -> int:
        async with borrowed(pool) as db:
            await a_settled_order(db, a_sale())
        return 0

    paid = await asyncio.gather(*[work() for _ in range(12) for work in (sweep, settle)])

    assert sum(paid) >= 60
    async with borrowed(pool) as db:
        await settlement.sweep(db, SHOP, clock.now())
        assert await revenue(db) == 32 * 560
        assert ((await held(db, ANA))["available"], (await held(db, BEN))["available"]) == (20 * 800, 20 * 300)
        await assert_money_adds_up(db)


@pytest.mark.concurrent
async def test_shops_that_sweep_at_once_to_the_same_people_do_not_deadlock(pool: Pool, timeline: clock.Timeline):
    shop_ids = [new_id(7900 + number) for number in range(10)]
    async with borrowed(pool) as db:
        for shop_id in shop_ids:
            for _ in range(3):
                await a_settled_order(db, a_sale(shop_id=shop_id))
    timeline.advance(days=7)

    async def sweep(shop_id: UUID) -> int:
        async with borrowed(pool) as db:
            return await settlement.sweep(db, shop_id, clock.now())

    paid = await asyncio.gather(*[sweep(shop_id) for shop_id in shop_ids * 2])

    assert sum(paid) == 10 * 3 * 3
    async with borrowed(pool) as db:
        assert (await held(db, ANA))["available"] == 30 * 800
        await assert_money_adds_up(db)
