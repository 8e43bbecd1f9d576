import asyncio
from datetime import timedelta

import pytest

from shuke.kit import clock
from shuke.kit.db import Db, Pool, borrowed, transaction
from shuke.kit.money import Money
from shuke.money import ledger
from shuke.money.ledger import Entry, EntryView, InsufficientFunds, Posting
from tests.ledger.books import an_entry, assert_books_agree, cny, paid

SHOP, OTHER_SHOP = 5001, 5002


async def test_an_entry_moves_money_between_accounts(db: Db):
    await paid(db, SHOP, "order-1", 10_000)

    await ledger.post(
        db, SHOP, an_entry("settlement", "order-1", ("escrow", "owed:platform:fee", 60), ("escrow", "pending", 9_940))
    )

    assert await ledger.balances(db, SHOP) == {
        "clearing:sandbox": [cny(-10_000)],
        "escrow": [cny(0)],
        "owed:platform:fee": [cny(60)],
        "pending": [cny(9_940)],
    }
    await assert_books_agree(db)


async def test_an_entry_reads_as_its_signed_lines_one_for_each_account(db: Db, timeline: clock.Timeline):
    await paid(db, SHOP, "order-1", 10_000)
    timeline.advance(days=7)
    settled = an_entry("settlement", "order-1", ("escrow", "owed:platform:fee", 60), ("escrow", "pending", 9_940))

    id = await ledger.post(db, SHOP, settled)

    payment, settlement = await ledger.entries_of(db, SHOP, ["order-1", "order-2"])
    assert isinstance(settlement, EntryView)
    assert (payment.kind, settlement.kind, settlement.id, settlement.reference) == ("payment", "settlement", id, "order-1")
    assert [(line.account, line.amount) for line in settlement.postings] == [
        ("escrow", cny(-10_000)),
        ("owed:platform:fee", cny(60)),
        ("pending", cny(9_940)),
    ]


async def test_posting_again_changes_nothing_even_with_other_amounts(db: Db):
    await paid(db, SHOP, "order-1", 10_000)
    await paid(db, SHOP, "order-2", 500)
    before = await ledger.balances(db, SHOP)

    again = await ledger.post(db, SHOP, an_entry("payment", "order-1", ("clearing:sandbox", "escrow", 777)))

    assert again is None
    assert await ledger.balances(db, SHOP) == before
    assert len((await ledger.entries_of(db, SHOP, ["order-1"]))[0].postings) == 2
    await assert_books_agree(db)


async def test_the_same_reference_is_another_entry_under_another_kind_or_in_another_book(db: Db):
    await paid(db, SHOP, "order-1", 100)

    kind = await ledger.post(db, SHOP, an_entry("refund", "order-1", ("escrow", "clearing:sandbox", 100)))
    book = await ledger.post(db, OTHER_SHOP, an_entry("payment", "order-1", ("clearing:sandbox", "escrow", 100)))

    assert kind is not None and book is not None


@pytest.mark.parametrize("held", [None, 99])
async def test_an_account_gives_no_more_than_it_holds(db: Db, held: int | None):
    if held:
        await paid(db, SHOP, "order-1", held)

    with pytest.raises(InsufficientFunds) as refused:
        async with transaction(db):
            await ledger.post(db, SHOP, an_entry("settlement", "order-1", ("escrow", "pending", 100)))

    assert refused.value.code == "ledger.insufficient_funds"
    assert await ledger.balances(db, SHOP) == ({"clearing:sandbox": [cny(-99)], "escrow": [cny(99)]} if held else {})
    await assert_books_agree(db)


async def test_money_may_pass_through_an_account_within_one_entry(db: Db):
    await ledger.post(db, SHOP, an_entry("sale", "order-1", ("clearing:sandbox", "escrow", 100), ("escrow", "pending", 100)))

    assert await ledger.balances(db, SHOP) == {"clearing:sandbox": [cny(-100)], "pending": [cny(100)]}
    await assert_books_agree(db)


async def test_currencies_are_kept_apart(db: Db):
    both = [Posting("clearing:sandbox", "escrow", cny(100)), Posting("clearing:sandbox", "escrow", Money(7, "GBP"))]
    await ledger.post(db, SHOP, Entry("payment", "order-1", both))

    with pytest.raises(InsufficientFunds):
        async with transaction(db):
            await ledger.post(db, SHOP, Entry("settlement", "order-1", [Posting("escrow", "pending", Money(8, "GBP"))]))

    assert (await ledger.balances(db, SHOP))["escrow"] == [cny(100), Money(7, "GBP")]
    await assert_books_agree(db)


