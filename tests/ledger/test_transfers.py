import asyncio

import pytest

from shuke.kit.db import Db, Pool, borrowed, transaction
from shuke.kit.ids import PLATFORM
from shuke.money import ledger
from shuke.money.ledger import BETWEEN_BOOKS, InsufficientFunds, Move, ReferenceReused, Transfer
from tests.ledger.books import an_entry, assert_books_agree, cny

SHOP, ANA, BEN = 6001, 6002, 6003


async def owing(db: Db, account: str, amount: int, home: int = SHOP) -> None:
    await ledger.post(db, home, an_entry("settlement", f"{account} of {home}", ("clearing:sandbox", account, amount)))


def a_sweep(reference: str, source: str, target: str, amount: int) -> Transfer:
    return Transfer("sweep", reference, [Move(source, target, cny(amount))])


async def test_a_transfer_is_an_entry_in_both_books(db: Db):
    await owing(db, "owed:person:ana", 500)

    moved = await ledger.transfer(db, SHOP, ANA, a_sweep("order-1", "owed:person:ana", "available", 500))

    assert moved
    assert await ledger.balances(db, ANA) == {"available": [cny(500)], BETWEEN_BOOKS: [cny(-500)]}
    assert (await ledger.balances(db, SHOP))[BETWEEN_BOOKS] == [cny(500)]
    [sent], [received] = [await ledger.entries_of(db, home, ["order-1"]) for home in (SHOP, ANA)]
    assert (sent.kind, sent.reference) == (received.kind, received.reference) == ("sweep", "order-1")
    await assert_books_agree(db)


async def test_a_transfer_repeated_moves_nothing(db: Db):
    await owing(db, "owed:person:ana", 500)
    sweep = a_sweep("order-1", "owed:person:ana", "available", 500)

    moved = [await ledger.transfer(db, SHOP, ANA, sweep) for _ in range(3)]

    assert moved == [True, False, False]
    assert (await ledger.balances(db, ANA))["available"] == [cny(500)]


async def test_a_batch_moves_what_is_new_and_leaves_what_stood(db: Db, statements):
    await owing(db, "owed:person:ana", 500)
    await owing(db, "owed:platform:fee", 60)
    ana = (SHOP, ANA, a_sweep("order-1 ana", "owed:person:ana", "available", 500))
    fee = (SHOP, PLATFORM, a_sweep("order-1 fee", "owed:platform:fee", "revenue:fee", 60))
    await ledger.transfer_all(db, [ana])

    count = await ledger.transfer_all(db, [fee, ana])

    assert count == 1
    assert (await ledger.balances(db, PLATFORM))["revenue:fee"] == [cny(60)]
    await assert_books_agree(db)


async def test_without_the_money_neither_book_is_touched(db: Db):
    await owing(db, "owed:person:ana", 499)

    with pytest.raises(InsufficientFunds):
        async with transaction(db):
            await ledger.transfer(db, SHOP, ANA, a_sweep("order-1", "owed:person:ana", "available", 500))

    assert await ledger.balances(db, ANA) == {}
    assert (await ledger.balances(db, SHOP))["owed:person:ana"] == [cny(499)]


@pytest.mark.parametrize("other", [(SHOP, BEN), (BEN, ANA)], ids=["another taker", "another giver"])
async def test_a_reference_used_between_other_books_is_refused_and_loses_no_money(db: Db, other: tuple[int, int]):
    await owing(db, "owed:person:ana", 500)
    await owing(db, "owed:person:ana", 500, home=BEN)
    sweep = a_sweep("order-1", "owed:person:ana", "available", 200)
    await ledger.transfer(db, SHOP, ANA, sweep)

    with pytest.raises(ReferenceReused):
        await ledger.transfer(db, *other, sweep)

    assert (await ledger.balances(db, ANA))["available"] == [cny(200)]
    await assert_books_agree(db)


@pytest.mark.concurrent
async def test_transfers_raced_in_both_directions_happen_once_each(pool: Pool):
    async with borrowed(pool) as db:
        for home in (SHOP, ANA, BEN):
            await owing(db, "available", 10_000, home)
    ring = [(SHOP, ANA), (ANA, BEN), (BEN, SHOP), (ANA, SHOP), (SHOP, BEN), (BEN, ANA)]

    async def move(number: int) -> int:
        batch = [
            (source, target, a_sweep(f"{number % 6} {source} {target}", "available", "available", 1 + number % 6))
            for source, target in ring[number % 6 :] + ring[: number % 6]
        ]
        async with borrowed(pool) as db:
            return await ledger.transfer_all(db, batch)

    moved = await asyncio.gather(*[move(number) for number in range(48)])

    assert sum(moved) == 36
    async with borrowed(pool) as db:
        assert [(await ledger.balances(db, home))["available"] for home in (SHOP, ANA, BEN)] == [[cny(10_000)]] * 3
        await assert_books_agree(db)
