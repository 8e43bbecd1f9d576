import re
from collections.abc import AsyncIterator

import msgspec
import pytest_asyncio

from shuke import app
from shuke.kit import clock
from shuke.kit.db import Pool, Statement, borrowed
from shuke.kit.settings import Settings
from shuke.kit.storage import key_of, open_store
from tests.api import Api, problem
from tests.kit.web_routes import small_api

WAITING_JOB = Statement(
    "insert into kit.jobs (kind, payload, run_at, timeline, created_at) values ('x', '{}', $1, 'live', $1)", fan_out="a test"
)


@pytest_asyncio.fixture
async def here(installation: Settings, pool: Pool) -> AsyncIterator[Api]:
    async with small_api(installation, pool, peer="127.0.0.1") as api:
        yield api


async def test_health_is_ok_while_database_and_jobs_work(api: Api):
    response = await api.get("//health")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "checks": {"database": "ok", "jobs": "ok"}}


async def test_health_fails_when_jobs_are_late_by_more_than_a_minute(api: Api, timeline: clock.Timeline):
    async with borrowed(api.pool) as db:
        await WAITING_JOB.run(db, timeline.now)

    timeline.advance(seconds=60)
    in_time = await api.get("//health")
    timeline.advance(seconds=1)
    late = await api.get("//health")

    assert (in_time.status_code, late.status_code) == (200, 503)
    assert late.json() == {"status": "failing", "checks": {"database": "ok", "jobs": "late by 61 s"}}


async def test_health_fails_when_the_database_is_away(api: Api):
    await api.pool.close()

    response = await api.get("//health")

    assert response.status_code == 503
    assert response.json()["checks"]["database"].startswith("does not answer")


async def test_an_unknown_address_is_a_problem(api: Api):
    response = await api.get("/nowhere")

    assert problem(response, 404, "web.route_unknown") == {}
    assert response.headers["x-request-id"]


async def test_metrics_are_for_this_machine_and_for_operators(here: Api, installation: Settings):
    await here.get("/raw")
    told = await here.get("//metrics")
    forwarded = await here.get("//metrics", headers={"x-forwarded-for": "203.0.113.1"})
    async with small_api(installation, here.pool) as elsewhere:
        stranger = await elsewhere.get("//metrics")
        person = await elsewhere.get("//metrics", token="ana")

    assert 'shuke_request_seconds_count{method="GET",route="/api/v1/raw",status="200"}' in told.text
    problem(forwarded, 401, "errors.not_signed_in")
    problem(stranger, 401, "errors.not_signed_in")
    problem(person, 403, "errors.capability_missing")


async def test_a_route_that_is_not_there_is_counted_without_its_path(here: Api):
    await here.get("/secret-path-of-somebody")

    told = (await here.get("//metrics")).text

    assert 'route="unmatched",status="404"' in told
    assert "secret-path" not in told


async def test_a_stored_picture_is_served_for_ever(here: Api, installation: Settings):
    key = key_of(b"picture", ".thumb.webp")
    await open_store(installation).put(key, b"picture", "image/webp")

    response = await here.get(f"//media/{key}")

    assert response.content == b"picture"
    assert response.headers["content-type"] == "image/webp"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_only_media_under_their_contents_name_are_public(here: Api, installation: Settings):
    store = open_store(installation)
    await store.put("exports/ana.json", b"{}", "application/json")
    await store.put("exports/ana.webp", b"x", "image/webp")
    await store.put(key_of(b"{}", ".json"), b"{}", "application/json")

    for key in (
        "exports/ana.json",
        "exports/ana.webp",
        key_of(b"{}", ".json"),
        key_of(b"not there", ".webp"),
        "a/../settings",
    ):
        problem(await here.get(f"//media/{key}"), 404, "storage.object_missing")
    assert (await here.get("//media/%2e%2e/settings")).status_code == 404


async def test_the_docs_page_asks_for_nothing_from_elsewhere(here: Api):
    page = await here.get("//docs")
    parts = [await here.get(f"/{path}") for path in re.findall(r'(?:src|href)="(/[^"]+)"', page.text)]

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert [part.status_code for part in parts] == [200] * 4
    assert not re.search(r"https?://", page.text + "".join(part.text for part in parts[:2]))
    problem(await here.get("//docs/docs.html"), 404, "web.route_unknown")


async def test_the_document_is_served(here: Api):
    response = await here.get("//openapi.json")

    assert msgspec.json.decode(response.content)["openapi"] == "3.1.0"


def test_the_command_for_the_document_refuses_other_words(capsys):
    assert app.main(["paint"]) == 2
    assert "openapi" in capsys.readouterr().err
