"""Attacks on money and goods: odd prices and quantities, replayed and forged requests, other people's payments, races."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import httpx
import msgspec
import pytest

from shuke.kit import clock, proofs
from shuke.kit.db import borrowed
from shuke.money.cashier import wire
from tests.api import Api, problem
from tests.cashier.till import KEYS
from tests.security.stage import Stage, refused
from tests.security.world import World
from tests.trade.builders import drain

NOTICES = "/channels/sandbox/notices"

NOBODYS = "0a1b2c3d4e5f8a0b8c0d0e0f0a0b0c0d"  # an id of ours that nothing has


def an_order(world: World, **changes: Any) -> dict[str, Any]:
    """Ana's order of one tea, as JSON."""
    lines = [{"sku_id": world.ids["sku_id"], "quantity": 1}]
    return {"lines": lines, "delivery": {"mode": "express", "address_id": world.ids["address_id"]}} | changes


async def assert_sound(gate: Api) -> None:
    """Every proof holds: money, stock, orders."""
    async with borrowed(gate.pool) as db:
        broken = [(proof.sentence, found.example) for proof, found in await proofs.verify(db) if found.broken]
    assert broken == []


async def placed(gate: Api, world: World, **changes: Any) -> dict[str, Any]:
    """A fresh order of Ana's."""
    answer = await gate.post("/orders", an_order(world, **changes), token=world.tokens["buyer"])
    assert answer.status_code == 201, answer.text
    return answer.json()


def a_notice(id: str, **changes: Any) -> bytes:
    """The news that a payment of 69 yuan was made."""
    notice = wire.Notice(
        type="payment.paid",
        payment_id=f"{id.replace('-', '')}-1",
        transaction_id=f"T-{uuid4().hex}",
        amount=6900,
        currency="CNY",
        decided_at=datetime.now(UTC),
    )
    return msgspec.json.encode(msgspec.structs.replace(notice, **changes))


async def tell(gate: Api, body: bytes, id: str = "msg_1", key: bytes = KEYS.notice, at: int = 0) -> httpx.Response:
    """Deliver a notice, signed with `key`, `at` seconds from now."""
    headers = wire.sign_notice(key, id, int(time.time()) + at, body)
    return await gate.client.post(f"/api/v1{NOTICES}", content=body, headers=headers | {"content-type": "application/json"})


async def refunds_of(gate: Api, payment_id: str) -> int:
    """What was or will be given back of a payment."""
    async with borrowed(gate.pool) as db:
        found = await db.fetch("select amount from payments.refunds where payment_id = $1", payment_id)
    return sum(row["amount"] for row in found)


async def test_a_notice_counts_once_and_only_when_the_cashier_signed_it(gate: Api, world: World, timeline: clock.Timeline):
    payment = (await placed(gate, world))["payment"]
    body = a_notice(payment["id"])

    forged = await tell(gate, body, key=b"another key of 32 bytes, or more")
    old, early = await tell(gate, body, at=-400), await tell(gate, body, at=400)
    unsigned = await gate.client.post(f"/api/v1{NOTICES}", content=body)
    for answer in (forged, old, early, unsigned):
        problem(answer, 403, "payments.notice_forged")
    answers = [await tell(gate, body), *await asyncio.gather(*(tell(gate, body) for _ in range(5)))]
    again = await tell(gate, body, id="msg_2")

    assert {answer.status_code for answer in (*answers, again)} == {204}
    view = (await gate.get(f"/payments/{payment['id']}", token=world.tokens["buyer"])).json()
    assert view["status"] == "captured"
    async with borrowed(gate.pool) as db:
        await drain(db, timeline)
    assert await refunds_of(gate, payment["id"]) == 0
    await assert_sound(gate)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": 1},
        {"amount": 10**15},
        {"currency": "JPY"},
        {"payment_id": f"{NOBODYS}-1"},
        {"payment_id": "x"},
        {"payment_id": "../../1"},
        {"payment_id": f"{'0' * 32}-99999999999999999999"},
        {"type": "refund.succeeded", "refund_id": NOBODYS},
        {"type": "refund.failed", "refund_id": "x"},
        {"type": "refund.succeeded"},
        {"transaction_id": None},
        {"amount": None},
    ],
    ids=str,
)
async def test_a_signed_notice_of_something_else_captures_nothing(gate: Api, world: World, changes: dict[str, Any]):
    payment = (await placed(gate, world))["payment"]

    answer = await tell(gate, a_notice(payment["id"], **changes), id=f"msg_{uuid4().hex}")

    assert answer.status_code == 204 or refused(answer, 400, 403, 404, 409, 422)
    view = (await gate.get(f"/payments/{payment['id']}", token=world.tokens["buyer"])).json()
    assert view["status"] == "pending"


