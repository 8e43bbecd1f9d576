"""The small application keeps what its document says, asked by a tool that tries to find where it does not."""

from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case

from shuke.kit import openapi, site_http, web
from shuke.kit.errors import NotFound
from shuke.kit.pages import Page
from shuke.kit.schemas import REF
from tests.kit.test_web_serving import Server, running
from tests.kit.web_routes import ROUTES, Part, Thing

__all__ = ["running"]

DOCUMENT = openapi.document([*web.shapes_of(ROUTES), *web.shapes_of(site_http.routes, base="")])
OPERATIONS = schemathesis.openapi.from_dict(DOCUMENT)
# A schema cannot say that PostgreSQL's text holds no NUL; a test of ours does.
OPERATIONS.config.generation.update(allow_x00=False)


@OPERATIONS.exclude(path_regex="/fails|/slow|/limited").parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
async def test_an_operation_keeps_to_its_document(case: Case, running: Server):
    case.call_and_validate(base_url=running.url, headers={"Authorization": "Bearer ana"}, timeout=10)


def operation(path: str, method: str = "get") -> dict[str, Any]:
    return DOCUMENT["paths"][path][method]


def schema(name: str) -> dict[str, Any]:
    return DOCUMENT["components"]["schemas"][name]


def test_components_have_names_of_ours():
    assert {"Thing", "Part", "ThingPage", "Problem", "Colour", "Health"} == DOCUMENT["components"]["schemas"].keys()


def test_a_field_with_a_default_is_optional_when_sent_and_there_when_answered():
    assert schema("Thing")["required"] == ["name"]
    assert schema("ThingPage")["required"] == ["items", "next_cursor"]
    assert schema("Health")["required"] == ["status", "checks"]


def test_integers_are_of_64_bits_and_instants_say_so():
    number, at = schema("Thing")["properties"]["number"], schema("Thing")["properties"]["at"]

    assert (number["minimum"], number["maximum"], number["format"]) == (-(2**63), 2**63 - 1, "int64")
    assert at["anyOf"][0] == {"type": "string", "format": "date-time"}


def test_a_query_parameter_shows_its_bounds_and_default():
    limit = operation("/api/v1/things")["parameters"][0]

    assert (limit["name"], limit["in"], limit["required"]) == ("limit", "query", False)
    assert (limit["schema"]["minimum"], limit["schema"]["maximum"], limit["schema"]["default"]) == (1, 100, 20)


def test_an_operation_names_what_it_refuses():
    responses = operation("/api/v1/things", "post")["responses"]

    assert list(responses) == ["201", "400", "401", "403", "404", "409", "413", "415", "422", "429", "503"]
    assert "`web_routes.taken_already`: Somebody was faster." in responses["409"]["description"]
    assert responses["409"]["content"] == {"application/problem+json": {"schema": {"$ref": f"{REF}Problem"}}}
    assert responses["422"] == {"$ref": "#/components/responses/UnprocessableEntity"}


def test_security_says_whether_a_token_is_needed_or_only_welcome():
    assert operation("/api/v1/things", "post")["security"] == [{"bearer": []}]
    assert operation("/api/v1/things/{thing_id}", "patch")["security"] == [{}, {"bearer": []}]
    assert "security" not in operation("/api/v1/things")


def test_the_key_is_a_header_where_it_is_used():
    (must,) = [each for each in operation("/api/v1/things", "post")["parameters"] if each["in"] == "header"]
    (may,) = [each for each in operation("/api/v1/things/{thing_id}", "patch")["parameters"] if each["in"] == "header"]

    assert (must["name"], must["required"], may["required"]) == ("Idempotency-Key", True, False)


def test_two_structs_of_one_name_are_refused():
    other = msgspec.defstruct("Part", [("x", int)], module="elsewhere")

    async def one() -> Page[Part]:
        """One."""
        raise NotFound()

    async def two() -> Any:
        """Two."""

    two.__annotations__["return"] = other
    routes = [web.get("/one")(one), web.get("/two")(two)]

    with pytest.raises(AssertionError, match="Part of"):
        openapi.document(web.shapes_of(routes))


def test_a_struct_with_the_name_of_a_page_is_refused():
    other = msgspec.defstruct("ThingPage", [("x", int)], module="elsewhere")

    async def one() -> Page[Thing]:
        """One."""
        raise NotFound()

    async def two() -> Any:
        """Two."""

    two.__annotations__["return"] = other
    routes = [web.get("/one")(one), web.get("/two")(two)]

    with pytest.raises(AssertionError, match="ThingPage"):
        openapi.document(web.shapes_of(routes))


@pytest.mark.parametrize("missing", ["return", "docstring", "path"])
def test_a_handler_says_what_it_takes_and_answers(missing: str):
    async def read(thing_id: str) -> Thing:
        """Read."""
        return Thing(thing_id)

    if missing == "return":
        del read.__annotations__["return"]
    if missing == "docstring":
        read.__doc__ = None
    route = web.get("/things/{id}" if missing == "path" else "/things/{thing_id}")(read)

    with pytest.raises(AssertionError):
        openapi.document(web.shapes_of([route]))
