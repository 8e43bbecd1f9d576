"""Every route, asked by every role: who may is served, who may not is refused and changes nothing."""

import re
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest

from shuke import app
from shuke.kit.problems import CONTENT_TYPE
from shuke.kit.shapes import Shape
from shuke.money.payments.types import ChannelSilent
from tests.security.matrix import CALLS, ROLES, Call
from tests.security.stage import Stage
from tests.security.world import World

REFUSED = (401, 403, 404)
KEPT = {"group_code", "purpose", "home", "picture", "docs_asset", "platform_role", "clerk_role", "manager_role"}


def plain(shape: Shape) -> str:
    """A route as the matrix writes it."""
    path = re.sub(r":\w+\}", "}", shape.path)
    return f"{shape.method} {path.removeprefix('/api/v1') if path.startswith('/api/v1') else '/' + path}"


async def ask(stage: Stage, call: Call, token: str | None, ids: dict[str, str]) -> tuple[httpx.Response, bool]:
    """Make a call of the matrix; answers the response, and whether it was refused and changed rows."""
    content, url = call.content(ids), call.url(ids)
    media_type = "image/png" if isinstance(call.body, bytes) else "application/json"
    headers = {"content-type": media_type} if content is not None else {}
    if call.method == "POST":
        headers["idempotency-key"] = "a-key"
    path = url[1:] if url.startswith("//") else f"/api/v1{url}"
    return await stage.tries(call.method, path, token, content=content, headers=headers)


def told(who: str, answer: httpx.Response) -> str:
    """What happened, for the report of a failing test."""
    return f"{who}: {answer.status_code} {answer.text[:200]}"


def is_problem(answer: httpx.Response) -> bool:
    """Whether a refusal is a problem document that says why."""
    return answer.headers["content-type"] == CONTENT_TYPE and bool(answer.json()["code"] and answer.json()["detail"])


def is_fault(answer: httpx.Response) -> bool:
    """Whether it went wrong on our side; nobody is at the cashier here."""
    return answer.status_code >= 500 and answer.json()["code"] != ChannelSilent.code


def test_every_route_stands_in_the_matrix():
    routes = {plain(shape) for shape in app.shapes(with_sandbox=True)}

    known = {f"{call.method} {call.path}" for call in CALLS}

    assert routes - known == set(), "say in matrix.py who may"
    assert known - routes == set(), "the matrix names routes that are not there"


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.title)
async def test_who_may_is_served_and_nobody_else(call: Call, stage: Stage, world: World):
    wrong: list[str] = []
    for role in ROLES:
        answer, is_changed = await ask(stage, call, world.tokens[role], world.ids)
        was_served = answer.status_code not in REFUSED
        if is_fault(answer) or was_served != (role in call.may):
            wrong.append(told(role, answer))
        if is_changed or not (answer.is_success or is_problem(answer)):
            wrong.append(f"refused badly, rows changed is {is_changed}: {told(role, answer)}")

    assert wrong == [], "\n".join(wrong)


THROUGH_ANOTHER_SHOP = [call for call in CALLS if "{shop_id}/" in call.path and call.path.count("{") > 1]


@pytest.mark.parametrize("call", THROUGH_ANOTHER_SHOP, ids=lambda call: call.title)
async def test_the_owner_of_another_shop_reaches_nothing_of_this_one_through_their_own(call: Call, stage: Stage, world: World):
    ids = world.ids | {"shop_id": world.ids["other_shop_id"]}

    answer, is_changed = await ask(stage, call, world.tokens["rival"], ids)

    is_empty = answer.is_success and call.method == "GET" and answer.json().get("items") == []
    assert is_empty or (400 <= answer.status_code < 500 and not is_changed), told("rival", answer)


@pytest.mark.parametrize(
    "call", [call for call in CALLS if "$" in repr(call.body) or "{" in call.path], ids=lambda call: call.title
)
async def test_ids_of_nothing_and_of_other_things_are_refused_in_words(call: Call, stage: Stage, world: World):
    wrong: list[str] = []
    for role in ("buyer", "owner", "operator"):
        for id in (str(uuid4()), str(UUID(int=0)), world.ids[f"{role}_id"], world.ids["order_id"], world.ids["shop_id"]):
            ids = {name: kept if name in KEPT else id for name, kept in world.ids.items()}
            if role == "owner":
                ids["shop_id"] = world.ids["shop_id"]
            answer, is_changed = await ask(stage, call, world.tokens[role], ids)
            if is_fault(answer) or is_changed or not (answer.is_success or is_problem(answer)):
                wrong.append(f"{id}, rows changed is {is_changed}: {told(role, answer)}")

    assert wrong == [], "\n".join(wrong)


async def test_what_is_private_reads_as_not_found(stage: Stage, world: World):
    private = [call for call in CALLS if call.method == "GET" and call.may == frozenset({"buyer"})]
    assert len(private) >= 3

    for call in private:
        there, _ = await ask(stage, call, world.tokens["stranger"], world.ids)
        not_there, _ = await ask(stage, call, world.tokens["stranger"], {name: str(uuid4()) for name in world.ids})
        codes = [msgspec.json.decode(answer.content)["code"] for answer in (there, not_there)]
        assert there.status_code == not_there.status_code == 404 and codes[0] == codes[1], call.title
