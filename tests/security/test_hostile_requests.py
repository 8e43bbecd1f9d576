"""Requests that no client of ours would send: each is refused in words, by 4xx, and nothing is half written."""

import base64
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from shuke import app
from shuke.kit import settings
from shuke.kit.ids import short
from shuke.kit.pages import encode_cursor
from tests.api import Api, problem
from tests.security.matrix import CALLS
from tests.security.stage import Stage, refused
from tests.security.world import World

JSON = {"content-type": "application/json"}
MIB = 1024 * 1024

NOBODYS = "0a1b2c3d-4e5f-8a0b-8c0d-0e0f0a0b0c0d"  # an id of ours that nothing has


BODIES = {
    "not JSON": b"name=x",
    "empty": b"",
    "a NUL byte": b"\0",
    "an array": b"[]",
    "null": b"null",
    "a broken end": b'{"bio": "x"',
    "two documents": b"{}{}",
    "deep arrays": b"[" * 100_000,
    "deep in an unknown field": b'{"x": ' + b"[" * 900_000 + b"]" * 900_000 + b"}",
    "deep objects": b'{"x":' * 100_000,
    "no UTF-8": b'{"bio": "\xff\xfe"}',
    "an overlong encoding": b'{"bio": "\xc0\x80"}',
    "an encoded surrogate": b'{"bio": "\xed\xa0\x80"}',
    "UTF-16": '{"bio": "x"}'.encode("utf-16"),
    "NaN": b'{"bio": NaN}',
    "a number in place of text": b'{"bio": 1e400}',
    "an escaped NUL": b'{"bio": "a\\u0000b"}',
    "a lone surrogate": b'{"bio": "\\ud800"}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_body_that_is_no_answer_to_the_question_is_refused(gate: Api, world: World, body: bytes):
    answer = await gate.client.patch(
        "/api/v1/me", content=body, headers=JSON | {"authorization": f"Bearer {world.tokens['buyer']}"}
    )

    assert refused(answer, 400, 413, 422) in ("web.malformed", "web.invalid", "web.body_too_large")


async def test_a_huge_body_is_refused_whatever_length_it_claims(gate: Api, world: World):
    whole = b'{"bio": "' + b"x" * MIB + b'"}'
    headers = JSON | {"authorization": f"Bearer {world.tokens['buyer']}"}

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 65_536

    told = await gate.client.patch("/api/v1/me", content=whole, headers=headers)
    untold = await gate.client.patch("/api/v1/me", content=in_pieces(), headers=headers)
    picture = await gate.client.post(
        f"/api/v1/shops/{world.ids['shop_id']}/pictures",
        content=b"\x89PNG\r\n\x1a\n" + b"x" * 11 * MIB,
        headers={"authorization": f"Bearer {world.tokens['owner']}"},
    )

    assert [refused(each, 413, 422) for each in (told, untold)] == ["web.body_too_large"] * 2
    assert picture.status_code in (413, 422)


NUMBERS = [-1, 0, 10_000, 2**31, 2**63 - 1, 2**63, 10**30, -(10**30), 1.5, 1e300, "1", None, True, [1], "NaN"]


@pytest.mark.parametrize("quantity", NUMBERS, ids=str)
async def test_a_quantity_is_a_whole_number_of_one_to_9999(stage: Stage, world: World, quantity: Any):
    lines = [{"sku_id": world.ids["sku_id"], "quantity": quantity}]
    delivery = {"mode": "express", "address_id": world.ids["address_id"]}
    token = world.tokens["buyer"]

    quoted, _ = await stage.tries("POST", "/api/v1/quotes", token, json={"lines": lines})
    ordered, changed = await stage.tries(
        "POST", "/api/v1/orders", token, json={"lines": lines, "delivery": delivery}, headers={"idempotency-key": "k"}
    )
    in_cart, _ = await stage.tries("PUT", f"/api/v1/me/cart/{world.ids['sku_id']}", token, json={"quantity": quantity})

    assert [refused(each, 400, 422) for each in (quoted, ordered, in_cart)]
    assert not changed


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%00",
        "é",
        "====",
        "A" * 10_000,
        "WyJ4Il0",
        encode_cursor((2**80, 2**80, 2**80)),
        encode_cursor(("0001-01-01T00:00:00Z", NOBODYS)),
        encode_cursor(("9999-12-31T23:59:59.999999Z", NOBODYS, "x\0y")),
        encode_cursor(("2026-06-01T09:00:00", NOBODYS)),
        encode_cursor((-(2**62), NOBODYS)),
        encode_cursor(("' or 1=1 --", NOBODYS)),
        base64.urlsafe_b64encode(b"[" * 5_000).decode(),
        base64.urlsafe_b64encode(b"null").decode(),
    ],
    ids=lambda cursor: cursor[:24],
)
async def test_a_cursor_of_ones_own_making_breaks_no_list(stage: Stage, world: World, cursor: str):
    lists = [call for call in CALLS if call.method == "GET" and not call.path.startswith("//")]

    for call in lists:
        url = f"/api/v1{call.url(world.ids)}"
        role = next((role for role in ("owner", "operator", "buyer", "sharer") if role in call.may), "buyer")
        answer, _ = await stage.tries("GET", f"{url}{'&' if '?' in url else '?'}cursor={cursor}", world.tokens[role])
        assert answer.status_code < 500, f"{call.title}: {answer.text}"
        if not answer.is_success:
            refused(answer, 400, 422, 404)


