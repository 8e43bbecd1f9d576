"""What nobody may learn: other people's particulars from answers, secrets from logs, codes by guessing."""

import io
import logging
from collections.abc import Iterator

import httpx
import msgspec
import pytest

from shuke import app
from shuke.kit import clock, logs, settings
from shuke.kit.db import borrowed
from tests.api import Api, problem
from tests.security.matrix import CALLS, HOME, ROLES
from tests.security.stage import Stage
from tests.security.world import World
from tests.trade.builders import drain

PHONE, STREET, RECIPIENT = "13800000001", "龙井路 1 号", "林安娜"
PARTICULARS = (PHONE, f"+86{PHONE}", STREET, RECIPIENT)


async def test_no_answer_to_anybody_else_holds_the_buyers_particulars(stage: Stage, world: World):
    for call in CALLS:
        if call.method != "GET" or call.path.startswith("//") or call.path.endswith("/address"):
            continue
        for role in ROLES:
            answer, _ = await stage.tries("GET", f"/api/v1{call.url(world.ids)}", world.tokens[role])
            shown = [each for each in PARTICULARS if each in answer.text]
            assert not shown or (role == "buyer" and call.path == "/me/addresses" and PHONE not in answer.text), call.title


async def test_the_shop_sees_the_address_only_while_there_is_something_to_send(stage: Stage, world: World):
    shop, clerk = f"/api/v1/shops/{world.ids['shop_id']}", world.tokens["clerk"]
    seen = {}
    for state in ("placed", "paid", "shipped", "completed", "cancelled", "closed"):
        answer, _ = await stage.tries("GET", f"{shop}/orders/{world.ids[f'{state}_id']}/address", clerk)
        seen[state] = answer.status_code

    assert {state for state, status in seen.items() if status == 200} <= {"paid", "shipped"}
    assert seen["paid"] == 200


async def test_a_cascade_names_only_the_askers_friends(gate: Api, world: World):
    code = world.ids["code"]
    tea = {"kind": "product", "id": world.ids["product_id"]}
    for role in ("friend", "stranger", "rival"):
        made = await gate.post("/shares", {"target": tea, "medium": "chat", "parent": code}, token=world.tokens[role])
        assert made.status_code == 201, made.text

    told = {}
    for role in ("sharer", "owner", "operator"):
        tree = (await gate.get(f"/shares/{code}/cascade", token=world.tokens[role])).json()["tree"]
        assert len(tree) == 4
        told[role] = msgspec.json.encode(tree).decode()

    people = {role: world.ids[f"{role}_id"] for role in ("sharer", "friend", "stranger", "rival")}
    assert {role for role, id in people.items() if id in told["sharer"]} == {"sharer", "friend"}
    for secret in (*people.values(), "Chi", "Dee", "Eve", "Rob"):
        assert secret not in told["owner"] and secret not in told["operator"]


async def test_an_order_tells_others_on_the_way_nothing_of_its_buyer(stage: Stage, world: World):
    for path in ("/me/earnings", "/me/brought", "/me/shares", f"/shares/{world.ids['code']}/cascade"):
        answer, _ = await stage.tries("GET", f"/api/v1{path}", world.tokens["sharer"])
        assert answer.status_code == 200
        assert world.ids["buyer_id"] not in answer.text and "Ana" not in answer.text, path


async def test_people_are_shown_by_name_and_picture(stage: Stage, world: World):
    answer, _ = await stage.tries("GET", f"/api/v1/people/{world.ids['buyer_id']}", world.tokens["stranger"])

    assert answer.json().keys() == {"id", "name", "avatar", "is_friend", "common_friends"}


async def test_whether_a_phone_is_known_is_told_to_nobody(gate: Api, world: World):
    known, unknown = "13800138222", "13800138333"
    await gate.post("/sessions/codes", {"phone": known})
    await gate.post("/sessions", {"phone": known, "code": "000000"})

    codes = [await gate.post("/sessions/codes", {"phone": phone}) for phone in (known, unknown)]
    tries = [await gate.post("/sessions", {"phone": phone, "code": "123456"}) for phone in (known, unknown)]
    hired = [
        await gate.post(
            f"/shops/{world.ids['shop_id']}/staff", {"role": "shop.clerk", "phone": phone}, token=world.tokens["owner"]
        )
        for phone in (known, unknown)
    ]

    assert (codes[0].status_code, codes[0].content) == (codes[1].status_code, codes[1].content)
    assert tries[0].content == tries[1].content
    shapes = [{name: value is None for name, value in each.json().items()} for each in hired]
    assert shapes[0] == shapes[1] and [each.status_code for each in hired] == [202, 202]


async def test_a_code_is_guessed_five_times_and_no_more(gate: Api, timeline: clock.Timeline):
    phone = "13800138444"
    await gate.post("/sessions/codes", {"phone": phone})

    for guess in range(1, 6):
        problem(await gate.post("/sessions", {"phone": phone, "code": f"{guess:06d}"}), 422, "identity.code_wrong")

    problem(await gate.post("/sessions", {"phone": phone, "code": "000000"}), 422, "identity.code_wrong")
    sent = [(await gate.post("/sessions/codes", {"phone": spelled})).status_code for spelled in (phone, f"+86 {phone}", phone)]
    assert sent == [202] * 3
    fifth, sixth = [await gate.post("/sessions/codes", {"phone": f"0086-{phone}"}) for _ in range(2)]
    assert fifth.status_code == 202
    problem(sixth, 429, "identity.too_many_codes")


