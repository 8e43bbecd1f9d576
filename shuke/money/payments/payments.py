"""Payments: opened with the order, read by the payer, closed when nobody waits for the money any more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db
from shuke.kit.events import emit
from shuke.kit.ids import home_of, new_id
from shuke.kit.money import Money, total
from shuke.money.payments import channels, sql
from shuke.money.payments.rules import QUERY_AFTER
from shuke.money.payments.types import (
    CloseAtChannel,
    Part,
    PartView,
    Payment,
    PaymentCaptured,
    PaymentId,
    PaymentUnknown,
    PaymentView,
)

MAX_PARTS = 100


async def open_payment(
    db: Db, payer_id: PersonId, channel: str | None, subject: str, parts: Sequence[Part], expires_at: datetime
) -> Payment:
    """Ask `payer_id` for the sum of `parts`, through the default channel when none is chosen. Trusts its caller.

    A sum of zero is captured at once. Raises ChannelUnavailable, and CurrencyMismatch for parts of several currencies.
    """
    amount = _sum(parts)
    if amount.amount == 0:
        return await _record_captured(db, payer_id, channels.NONE, subject, parts, clock.now(), is_news=True)
    name = channels.get(channel or channels.default()).name
    now = clock.now()
    payment = Payment(
        PaymentId(new_id(home_of(payer_id))), payer_id, subject, amount, "pending", name, 1, expires_at, None, now, None, None
    )
    await _write(db, payment, parts)
    return payment


async def record_imported(db: Db, payer_id: PersonId, parts: Sequence[Part], at: datetime) -> PaymentId:
    """Record a payment that another system took at `at`; nobody is told. Trusts its caller."""
    payment = await _record_captured(db, payer_id, channels.IMPORTED, "", parts, at, is_news=False)
    return payment.id


async def payment(db: Db, actor: Actor, payment_id: PaymentId) -> PaymentView:
    """A payment as its payer sees it, with the instructions to pay while it is pending. Raises PaymentUnknown."""
    found = await payment_of_payer(db, actor, payment_id)
    held = await sql.PARTS.one(db, home_of(payment_id), payment_id)
    is_payable = found.status == "pending" and found.expires_at > clock.now()
    instructions = await channels.get(found.channel).instructions(found) if is_payable else None
    return PaymentView(found.id, found.status, found.amount, found.channel, found.expires_at, held.parts, instructions)


async def parts_of(db: Db, payment_id: UUID) -> list[PartView]:
    """What a payment brings to whom. Trusts its caller."""
    held = await sql.PARTS.one(db, home_of(payment_id), payment_id)
    return held.parts


async def payment_of_payer(db: Db, actor: Actor, payment_id: UUID) -> Payment:
    """The payment, if the actor is its payer. Raises PaymentUnknown."""
    found = await sql.PAYMENT_OF_PAYER.first(db, home_of(payment_id), payment_id, [actor.person, *actor.selves])
    if found is None:
        raise PaymentUnknown(payment_id=payment_id)
    return found


async def close(db: Db, payment_id: PaymentId) -> bool:
    """Stop waiting for a payment, and tell its channel; False when it was captured first. Trusts its caller.

    Money that comes nevertheless goes back by itself. Raises PaymentUnknown.
    """
    channel = await sql.CLOSE.first(db, home_of(payment_id), payment_id, clock.now())
    if channel is not None:
        await emit(db, CloseAtChannel(payment_id))
        return True
    found = await sql.PAYMENT.first(db, home_of(payment_id), payment_id)
    if found is None:
        raise PaymentUnknown(payment_id=payment_id)
    return found.status == "closed"


async def _record_captured(
    db: Db, payer_id: PersonId, channel: str, subject: str, parts: Sequence[Part], at: datetime, *, is_news: bool
) -> Payment:
    payment = Payment(
        PaymentId(new_id(home_of(payer_id))), payer_id, subject, _sum(parts), "captured", channel, 1, at, None, at, at, None
    )
    await _write(db, payment, parts)
    if is_news:
        await emit(db, PaymentCaptured(payment.id, payer_id, channel, None, parts, at))
    return payment


def _sum(parts: Sequence[Part]) -> Money:
    assert 0 < len(parts) <= MAX_PARTS, f"a payment has 1 to {MAX_PARTS} parts, not {len(parts)}"
    return total((part.amount for part in parts), parts[0].amount.currency)


async def _write(db: Db, payment: Payment, parts: Sequence[Part]) -> None:
    await sql.OPEN.put(
        db,
        home_of(payment.id),
        payment.id,
        payment.payer_id,
        payment.subject,
        payment.amount.amount,
        payment.amount.currency,
        payment.status,
        payment.channel,
        payment.expires_at,
        payment.created_at + QUERY_AFTER,
        payment.created_at,
        payment.captured_at,
        [part.reference for part in parts],
        [part.shop_id for part in parts],
        [part.amount.amount for part in parts],
    )
