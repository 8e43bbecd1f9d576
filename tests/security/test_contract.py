"""Every operation of the API keeps to its document, whatever is sent, by whomever, about what is there or is not.

Every call is taken back, so the world is as deep for the last as for the first. SHUKE_CONTRACT_EXAMPLES makes a long run.
"""

import asyncio
import os
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st
from requests import Request
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shuke import app
from shuke.kit import openapi
from shuke.kit.problems import CONTENT_TYPE
from tests.security.stage import Stage
from tests.security.world import World

EXAMPLES = int(os.environ.get("SHUKE_CONTRACT_EXAMPLES", "12"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ASKERS = ("buyer", "owner", "operator", "stranger", "visitor", "nobody")

SCHEMA = schemathesis.openapi.from_dict(openapi.document(app.shapes(with_sandbox=True)))
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]


def test_a_code_begins_with_the_name_of_its_module_and_stands_for_one_refusal():
    refusals = [each for shape in app.shapes(with_sandbox=True) for each in shape.raises]

    codes = {each: each.code for each in refusals}

    files = {"refusals", "types", "http", "sql", "jobs", "rules"}
    assert [code for code in codes.values() if code.partition(".")[0] in files] == []
    assert len(set(codes.values())) == len(codes)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
async def test_an_operation_keeps_to_its_document(operation: Any, stage: Stage, world: World):
    loop = asyncio.get_running_loop()

    @hypothesis.settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @hypothesis.given(case=operation.as_strategy(), asker=st.sampled_from(ASKERS), knows=st.booleans(), choice=st.randoms())
    def attack(case: Case[Any], asker: str, knows: bool, choice: Any) -> None:
        if knows:
            aim(case, world.ids, choice)
        sending = send(stage, case, world.tokens[asker])
        response = asyncio.run_coroutine_threadsafe(sending, loop).result(30)
        case.validate_response(response, checks=CHECKS)
        if response.status_code >= 400 and case.method != "HEAD":
            told = response.json()
            assert response.headers["content-type"] == [CONTENT_TYPE]
            assert told["code"] and told["detail"] and told["status"] == response.status_code, told

    await asyncio.to_thread(attack)


async def send(stage: Stage, case: Case[Any], token: str | None) -> Response:
    """Send a case as a client on the network would."""
    sent = Request(**case.as_transport_kwargs(base_url="http://shuke.test")).prepare()
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body
    headers = {name: value for name, value in sent.headers.items() if name.lower() != "authorization"}
    answer, is_changed = await stage.tries(sent.method or "", sent.url or "", token, content=body, headers=headers)
    assert not is_changed, f"refused and changed rows: {answer.status_code} {answer.text}"
    return Response.from_any(answer)


def aim(case: Case[Any], ids: dict[str, str], choice: Any) -> None:
    """Put ids of what is there in the place of invented ones."""
    places = [case.path_parameters, case.query]
    for place in places:
        for name in place or {}:
            if fitting := fitting_ids(name, ids):
                place[name] = choice.choice(fitting)
    if isinstance(case.body, dict):
        case.body = aimed(case.body, ids, choice)


def aimed(value: Any, ids: dict[str, str], choice: Any, name: str = "") -> Any:
    """A body with the ids of things that are there."""
    match value:
        case dict():
            return {key: aimed(part, ids, choice, key) for key, part in value.items()}
        case list():
            return [aimed(part, ids, choice, name) for part in value]
        case str() if fitting := fitting_ids(name, ids):
            return choice.choice(fitting)
        case _:
            return value


def fitting_ids(name: str, ids: dict[str, str]) -> list[str]:
    """The ids that a field of this name can mean."""
    kinds = {
        "order_id": ("order_id", "placed_id", "paid_id", "shipped_id", "cancelled_id", "closed_id", "elsewhere_id"),
        "person_id": ("buyer_id", "friend_id", "clerk_id", "guide_id", "newcomer_id"),
        "person_ids": ("buyer_id", "stranger_id"),
        "product_id": ("product_id", "held_id", "other_product_id"),
        "sku_id": ("sku_id", "cake_id"),
        "location_id": ("location_id", "default_location_id"),
        "profile_id": ("profile_id", "shop_profile_id"),
        "payment_id": ("payment_id", "paid_payment_id"),
        "id": ("product_id", "shop_id"),
        "receiver_id": ("friend_id",),
        "owner_id": ("shop_id", "buyer_id"),
        "from_id": ("guide_id",),
        "to_id": ("second_guide_id",),
        "parent": ("code",),
        "share_code": ("code",),
        "role": ("clerk_role", "platform_role"),
        "cursor": (),
    }
    return [ids[each] for each in kinds.get(name, (name,)) if each in ids]
