from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shuke.money.cashier import wire
from tests.cashier.till import Shop, Till, a_request


def a_refund(shop: Shop, paid: wire.PayRequest, name: str, **changes: Any) -> dict[str, Any]:
    return {
        "refund_id": f"{paid.payment_id}-{name}",
        "payment_id": paid.payment_id,
        "amount": 5000,
        "currency": "CNY",
        "reason": "torn",
        "notify_url": f"{shop.origin}/notices",
    } | changes


def a_paid_request(till: Till, shop: Shop, **changes: Any) -> wire.PayRequest:
    request = a_request(shop, **changes)
    assert till.decide(request).json()["state"] == "paid"
    shop.waits_for(1)
    shop.received.clear()
    return request


def test_a_refund_is_told_by_a_notice_and_can_be_asked_for(till: Till, shop: Shop) -> None:
    paid = a_paid_request(till, shop)

    answer = till.call("POST", "/refunds", a_refund(shop, paid, "a"))

    assert answer.status_code == 202
    [notice] = shop.waits_for(1)
    assert (notice.verified["type"], notice.verified["refund_id"]) == ("refund.succeeded", f"{paid.payment_id}-a")
    assert till.call("GET", f"/refunds/{paid.payment_id}-a").json() == answer.json()
    assert till.call("GET", f"/payments/{paid.payment_id}").json()["refunded"] == 5000


def test_racing_refunds_never_exceed_what_was_captured(till: Till, shop: Shop) -> None:
    paid = a_paid_request(till, shop, amount=10_000)

    with ThreadPoolExecutor(8) as racers:
        asks = [a_refund(shop, paid, f"r{n}", amount=3000) for n in range(12)]
        answers = list(racers.map(lambda ask: till.call("POST", "/refunds", ask), asks))

    assert sorted(answer.status_code for answer in answers) == [202] * 3 + [409] * 9
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"cashier.not_refundable"}
    assert till.call("GET", f"/payments/{paid.payment_id}").json()["refunded"] == 9000
    assert len(shop.waits_for(3)) == 3


def test_the_same_refund_asked_for_at_once_happens_once(till: Till, shop: Shop) -> None:
    paid = a_paid_request(till, shop)
    ask = a_refund(shop, paid, "a", amount=12850)

    with ThreadPoolExecutor(8) as racers:
        answers = list(racers.map(lambda _: till.call("POST", "/refunds", ask), range(8)))

    assert [answer.status_code for answer in answers] == [202] * 8
    assert len({answer.json()["transaction_id"] for answer in answers}) == 1
    assert till.call("GET", f"/payments/{paid.payment_id}").json()["refunded"] == 12850


@pytest.mark.parametrize("change", [{"amount": 4999}, {"reason": "other"}, {"notify_url": "http://127.0.0.1:1/other"}])
def test_the_same_refund_id_with_another_content_is_refused(till: Till, shop: Shop, change: dict[str, Any]) -> None:
    paid = a_paid_request(till, shop)
    till.call("POST", "/refunds", a_refund(shop, paid, "a"))

    answer = till.call("POST", "/refunds", a_refund(shop, paid, "a", **change))

    assert (answer.status_code, answer.json()["code"]) == (409, "cashier.refund_differs")


@pytest.mark.parametrize("change", [{"amount": 12851}, {"currency": "USD"}, {"payment_id": "nobody-paid-this"}])
def test_what_was_not_captured_cannot_be_refunded(till: Till, shop: Shop, change: dict[str, Any]) -> None:
    paid = a_paid_request(till, shop)

    answer = till.call("POST", "/refunds", a_refund(shop, paid, "a", **change))

    assert (answer.status_code, answer.json()["code"]) == (409, "cashier.not_refundable")
    assert till.call("GET", f"/refunds/{paid.payment_id}-a").status_code == 404


def test_a_failing_refund_is_told_and_leaves_the_money_refundable(till: Till, shop: Shop) -> None:
    paid = a_paid_request(till, shop)
    till.call("POST", "/behaviour", {"refund_fail_bps": 10_000})

    failed = till.call("POST", "/refunds", a_refund(shop, paid, "a", amount=12850)).json()

    assert failed["state"] == "failed"
    assert shop.waits_for(1)[0].verified["type"] == "refund.failed"
    till.call("POST", "/behaviour", {})
    assert till.call("POST", "/refunds", a_refund(shop, paid, "b", amount=12850)).json()["state"] == "succeeded"


def test_the_statement_of_a_day_lists_captures_and_refunds_that_happened(till: Till, shop: Shop) -> None:
    paid, failed = a_paid_request(till, shop), a_request(shop)
    till.decide(failed, "failed")
    refund = till.call("POST", "/refunds", a_refund(shop, paid, "a")).json()

    header, *lines = till.call("GET", f"/statement?date={wire.now():%Y-%m-%d}").text.splitlines()

    assert header == "kind,transaction_id,payment_id,refund_id,amount,currency,at"
    ours = [line.split(",") for line in lines if paid.payment_id in line or failed.payment_id in line]
    assert [line[0] for line in ours] == ["capture", "refund"]
    assert ours[1][1:6] == [refund["transaction_id"], paid.payment_id, refund["refund_id"], "5000", "CNY"]


def test_a_statement_needs_a_day(till: Till) -> None:
    answer = till.call("GET", "/statement?date=yesterday")

    assert (answer.status_code, answer.json()["code"]) == (422, "cashier.malformed")
