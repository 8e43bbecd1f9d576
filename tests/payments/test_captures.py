import asyncio
from datetime import timedelta

import pytest

from shuke.kit.actor import Actor, PersonId
from shuke.kit.clock import Timeline
from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.ids import new_id
from shuke.kit.money import CurrencyMismatch, Money
from shuke.money import payments
from shuke.money.payments import ChannelUnavailable, Part, PaymentUnknown
from shuke.money.payments.captures import fail
from shuke.money.payments.types import FailedNotice
from tests.payments.asked import (
    PAYER,
    a_part,
    a_person,
    asked,
    assert_sound,
    cny,
    in_half_an_hour,
    news,
    paid,
    refunds,
    status_of,
)


async def test_a_payment_is_the_sum_of_its_parts_and_is_opened_by_one_statement(db: Db, statements):
    await asked(db)

    with statements(db, at_most=1):
        payment = await asked(db, a_part(6_000), a_part(500))

    assert (payment.status, payment.amount, payment.channel) == ("pending", cny(6_500), "sandbox")
    await assert_sound(db)


async def test_a_capture_is_news_with_the_parts_by_the_home_of_their_shop(db: Db):
    tea, cup = a_part(6_000, home=9003), a_part(500, home=9001)
    payment = await asked(db, tea, cup)

    await payments.capture(db, "sandbox", paid(payment, transaction_id="T-1"))

    [captured] = await news(db, "PaymentCaptured")
    assert (captured["payment_id"], captured["payer_id"]) == (str(payment.id), str(payment.payer_id))
    assert (captured["channel"], captured["transaction_id"]) == ("sandbox", "T-1")
    assert [(part["reference"], part["amount"]["amount"]) for part in captured["parts"]] == [
        (str(cup.reference), 500),
        (str(tea.reference), 6_000),
    ]
    assert await status_of(db, payment) == "captured"


@pytest.mark.parametrize("same_notice", [True, False], ids=["the same notice", "another notice of the same transaction"])
async def test_a_notice_delivered_again_changes_nothing(db: Db, same_notice: bool):
    payment = await asked(db)
    notice = paid(payment, transaction_id="T-1")

    for number in range(5):
        again = notice if same_notice else paid(payment, transaction_id="T-1", notice_id=f"copy-{number}")
        await payments.capture(db, "sandbox", again)

    assert len(await news(db, "PaymentCaptured")) == 1
    assert await refunds(db) == []


async def test_nothing_to_pay_is_captured_at_once_without_a_channel(db: Db):
    payment = await payments.open_payment(db, PersonId(new_id(PAYER)), None, "gift", [a_part(0)], in_half_an_hour())

    assert (payment.status, payment.channel) == ("captured", "none")
    [captured] = await news(db, "PaymentCaptured")
    assert (captured["channel"], captured["transaction_id"]) == ("none", None)
    await assert_sound(db)


@pytest.mark.parametrize("difference", ["less", "more", "another currency", "another channel"])
async def test_money_that_was_not_asked_for_captures_nothing_and_goes_back(db: Db, difference: str):
    payment = await asked(db)
    came = {"less": cny(9_999), "more": cny(10_001), "another currency": Money(10_000, "GBP")}.get(difference, cny(10_000))
    channel = "other" if difference == "another channel" else "sandbox"
    notice = paid(payment, amount=came)

    for _ in range(2):
        await payments.capture(db, channel, notice)

    assert await status_of(db, payment) == "pending"
    assert await refunds(db) == [(None, came.amount, "requested", "payment_mismatch")]
    [mismatch] = await news(db, "PaymentMismatch")
    assert mismatch["amount"] == {"amount": came.amount, "currency": came.currency}
    await payments.capture(db, "sandbox", paid(payment))
    assert await status_of(db, payment) == "captured"
    await assert_sound(db)


async def test_money_for_a_closed_payment_goes_back_by_itself(db: Db):
    payment = await asked(db)
    assert await payments.close(db, payment.id)
    notice = paid(payment)

    for _ in range(3):
        await payments.capture(db, "sandbox", notice)

    assert await status_of(db, payment) == "closed"
    assert await refunds(db) == [(None, 10_000, "requested", "late_capture")]
    assert len(await news(db, "LateCapture")) == 1
    assert await news(db, "PaymentCaptured") == []
    assert await db.fetchval("select count(*) from kit.jobs where kind = 'payments.send_refund'") == 1


async def test_paying_twice_captures_once_and_gives_the_other_back(db: Db):
    payment = await asked(db)

    for transaction in ("T-1", "T-2", "T-1", "T-2"):
        await payments.capture(db, "sandbox", paid(payment, transaction_id=transaction))

    assert await refunds(db) == [(None, 10_000, "requested", "late_capture")]
    assert [each["transaction_id"] for each in await news(db, "LateCapture")] == ["T-2"]


async def test_news_of_a_payment_that_is_not_ours_is_refused(db: Db):
    payment = await asked(db)

    with pytest.raises(PaymentUnknown):
        await payments.capture(db, "sandbox", paid(payment, payment_id=new_id(PAYER), notice_id="N-1"))

    assert await db.fetchval("select count(*) from payments.notices where notice_id = 'N-1'") == 0


