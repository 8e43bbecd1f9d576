"""Payments: amounts that people are asked for, with a part for each shop, and what goes back (docs/money.md).

A payment is pending until it is captured or closed, once and for good: capture and close race for the same row, and one of
them wins. News of a channel, delivered however often, changes the world once. Money that comes late, twice or in another
amount captures nothing and goes back by itself. A part never gives back more than it brought. The outside is called by jobs,
after the commit, with our row's id as the key. Payments knows neither orders nor ledger: who opens one hears PaymentCaptured.
"""

from shuke.money.payments import channels
from shuke.money.payments.captures import capture
from shuke.money.payments.channels import PaymentChannel, PaymentState
from shuke.money.payments.payments import close, open_payment, parts_of, payment, record_imported
from shuke.money.payments.privacy import erase_person, export_person
from shuke.money.payments.refunds import refund, refunds_of_part
from shuke.money.payments.types import (
    ChannelUnavailable,
    LateCapture,
    PaidNotice,
    Part,
    PartView,
    Payment,
    PaymentCaptured,
    PaymentFailed,
    PaymentId,
    PaymentMismatch,
    PaymentNotPending,
    PaymentUnknown,
    PaymentView,
    RefundFailed,
    RefundId,
    RefundNotPossible,
    RefundOrder,
    RefundRow,
    RefundSucceeded,
)
from shuke.society import identity

__all__ = [
    "ChannelUnavailable",
    "LateCapture",
    "PaidNotice",
    "Part",
    "PartView",
    "Payment",
    "PaymentCaptured",
    "PaymentChannel",
    "PaymentFailed",
    "PaymentId",
    "PaymentMismatch",
    "PaymentNotPending",
    "PaymentState",
    "PaymentUnknown",
    "PaymentView",
    "RefundFailed",
    "RefundId",
    "RefundNotPossible",
    "RefundOrder",
    "RefundRow",
    "RefundSucceeded",
    "capture",
    "channels",
    "close",
    "open_payment",
    "parts_of",
    "payment",
    "record_imported",
    "refund",
    "refunds_of_part",
]

identity.privacy("payments", export=export_person, erase=erase_person)