async def test_nobody_decides_about_anothers_payment_or_twice_about_ones_own(gate: Api, world: World):
    payment = (await placed(gate, world))["payment"]
    path = f"/payments/{payment['id']}/confirmations"

    for role in ("stranger", "owner", "operator", "friend"):
        problem(await gate.post(path, {"outcome": "paid"}, token=world.tokens[role]), 404, "payments.payment_unknown")
    for outcome in ("refunded", "", 1, None, ["paid"]):
        refused(await gate.post(path, {"outcome": outcome}, token=world.tokens["buyer"]), 400, 422)


async def test_a_key_belongs_to_one_request_of_one_person(gate: Api, world: World):
    buyer, stranger, key = world.tokens["buyer"], world.tokens["stranger"], uuid4().hex
    first = await gate.post("/orders", an_order(world), token=buyer, key=key)

    again = await gate.post("/orders", an_order(world), token=buyer, key=key)
    other_body = await gate.post("/orders", an_order(world, note="x"), token=buyer, key=key)
    other_path = await gate.post("/shops", {"name": "x", "kind": "personal"}, token=buyer, key=key)
    other_person = await gate.post("/orders", an_order(world), token=stranger, key=key)

    assert first.json() == again.json() and again.status_code == 201
    for answer in (other_body, other_path):
        problem(answer, 409, "once.key_reused")
    problem(other_person, 404, "identity.address_unknown")


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "\x7f", "x" * 201, "a\tb"], ids=ascii)
async def test_a_key_that_is_none_is_refused(gate: Api, world: World, key: str):
    token = {"authorization": f"Bearer {world.tokens['buyer']}"}
    headers = [(name.encode(), value.encode()) for name, value in token.items()]

    answer = await gate.client.post(
        "/api/v1/orders", content=msgspec.json.encode(an_order(world)), headers=[*headers, (b"idempotency-key", key.encode())]
    )

    problem(answer, 422, "once.key_missing")


async def test_one_key_sent_twenty_times_at_once_orders_once(gate: Api, world: World):
    key = uuid4().hex
    sent = [gate.post("/orders", an_order(world, note=key), token=world.tokens["buyer"], key=key) for _ in range(20)]

    answers = await asyncio.gather(*sent)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["orders"][0]["id"] for answer in answers}) == 1
    async with borrowed(gate.pool) as db:
        assert await db.fetchval("select count(*) from trade.orders where note = $1", key) == 1


PRICES: list[Any] = [-1, 10**12 + 1, 2**63, 10**30, 0.5, 1e300, "100", None, True]


@pytest.mark.parametrize("amount", PRICES, ids=str)
async def test_a_price_is_a_whole_amount_within_bounds(stage: Stage, world: World, amount: Any):
    shop, owner = f"/api/v1/shops/{world.ids['shop_id']}", world.tokens["owner"]
    sku = {"code": "x", "price": {"amount": amount, "currency": "CNY"}, "stock": 1}

    made, _ = await stage.tries("POST", f"{shop}/products", owner, json={"title": "x", "skus": [sku]})
    revised, _ = await stage.tries("PATCH", f"{shop}/skus/{world.ids['sku_id']}", owner, json={"price": sku["price"]})
    lowered, _ = await stage.tries("POST", f"{shop}/orders/{world.ids['placed_id']}/price", owner, json={"goods": amount})

    assert refused(made, 400, 422) and refused(lowered, 400, 422)
    assert amount is None or refused(revised, 400, 422)


