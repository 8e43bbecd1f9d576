import re
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import msgspec
import pytest
import pytest_asyncio

from shuke.kit.db import Pool, open_pool
from shuke.kit.settings import Profile, Settings
from tests.api import Api, problem
from tests.kit.web_routes import ANA, small_api

THING = "00000000-0000-8000-8000-000000000001"


@pytest_asyncio.fixture(scope="session")
async def shared_pool(copies) -> AsyncIterator[Pool]:
    pool = await open_pool(await copies(), size=2)
    yield pool
    await pool.close()


@pytest_asyncio.fixture
async def small(installation: Settings, shared_pool: Pool) -> AsyncIterator[Api]:
    async with small_api(installation, shared_pool) as api:
        yield api


async def test_a_struct_is_answered_as_json(small: Api):
    response = await small.get(f"/things/{THING}")

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json()["name"] == THING
    assert response.json()["number"] == 7


async def test_json_that_was_made_before_is_answered_as_it_is(small: Api):
    response = await small.get("/raw")

    assert response.content == b'{"name":"raw"}'
    assert response.headers["content-type"] == "application/json"


async def test_what_is_created_is_answered_with_201(small: Api):
    response = await small.post(
        "/things", {"name": "lamp", "parts": [{"quantity": 2}], "at": "2026-06-01T08:00:00Z"}, token="ana"
    )

    assert response.status_code == 201
    assert response.json()["parts"] == [{"quantity": 2, "note": ""}]
    assert response.json()["at"] == "2026-06-01T08:00:00Z"


async def test_nothing_is_answered_with_204_and_no_body(small: Api):
    response = await small.delete(f"/things/{THING}", token="ana")

    assert (response.status_code, response.content) == (204, b"")
    assert "content-length" not in response.headers


async def test_an_optional_body_and_key_may_be_left_out(small: Api):
    response = await small.patch(f"/things/{THING}")

    assert response.json()["name"] == "None"
    assert response.json()["more"] == {"key": None}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"\xff", "body"),
        (b'{"name": "\xed\xa0\x80"}', "body"),
        (rb'{"name": "\ud800"}', "body"),
        (b"[" * 100_000, "body"),
        (b"[]", "body"),
        (b"null", "body"),
        (b"{}", "name"),
        (b'{"name": 1}', "name"),
        (b'{"name": null}', "name"),
        (b'{"name": "x", "parts": {}}', "parts"),
        (b'{"name": "x", "parts": [{}]}', "parts[0].quantity"),
        (b'{"name": "x", "parts": [{"quantity": "2"}]}', "parts[0].quantity"),
        (b'{"name": "x", "parts": [{"quantity": 2.5}]}', "parts[0].quantity"),
        (b'{"name": "x", "parts": [{"quantity": true}]}', "parts[0].quantity"),
        (b'{"name": "x", "colour": 3}', "colour"),
        (b'{"name": "x", "at": 12}', "at"),
    ],
)
async def test_a_body_of_the_wrong_shape_is_malformed(small: Api, body: bytes, field: str):
    headers = {"content-type": "application/json", "idempotency-key": "k"}
    response = await small.post("/things", content=body, headers=headers, token="ana")

    assert list(problem(response, 400, "web.malformed")) == [field]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 41}, "name"),
        ({"name": "x", "parts": [{"quantity": 1}] * 6}, "parts"),
        ({"name": "x", "parts": [{"quantity": 1}, {"quantity": 0}]}, "parts[1].quantity"),
        ({"name": "x", "parts": [{"quantity": 100}]}, "parts[0].quantity"),
        ({"name": "x", "parts": [{"quantity": 2**70}]}, "parts[0].quantity"),
        ({"name": "x", "colour": "green"}, "colour"),
        ({"name": "x", "at": "yesterday"}, "at"),
        ({"name": "a\0b"}, "name"),
        ({"name": "x", "more": {"deep": [{"a": "\0"}]}}, "more.deep[0].a"),
        ({"name": "x", "more": {"a\0": 1}}, "more"),
        ({"name": "x", "number": 2**63}, "number"),
        ({"name": "x", "number": -(2**63) - 1}, "number"),
        ({"name": "x", "number": 10**40}, "number"),
    ],
)
async def test_a_value_out_of_its_range_is_invalid(small: Api, body: dict, field: str):
    response = await small.post("/things", body, token="ana")

    assert list(problem(response, 422, "web.invalid")) == [field]


