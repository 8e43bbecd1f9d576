"""Captures: what channels tell of payments. Authentic news may still come twice, late or wrong; it changes the world once."""

from shuke.kit import clock, logs
from shuke.kit.actor import PersonId
from shuke.kit.db import Db, Overtaken, first_of, read, transaction
from shuke.kit.events import emit
from shuke.kit.ids import home_of, new_id
from shuke.money.payments import channels, sql
from shuke.money.payments.rules import MAX_ATTEMPTS, News, stray_reference, why_not_captured
from shuke.money.payments.types import (
    ChannelSilent,
    ChannelUnavailable,
    FailedNotice,
    LateCapture,
    PaidNotice,
    PaymentCaptured,
    PaymentFailed,
    PaymentId,
    PaymentMismatch,
    PaymentUnknown,
    QueryPayment,
    RefundId,
    SendRefund,
)

MAX_QUERIES_A_ROUND = 200
TRIES = 5

log = logs.named("payments")


async def capture(db: Db, channel: str, notice: PaidNotice) -> None:
    """Believe an authentic notice that a payment was made, once; what should not have come goes back. Raises PaymentUnknown."""
    for left in reversed(range(TRIES)):
        try:
            async with transaction(db):
                await _capture(db, channel, notice)
        except Overtaken:
            # The payment or an order of it is not any more what it was a moment ago: look again.
            if not left:
                raise
        else:
            return


async def _capture(db: Db, channel: str, notice: PaidNotice) -> None:
    payment_id, home, now = notice.payment_id, home_of(notice.payment_id), clock.now()
    id, amount, currency = notice.notice_id, notice.amount.amount, notice.amount.currency
    found = await read(db, sql.TO_CAPTURE.reading(first_of, home, payment_id, channel, amount, currency, id))
    if found is None:
        await _explain(db, channel, notice)
        return
    transaction_id = notice.transaction_id
    await sql.CAPTURE.put_off(db, home, payment_id, channel, id, notice.attempt, transaction_id, amount, currency, now)
    # Who hears this posts to each shop's book in turn: in one order for all, so that two payments never wait in a circle.
    parts = sorted(found.parts, key=lambda part: home_of(part.shop_id))
    await emit(db, PaymentCaptured(payment_id, found.payer_id, channel, transaction_id, parts, now))


async def fail(db: Db, channel: str, notice: FailedNotice) -> None:
    """Believe an authentic notice that an attempt failed, once; the payer may try again."""
    home, now = home_of(notice.payment_id), clock.now()
    async with transaction(db):
        payer_id = await sql.FAIL_ATTEMPT.first(
            db, home, notice.payment_id, channel, notice.notice_id, notice.attempt, now, MAX_ATTEMPTS
        )
        if payer_id is not None:
            await emit(db, PaymentFailed(notice.payment_id, PersonId(payer_id), notice.attempt))


async def query(db: Db, payment_id: PaymentId) -> None:
    """Ask the channel about a pending payment, and believe the answer as a notice; silence is asked again later."""
    found = await sql.PAYMENT.first(db, home_of(payment_id), payment_id)
    if found is None or found.status != "pending":
        return
    try:
        state = await channels.get(found.channel).query(found)
    except (ChannelSilent, ChannelUnavailable) as error:
        log.warning("payment_unanswered", payment_id=payment_id, channel=found.channel, why=error.code)
    else:
        await _believe(db, found.id, found.attempt, found.channel, state)


async def close_at_channel(db: Db, payment_id: PaymentId) -> None:
    """Close a closed payment at its channel too; if somebody paid before, the money goes back. In no transaction."""
    found = await sql.PAYMENT.first(db, home_of(payment_id), payment_id)
    assert found is not None, "a closed payment does not vanish"
    state = await channels.get(found.channel).close(found)
    await _believe(db, found.id, found.attempt, found.channel, state)


async def find_unanswered(db: Db) -> None:
    """Have the channels asked about payments that wait longer than a notice takes."""
    overdue = await sql.CLAIM_UNANSWERED.all(db, clock.now(), MAX_QUERIES_A_ROUND)
    await emit(db, *[QueryPayment(PaymentId(id)) for id in overdue])


async def _believe(db: Db, payment_id: PaymentId, attempt: int, channel: str, found: channels.PaymentState) -> None:
    match found.state:
        case "paid":
            assert found.transaction_id is not None and found.amount is not None, "what is paid has a number and an amount"
            await capture(db, channel, PaidNotice(payment_id, attempt, found.transaction_id, found.amount))
        case "failed":
            await fail(db, channel, FailedNotice(payment_id, attempt))
        case _:
            pass


async def _explain(db: Db, channel: str, notice: PaidNotice) -> None:
    payment = await sql.PAYMENT.first(db, home_of(notice.payment_id), notice.payment_id)
    if payment is None:
        raise PaymentUnknown(payment_id=notice.payment_id)
    news = why_not_captured(payment, channel, notice)
    if news is News.KNOWN:
        return
    home, amount = home_of(payment.id), notice.amount
    refund_id = RefundId(new_id(home))
    is_new = await sql.RETURN_STRAY.first(
        db,
        home,
        refund_id,
        payment.id,
        stray_reference(payment.id, channel, notice.transaction_id),
        channel,
        notice.attempt,
        notice.transaction_id,
        amount.amount,
        amount.currency,
        news.value,
        clock.now(),
    )
    if is_new:
        said = LateCapture if news is News.LATE else PaymentMismatch
        await emit(db, said(payment.id, refund_id, channel, notice.transaction_id, amount), SendRefund(refund_id))