async def test_several_entries_of_one_book_are_posted_as_one_statement(db: Db, statements):
    entries = [
        (SHOP, an_entry("payment", "order-1", ("clearing:sandbox", "escrow", 100))),
        (SHOP, an_entry("settlement", "order-1", ("escrow", "pending", 100))),
        (OTHER_SHOP, an_entry("payment", "order-1", ("clearing:sandbox", "escrow", 5))),
    ]
    await ledger.post_all(db, entries[:1])

    with statements(db, at_most=1):
        first, second, third = await ledger.post_all(db, entries)

    assert first is None and second is not None and third is not None
    assert (await ledger.balances(db, SHOP))["pending"] == [cny(100)]
    await assert_books_agree(db)


async def test_a_balance_is_known_at_any_instant(db: Db, timeline: clock.Timeline):
    await paid(db, SHOP, "order-1", 100)
    timeline.advance(days=1)
    await paid(db, SHOP, "order-2", 30)
    back_then = timeline.now - timedelta(days=2)
    await ledger.post(db, SHOP, an_entry("payment", "order-0", ("clearing:sandbox", "escrow", 7), at=back_then))

    at = [await ledger.balance_at(db, SHOP, "escrow", timeline.now - timedelta(hours=hours)) for hours in (49, 48, 24, 1, 0)]

    assert at == [[], [cny(7)], [cny(107)], [cny(107)], [cny(137)]]


@pytest.mark.parametrize("amount", [0, -5])
async def test_a_posting_of_nothing_or_less_is_a_mistake_of_the_programmer(db: Db, amount: int):
    with pytest.raises(AssertionError):
        await ledger.post(db, SHOP, an_entry("payment", "order-1", ("clearing:sandbox", "escrow", amount)))


@pytest.mark.concurrent
async def test_of_racing_duplicates_exactly_one_is_posted(pool: Pool):
    async def once() -> bool:
        async with borrowed(pool) as db:
            return await ledger.post(db, SHOP, an_entry("payment", "order-1", ("clearing:sandbox", "escrow", 100))) is not None

    won = await asyncio.gather(*[once() for _ in range(24)])

    assert sum(won) == 1
    async with borrowed(pool) as db:
        assert (await ledger.balances(db, SHOP))["escrow"] == [cny(100)]
        await assert_books_agree(db)


@pytest.mark.concurrent
async def test_racing_spenders_never_overdraw(pool: Pool):
    async with borrowed(pool) as db:
        await paid(db, SHOP, "order-1", 1_000)

    async def spend(number: int) -> bool:
        async with borrowed(pool) as db:
            try:
                await ledger.post(db, SHOP, an_entry("spend", f"{number}", ("escrow", f"owed:person:{number % 3}", 300)))
            except InsufficientFunds:
                return False
            return True

    won = await asyncio.gather(*[spend(number) for number in range(24)])

    assert sum(won) == 3
    async with borrowed(pool) as db:
        assert (await ledger.balances(db, SHOP))["escrow"] == [cny(100)]
        await assert_books_agree(db)


@pytest.mark.concurrent
async def test_entries_over_the_same_accounts_in_any_order_do_not_deadlock(pool: Pool):
    accounts = [f"owed:person:{number}" for number in range(5)]

    async def post(number: int) -> None:
        first, second = accounts[number % 5], accounts[(number * 3 + 1) % 5]
        async with borrowed(pool) as db:
            there = an_entry("there", f"{number}", ("clearing:sandbox", first, 10), ("clearing:sandbox", second, 10))
            back = an_entry("back", f"{number}", (second, "clearing:sandbox", 5), (first, "clearing:sandbox", 5))
            await ledger.post_all(db, [(SHOP + number % 2, there), (SHOP + 1 - number % 2, there)])
            await ledger.post_all(db, [(SHOP + 1 - number % 2, back), (SHOP + number % 2, back)])

    await asyncio.gather(*[post(number) for number in range(80)])

    async with borrowed(pool) as db:
        assert (await ledger.balances(db, SHOP))["clearing:sandbox"] == [cny(-80 * 10)]
        await assert_books_agree(db)
