from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from shuke.money.cashier import wire
from tests.cashier.till import KEYS, Shop, Till, a_request, token


def test_a_paid_payment_is_told_by_a_notice_that_an_independent_library_accepts(till: Till, shop: Shop) -> None:
    request = a_request(shop)

    answer = till.decide(request)

    assert answer.status_code == 202
    [notice] = shop.waits_for(1)
    told = notice.verified
    assert (told["type"], told["payment_id"], told["amount"]) == ("payment.paid", request.payment_id, 12850)
    assert told["transaction_id"] == answer.json()["transaction_id"]
    assert told["paid_at"] == answer.json()["decided_at"]
    assert wire.read_notice(KEYS.notice, notice.headers, notice.body).type == "payment.paid"


def test_a_failed_payment_is_told_too_and_captures_nothing(till: Till, shop: Shop) -> None:
    request = a_request(shop)

    till.decide(request, "failed")

    [notice] = shop.waits_for(1)
    assert notice.verified["type"] == "payment.failed"
    assert "paid_at" not in notice.verified
    assert till.call("GET", f"/payments/{request.payment_id}").json()["state"] == "failed"


def test_the_first_decision_stands_and_is_told_once(till: Till, shop: Shop) -> None:
    request = a_request(shop)

    with ThreadPoolExecutor(8) as racers:
        answers = list(racers.map(lambda n: till.decide(request, "paid" if n % 2 else "failed"), range(16)))

    first = till.call("GET", f"/payments/{request.payment_id}").json()
    agreeing = [answer.json() for answer in answers if answer.status_code == 202]
    assert agreeing == [first] * 8
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"cashier.already_decided"}
    till.decide(a_request(shop))
    assert [one.verified["payment_id"] for one in shop.waits_for(2)].count(request.payment_id) == 1


def test_a_decision_repeated_after_expiry_still_answers_the_same(till: Till, shop: Shop) -> None:
    request = a_request(shop)
    first = till.decide(request)

    again = till.decide(msgspec.structs.replace(request, expires_at=wire.now() - timedelta(seconds=1)))

    assert (again.status_code, again.json()) == (202, first.json())


def test_an_expired_request_can_neither_be_opened_nor_paid(till: Till, shop: Shop) -> None:
    expired = a_request(shop, expires_at=wire.now() - timedelta(seconds=1))

    page, decision = httpx.get(f"{till.origin}/pay", params={"request": token(expired)}), till.decide(expired)

    for answer in (page, decision):
        assert (answer.status_code, answer.headers["content-type"]) == (410, "application/problem+json")
        assert answer.json()["code"] == "cashier.request_expired"


@pytest.mark.parametrize("change", ["amount", "signature", "key", "nothing there", "not ascii"])
def test_a_request_that_the_shop_did_not_sign_is_refused(till: Till, shop: Shop, change: str) -> None:
    request = a_request(shop)
    payload, signature = token(request).split(".")
    cheaper = token(msgspec.structs.replace(request, amount=1)).split(".")[0]
    forged = {
        "amount": f"{cheaper}.{signature}",
        "signature": f"{payload}.{signature[:-2]}AA",
        "key": wire.sign_request(b"another key", request),
        "nothing there": "",
        "not ascii": f"{payload}.熟客",
    }[change]

    page = httpx.get(f"{till.origin}/pay", params={"request": forged})
    decision = httpx.post(f"{till.origin}/payments/{request.payment_id}/decisions", json={"request": forged, "outcome": "paid"})

    for answer in (page, decision):
        assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")
    assert till.call("GET", f"/payments/{request.payment_id}").json()["state"] == "open"


def test_a_request_pays_only_its_own_payment(till: Till, shop: Shop) -> None:
    request, other = a_request(shop), a_request(shop)

    answer = httpx.post(
        f"{till.origin}/payments/{other.payment_id}/decisions", json={"request": token(request), "outcome": "paid"}
    )

    assert answer.status_code == 403
    assert till.call("GET", f"/payments/{other.payment_id}").json()["state"] == "open"


@pytest.mark.parametrize("behaviour", [{"copies": 0}, {"copies": 21}, {"delay_ms": -1}, {"unknown": 1}])
def test_a_behaviour_out_of_bounds_is_refused(till: Till, shop: Shop, behaviour: dict[str, Any]) -> None:
    answer = till.decide(a_request(shop), **behaviour)

    assert (answer.status_code, answer.json()["code"]) == (422, "cashier.malformed")


def test_a_closed_payment_cannot_be_paid_and_a_paid_one_cannot_be_closed(till: Till, shop: Shop) -> None:
    closed, paid = a_request(shop), a_request(shop)
    till.decide(paid)

    states = [till.call("POST", f"/payments/{one.payment_id}/closure").json()["state"] for one in (closed, paid, closed)]

    assert states == ["closed", "paid", "closed"]
    assert till.decide(closed).json()["code"] == "cashier.payment_closed"


def test_a_share_of_payments_fails_when_asked_and_always_the_same_ones(till: Till, shop: Shop) -> None:
    till.call("POST", "/behaviour", {"payment_fail_bps": 5000})
    requests = [a_request(shop, payment_id=f"share-{shop.origin[-5:]}-{n}") for n in range(40)]

    states = [till.decide(request).json()["state"] for request in requests]

    assert 5 < states.count("failed") < 35
    assert [till.decide(request).json()["state"] for request in requests] == states


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer x",
        "HMAC-SHA256 x:y",
        f"HMAC-SHA256 {'9' * 5000}:y",
        wire.sign_call(KEYS.merchant, "POST", "/payments/p"),
        wire.sign_call(KEYS.merchant, "GET", "/payments/q"),
        wire.sign_call(KEYS.notice, "GET", "/payments/p"),
        wire.sign_call(KEYS.merchant, "GET", "/payments/p", at=1_700_000_000),
    ],
)
def test_a_call_that_is_not_signed_for_this_method_path_key_and_time_is_refused(till: Till, authorization: str) -> None:
    answer = till.call("GET", "/payments/p", authorization=authorization)

    assert (answer.status_code, answer.json()["code"]) == (401, "cashier.call_not_authentic")


def test_the_page_shows_the_amount_and_escapes_what_the_shop_wrote(till: Till, shop: Shop) -> None:
    request = a_request(shop)

    page = httpx.get(f"{till.origin}/pay", params={"request": token(request)}, headers={"accept-language": "en-GB,zh;q=0.5"})

    assert '<span class="whole">128</span><span class="fraction">.50</span>' in page.text
    assert "云南小粒咖啡 &lt;227g&gt;" in page.text
    assert '<html lang="en">' in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_the_form_of_the_page_decides_and_leads_back_to_the_shop(till: Till, shop: Shop) -> None:
    request = a_request(shop)

    answer = httpx.post(f"{till.origin}/pay", data={"request": token(request), "outcome": "paid", "copies": "2"})

    assert (answer.status_code, answer.headers["location"]) == (303, request.return_url)
    assert {one.verified["payment_id"] for one in shop.waits_for(2)} == {request.payment_id}


def test_a_person_with_a_dead_link_sees_a_page_and_the_way_back(till: Till, shop: Shop) -> None:
    expired = a_request(shop, expires_at=wire.now() - timedelta(seconds=1))

    page = httpx.get(f"{till.origin}/pay", params={"request": token(expired)}, headers={"accept": "text/html"})

    assert (page.status_code, page.headers["content-type"]) == (410, "text/html; charset=utf-8")
    assert "支付已过期" in page.text
    assert expired.return_url in page.text