async def test_a_cursor_shows_nothing_of_another_home(stage: Stage, world: World):
    theirs = encode_cursor(("2036-06-01T09:00:00Z", world.ids["order_id"]))

    answer, _ = await stage.tries("GET", f"/api/v1/orders?cursor={theirs}", world.tokens["stranger"])

    assert answer.json()["items"] == []


@pytest.mark.parametrize(
    "token",
    [
        "",
        "x",
        "a" * 66,
        "." * 66,
        "é" * 33,
        "a" * 100_000,
        short(UUID(NOBODYS)) + "." + "A" * 43,
        short(UUID(NOBODYS)) + "~" + "A" * 43,
    ],
    ids=lambda token: token[:8],
)
async def test_a_token_that_is_none_is_refused_everywhere(gate: Api, token: str):
    for scheme in ("Bearer", "bearer", "Basic", "Token", ""):
        for path in ("/api/v1/me", "/api/v1/quotes", "/metrics"):
            raw = f"{scheme} {token}".encode()
            answer = await gate.client.request("GET", path, headers=[(b"authorization", raw)])
            assert answer.status_code in (401, 405), answer.text


async def test_half_a_token_and_anothers_half_are_no_token(gate: Api, world: World):
    buyer, owner, visitor = (world.tokens[role] or "" for role in ("buyer", "owner", "visitor"))
    forged = [
        buyer[:22] + owner[22:],
        owner[:23] + buyer[23:],
        buyer[:22] + "~" + buyer[23:],
        visitor[:22] + "." + visitor[23:],
    ]

    for token in (*forged, buyer[:-1], buyer + "A", buyer.swapcase()):
        problem(await gate.get("/me", token=token), 401, "web.token_invalid")


async def test_a_visitor_is_no_person(gate: Api, world: World):
    for path in ("/me", "/orders", "/me/addresses", "/sessions", f"/orders/{world.ids['order_id']}"):
        assert (await gate.get(path, token=world.tokens["visitor"])).status_code in (401, 404)


PATHS = [
    "/api/v1/products/' or 1=1",
    "/api/v1/products/%2e%2e/me",
    "/api/v1/products/%00",
    "/api/v1/products/" + "a" * 20_000,
    "/api/v1/shares/%ff%fe/visits",
    "/api/v1/shares/" + "A" * 22 + "/cascade",
    "/media/..%2f..%2fetc%2fpasswd",
    "/media/../../etc/passwd",
    "/media/aa/" + "0" * 64 + ".html",
    "/docs/../kit/settings.py",
    "/api/v1/ops/ledger/books/99999999999999999999999/balances",
    "/api/v1/ops/ledger/books/-1/balances",
    "/" + "a/" * 5_000,
]


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
async def test_a_strange_address_leads_nowhere(gate: Api, world: World, path: str):
    url = httpx.URL("http://shuke.test").copy_with(raw_path=path.encode())

    for token in (world.tokens["operator"], world.tokens["owner"]):
        for method in ("GET", "POST"):
            answer = await gate.client.request(method, url, headers={"authorization": f"Bearer {token}"})
            assert answer.status_code < 500 and (answer.status_code >= 400 or path.endswith("-1/balances")), answer.text[:200]
            assert b"root:" not in answer.content


async def test_no_header_changes_the_method_and_no_method_is_forgotten(gate: Api, world: World):
    headers = {"x-http-method-override": "DELETE", "x-method-override": "DELETE", "x-original-url": "/api/v1/ops/reports"}
    token = {"authorization": f"Bearer {world.tokens['buyer']}"}

    overridden = await gate.client.get("/api/v1/me/cart?_method=DELETE", headers=headers | token)
    unknown = await gate.client.request("BREW", "/api/v1/me", headers=token)
    traced = await gate.client.request("TRACE", "/api/v1/me", headers=token)

    assert overridden.status_code == 200 and len(overridden.json()) == 1
    assert {unknown.status_code, traced.status_code} <= {405, 501}


async def test_headers_cannot_be_smuggled_into_answers_or_logs(gate: Api, world: World):
    bad = [
        (b"x-request-id", b"abc\r\nset-cookie: a=b"),
        (b"x-request-id", b"a" * 5_000),
        (b"x-request-id", b"12345678;<script>"),
    ]

    for header in bad:
        answer = await gate.client.get("/api/v1/products", headers=[header])
        assert header[1] not in answer.headers["x-request-id"].encode() and "set-cookie" not in answer.headers


async def test_other_origins_may_nothing_until_they_are_named(gate: Api, installation: settings.Settings, world: World):
    origin = {"origin": "https://evil.example"}
    asked = origin | {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}

    preflight = await gate.client.options("/api/v1/orders", headers=asked)
    read = await gate.client.get("/api/v1/products", headers=origin)
    for answer in (preflight, read):
        assert not any(name.startswith("access-control") for name in answer.headers)

    used = msgspec.structs.replace(installation, cors_origins=("https://shop.example",))
    transport = httpx.ASGITransport(app.create(used, gate.pool), client=("192.0.2.1", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://shuke.test") as client:
        stranger = await client.options("/api/v1/orders", headers=asked)
        friend = await client.options("/api/v1/orders", headers=asked | {"origin": "https://shop.example"})
    settings.use(installation)
    assert stranger.headers.get("access-control-allow-origin") != "https://evil.example"
    assert friend.headers["access-control-allow-origin"] == "https://shop.example"
    assert "access-control-allow-credentials" not in friend.headers
