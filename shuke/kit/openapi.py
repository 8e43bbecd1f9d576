"""The OpenAPI 3.1 document, made from the same shapes and types that serve the requests.

Component names are the structs' own: `Order`, and `OrderPage` for `Page[Order]`; two structs of one name are refused.
"""

import json
import re
from collections.abc import Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

import msgspec

from shuke.kit import problems
from shuke.kit.errors import Conflict, Forbidden, NotFound, NotSignedIn, Refusal
from shuke.kit.once import MAX_KEY_LENGTH, KeyMissing, KeyReused
from shuke.kit.problems import Problem
from shuke.kit.schemas import REF, Schemas
from shuke.kit.shapes import File, Raw, Shape

_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH, "pattern": "^[!-~]+$"},
    "description": "The same key with the same request is answered the same, and done once.",
}
_BINARY: dict[str, Any] = {"type": "string", "format": "binary", "minLength": 1}


def document(shapes: Sequence[Shape]) -> dict[str, Any]:
    """Write the document of all routes that are not hidden."""
    shown = sorted((shape for shape in shapes if not shape.is_hidden), key=lambda shape: shape.path)
    names = [shape.operation for shape in shown]
    assert len(set(names)) == len(names), f"handlers of one name: {sorted({name for name in names if names.count(name) > 1})}"
    schemas = Schemas(
        asked=(kind for shape in shown for kind in _asked(shape)),
        answered=(kind for shape in shown for kind in _answered(shape)),
    )
    paths: dict[str, dict[str, Any]] = {}
    for shape in shown:
        path = re.sub(r":\w+\}", "}", shape.path)
        paths.setdefault(path, {})[shape.method.lower()] = _operation(shape, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Shuke 熟客",
            "version": version("shuke"),
            "description": "Social commerce in one system. Amounts are in minor units; instants are UTC.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in sorted({shape.tag for shape in shown})],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "responses": _shared(),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def text(document: dict[str, Any]) -> str:
    """The document as it is committed: indented, so that a change can be read."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _asked(shape: Shape) -> list[Any]:
    query = msgspec.structs.fields(shape.query) if shape.query else ()
    return [*shape.path_params.values(), *(field.type for field in query), *([shape.body] if shape.body is not None else [])]


def _answered(shape: Shape) -> list[Any]:
    return [Problem] if shape.answer in (None, type(None), bytes, Raw, File) else [Problem, shape.answer]


def _operation(shape: Shape, schemas: Schemas) -> dict[str, Any]:
    summary, description = shape.sentences
    assert summary, f"{shape.operation} has no docstring"
    operation: dict[str, Any] = {"operationId": shape.operation, "tags": [shape.tag], "summary": summary}
    if description:
        operation["description"] = description
    if parameters := _parameters(shape, schemas):
        operation["parameters"] = parameters
    if shape.body is not None:
        content = {"application/json": {"schema": schemas.of(shape.body)}}
        operation["requestBody"] = {"required": not shape.is_body_optional, "content": content}
    if "upload" in shape.wants:
        form = {"type": "object", "required": ["file"], "properties": {"file": _BINARY}}
        content = {"multipart/form-data": {"schema": form}, "application/octet-stream": {"schema": _BINARY}}
        operation["requestBody"] = {"required": True, "content": content}
    if "actor" in shape.wants:
        operation["security"] = [{"bearer": []}] if shape.is_token_required else [{}, {"bearer": []}]
    operation["responses"] = {str(shape.status): _success(shape, schemas), **_refusals(shape)}
    return operation


def _parameters(shape: Shape, schemas: Schemas) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name, kind in shape.path_params.items():
        schema = dict(schemas.of(kind))
        if schema == {"type": "string"}:
            schema |= {"minLength": 1, "pattern": "^[^/]+$"}
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    for field in msgspec.structs.fields(shape.query) if shape.query else ():
        schema = dict(schemas.of(field.type))
        if not field.required and isinstance(field.default, int | str):
            schema["default"] = msgspec.to_builtins(field.default)
        found.append({"name": field.name, "in": "query", "required": field.required, "schema": schema})
    if "key" in shape.wants:
        found.append(_KEY | {"required": shape.is_key_required})
    return found


def _success(shape: Shape, schemas: Schemas) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(shape.status).phrase}
    if shape.answer is File:
        answer["content"] = {"*/*": {"schema": _BINARY}}
    elif shape.answer in (bytes, Raw):
        answer["content"] = {shape.media_type: {}}
    elif shape.answer not in (None, type(None)):
        answer["content"] = {shape.media_type: {"schema": schemas.of(shape.answer)}}
    return answer


def _refusals(shape: Shape) -> dict[str, Any]:
    """What may be refused, by status: shared where the route adds nothing of its own."""
    by_status: dict[int, list[type[Refusal]]] = {}
    for refusal in dict.fromkeys([*shape.raises, *_usual(shape)]):
        by_status.setdefault(refusal.status, []).append(refusal)
    own = {refusal.status for refusal in shape.raises}
    return {
        str(status): _problem(status, refusals) if status in own else {"$ref": f"#/components/responses/{_phrase(status)}"}
        for status, refusals in sorted(by_status.items())
    }


def _shared() -> dict[str, Any]:
    by_status: dict[int, list[type[Refusal]]] = {}
    for refusal in _USUAL:
        by_status.setdefault(refusal.status, []).append(refusal)
    return {_phrase(status): _problem(status, refusals) for status, refusals in sorted(by_status.items())}


def _phrase(status: int) -> str:
    return "".join(word.capitalize() for word in HTTPStatus(status).phrase.split())


_USUAL: tuple[type[Refusal], ...] = (
    problems.Malformed,
    NotSignedIn,
    problems.TokenInvalid,
    Forbidden,
    NotFound,
    Conflict,
    KeyReused,
    problems.BodyTooLarge,
    problems.MediaTypeUnsupported,
    problems.Unfit,
    KeyMissing,
    problems.TooManyRequests,
    problems.Busy,
)


def _usual(shape: Shape) -> list[type[Refusal]]:
    """What any route of this shape may answer."""
    is_write, has_body = shape.method != "GET", shape.body is not None or "upload" in shape.wants
    rules: list[tuple[bool, tuple[type[Refusal], ...]]] = [
        (has_body or shape.query is not None, (problems.Malformed, problems.Unfit)),
        ("actor" in shape.wants, (NotSignedIn, problems.TokenInvalid, Forbidden)),
        (bool(shape.path_params) or is_write, (NotFound,)),
        (is_write, (Conflict,)),
        ("key" in shape.wants, (KeyMissing, KeyReused)),
        (has_body, (problems.BodyTooLarge, problems.MediaTypeUnsupported)),
        (is_write or shape.limit is not None, (problems.TooManyRequests,)),
        ("db" in shape.wants, (problems.Busy,)),
    ]
    return [refusal for applies, refusals in rules if applies for refusal in refusals]


def _problem(status: int, refusals: Sequence[type[Refusal]]) -> dict[str, Any]:
    lines = [f"- `{each.code}`: {' '.join((each.__doc__ or '').split())}" for each in refusals]
    return {
        "description": "\n".join([HTTPStatus(status).phrase, "", *lines]),
        "content": {problems.CONTENT_TYPE: {"schema": {"$ref": f"{REF}Problem"}}},
    }
