import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import httpx
import pytest
from standardwebhooks import WebhookVerificationError

from shuke.money.cashier import wire
from tests.cashier.till import KEYS, Shop, Till, a_request, wait_until


def test_a_notice_is_repeated_until_the_shop_accepts_it(till: Till, shop: Shop) -> None:
    shop.answers = [500, 302]
    request = a_request(shop)

    till.decide(request)

    notices = shop.waits_for(3)
    assert {one.verified["payment_id"] for one in notices} == {request.payment_id}
    assert len({one.headers["webhook-id"] for one in notices}) == 1
    wait_until(lambda: till.backlog()["undelivered"] == 0, 5, "the outbox to be empty")
    time.sleep(0.5)
    assert len(shop.received) == 3


def test_copies_are_sent_at_once(till: Till, shop: Shop) -> None:
    till.decide(a_request(shop), copies=5)

    notices = shop.waits_for(5)

    assert len({one.headers["webhook-id"] for one in notices}) == 1
    assert len({one.body for one in notices}) == 1


def test_the_first_deliveries_can_be_dropped_on_request(till: Till, shop: Shop) -> None:
    decided_at = time.monotonic()
    till.decide(a_request(shop), drop_first=1)

    shop.waits_for(1)

    assert time.monotonic() - decided_at > 0.15


def test_a_forged_notice_never_counts_as_delivered(till: Till, shop: Shop) -> None:
    till.decide(a_request(shop), forge_first=1)

    forged, honest = shop.waits_for(2)

    with pytest.raises(WebhookVerificationError):
        forged.verified  # noqa: B018
    with pytest.raises(wire.Unauthentic):
        wire.read_notice(KEYS.notice, forged.headers, forged.body)
    assert honest.verified["type"] == "payment.paid"


def test_a_late_notice_comes_after_expiry(till: Till, shop: Shop) -> None:
    request = a_request(shop, expires_at=wire.now() + timedelta(seconds=0.7))

    till.decide(request, late=True)

    shop.waits_for(1)
    assert wire.now() > request.expires_at


def test_a_delayed_notice_waits_but_the_state_is_known_at_once(till: Till, shop: Shop) -> None:
    request = a_request(shop)
    decided_at = time.monotonic()

    till.decide(request, delay_ms=600)

    assert till.call("GET", f"/payments/{request.payment_id}").json()["state"] == "paid"
    shop.waits_for(1)
    assert time.monotonic() - decided_at >= 0.6


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/x", "http://127.0.0.1:99999/x", "http://a..b/x", "http://[.]/x"])
def test_a_receiver_that_cannot_be_reached_holds_up_nobody_else(till: Till, shop: Shop, url: str) -> None:
    till.decide(a_request(shop, notify_url=url))

    till.decide(a_request(shop))

    shop.waits_for(1)


def test_a_killed_cashier_delivers_what_it_had_accepted_after_a_restart(mortal_till: Till, shop: Shop) -> None:
    requests = [a_request(shop) for _ in range(5)]
    for request in requests:
        assert mortal_till.decide(request, delay_ms=1500).status_code == 202

    mortal_till.end(signal.SIGKILL)
    assert not shop.received
    mortal_till.start()

    notices = shop.waits_for(5)
    assert {one.verified["payment_id"] for one in notices} == {request.payment_id for request in requests}
    assert mortal_till.call("GET", f"/payments/{requests[0].payment_id}").json()["state"] == "paid"


def test_what_was_answered_before_a_kill_under_load_is_kept_and_told(mortal_till: Till, shop: Shop) -> None:
    answered: set[str] = set()

    def pay(request: wire.PayRequest) -> None:
        with suppress(httpx.TransportError):
            if mortal_till.decide(request).status_code == 202:
                answered.add(request.payment_id)

    with ThreadPoolExecutor(8) as payers:
        for _ in range(400):
            payers.submit(pay, a_request(shop))
        wait_until(lambda: len(answered) > 30, 20, "some payments")
        mortal_till.end(signal.SIGKILL)
    mortal_till.start()

    assert len(answered) < 400
    wait_until(lambda: mortal_till.backlog()["undelivered"] == 0, 10, "the outbox to be empty")
    told = {one.verified["payment_id"] for one in shop.received}
    assert answered <= told
    states = [mortal_till.call("GET", f"/payments/{payment_id}").json()["state"] for payment_id in told]
    assert set(states) == {"paid"}


def test_the_cashier_ends_cleanly_when_asked(mortal_till: Till, shop: Shop) -> None:
    mortal_till.decide(a_request(shop))
    shop.waits_for(1)

    asked_at = time.monotonic()

    assert mortal_till.end(signal.SIGTERM) == 0
    assert time.monotonic() - asked_at < 5


def test_a_second_cashier_on_the_same_data_does_not_start(till: Till) -> None:
    environment = {"SHUKE_DATA": str(till.data), "SHUKE_PORT": "23500", "SHUKE_PROFILE": "test"}

    second = subprocess.run(
        [sys.executable, "-m", "shuke.money.cashier"], env=environment, capture_output=True, text=True, timeout=20, check=False
    )

    assert second.returncode == 1
    assert "Another cashier already works" in second.stderr


def test_the_cashier_of_play_money_refuses_production(till: Till) -> None:
    environment = {"SHUKE_DATA": str(till.data), "SHUKE_PROFILE": "production", "SHUKE_SECRET": "s" * 40}

    refused = subprocess.run(
        [sys.executable, "-m", "shuke.money.cashier"], env=environment, capture_output=True, text=True, timeout=20, check=False
    )

    assert refused.returncode == 1
    assert "play money" in refused.stderr
