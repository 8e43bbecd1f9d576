"""How an entry becomes lines."""

import re
from functools import lru_cache

from shuke.money.ledger.types import Entry, Line, Posting, Transfer

BETWEEN_BOOKS = "clearing:books"
"""What a book has sent to other books and received from them; over all books it sums to zero."""

MAX_POSTINGS = 1000
_ACCOUNT = re.compile(r"[a-z_]+(:[A-Za-z0-9_-]+)*")
_CURRENCY = re.compile(r"[A-Z]{3}")


def lines_of(entry: Entry) -> list[Line]:
    """The signed sum of each account, by account: sources give, targets take, so it sums to zero per currency."""
    assert 0 < len(entry.postings) <= MAX_POSTINGS, f"{entry.kind} {entry.reference} has {len(entry.postings)} postings"
    sums: dict[tuple[str, str], int] = {}
    for posting in entry.postings:
        amount, currency = posting.amount.amount, posting.amount.currency
        assert amount > 0, f"{entry.kind} {entry.reference} moves {amount}: a posting is positive, and goes back the other way"
        source, target = (posting.source, currency), (posting.target, currency)
        sums[source] = sums.get(source, 0) - amount
        sums[target] = sums.get(target, 0) + amount
    lines = [Line(account, amount, currency) for (account, currency), amount in sorted(sums.items()) if amount]
    assert lines, f"{entry.kind} {entry.reference} moves nothing: its postings cancel each other"
    assert entry.kind and entry.reference, "an entry says why money moves"
    assert all(_is_spelled_well(line.account, line.currency) for line in lines), f"accounts are spelled a_b:c, not {lines}"
    return lines


@lru_cache(maxsize=4096)
def _is_spelled_well(account: str, currency: str) -> bool:
    return bool(_ACCOUNT.fullmatch(account) and _CURRENCY.fullmatch(currency))


def both_sides(transfer: Transfer) -> tuple[Entry, Entry]:
    """The entry in the book that gives, and the one in the book that takes."""
    sent = [Posting(move.source, BETWEEN_BOOKS, move.amount) for move in transfer.moves]
    received = [Posting(BETWEEN_BOOKS, move.target, move.amount) for move in transfer.moves]
    kind, reference, at = transfer.kind, transfer.reference, transfer.at
    return Entry(kind, reference, sent, at), Entry(kind, reference, received, at)
