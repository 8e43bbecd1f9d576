"""Builders and assertions of the ledger's tests."""

from datetime import datetime

from shuke.kit import proofs
from shuke.kit.db import Db
from shuke.kit.money import Money
from shuke.money import ledger
from shuke.money.ledger import Entry, Posting


def cny(amount: int) -> Money:
    """Fen."""
    return Money(amount, "CNY")


def an_entry(kind: str, reference: str, *postings: tuple[str, str, int], at: datetime | None = None) -> Entry:
    """An entry in fen."""
    return Entry(kind, reference, [Posting(source, target, cny(amount)) for source, target, amount in postings], at)


async def paid(db: Db, home: int, reference: str, amount: int) -> None:
    """A sale's money arrives in escrow."""
    await ledger.post(db, home, an_entry("payment", reference, ("clearing:sandbox", "escrow", amount)))


async def assert_books_agree(db: Db) -> None:
    """Every proof of the ledger holds, and had something to look at."""
    found = [each for each in await proofs.verify(db) if each[0].name.startswith("ledger.")]
    assert len(found) == 4
    for proof, finding in found:
        assert finding.broken == 0, (proof.sentence, finding.example)
