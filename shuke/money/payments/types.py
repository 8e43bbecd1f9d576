"""The words of payments."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, NewType
from uuid import UUID

import msgspec

from shuke.kit.actor import PersonId
from shuke.kit.errors import Conflict, Forbidden, NotFound, Unavailable
from shuke.kit.events import Event, Job
from shuke.kit.money import Money

PaymentId = NewType("PaymentId", UUID)
RefundId = NewType("RefundId", UUID)
PaymentStatus = Literal["pending", "captured", "closed"]
RefundStatus = Literal["requested", "succeeded", "failed"]
Outcome = Literal["paid", "failed"]


class Part(msgspec.Struct, frozen=True):
    """What a payment brings one shop, for a reference of the caller's: an order."""

    reference: UUID
    shop_id: UUID
    amount: Money


class PartView(msgspec.Struct, frozen=True):
    """A part, and what of it was given back."""

    reference: UUID
    shop_id: UUID
    amount: Money
    refunded: Money


class Payment(msgspec.Struct, frozen=True):
    """An amount that a payer is asked for. `attempt` counts on when the channel says that paying failed."""

    id: PaymentId
    payer_id: PersonId
    subject: str
    amount: Money
    status: PaymentStatus
    channel: str
    attempt: int
    expires_at: datetime
    transaction_id: str | None
    created_at: datetime
    captured_at: datetime | None
    closed_at: datetime | None


class PaymentParts(msgspec.Struct, frozen=True):
    """The parts of a payment."""

    parts: list[PartView]


class PaymentView(msgspec.Struct, frozen=True):
    """A payment for its payer; `instructions` say how to pay while it is pending."""

    id: PaymentId
    status: PaymentStatus
    amount: Money
    channel: str
    expires_at: datetime
    parts: list[PartView]
    instructions: dict[str, Any] | None


class ToCapture(msgspec.Struct, frozen=True):
    """A payment that waits for what a notice tells."""

    payer_id: PersonId
    parts: list[Part]


class PaidNotice(msgspec.Struct, frozen=True):
    """A channel's news that this attempt was paid; without `notice_id` it is our own question that was answered."""

    payment_id: PaymentId
    attempt: int
    transaction_id: str
    amount: Money
    notice_id: str | None = None


class FailedNotice(msgspec.Struct, frozen=True):
    """A channel's news that this attempt failed, finally."""

    payment_id: PaymentId
    attempt: int
    notice_id: str | None = None


class RefundNotice(msgspec.Struct, frozen=True):
    """A channel's news of how a refund of ours ended."""

    refund_id: RefundId
    status: Literal["succeeded", "failed"]
    notice_id: str | None = None


class RefundOrder(msgspec.Struct, frozen=True):
    """What a channel is asked to give back: `amount` of the `paid` under `transaction_id`. `id` is the idempotency key."""

    id: RefundId
    payment_id: PaymentId
    payment_attempt: int
    transaction_id: str | None
    channel: str
    amount: Money
    paid: Money
    reason: str
    attempts: int


class RefundRow(msgspec.Struct, frozen=True):
    """A refund as it stands. Without `part_reference` it gives back money that should not have come."""

    id: RefundId
    payment_id: PaymentId
    part_reference: UUID | None
    reference: UUID
    amount: Money
    status: RefundStatus
    reason: str
    requested_at: datetime
    settled_at: datetime | None


class PaymentCaptured(Event, frozen=True):
    """A payment is ours; parts by the home of their shop. Channel `none` is a total of zero, which nobody had to pay."""

    payment_id: PaymentId
    payer_id: PersonId
    channel: str
    transaction_id: str | None
    parts: Sequence[Part]
    captured_at: datetime


class PaymentFailed(Event, frozen=True):
    """An attempt to pay failed. The payment is still open: the payer may try again until it expires."""

    payment_id: PaymentId
    payer_id: PersonId
    attempt: int


class LateCapture(Event, frozen=True):
    """Money came for a payment that was closed, or captured before; it goes back by itself."""

    payment_id: PaymentId
    refund_id: RefundId
    channel: str
    transaction_id: str
    amount: Money


class PaymentMismatch(Event, frozen=True):
    """Another amount, currency or channel than the payment's came; it captures nothing and goes back by itself."""

    payment_id: PaymentId
    refund_id: RefundId
    channel: str
    transaction_id: str
    amount: Money


class RefundSucceeded(Event, frozen=True):
    """A refund of a part reached the payer."""

    refund_id: RefundId
    payment_id: PaymentId
    part_reference: UUID
    reference: UUID
    amount: Money


class RefundFailed(Event, frozen=True):
    """A refund of a part was refused by the channel; the amount can be refunded again, under another reference."""

    refund_id: RefundId
    payment_id: PaymentId
    part_reference: UUID
    reference: UUID
    amount: Money


class SendRefund(Job, frozen=True):
    """Ask the channel for a refund, and again until it has an answer."""

    refund_id: RefundId


class CloseAtChannel(Job, frozen=True):
    """Tell the channel that nobody may pay this any more."""

    payment_id: PaymentId


class QueryPayment(Job, frozen=True):
    """Ask the channel how a pending payment stands."""

    payment_id: PaymentId


class ReconcilePayments(Job, frozen=True):
    """Find pending payments whose notice may be lost."""


class PaymentUnknown(NotFound):
    """There is no such payment, or it is not yours."""

    payment_id: UUID


class PaymentNotPending(Conflict):
    """The payment was captured or closed, so there is nothing left to decide."""

    payment_id: UUID
    state: str


class RefundUnknown(NotFound):
    """There is no such refund."""

    refund_id: UUID


class RefundNotPossible(Conflict):
    """The payment was not captured, has no such part, less is left of it, or the reference was used for another refund."""

    payment_id: UUID
    amount: Money


class ChannelUnavailable(Conflict):
    """No payment channel of this name is open here, so nothing that costs money can be ordered through it."""

    channel: str


class ChannelSilent(Unavailable):
    """The payment channel does not answer now; try again, which pays once however often."""

    channel: str


class ChannelRefused(Conflict):
    """The payment channel does not accept this; its own code says why."""

    channel: str
    reason: str


class NoticeForged(Forbidden):
    """This notice is not signed by the channel, or its time is more than five minutes away."""
