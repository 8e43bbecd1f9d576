"""What trade says and orders: its events and jobs."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shuke.kit.events import Event, Job
from shuke.kit.money import Money
from shuke.money.payments import PaymentId


class OrderPlaced(Event, frozen=True):
    """Orders were placed together."""

    payment_id: PaymentId
    order_ids: Sequence[UUID]
    buyer_id: UUID


class OrderPaid(Event, frozen=True):
    """The money of an order is in escrow; a held order is paid when it is released."""

    order_id: UUID
    shop_id: UUID
    buyer_id: UUID
    total: Money
    delivery_mode: str


class OrderHeld(Event, frozen=True):
    """An order is paid and waits until what it is held for has happened."""

    order_id: UUID
    shop_id: UUID
    buyer_id: UUID
    held_for: str
    offer_id: UUID


class OrderShipped(Event, frozen=True):
    """Everything or part of an order is on its way."""

    order_id: UUID
    shop_id: UUID
    buyer_id: UUID
    is_complete: bool
    delivery_mode: str


class OrderCompleted(Event, frozen=True):
    """The buyer has it, by their word or by the clock."""

    order_id: UUID
    shop_id: UUID
    buyer_id: UUID
    completed_at: datetime


class OrderCancelled(Event, frozen=True):
    """An order ended before it was shipped; `was_paid` orders get their money back."""

    order_id: UUID
    shop_id: UUID
    buyer_id: UUID
    was_paid: bool
    offer_id: UUID | None = None


class ExpireOrders(Job, frozen=True):
    """Cancel the orders of a payment that nobody made."""

    payment_id: PaymentId
    order_ids: Sequence[UUID]


class ForgetBuyer(Job, frozen=True):
    """Take what is personal out of an erased person's orders."""

    person_id: UUID
