"""Whatever is posted and moved, in whatever order and however often, the books agree with each other and with a plain model."""

import asyncio
import random
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuke.kit.db import Db, Pool, borrowed, transaction
from shuke.kit.money import Money
from shuke.money import ledger
from shuke.money.ledger import BETWEEN_BOOKS, Entry, InsufficientFunds, Move, Posting, ReferenceReused, Transfer
from tests.ledger.books import assert_books_agree


def net(entry: Entry) -> Counter[tuple[str, str]]:
    """What an entry changes: an entry that changes nothing is a mistake, and not posted."""
    change: Counter[tuple[str, str]] = Counter()
    for posting in entry.postings:
        change[posting.source, posting.amount.currency] -= posting.amount.amount
        change[posting.target, posting.amount.currency] += posting.amount.amount
    return change


BOOKS = st.sampled_from([7001, 7002, 7003])
ACCOUNTS = st.sampled_from(["clearing:sandbox", "escrow", "pending", "owed:person:ana"])
MONEY = st.builds(Money, st.integers(1, 300), st.sampled_from(["CNY", "GBP"]))
REFERENCES = st.sampled_from(["one", "two", "three", "four"])
ENTRIES = st.builds(
    Entry, st.just("kind"), REFERENCES, st.lists(st.builds(Posting, ACCOUNTS, ACCOUNTS, MONEY), min_size=1, max_size=4)
).filter(lambda entry: any(net(entry).values()))
POSTS = st.tuples(BOOKS, ENTRIES)
TRANSFERS = st.tuples(
    BOOKS,
    BOOKS,
    st.builds(
        Transfer, st.just("move"), REFERENCES, st.lists(st.builds(Move, ACCOUNTS, ACCOUNTS, MONEY), min_size=1, max_size=2)
    ),
).filter(lambda one: one[0] != one[1])

Books = Counter[tuple[int, str, str]]


class Model:
    """The ledger as a dictionary: what should have happened."""

    def __init__(self) -> None:
        self.stood: set[tuple[int, str, str]] = set()
        self.books: Books = Counter()

    def post(self, *entries: tuple[int, Entry]) -> bool:
        """Whether these entries can be posted together; they are."""
        after = self.books.copy()
        for home, entry in entries:
            for (account, currency), amount in net(entry).items():
                after[home, account, currency] += amount
        if any(held < 0 and not account.startswith("clearing:") for (_, account, _), held in after.items()):
            return False
        self.books = after
        self.stood |= {(home, entry.kind, entry.reference) for home, entry in entries}
        return True

    def has(self, home: int, kind: str, reference: str) -> bool:
        return (home, kind, reference) in self.stood


async def post(db: Db, model: Model, home: int, entry: Entry) -> None:
    stood = model.has(home, entry.kind, entry.reference)
    expected = not stood and model.post((home, entry))
    try:
        async with transaction(db):
            posted = await ledger.post(db, home, entry)
    except InsufficientFunds:
        assert not stood and not expected
    else:
        assert (posted is not None) == expected


async def move(db: Db, model: Model, source: int, target: int, transfer: Transfer) -> None:
    stood = [model.has(home, transfer.kind, transfer.reference) for home in (source, target)]
    sent = [Posting(each.source, BETWEEN_BOOKS, each.amount) for each in transfer.moves]
    received = [Posting(BETWEEN_BOOKS, each.target, each.amount) for each in transfer.moves]
    both = [(source, Entry("move", transfer.reference, sent)), (target, Entry("move", transfer.reference, received))]
    expected = not any(stood) and model.post(*both)
    try:
        moved = await ledger.transfer(db, source, target, transfer)
    except ReferenceReused:
        assert stood[0] != stood[1]
    except InsufficientFunds:
        assert not expected and not all(stood)
    else:
        assert moved == expected


@given(steps=st.lists(st.one_of(POSTS, TRANSFERS), min_size=1, max_size=25))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_any_sequence_of_posts_and_transfers_leaves_the_books_as_the_model(db: Db, steps):
    model = Model()
    savepoint = db.transaction()
    await savepoint.start()
    try:
        for step in steps:
            await (post(db, model, *step) if len(step) == 2 else move(db, model, *step))

        await assert_books_agree(db)
        assert await held_in(db, 7001, 7002, 7003) == {key: held for key, held in model.books.items() if held}
    finally:
        await savepoint.rollback()


async def held_in(db: Db, *homes: int) -> dict[tuple[int, str, str], int]:
    return {
        (home, account, money.currency): money.amount
        for home in homes
        for account, moneys in (await ledger.balances(db, home)).items()
        for money in moneys
        if money.amount
    }


@pytest.mark.concurrent
async def test_racing_steps_with_shared_references_leave_the_books_in_order(pool: Pool):
    rng = random.Random(11)
    accounts = ["clearing:sandbox", "escrow", "pending"]

    def a_move(number: int) -> Transfer:
        return Transfer(
            "move", f"{number}", [Move(rng.choice(accounts), rng.choice(accounts), Money(rng.randint(1, 50), "CNY"))]
        )

    def an_entry(number: int) -> Entry:
        return Entry(
            "kind", f"{number}", [Posting(*rng.sample(accounts, 2), Money(rng.randint(1, 90), "CNY")) for _ in range(3)]
        )

    async def step(number: int) -> None:
        source, target = rng.sample([7001, 7002, 7003], 2)
        async with borrowed(pool) as db:
            try:
                if number % 2:
                    await ledger.post(db, source, an_entry(number // 6))
                else:
                    await ledger.transfer(db, source, target, a_move(number // 4))
            except (InsufficientFunds, ReferenceReused):
                return

    await asyncio.gather(*[step(number) for number in range(150)])

    async with borrowed(pool) as db:
        await assert_books_agree(db)