async def test_text_that_only_looks_like_a_nul_is_accepted(small: Api):
    body = rb'{"name": "\\u0000", "number": 9223372036854775807}'
    response = await small.post("/things", content=body, headers={"content-type": "application/json"}, token="ana")

    assert response.json()["name"] == r"\u0000"
    assert response.json()["number"] == 2**63 - 1


async def test_a_number_without_a_fraction_is_an_integer(small: Api):
    body = b'{"name": "x", "parts": [{"quantity": 2.0}], "number": 1e3}'
    response = await small.post("/things", content=body, headers={"content-type": "application/json"}, token="ana")
    beyond = await small.post("/things", {"name": "x", "number": 1e30}, token="ana")

    assert (response.json()["number"], response.json()["parts"][0]["quantity"]) == (1000, 2)
    assert list(problem(beyond, 400, "web.malformed")) == ["number"]


async def test_an_address_tells_its_methods(small: Api):
    things = await small.client.options("/api/v1/things")
    one = await small.client.options(f"/api/v1/things/{THING}")

    assert (things.status_code, things.headers["allow"]) == (204, "GET, OPTIONS, POST")
    assert one.headers["allow"] == "DELETE, GET, OPTIONS, PATCH"


async def test_query_parameters_are_read_by_their_types(small: Api):
    response = await small.get("/things?limit=5&colour=red&tag=a&tag=%E7%86%9F&unknown=1")

    (found,) = response.json()["items"]
    assert (found["number"], found["colour"], found["name"]) == (5, "red", "a,熟")


@pytest.mark.parametrize(
    ("query", "status", "code", "field"),
    [
        ("limit=x", 400, "web.malformed", "limit"),
        ("limit=", 400, "web.malformed", "limit"),
        ("limit=1.5", 400, "web.malformed", "limit"),
        ("limit=0", 422, "web.invalid", "limit"),
        ("limit=101", 422, "web.invalid", "limit"),
        ("limit=99999999999999999999999", 422, "web.invalid", "limit"),
        ("colour=green", 422, "web.invalid", "colour"),
        ("tag=%00", 422, "web.invalid", "tag[0]"),
        ("tag=%FF", 400, "web.malformed", "query"),
        ("tag=%ED%A0%80", 400, "web.malformed", "query"),
        ("&".join(["tag=a"] * 101), 400, "web.malformed", "query"),
    ],
)
async def test_a_query_with_a_fault_is_refused(small: Api, query: str, status: int, code: str, field: str):
    response = await small.get(f"/things?{query}")

    assert list(problem(response, status, code)) == [field]


@pytest.mark.parametrize(
    "path",
    ["/things/1", f"/things/{THING}0", "/nothing", "/codes/a%00b/1", "/codes/a/99999999999999999999", "/codes/a/x"],
)
async def test_a_path_that_leads_nowhere_is_not_found(small: Api, path: str):
    response = await small.get(path)

    problem(response, 404, "web.route_unknown")


async def test_a_method_that_is_not_there_is_refused_with_those_that_are(small: Api):
    response = await small.delete("/things", token="ana")

    problem(response, 405, "web.method_not_allowed")
    assert {"GET", "POST"} <= set(response.headers["allow"].split(", "))


async def test_a_refusal_is_a_problem_with_its_fields(small: Api):
    response = await small.post("/things", {"name": "taken"}, token="ana")

    fields = problem(response, 409, "web_routes.taken_already")
    assert fields == {"name": "taken", "left": 3}
    assert response.json()["detail"] == "Somebody was faster."
    assert response.json()["title"] == "Conflict"


async def test_without_a_token_nothing_is_read_of_the_request(small: Api):
    response = await small.post("/things", {"name": 1})

    problem(response, 401, "errors.not_signed_in")
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("authorization", ["Bearer nobody", "Bearer ", "Basic YTpi", "Bearer a\0", "Bearer " + "x" * 501, ""])
async def test_a_token_that_is_not_valid_is_401(small: Api, authorization: str):
    response = await small.patch(f"/things/{THING}", headers={"authorization": authorization})

    problem(response, 401, "web.token_invalid")