async def test_the_largest_order_there_can_be_is_answered_in_bounds_or_refused(gate: Api, world: World):
    skus = [{"code": f"s{n}", "price": {"amount": 10**12, "currency": "CNY"}, "stock": 10**9} for n in range(100)]
    shop, owner = world.ids["shop_id"], world.tokens["owner"]
    options = [sku | {"options": {"n": sku["code"]}, "weight_g": 10**7} for sku in skus]
    made = (await gate.post(f"/shops/{shop}/products", {"title": "gold", "skus": options}, token=owner)).json()
    lines = [{"sku_id": sku["id"], "quantity": 9999} for sku in made["skus"]]

    quoted = await gate.post("/quotes", {"lines": lines})
    ordered = await gate.post("/orders", an_order(world, lines=lines), token=world.tokens["buyer"])

    for answer in (quoted, ordered):
        refused(answer, 409, 422)
    await assert_sound(gate)


async def test_a_price_in_another_currency_than_the_shops_is_refused(gate: Api, world: World):
    shop, owner = f"/shops/{world.ids['shop_id']}", world.tokens["owner"]
    for currency in ("JPY", "cny", "", "CNYY", "￥", "XXX"):
        price = {"amount": 1, "currency": currency}
        refused(await gate.patch(f"{shop}/skus/{world.ids['sku_id']}", {"price": price}, token=owner), 422)
        refused(await gate.post(f"{shop}/products", {"title": "x", "skus": [{"code": "x", "price": price}]}, token=owner), 422)


async def test_shops_of_two_currencies_do_not_share_an_order(gate: Api, world: World):
    rival = world.tokens["rival"]
    abroad = (await gate.post("/shops", {"name": "Abroad", "kind": "personal", "currency": "JPY"}, token=rival)).json()
    sku = {"code": "x", "price": {"amount": 1, "currency": "JPY"}, "stock": 5}
    made = (await gate.post(f"/shops/{abroad['id']}/products", {"title": "x", "skus": [sku]}, token=rival)).json()
    lines = [{"sku_id": id, "quantity": 1} for id in (world.ids["sku_id"], made["skus"][0]["id"])]

    for path, body in (("/quotes", {"lines": lines}), ("/orders", an_order(world, lines=lines))):
        assert refused(await gate.post(path, body, token=world.tokens["buyer"]), 422).endswith("mixed_currencies")


@pytest.mark.parametrize("channel", ["none", "imported", "sandbox ", "wechat", "../x", "\0"], ids=ascii)
async def test_a_buyer_names_no_channel_that_takes_no_money(gate: Api, world: World, channel: str):
    answer = await gate.post("/orders", an_order(world, channel=channel), token=world.tokens["buyer"])

    refused(answer, 409, 422)


async def test_what_is_cancelled_by_many_at_once_gives_back_once(gate: Api, world: World, timeline: clock.Timeline):
    made = await placed(gate, world)
    order, payment = made["orders"][0], made["payment"]
    assert (await tell(gate, a_notice(payment["id"]), id=uuid4().hex)).status_code == 204
    async with borrowed(gate.pool) as db:
        await drain(db, timeline)
    shop, owner = f"/shops/{world.ids['shop_id']}/orders/{order['id']}", world.tokens["owner"]
    ship = {"carrier": "sf", "tracking_number": uuid4().hex}

    answers = await asyncio.gather(
        *(gate.post(f"/orders/{order['id']}/cancellation", token=world.tokens["buyer"]) for _ in range(5)),
        *(gate.post(f"{shop}/cancellation", {"reason": "x"}, token=owner) for _ in range(5)),
        *(gate.post(f"{shop}/shipments", ship | {"tracking_number": uuid4().hex}, token=owner) for _ in range(3)),
    )

    assert {answer.status_code for answer in answers} <= {201, 204, 409}
    status = (await gate.get(f"/orders/{order['id']}", token=world.tokens["buyer"])).json()["status"]
    assert (status, await refunds_of(gate, payment["id"])) in {("closed", 6900), ("shipped", 0)}
    await assert_sound(gate)


