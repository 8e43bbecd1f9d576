"""The words of commissions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from shuke.kit.actor import PersonId
from shuke.kit.errors import Conflict
from shuke.kit.money import Money
from shuke.society.identity import PersonCard

Role = Literal["sharer", "guide", "author"]
State = Literal["accrued", "payable", "paid"]


class Terms(msgspec.Struct, frozen=True):
    """What the platform takes of everything paid, and the ceiling over all that is taken of a sale, in basis points."""

    tech_fee_bps: int
    ceiling_bps: int


class Share(msgspec.Struct, frozen=True):
    """What somebody earns from an order: `rate_bps` of `base`, rounded down by line.

    `base` is what was paid for the lines that earn. Where those have different rates, `rate_bps` is what they come to,
    rounded down. `reduced` is what the ceiling took off.
    """

    role: Role
    level: int
    person_id: PersonId
    base: Money
    rate_bps: int
    amount: Money
    reduced: Money


class Taken(msgspec.Struct, frozen=True):
    """An accrual that a sweep took just now."""

    order_id: UUID
    role: Role
    level: int
    person_id: PersonId
    amount: Money


class Unswept(msgspec.Struct, frozen=True):
    """What the book of `home`, a shop's, owes a person."""

    home: int
    person_id: PersonId
    amount: Money


class Unpaid(msgspec.Struct, frozen=True):
    """What a person is still to get, and when the last of it is payable."""

    amount: Money
    payable_at: datetime


class Earning(msgspec.Struct, frozen=True):
    """What one order earned you. It accrues when the sale is done, and is payable when the return window is over.

    `buyer_id` says whom you brought, if they are a friend of yours. `reduced` is what the ceiling took off.
    """

    order_id: UUID
    role: Role
    level: int
    shop_id: UUID
    buyer_id: PersonId | None
    amount: Money
    reduced: Money
    state: State
    accrued_at: datetime
    payable_at: datetime
    paid_at: datetime | None


class EarningsTotal(msgspec.Struct, frozen=True):
    """All you earned in one currency: within the return window, waiting to be paid, and paid into your book."""

    orders: int
    accrued: Money
    payable: Money
    paid: Money


class MyEarnings(msgspec.Struct, frozen=True):
    """What you earned, newest first; `friends` are the buyers named in `items`."""

    totals: list[EarningsTotal]
    items: Sequence[Earning]
    friends: list[PersonCard]
    next_cursor: str | None = None


class EarningsUnpaid(Conflict):
    """You still get money from sales you brought about; it is in your book soon after `payable_at`."""

    amounts: list[Money]
    payable_at: datetime