async def test_anyone_may_be_nobody_or_somebody(small: Api):
    nobody = await small.patch(f"/things/{THING}")
    ana = await small.patch(f"/things/{THING}", token="ana")

    assert (nobody.json()["name"], ana.json()["name"]) == ("None", str(ANA))


@pytest.mark.parametrize("key", ["", "k" * 201, "with space", "schlüssel".encode("latin-1")])
async def test_an_idempotency_key_is_visible_ascii(small: Api, key: str | bytes):
    response = await small.post("/things", {"name": "x"}, token="ana", headers={"idempotency-key": key})

    problem(response, 422, "once.key_missing")


async def test_a_body_over_the_limit_is_refused(small: Api):
    response = await small.post("/things", {"name": "x", "more": {"long": "x" * 1024 * 1024}}, token="ana")

    problem(response, 413, "web.body_too_large")


async def test_a_body_that_is_not_json_is_refused(small: Api):
    response = await small.post("/things", content=b"name=x", headers={"content-type": "text/plain"}, token="ana")

    assert problem(response, 415, "web.media_type_unsupported") == {"accepted": "application/json"}


async def test_a_file_comes_as_a_form_or_as_the_whole_body(small: Api):
    form = await small.client.post("/api/v1/pictures", files={"file": ("a.png", b"x" * 2_000_000, "image/png")})
    whole = await small.client.post("/api/v1/pictures", content=b"abc", headers={"content-type": "image/webp"})
    two = await small.client.post("/api/v1/pictures", files=[("a", b"x"), ("b", b"y")])

    assert form.json() == {"size": 2_000_000, "type": "image/png", "name": "a.png"}
    assert whole.json() == {"size": 3, "type": "image/webp", "name": ""}
    assert list(problem(two, 400, "web.malformed")) == ["file"]
    assert list(problem(await small.client.post("/api/v1/pictures"), 400, "web.malformed")) == ["file"]


async def test_an_upload_over_ten_mib_is_refused(small: Api):
    response = await small.client.post("/api/v1/pictures", content=b"x" * (10 * 1024 * 1024 + 1))

    problem(response, 413, "web.body_too_large")


async def test_a_mistake_of_ours_tells_nothing_but_the_request_id(small: Api, caplog: pytest.LogCaptureFixture):
    response = await small.get("/fails/mistake")

    assert problem(response, 500, "web.internal") == {"request_id": response.headers["x-request-id"]}
    assert "secret detail" not in response.text
    assert "secret detail" in caplog.text


@pytest.mark.parametrize("how", ["late", "gone", "sleep"])
async def test_a_database_that_is_away_or_late_is_503(small: Api, how: str):
    response = await small.get(f"/fails/{how}")

    problem(response, 503, "web.busy")
    assert response.headers["retry-after"] == "1"


async def test_a_pool_without_a_free_connection_is_503_after_its_time(small: Api):
    held = [await small.pool.take(1) for _ in range(2)]
    try:
        response = await small.get(f"/things/{THING}")
    finally:
        for connection in held:
            small.pool.give_back(connection)

    problem(response, 503, "web.busy")


async def test_a_value_that_only_the_database_refuses_is_the_callers(small: Api):
    response = await small.get("/fails/value")

    problem(response, 422, "web.invalid")


async def test_a_request_keeps_its_id_when_it_is_sane(small: Api):
    kept = await small.get("/raw", headers={"x-request-id": "abc-123.DEF_4"})
    made = await small.get("/raw", headers={"x-request-id": "a b\tc; drop"})
    other = await small.get("/raw")

    assert kept.headers["x-request-id"] == "abc-123.DEF_4"
    assert re.fullmatch(r"[0-9a-f]{20}", made.headers["x-request-id"])
    assert made.headers["x-request-id"] != other.headers["x-request-id"]