async def test_payment_and_cancellation_at_once_leave_the_money_with_one(gate: Api, world: World, timeline: clock.Timeline):
    for _ in range(5):
        made = await placed(gate, world)
        order, payment = made["orders"][0], made["payment"]
        await asyncio.gather(
            gate.post(f"/orders/{order['id']}/cancellation", token=world.tokens["buyer"]),
            tell(gate, a_notice(payment["id"]), id=uuid4().hex),
        )
        async with borrowed(gate.pool) as db:
            await drain(db, timeline)
        status = (await gate.get(f"/orders/{order['id']}", token=world.tokens["buyer"])).json()["status"]
        assert (status, await refunds_of(gate, payment["id"])) in {("cancelled", 6900), ("paid", 0), ("closed", 6900)}
    await assert_sound(gate)


async def attribution_of(gate: Api, order_id: str) -> list[str]:
    """Who is paid for an order as a sharer."""
    async with borrowed(gate.pool) as db:
        [found] = await db.fetch("select attribution::text as told from trade.orders where id = $1", order_id)
    return [payee["person_id"] for payee in msgspec.json.decode(found["told"])["payees"] if payee["role"] == "sharer"]


async def a_code(gate: Api, token: str | None, target: dict[str, str], **more: Any) -> str:
    """Somebody's link."""
    answer = await gate.post("/shares", {"target": target, "medium": "chat"} | more, token=token)
    assert answer.status_code == 201, answer.text
    return answer.json()["code"]


async def test_nobody_earns_by_buying_of_themselves_or_in_a_circle(gate: Api, world: World):
    buyer, friend = world.tokens["buyer"], world.tokens["friend"]
    tea = {"kind": "product", "id": world.ids["product_id"]}
    own = await a_code(gate, buyer, tea, parent=None)
    friends = await a_code(gate, friend, tea, parent=own)
    for code in (own, friends):
        order = (await placed(gate, world, share_code=code))["orders"][0]
        assert world.ids["buyer_id"] not in await attribution_of(gate, order["id"])
        assert code == own or await attribution_of(gate, order["id"]) == []

    at_own_shop = await a_code(gate, world.tokens["owner"], tea)
    order = (await placed(gate, world, share_code=at_own_shop))["orders"][0]
    assert world.ids["owner_id"] not in await attribution_of(gate, order["id"])


@pytest.mark.parametrize("code", ["x", "A" * 22, "A" * 33, "../../x", "\0", "é" * 22], ids=ascii)
async def test_a_code_of_nothing_attributes_nothing(gate: Api, world: World, code: str):
    answer = await gate.post("/orders", an_order(world, share_code=code), token=world.tokens["buyer"])
    visited = await gate.client.post(f"/api/v1/shares/{quote(code, safe='')}/visits")

    assert refused(visited, 404, 405)
    if answer.is_success:
        assert await attribution_of(gate, answer.json()["orders"][0]["id"]) == []
    else:
        refused(answer, 422)


async def test_a_code_for_another_shop_pays_nobody_here(gate: Api, world: World):
    code = await a_code(gate, world.tokens["sharer"], {"kind": "shop", "id": world.ids["other_shop_id"]})
    clean = (await gate.post("/sessions/codes", {"phone": "13800138111"})).status_code
    session = (await gate.post("/sessions", {"phone": "13800138111", "code": "000000"})).json()
    lines = [{"sku_id": world.ids["sku_id"], "quantity": 1}]
    ask = {"lines": lines, "delivery": {"mode": "pickup", "location_id": world.ids["location_id"]}, "share_code": code}

    order = (await gate.post("/orders", ask, token=session["token"])).json()["orders"][0]

    assert clean == 202 and await attribution_of(gate, order["id"]) == []
