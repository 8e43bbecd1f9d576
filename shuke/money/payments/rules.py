"""What a channel's news means for a payment, and when to ask again."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from shuke.money.payments.types import PaidNotice, Payment

QUERY_AFTER = timedelta(minutes=3)
MAX_ATTEMPTS = 1000
MAX_REFUND_ATTEMPTS = 60
_REFUND_PAUSES = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


class News(StrEnum):
    """Why money that came did not capture a payment."""

    KNOWN = "known"
    LATE = "late_capture"
    MISMATCH = "payment_mismatch"


def why_not_captured(payment: Payment, channel: str, notice: PaidNotice) -> News:
    """Judge news that did not capture `payment`: known before, late, or not what was asked for."""
    if payment.status == "captured" and (payment.channel, payment.transaction_id) == (channel, notice.transaction_id):
        return News.KNOWN
    if (payment.channel, payment.amount) != (channel, notice.amount):
        return News.MISMATCH
    return News.KNOWN if payment.status == "pending" else News.LATE


def stray_reference(payment_id: UUID, channel: str, transaction_id: str) -> UUID:
    """The refund reference of money that should not have come: one for each transaction of the channel."""
    return uuid5(payment_id, f"{channel}:{transaction_id}")


def next_refund_attempt(attempts: int) -> timedelta:
    """How long to wait after so many attempts without an answer."""
    return _REFUND_PAUSES[min(attempts, len(_REFUND_PAUSES)) - 1]
