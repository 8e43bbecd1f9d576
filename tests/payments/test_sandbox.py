"""The sandbox channel end to end, with the real cashier and real signatures."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from signal import SIGKILL
from uuid import uuid4

import msgspec
import pytest

from shuke import app
from shuke.kit import clock, jobs
from shuke.kit.db import borrowed
from shuke.money import payments
from shuke.money.cashier import wire
from shuke.money.payments import captures, channels, sandbox
from tests.cashier.till import KEYS
from tests.payments.asked import a_part, assert_sound, cny, news, refunds, status_of
from tests.payments.market import Market

NOTICES = "/channels/sandbox/notices"


async def test_a_confirmed_payment_is_captured_by_the_signed_notice(market: Market):
    ana = await market.payer()
    payment = await market.asks(ana)

    answer = await market.confirms(ana, payment)

    assert (answer.status_code, answer.json()) == (202, {"outcome": "paid"})
    [captured] = await market.hears("PaymentCaptured")
    assert captured["transaction_id"] == market.at_the_cashier(payment)["transaction_id"]
    view = (await market.client.get(f"/payments/{payment.id}", headers=ana.headers)).json()
    assert (view["status"], view["amount"], view["instructions"]) == ("captured", {"amount": 10_000, "currency": "CNY"}, None)
    assert (await market.confirms(ana, payment)).status_code == 202
    assert (await market.confirms(ana, payment, "failed")).json()["code"] == "payments.payment_not_pending"


async def test_a_payer_whose_payment_failed_tries_again(market: Market):
    ana = await market.payer()
    payment = await market.asks(ana)

    await market.confirms(ana, payment, "failed")
    await market.hears("PaymentFailed")
    await market.confirms(ana, payment, "paid")

    await market.becomes(payment, "captured")
    assert [market.at_the_cashier(payment, attempt)["state"] for attempt in (1, 2)] == ["failed", "paid"]


async def test_nobody_else_decides_or_reads_a_payment(market: Market):
    ana, eve = await market.payer(), await market.payer()
    payment = await market.asks(ana)

    answers = [
        await market.confirms(eve, payment),
        await market.client.get(f"/payments/{payment.id}", headers=eve.headers),
        await market.client.get(f"/payments/{payment.id}"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 401]
    assert market.at_the_cashier(payment)["state"] == "open"


async def test_a_notice_that_comes_five_times_captures_once(market: Market):
    ana = await market.payer()
    payment = await market.asks(ana)

    await market.pays_at_the_cashier(ana, payment, copies=5)

    await market.becomes(payment, "captured")
    await market.eventually(_delivered(market), "the cashier to be done")
    async with borrowed(market.pool) as db:
        assert len(await news(db, "PaymentCaptured")) == 1
        assert await refunds(db) == []


async def test_forged_notices_are_refused_and_the_honest_one_counts(market: Market):
    ana = await market.payer()
    payment = await market.asks(ana)

    await market.pays_at_the_cashier(ana, payment, forge_first=2)

    async with borrowed(market.pool) as db:
        assert await status_of(db, payment) == "pending"
    await market.becomes(payment, "captured")


@pytest.mark.parametrize("fault", ["another key", "old", "from the future", "altered", "unsigned"])
async def test_a_notice_that_is_not_authentic_changes_nothing(market: Market, fault: str):
    ana = await market.payer()
    payment = await market.asks(ana)
    notice = wire.Notice(
        type="payment.paid",
        payment_id=market.handle(payment),
        transaction_id="T-1",
        amount=10_000,
        currency="CNY",
        decided_at=datetime.now(UTC),
    )
    body = msgspec.json.encode(notice)
    key = b"another key of 32 bytes, or more" if fault == "another key" else KEYS.notice
    at = int(time.time()) + {"old": -301, "from the future": 301}.get(fault, 0)
    headers = {} if fault == "unsigned" else wire.sign_notice(key, "msg_1", at, body)
    sent = body.replace(b"10000", b"10001") if fault == "altered" else body

    answer = await market.client.post(NOTICES, content=sent, headers=headers | {"content-type": "application/json"})

    assert (answer.status_code, answer.json()["code"]) == (403, "payments.notice_forged")
    async with borrowed(market.pool) as db:
        assert await status_of(db, payment) == "pending"


async def test_a_lost_notice_loses_nothing(market: Market):
    ana = await market.payer()
    payment = await market.asks(ana)
    await market.pays_at_the_cashier(ana, payment, drop_first=20)
    later = clock.Timeline("later", datetime.now(UTC) + timedelta(minutes=4))

    async with borrowed(market.pool) as db:
        with clock.on(later):
            await captures.find_unanswered(db)
        await jobs.drain(db, later)

        assert await status_of(db, payment) == "captured"
        assert len(await news(db, "PaymentCaptured")) == 1


async def test_money_that_comes_after_the_close_is_refunded_by_itself(market: Market):
    ana = await market.payer()
    payment = await market.asks(ana)
    await market.pays_at_the_cashier(ana, payment, delay_ms=1_500)

    async with borrowed(market.pool) as db:
        assert await payments.close(db, payment.id)

    await market.hears("LateCapture")
    await market.eventually(lambda db: _are(db, [(None, 10_000, "succeeded", "late_capture")]), "the refund")
    assert market.at_the_cashier(payment)["refunded"] == 10_000
    await market.eventually(_delivered(market), "the late notice")
    async with borrowed(market.pool) as db:
        assert len(await refunds(db)) == len(await news(db, "LateCapture")) == 1
        assert await news(db, "RefundSucceeded") == await news(db, "PaymentCaptured") == []


async def test_a_closed_payment_can_no_longer_be_paid_at_the_cashier(market: Market):
    ana = await market.payer()
    payment = await market.asks(ana)
    view = (await market.client.get(f"/payments/{payment.id}", headers=ana.headers)).json()

    async with borrowed(market.pool) as db:
        await payments.close(db, payment.id)

    async def is_closed(_: object) -> bool:
        return market.at_the_cashier(payment)["state"] == "closed"

    await market.eventually(is_closed, "the cashier to close it")
    assert view["instructions"]["kind"] == "redirect"
    assert (await market.confirms(ana, payment)).json()["code"] == "payments.payment_not_pending"


async def test_a_refund_waits_for_a_cashier_that_is_down(market: Market):
    ana, tea = await market.payer(), a_part(10_000)
    payment = await market.asks(ana, tea)
    await market.confirms(ana, payment)
    await market.becomes(payment, "captured")
    market.till.end(SIGKILL)
    timeline = clock.Timeline("refund", datetime.now(UTC))

    async with borrowed(market.pool) as db:
        with clock.on(timeline):
            await payments.refund(db, payment.id, tea.reference, uuid4(), cny(2_500), "torn")
        await jobs.drain(db, timeline)
        assert await refunds(db) == [(tea.reference, 2_500, "requested", "torn")]
        market.till.start()
        await jobs.drain(db, timeline, timeline.now + timedelta(seconds=30))

        assert await refunds(db) == [(tea.reference, 2_500, "succeeded", "torn")]
    assert market.at_the_cashier(payment)["refunded"] == 2_500
    await market.eventually(_delivered(market), "the refund's notice")
    async with borrowed(market.pool) as db:
        assert len(await news(db, "RefundSucceeded")) == 1
        await assert_sound(db)


async def test_a_refund_that_the_cashier_refuses_is_free_to_be_asked_again(market: Market):
    ana, tea = await market.payer(), a_part(10_000)
    payment = await market.asks(ana, tea)
    await market.confirms(ana, payment)
    await market.becomes(payment, "captured")
    market.till.call("POST", "/behaviour", {"refund_fail_bps": 10_000})

    async with borrowed(market.pool) as db:
        await payments.refund(db, payment.id, tea.reference, uuid4(), cny(10_000), "torn")
    await market.hears("RefundFailed")
    market.till.call("POST", "/behaviour", {})
    async with borrowed(market.pool) as db:
        await payments.refund(db, payment.id, tea.reference, uuid4(), cny(10_000), "torn")

    await market.hears("RefundSucceeded")
    assert market.at_the_cashier(payment)["refunded"] == 10_000


async def test_a_cashier_that_is_down_is_a_clear_answer(market: Market):
    ana = await market.payer()
    payment = await market.asks(ana)
    market.till.end(SIGKILL)

    answer = await market.confirms(ana, payment)

    assert (answer.status_code, answer.json()["code"]) == (503, "payments.channel_silent")
    assert answer.headers["retry-after"] == "1"
    market.till.start()
    assert (await market.confirms(ana, payment)).status_code == 202
    await market.becomes(payment, "captured")


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n<welcome>"])
async def test_a_cashier_that_is_silent_holds_no_connection_and_can_be_asked_again(
    market: Market, monkeypatch: pytest.MonkeyPatch, said: bytes
):
    ana = await market.payer()
    payments_asked = [await market.asks(ana) for _ in range(market.pool.size + 2)]
    monkeypatch.setattr(sandbox.sandbox, "_client", None)
    monkeypatch.setattr(sandbox, "TIMEOUT_S", 1.5)
    market.till.end(SIGKILL)
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(said)
        await asyncio.sleep(0 if said else 3)
        writer.close()

    async with await asyncio.start_server(hear, "127.0.0.1", market.till.port + 1):
        asking = [asyncio.create_task(market.confirms(ana, each)) for each in payments_asked]
        if not said:
            await market.eventually(lambda _: _have(heard, len(asking)), "everybody to wait for the cashier")
            # Others are served while they wait.
            assert (await market.client.get("/me", headers=ana.headers)).status_code == 200
            assert not any(each.done() for each in asking)
        answers = await asyncio.gather(*asking)
    assert {(each.status_code, each.json()["code"], each.headers["retry-after"]) for each in answers} == {
        (503, "payments.channel_silent", "1")
    }

    await channels.stop()
    market.till.start()
    again = [await market.confirms(ana, payments_asked[0]) for _ in range(3)]
    assert [each.status_code for each in again] == [202, 202, 202]
    await market.becomes(payments_asked[0], "captured")
    async with borrowed(market.pool) as db:
        assert len(await news(db, "PaymentCaptured")) == 1


async def test_who_never_heard_that_they_paid_pays_once_by_asking_again(market: Market):
    ana = await market.payer()
    payment = await market.asks(ana)
    # The cashier decided, and neither its answer nor its first notices came.
    await market.pays_at_the_cashier(ana, payment, drop_first=2)

    again = [await market.confirms(ana, payment) for _ in range(2)]

    assert [each.status_code for each in again] == [202, 202]
    await market.becomes(payment, "captured")
    async with borrowed(market.pool) as db:
        assert len(await news(db, "PaymentCaptured")) == 1
        assert await refunds(db) == []


def test_the_routes_of_the_sandbox_are_not_mounted_in_production():
    production = {shape.path for shape in app.shapes()}
    demo = {shape.path for shape in app.shapes(with_sandbox=True)}

    assert demo - production == {
        "/api/v1/payments/{payment_id:uuid}/confirmations",
        "/api/v1/channels/sandbox/notices",
    }


async def _have(heard: list[bytes], count: int) -> bool:
    return len(heard) >= count


def _delivered(market: Market):
    async def is_done(_: object) -> bool:
        return market.till.backlog()["undelivered"] == 0

    return is_done


async def _are(db, expected: list[tuple[object, ...]]) -> bool:
    return await refunds(db) == expected
