"""The words of the ledger."""

from collections.abc import Sequence
from datetime import datetime
from typing import NewType
from uuid import UUID

import msgspec

from shuke.kit.errors import Conflict
from shuke.kit.money import Money

EntryId = NewType("EntryId", UUID)


class Posting(msgspec.Struct, frozen=True):
    """An amount that leaves one account of a book for another; positive."""

    source: str
    target: str
    amount: Money


class Entry(msgspec.Struct, frozen=True):
    """Why money moves: `kind` and `reference` name it, once in its book. `at` is when it happened, by default now."""

    kind: str
    reference: str
    postings: Sequence[Posting]
    at: datetime | None = None


class Move(msgspec.Struct, frozen=True):
    """An amount that leaves an account of one book for an account of another; positive."""

    source: str
    target: str
    amount: Money


class Transfer(msgspec.Struct, frozen=True):
    """Why money moves between two books; it becomes an entry of this kind and reference in each."""

    kind: str
    reference: str
    moves: Sequence[Move]
    at: datetime | None = None


class Line(msgspec.Struct, frozen=True):
    """What an entry adds to an account: signed minor units."""

    account: str
    amount: int
    currency: str


class PostingView(msgspec.Struct, frozen=True):
    """A line of an entry as it stands in the book."""

    account: str
    amount: Money


class EntryView(msgspec.Struct, frozen=True):
    """An entry as it stands in the book; its postings sum to zero per currency."""

    id: EntryId
    kind: str
    reference: str
    at: datetime
    postings: list[PostingView]


class Balance(msgspec.Struct, frozen=True):
    """What an account holds in one currency."""

    account: str
    balance: Money


class Left(msgspec.Struct, frozen=True):
    """What a book holds in one currency, over all accounts that are its owner's."""

    amount: Money


class InsufficientFunds(Conflict):
    """An account that may not be negative holds less than this; nothing was posted."""

    kind: str
    reference: str


class BookHoldsMoney(Conflict):
    """Your book still holds money; it can be erased when you have had it paid out."""

    amounts: list[Money]


class ReferenceReused(Conflict):
    """One side of this transfer stands already, with another book on the other side; nothing was posted."""

    kind: str
    reference: str
