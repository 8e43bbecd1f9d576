"""The ledger: double entry in a book for every shop, every person and the platform (docs/money.md).

A book is a home. An entry names why money moved (`kind`, `reference`), stands once, and is never edited; a correction is an
entry the other way. Every entry sums to zero per currency, a balance is the sum of its postings, and only `clearing:*`
accounts, which stand for the world outside a book, may be negative. The ledger knows neither orders nor payments.
"""

from shuke.money.ledger.balances import balance_at, balances
from shuke.money.ledger.entries import entries_of, post, post_all, post_last
from shuke.money.ledger.privacy import erase_person, export_person
from shuke.money.ledger.rules import BETWEEN_BOOKS
from shuke.money.ledger.transfers import transfer, transfer_all
from shuke.money.ledger.types import (
    Balance,
    BookHoldsMoney,
    Entry,
    EntryId,
    EntryView,
    InsufficientFunds,
    Move,
    Posting,
    PostingView,
    ReferenceReused,
    Transfer,
)
from shuke.society import identity

__all__ = [
    "BETWEEN_BOOKS",
    "Balance",
    "BookHoldsMoney",
    "Entry",
    "EntryId",
    "EntryView",
    "InsufficientFunds",
    "Move",
    "Posting",
    "PostingView",
    "ReferenceReused",
    "Transfer",
    "balance_at",
    "balances",
    "entries_of",
    "post",
    "post_all",
    "post_last",
    "transfer",
    "transfer_all",
]

identity.privacy("ledger", export=export_person, erase=erase_person)
