"""Entries: posted once, in one statement, and never edited. A correction is an entry the other way."""

from collections.abc import Sequence
from typing import Any

from shuke.kit import clock
from shuke.kit.actor import ON_PLATFORM, Actor
from shuke.kit.db import Db, Refusals, refusing
from shuke.kit.ids import new_id
from shuke.kit.pages import Page, decode_cursor, page
from shuke.money.ledger import sql
from shuke.money.ledger.rules import lines_of
from shuke.money.ledger.types import Entry, EntryId, EntryView, InsufficientFunds

MAX_ENTRIES = 5_000


async def post(db: Db, home: int, entry: Entry) -> EntryId | None:
    """Post an entry in the book of `home`; None when its kind and reference stood there already. Raises InsufficientFunds."""
    posted = await post_all(db, [(home, entry)])
    return posted[0]


async def post_last(db: Db, home: int, entry: Entry) -> None:
    """Post an entry as the last thing of the transaction, once; its commit raises InsufficientFunds.

    For books that many transactions post to at the same time: their balances are locked for the commit only.
    """

    def short(_: str) -> InsufficientFunds:
        return _short_of(entry)

    refusals: Refusals = {"balances_balance_check": short, "postings_amount_check": short}
    await sql.POST_LAST.put_last(db, *_columns([(home, entry)]), refusals=refusals)


async def post_all(db: Db, entries: Sequence[tuple[int, Entry]]) -> list[EntryId | None]:
    """Post entries in any books as one statement, all or nothing but those that stood already, which are None.

    At most 5,000; a (book, kind, reference) once. Raises InsufficientFunds for the whole.
    """
    assert len(entries) <= MAX_ENTRIES, "too many entries in one statement"
    if not entries:
        return []
    short = _short_of(entries[0][1])
    with refusing(balances_balance_check=short, postings_amount_check=short):
        columns = _columns(entries)
        new = set(await sql.POST.all(db, *columns))
    return [id if id in new else None for id in columns[1]]


async def entries_of(db: Db, home: int, references: Sequence[str]) -> list[EntryView]:
    """The entries of a book under these references, oldest first. Trusts its caller."""
    return await sql.ENTRIES_OF.all(db, home, list(references))


async def book_entries(db: Db, actor: Actor, home: int, cursor: str | None, limit: int) -> Page[EntryView]:
    """The entries of any book as they were posted, newest first, for operators."""
    actor.require("ops.ledger", ON_PLATFORM)
    (after,) = decode_cursor(cursor, tuple[EntryId]) or (None,)
    rows = await sql.ENTRIES_PAGE.all(db, home, after, limit + 1)
    return page(rows, limit, lambda entry: (entry.id,))


def _columns(entries: Sequence[tuple[int, Entry]]) -> tuple[Any, ...]:
    now = clock.now()
    ids = [EntryId(new_id(home)) for home, _ in entries]
    lines = [
        (id, place, line.account, line.amount, line.currency)
        for id, (_, entry) in zip(ids, entries, strict=True)
        for place, line in enumerate(lines_of(entry), start=1)
    ]
    return (
        [home for home, _ in entries],
        ids,
        [entry.kind for _, entry in entries],
        [entry.reference for _, entry in entries],
        [entry.at or now for _, entry in entries],
        now,
        *([line[column] for line in lines] for column in range(5)),
    )


def _short_of(entry: Entry) -> InsufficientFunds:
    return InsufficientFunds(kind=entry.kind, reference=entry.reference)
