"""Refunds: asked for in the caller's transaction, sent by a job until the channel has answered, settled once."""

from uuid import UUID

from shuke.kit import clock, logs
from shuke.kit.db import Db, refusing, transaction
from shuke.kit.events import Later, emit
from shuke.kit.ids import home_of, new_id
from shuke.kit.money import Money
from shuke.money.payments import channels, sql
from shuke.money.payments.rules import MAX_REFUND_ATTEMPTS, next_refund_attempt
from shuke.money.payments.types import (
    ChannelSilent,
    ChannelUnavailable,
    PaymentId,
    RefundFailed,
    RefundId,
    RefundNotice,
    RefundNotPossible,
    RefundOrder,
    RefundRow,
    RefundStatus,
    RefundSucceeded,
    RefundUnknown,
    SendRefund,
)

log = logs.named("payments")


async def refund(
    db: Db, payment_id: PaymentId, part_reference: UUID, refund_reference: UUID, amount: Money, reason: str
) -> RefundId:
    """Give back part or all of a part, once per `refund_reference`; the channel is asked after the commit.

    Never more than the part brought: raises RefundNotPossible. Trusts its caller.
    """
    home, id = home_of(payment_id), RefundId(new_id(home_of(payment_id)))
    not_possible = RefundNotPossible(payment_id=payment_id, amount=amount)
    if amount.amount <= 0:
        raise not_possible
    with refusing(parts_refunded_check=not_possible):
        asked = await sql.REFUND.first(
            db, home, payment_id, id, part_reference, refund_reference, amount.amount, amount.currency, reason, clock.now()
        )
    if asked is not None:
        await emit(db, SendRefund(id))
        return id
    before = await sql.REFUND_BY_REFERENCE.first(db, home, refund_reference)
    if before is None or (before.payment_id, before.part_reference, before.amount) != (payment_id, part_reference, amount):
        raise not_possible
    return before.id


async def refunds_of_part(db: Db, payment_id: UUID, part_reference: UUID) -> list[RefundRow]:
    """What of a part went back or is on its way, oldest first. Trusts its caller."""
    return await sql.REFUNDS_OF_PART.all(db, home_of(payment_id), payment_id, part_reference)


async def send(db: Db, refund_id: RefundId) -> None:
    """Ask the channel for a refund that is not settled; without an answer, again later. In no transaction."""
    order = await sql.TRY_REFUND.first(db, home_of(refund_id), refund_id)
    if order is None:
        return
    status = await _ask(order)
    if status != "requested":
        await settle(db, order.channel, RefundNotice(refund_id, status))
    elif order.attempts < MAX_REFUND_ATTEMPTS:
        await emit(db, Later(SendRefund(refund_id), clock.now() + next_refund_attempt(order.attempts)))
    else:
        log.error("refund_unanswered", refund_id=refund_id, channel=order.channel, attempts=order.attempts)


async def settle(db: Db, channel: str, notice: RefundNotice) -> None:
    """Believe an authentic answer to a refund of ours, once. Raises RefundUnknown."""
    home, now = home_of(notice.refund_id), clock.now()
    async with transaction(db):
        settled = await sql.SETTLE_REFUND.first(db, home, notice.refund_id, notice.status, now)
        payment_id = settled.payment_id if settled else await sql.REFUND_EXISTS.first(db, home, notice.refund_id)
        if payment_id is None:
            raise RefundUnknown(refund_id=notice.refund_id)
        if notice.notice_id is not None:
            await sql.NOTE.run(db, channel, notice.notice_id, payment_id, now)
        if settled is None:
            return
        if settled.status == "failed":
            log.error("refund_failed", refund_id=settled.id, payment_id=payment_id, reason=settled.reason)
        if settled.part_reference is not None:
            said = RefundSucceeded if settled.status == "succeeded" else RefundFailed
            await emit(db, said(settled.id, settled.payment_id, settled.part_reference, settled.reference, settled.amount))


async def _ask(order: RefundOrder) -> RefundStatus:
    if order.channel == channels.IMPORTED:
        return "succeeded"  # Another system took the money, and it gives it back.
    try:
        return await channels.get(order.channel).refund(order)
    except (ChannelSilent, ChannelUnavailable) as error:
        log.warning("refund_unanswered", refund_id=order.id, channel=order.channel, attempts=order.attempts, why=error.code)
        return "requested"