async def test_a_failed_attempt_leaves_the_payment_open_for_another(db: Db):
    payment = await asked(db)

    for number in range(3):
        await fail(db, "sandbox", FailedNotice(payment.id, 1, f"fail-{number}"))
    await payments.capture(db, "sandbox", paid(payment, attempt=2))

    assert [each["attempt"] for each in await news(db, "PaymentFailed")] == [1]
    assert await status_of(db, payment) == "captured"


async def test_a_failure_told_after_the_capture_is_ignored(db: Db):
    payment = await asked(db)
    await payments.capture(db, "sandbox", paid(payment))

    await fail(db, "sandbox", FailedNotice(payment.id, 1, "late"))

    assert await news(db, "PaymentFailed") == []
    assert await status_of(db, payment) == "captured"


async def test_closing_tells_whether_somebody_paid_first(db: Db):
    closed, captured = await asked(db), await asked(db)
    await payments.capture(db, "sandbox", paid(captured))

    answers = [await payments.close(db, payment.id) for payment in (closed, closed, captured)]

    assert answers == [True, True, False]
    with pytest.raises(PaymentUnknown):
        await payments.close(db, payments.PaymentId(new_id(PAYER)))


async def test_an_imported_payment_is_captured_in_its_own_time_and_nobody_is_told(db: Db, timeline: Timeline):
    then = timeline.now - timedelta(days=400)

    id = await payments.record_imported(db, PersonId(new_id(PAYER)), [a_part(1_200)], then)

    row = await db.fetchrow("select status, channel, captured_at, created_at from payments.payments where id = $1", id)
    assert tuple(row) == ("captured", "imported", then, then)
    assert await db.fetchval("select count(*) from kit.events") + await db.fetchval("select count(*) from kit.jobs") == 0


async def test_only_the_payer_sees_a_payment_under_any_of_their_selves(db: Db):
    ana, ben = a_person(), a_person()
    payment = await asked(db, payer=ana.person)
    merged = Actor(id=ben.person, selves=(ben.person, ana.person))

    view, of_merged = await payments.payment(db, ana, payment.id), await payments.payment(db, merged, payment.id)

    assert view.id == of_merged.id == payment.id
    assert (view.status, view.amount, view.parts[0].amount, view.parts[0].refunded) == (
        "pending",
        cny(10_000),
        cny(10_000),
        cny(0),
    )
    assert view.instructions is not None and view.instructions["kind"] == "redirect"
    with pytest.raises(PaymentUnknown):
        await payments.payment(db, ben, payment.id)


@pytest.mark.parametrize("end", ["captured", "closed", "expired"])
async def test_there_are_no_instructions_when_there_is_nothing_to_pay(db: Db, timeline: Timeline, end: str):
    ana = a_person()
    payment = await asked(db, payer=ana.person)
    if end == "captured":
        await payments.capture(db, "sandbox", paid(payment))
    elif end == "closed":
        await payments.close(db, payment.id)
    else:
        timeline.advance(minutes=31)

    assert (await payments.payment(db, ana, payment.id)).instructions is None


async def test_without_an_open_channel_nothing_that_costs_money_can_be_asked_for(db: Db):
    with pytest.raises(ChannelUnavailable) as refused:
        await payments.open_payment(db, PersonId(new_id(PAYER)), "barter", "tea", [a_part(1)], in_half_an_hour())

    assert refused.value.code == "payments.channel_unavailable"


async def test_one_payment_has_one_currency(db: Db):
    parts = [a_part(1), Part(new_id(PAYER), new_id(PAYER), Money(1, "GBP"))]

    with pytest.raises(CurrencyMismatch):
        await asked(db, *parts)


@pytest.mark.concurrent
async def test_a_capture_and_a_close_that_race_have_one_winner(pool: Pool):
    async with borrowed(pool) as db:
        raced = [await asked(db) for _ in range(30)]

    async def capture(payment: payments.Payment) -> None:
        async with borrowed(pool) as db:
            await payments.capture(db, "sandbox", paid(payment))

    async def close(payment: payments.Payment) -> bool:
        async with borrowed(pool) as db:
            return await payments.close(db, payment.id)

    answers = await asyncio.gather(*[work(payment) for payment in raced for work in (capture, close)])

    closed = [bool(answer) for answer in answers[1::2]]
    async with borrowed(pool) as db:
        assert [await status_of(db, payment) == "closed" for payment in raced] == closed
        assert len(await news(db, "PaymentCaptured")) == closed.count(False)
        assert len(await refunds(db)) == len(await news(db, "LateCapture")) == closed.count(True)
        await assert_sound(db)


@pytest.mark.concurrent
async def test_copies_of_a_notice_that_race_capture_once(pool: Pool):
    async with borrowed(pool) as db:
        payment, late = await asked(db), await asked(db)
        await payments.close(db, late.id)
    notices = [(payment, paid(payment)), (late, paid(late))]

    async def deliver(number: int) -> None:
        async with borrowed(pool) as db:
            await payments.capture(db, "sandbox", notices[number % 2][1])

    await asyncio.gather(*[deliver(number) for number in range(40)])

    async with borrowed(pool) as db:
        assert len(await news(db, "PaymentCaptured")) == 1
        assert len(await news(db, "LateCapture")) == len(await refunds(db)) == 1
