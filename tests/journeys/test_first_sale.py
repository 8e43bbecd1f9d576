"""The sale this platform exists for, over HTTP alone, with every process as it runs for real.

Bao opens a shop. Chi shares its tea, Dee passes it on, and Ana, a visitor who signs in only then, opens Dee's link, buys, pays
at the cashier and receives. The money splits to the fen, the path is on record, and Ana is a regular.
"""

import asyncio
from collections.abc import AsyncIterator, Generator
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from tests.cli.installations import Installation, an_installation

API = "/api/v1"


@pytest.fixture(scope="module")
def running() -> Generator[Installation]:
    with an_installation() as installation:
        installation.up()
        yield installation


class Caller:
    """Somebody with a token, or without one yet."""

    def __init__(self, client: httpx.AsyncClient, token: str | None = None) -> None:
        self.client, self.token, self.id = client, token, ""

    async def ask(self, method: str, path: str, body: Any = None, status: int | None = None) -> Any:
        """Call, and answer the JSON; any other status than the one expected is a failure."""
        headers = {"idempotency-key": uuid4().hex} if method == "POST" else {}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        response = await self.client.request(method, API + path, json=body, headers=headers)
        assert response.status_code == status or (status is None and response.is_success), response.text
        return response.json() if response.content else None

    async def sign_in(self, phone: str, name: str) -> "Caller":
        """Sign in by a code, bringing along what the visitor did."""
        await self.ask("POST", "/sessions/codes", {"phone": phone}, 202)
        signed_in = await self.ask("POST", "/sessions", {"phone": phone, "code": "000000", "name": name}, 201)
        self.token, self.id = signed_in["token"], signed_in["person"]["id"]
        return self


@pytest_asyncio.fixture
async def client(running: Installation) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=running.origin, timeout=20) as client:
        yield client


async def test_goods_travel_along_people_who_trust_each_other(client: httpx.AsyncClient, running: Installation):
    bao, chi, dee = [
        await Caller(client).sign_in(phone, name)
        for phone, name in (("13800000101", "Bao"), ("13800000102", "Chi"), ("13800000103", "Dee"))
    ]
    shop = await bao.ask("POST", "/shops", {"name": "老街茶铺", "kind": "personal"}, 201)
    tea = await bao.ask("POST", f"/shops/{shop['id']}/products", TEA, 201)
    assert (shop["state"], tea["state"]) == ("open", "listed")

    first = await chi.ask("POST", "/shares", {"target": {"kind": "product", "id": tea["id"]}, "medium": "chat"}, 201)
    passed = {"target": {"kind": "product", "id": tea["id"]}, "medium": "moments", "parent": first["code"]}
    second = await dee.ask("POST", "/shares", passed, 201)
    assert (first["depth"], second["depth"]) == (0, 1)

    ana = Caller(client)
    visit = await ana.ask("POST", f"/shares/{second['code']}/visits", None, 201)
    assert visit["target"]["id"] == tea["id"]
    ana.token = visit["visitor_token"]
    await ana.sign_in("13800000104", "Ana")
    order = await buy(ana, tea)

    await bao.ask("POST", f"/shops/{shop['id']}/orders/{order['id']}/shipments", SHIPMENT, 201)
    await ana.ask("POST", f"/orders/{order['id']}/receipt", None, 204)
    received = await ana.ask("GET", f"/orders/{order['id']}")
    assert received["status"] == "completed"
    assert [(step["person_id"], step["depth"]) for step in received["share_path"]] == [(dee.id, 1), (chi.id, 0)]

    split = await settled(bao, shop["id"], order["id"])
    assert_to_the_fen(split, {dee.id: 1104, chi.id: 552})
    cascade = await chi.ask("GET", f"/shares/{first['code']}/cascade")
    assert [(level["depth"], level["shares"], level["visitors"], level["orders"]) for level in cascade["levels"]] == [
        (0, 1, 0, 0),
        (1, 1, 1, 1),
    ]
    regulars = await bao.ask("GET", f"/shops/{shop['id']}/regulars")
    assert [each["person"]["id"] for each in regulars["items"]] == [ana.id]
    assert (await asyncio.to_thread(running.run, "verify")).exit_code == 0


TEA = {
    "title": "安溪铁观音",
    "description": "清香型",
    "commission_bps": [800, 400],
    "skus": [{"code": "T1", "options": {"规格": "250克"}, "price": {"amount": 6900, "currency": "CNY"}, "stock": 10}],
}
SHIPMENT = {"carrier": "江南速运", "tracking_number": "JN0001"}


async def buy(ana: Caller, tea: Any) -> Any:
    """Two of the tea, paid at the sandbox cashier."""
    home = {"recipient": "林安娜", "phone": "13800000104", "region": ["浙江省", "杭州市", "西湖区"], "street": "龙井路 1 号"}
    address = await ana.ask("POST", "/me/addresses", home, 201)
    lines = [{"sku_id": tea["skus"][0]["id"], "quantity": 2}]
    quote = await ana.ask("POST", "/quotes", {"lines": lines})
    assert quote["total"] == {"amount": 13800, "currency": "CNY"}
    ask = {"lines": lines, "delivery": {"mode": "express", "address_id": address["id"]}}
    placed = await ana.ask("POST", "/orders", ask, 201)
    payment = placed["payment"]["id"]
    assert "/pay?request=" in (await ana.ask("GET", f"/payments/{payment}"))["instructions"]["url"]
    await ana.ask("POST", f"/payments/{payment}/confirmations", {"outcome": "paid"}, 202)
    for _ in range(200):
        order = await ana.ask("GET", f"/orders/{placed['orders'][0]['id']}")
        if order["status"] == "paid":
            return order
        await asyncio.sleep(0.05)
    raise AssertionError(f"still {order['status']} after ten seconds")


async def settled(bao: Caller, shop_id: str, order_id: str) -> Any:
    """The order's split, once it is settled."""
    for _ in range(200):
        split = await bao.ask("GET", f"/shops/{shop_id}/orders/{order_id}/split")
        if split["settled"]:
            return split
        await asyncio.sleep(0.05)
    raise AssertionError("not settled after ten seconds")


def assert_to_the_fen(split: Any, shares: dict[str, int]) -> None:
    """What was paid is what everybody got, and every entry sums to zero."""
    assert {each["person_id"]: each["amount"]["amount"] for each in split["shares"]} == shares
    fees = sum(each["amount"]["amount"] for each in split["fees"])
    parts = split["shop"]["amount"] + fees + sum(shares.values()) + split["refunds"]["amount"]
    assert split["paid"]["amount"] == parts == 13800
    for entry in split["entries"]:
        assert sum(posting["amount"]["amount"] for posting in entry["postings"]) == 0