async def test_every_answer_tells_browsers_to_be_careful(small: Api):
    for path in ("/raw", "/nowhere", "/fails/mistake"):
        headers = (await small.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"]
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert (await small.get("/page")).headers["content-security-policy"] == "default-src 'self'"


async def test_the_language_is_the_persons_or_what_the_client_asks_for(small: Api):
    async def asked(header: str) -> str:
        return (await small.get("/whence", headers={"accept-language": header})).json()["language"]

    assert await asked("en-GB,en;q=0.9,zh;q=0.1") == "en"
    assert await asked("zh-TW") == "zh-CN"
    assert await asked("fr;q=1, en;q=0.2, zh;q=0.1") == "en"
    assert await asked(";;q=,") == "zh-CN"


async def test_a_forwarded_address_counts_only_from_a_trusted_proxy(installation: Settings, shared_pool: Pool):
    trusting = msgspec.structs.replace(installation, trusted_proxies=("10.0.0.0/8",))
    forwarded = {"x-forwarded-for": "203.0.113.9, 198.51.100.7, 10.1.1.1"}

    async def seen(settings: Settings, peer: str) -> str:
        async with small_api(settings, shared_pool, peer) as api:
            return (await api.get("/whence", headers=forwarded)).json()["address"]

    assert await seen(trusting, "10.2.2.2") == "198.51.100.7"
    assert await seen(trusting, "192.0.2.5") == "192.0.2.5"
    assert await seen(installation, "10.2.2.2") == "10.2.2.2"


async def test_a_limit_per_address_holds_in_production_and_is_off_in_a_demo(installation: Settings, shared_pool: Pool):
    production = msgspec.structs.replace(installation, profile=Profile.PRODUCTION)

    async with small_api(production, shared_pool) as api:
        answers = [(await api.get("/limited")) for _ in range(3)]
    async with small_api(installation, shared_pool) as api:
        free = [(await api.get("/limited")).status_code for _ in range(3)]

    assert [response.status_code for response in answers[:2]] == [200, 200]
    assert problem(answers[2], 429, "web.too_many_requests") == {"retry_after_s": 1}
    assert answers[2].headers["retry-after"] == "1"
    assert free == [200, 200, 200]


async def test_a_limit_per_person_holds_everywhere(small: Api):
    first, second = [await small.get("/limited/mine", token="ana") for _ in range(2)]

    assert first.status_code == 200
    problem(second, 429, "web.too_many_requests")


async def test_other_origins_are_let_in_only_when_settings_name_them(installation: Settings, shared_pool: Pool):
    origin = {"origin": "https://shop.example", "access-control-request-method": "POST"}
    open_to_one = msgspec.structs.replace(installation, cors_origins=("https://shop.example",))

    async with small_api(open_to_one, shared_pool) as api:
        preflight = await api.client.options("/api/v1/things", headers=origin)
        allowed = await api.get("/raw", headers=origin)
        stranger = await api.get("/raw", headers={"origin": "https://evil.example"})
    async with small_api(installation, shared_pool) as api:
        closed = await api.get("/raw", headers=origin)

    assert preflight.headers["access-control-allow-origin"] == "https://shop.example"
    assert allowed.headers["access-control-allow-origin"] == "https://shop.example"
    assert "access-control-allow-origin" not in stranger.headers
    assert "access-control-allow-origin" not in closed.headers


async def test_connections_are_back_in_the_pool_before_the_answer_is_sent(installation: Settings, shared_pool: Pool):
    idle: list[int] = []

    async with small_api(installation, shared_pool) as api:

        async def look(response: httpx.Response) -> None:
            idle.append(shared_pool.idle)

        api.client.event_hooks = {"response": [look]}
        await api.get(f"/things/{THING}")

    assert idle == [shared_pool.made]


async def test_a_handler_that_asks_for_no_connection_holds_none(small: Api):
    assert (await small.get("/held", token="ana")).json() == 0


async def test_ids_of_requests_side_by_side_do_not_mix(small: Api):
    ids = [uuid4().hex for _ in range(20)]
    responses = [await small.get("/fails/mistake", headers={"x-request-id": id}) for id in ids]

    assert [response.json()["fields"]["request_id"] for response in responses] == ids