async def test_a_code_is_good_once_and_for_its_phone_only(gate: Api):
    phone, other = "13800138555", "13800138666"
    await gate.post("/sessions/codes", {"phone": phone})

    problem(await gate.post("/sessions", {"phone": other, "code": "000000"}), 422, "identity.code_wrong")
    first = await gate.post("/sessions", {"phone": phone, "code": "000000"})
    second = await gate.post("/sessions", {"phone": phone, "code": "000000"})

    assert first.status_code == 201
    problem(second, 422, "identity.code_wrong")


async def test_an_ended_session_and_an_erased_person_are_nobody(gate: Api, world: World):
    phone = "13800138777"
    await gate.post("/sessions/codes", {"phone": phone})
    token = (await gate.post("/sessions", {"phone": phone, "code": "000000"})).json()["token"]
    await gate.post("/sessions/codes", {"phone": phone})
    other = (await gate.post("/sessions", {"phone": phone, "code": "000000"})).json()["token"]
    me = (await gate.get("/me", token=token)).json()["id"]

    await gate.delete("/sessions/current", token=other)
    problem(await gate.get("/me", token=other), 401, "web.token_invalid")
    anothers = await gate.post("/me/erasure", {"phone": "13800138444", "code": "000000"}, token=token)
    assert anothers.status_code in (409, 422)
    await gate.post("/sessions/codes", {"phone": phone})
    erased = await gate.post("/me/erasure", {"phone": phone, "code": "000000"}, token=token)

    assert erased.status_code == 204, erased.text
    problem(await gate.get("/me", token=token), 401, "web.token_invalid")
    seen = await gate.get(f"/people/{me}", token=world.tokens["buyer"])
    assert seen.status_code == 404 or seen.json()["name"] == "已注销用户"


@pytest.fixture
def written(installation: settings.Settings) -> Iterator[io.StringIO]:
    """What the process logs, at its most talkative."""
    root, shuke = logging.getLogger(), logging.getLogger("shuke")
    before = root.handlers[:], root.level, shuke.level
    stream = io.StringIO()
    logs.configure(msgspec.structs.replace(installation, log_level="debug"), stream=stream)
    yield stream
    root.handlers[:], root.level, shuke.level = before
    logging.captureWarnings(False)


async def test_logs_hold_no_secret_of_anybody(gate: Api, world: World, written: io.StringIO, timeline: clock.Timeline):
    phone = "13800138999"
    await gate.post("/sessions/codes", {"phone": phone})
    async with borrowed(gate.pool) as db:
        await drain(db, timeline)
    token = (await gate.post("/sessions", {"phone": phone, "code": "000000"})).json()["token"]
    await gate.post("/me/addresses", HOME, token=token)
    await gate.post("/me/addresses", HOME | {"phone": "not a phone 13800138999"}, token=token)
    await gate.post("/me/export", token=token)
    await gate.get("/me", token=token[:-1])
    address, _ = world.ids["address_id"], await gate.get("/products", params={"q": phone, "cursor": token})
    lines = [{"sku_id": world.ids["sku_id"], "quantity": 1}]
    ask = {"lines": lines, "delivery": {"mode": "express", "address_id": address}, "note": "call 13800138999"}
    await gate.post("/orders", ask, token=world.tokens["buyer"])
    async with borrowed(gate.pool) as db:
        await drain(db, timeline)

    text = written.getvalue()

    assert "request_answered" in text, "nothing was logged, so this proves nothing"
    secrets = (phone, token, token[:-1], world.tokens["buyer"] or "", "龙井路", "林安娜", PHONE, '"000000"')
    assert [each for each in secrets if each in text] == []


async def test_a_fault_of_ours_is_told_without_its_inside(gate: Api, world: World, written: io.StringIO):
    async with borrowed(gate.pool) as db:
        await db.execute("alter table trade.carts rename to carts_away")
    try:
        answer = await gate.get("/me/cart", token=world.tokens["buyer"])
    finally:
        async with borrowed(gate.pool) as db:
            await db.execute("alter table trade.carts_away rename to carts")

    fields = problem(answer, 500, "web.internal")
    assert fields.keys() == {"request_id"} and fields["request_id"] == answer.headers["x-request-id"]
    assert not any(word in answer.text for word in ("carts", "Traceback", "asyncpg", "select"))
    assert "carts" in written.getvalue() and (world.tokens["buyer"] or "?") not in written.getvalue()


async def test_a_stranger_reads_no_metrics_behind_a_proxy_on_this_machine(gate: Api, installation: settings.Settings):
    transport = httpx.ASGITransport(app.create(installation, gate.pool), client=("127.0.0.1", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://shuke.test") as client:
        passed_on = await client.get("/metrics", headers={"x-forwarded-for": "192.0.2.9"})
        here = await client.get("/metrics")

    assert (passed_on.status_code, here.status_code) == (401, 200)
    assert "shuke_" in here.text
