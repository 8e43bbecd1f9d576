"""The words of settlement."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from shuke.deals.trade import OrderId
from shuke.earnings.commissions import Share
from shuke.goods.shops import ShopId
from shuke.kit.actor import PersonId
from shuke.kit.events import Job
from shuke.kit.money import Money
from shuke.money.ledger import EntryView

FeeKind = Literal["commission", "tech_fee"]


class Fee(msgspec.Struct, frozen=True):
    """What the platform takes of an order: the category's commission, or the tech fee."""

    kind: FeeKind
    amount: Money


class Division(msgspec.Struct, frozen=True):
    """What was paid for an order, to the fen: paid = shop + fees + shares + refunds."""

    paid: Money
    refunds: Money
    shop: Money
    fees: list[Fee]
    shares: list[Share]


class Settlement(msgspec.Struct, frozen=True):
    """A division that stands, and what became of it."""

    order_id: OrderId
    shop_id: ShopId
    paid: Money
    refunds: Money
    shop: Money
    fees: list[Fee]
    shares: Money
    settled_at: datetime
    release_at: datetime
    released_at: datetime | None
    fees_swept_at: datetime | None


class Released(msgspec.Struct, frozen=True):
    """What a shop may have from now on."""

    shop: Money


class SweptFees(msgspec.Struct, frozen=True):
    """The fees of an order that a sweep took just now."""

    fees: list[Fee]


class Expected(msgspec.Struct, frozen=True):
    """What an account of a shop's book should hold, as settlements say."""

    home: int
    account: str
    amount: Money


class SplitShare(msgspec.Struct, frozen=True):
    """What a person earns from an order."""

    role: str
    level: int
    person_id: PersonId
    amount: Money


class Split(msgspec.Struct, frozen=True):
    """How one order's money is divided: paid = shop + fees + shares + refunds, at every stage.

    Until the order is settled it is what the division will be. `entries` are those of the shop's book for this order.
    """

    paid: Money
    shop: Money
    fees: list[Fee]
    shares: list[SplitShare]
    refunds: Money
    settled: bool
    settled_at: datetime | None
    release_at: datetime | None
    released_at: datetime | None
    entries: list[EntryView]


class ShopBalances(msgspec.Struct, frozen=True):
    """What a shop's book holds, by currency: paid and not settled, settled and not released, for the shop to have, owed to
    the platform and to persons, and withdrawn."""

    escrow: list[Money]
    pending: list[Money]
    available: list[Money]
    owed: list[Money]
    withdrawn: list[Money]


class ReleaseOrder(Job, frozen=True):
    """Let a shop have its part of an order."""

    order_id: UUID


class SweepBook(Job, frozen=True):
    """Pay what the book of a shop owes and is payable."""

    home: int


class FindDueBooks(Job, frozen=True):
    """Find the books that owe something payable."""
