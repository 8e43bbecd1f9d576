"""Transfers: money from one book to another, through the account of both that clears between books."""

from collections.abc import Sequence

from shuke.kit.db import Db, transaction
from shuke.money.ledger.entries import post_all
from shuke.money.ledger.rules import both_sides
from shuke.money.ledger.types import ReferenceReused, Transfer


async def transfer(db: Db, source_home: int, target_home: int, transfer: Transfer) -> bool:
    """Move money between two books, once per kind and reference; False when it stood already.

    Raises InsufficientFunds, and ReferenceReused when only one of the books has such an entry.
    """
    return await transfer_all(db, [(source_home, target_home, transfer)]) == 1


async def transfer_all(db: Db, transfers: Sequence[tuple[int, int, Transfer]]) -> int:
    """Move money between any books as one statement, all or nothing but what stood already; answers how many were new."""
    sides: list[tuple[int, int, Transfer]] = list(transfers)
    assert all(source != target for source, target, _ in sides), "a transfer within one book is a posting"
    both = [both_sides(each) for _, _, each in sides]
    sent = [(source, entry) for (source, _, _), (entry, _) in zip(sides, both, strict=True)]
    received = [(target, entry) for (_, target, _), (_, entry) in zip(sides, both, strict=True)]
    async with transaction(db):
        posted = await post_all(db, sent + received)
        for (_, _, each), gave, took in zip(sides, posted, posted[len(sides) :], strict=False):
            if (gave is None) != (took is None):
                raise ReferenceReused(kind=each.kind, reference=each.reference)
    return sum(id is not None for id in posted) // 2
