"""The OpenAPI 3.1 document, made from the same shapes and types that serve the requests.

Component names are the structs' own: `Order`, and `OrderPage` for `Page[Order]`; two structs of one name are refused.
"""

import json
import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

import msgspec

from shuke.kit import problems
from shuke.kit.errors import Conflict, Forbidden, NotFound, NotSignedIn, Refusal
from shuke.kit.once import MAX_KEY_LENGTH, KeyMissing, KeyReused
from shuke.kit.problems import Problem
from shuke.kit.shapes import File, Raw, Shape

REF = "#/components/schemas/"
_BIGINT = 2**63
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH, "pattern": "^[!-~]+$"},
    "description": "The same key with the same request is answered the same, and done once.",
}
_BINARY: dict[str, Any] = {"type": "string", "format": "binary"}


def document(shapes: Sequence[Shape]) -> dict[str, Any]:
    """Write the document of all routes that are not hidden."""
    shown = sorted((shape for shape in shapes if not shape.is_hidden), key=lambda shape: shape.path)
    names = [shape.operation for shape in shown]
    assert len(set(names)) == len(names), f"handlers of one name: {sorted({name for name in names if names.count(name) > 1})}"
    schemas = _Schemas(shown)
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
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def text(document: dict[str, Any]) -> str:
    """The document as it is committed: indented, so that a change can be read."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


class _Schemas:
    """The schemas of every type that shapes mention, made in one go so that they share components."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        asked = {kind for shape in shapes for kind in _asked(shape)}
        answered = {kind for shape in shapes for kind in _answered(shape)}
        every = list(dict.fromkeys([*asked, *answered]))
        made, components = msgspec.json.schema_components(every, ref_template=REF + "{name}")
        clashes = sorted(name for name in components if "." in name)
        assert not clashes, f"structs of one name, which the document cannot tell apart: {clashes}"
        names = {name: _own_name(name) for name in components}
        self._made = {kind: _fit(schema, names) for kind, schema in zip(every, made, strict=True)}
        self.components = {names[name]: _fit(schema, names) for name, schema in components.items()}
        sent = self._reach(asked)
        for name, schema in self.components.items():
            if name not in sent and schema.get("type") == "object" and "properties" in schema:
                # Answers are written whole, so what has a default is there as well.
                schema["required"] = list(schema["properties"])

    def of(self, kind: Any) -> dict[str, Any]:
        """The schema of a type: a reference, where it has a name."""
        return self._made[kind]

    def _reach(self, kinds: Iterable[Any]) -> set[str]:
        reached: set[str] = set()
        waiting = [self._made[kind] for kind in kinds]
        while waiting:
            for name in _references(waiting.pop()):
                if name not in reached:
                    reached.add(name)
                    waiting.append(self.components[name])
        return reached


def _asked(shape: Shape) -> list[Any]:
    query = msgspec.structs.fields(shape.query) if shape.query else ()
    return [*shape.path_params.values(), *(field.type for field in query), *([shape.body] if shape.body is not None else [])]


def _answered(shape: Shape) -> list[Any]:
    return [Problem] if shape.answer in (None, type(None), bytes, Raw, File) else [Problem, shape.answer]


def _own_name(name: str) -> str:
    # `Page_Order_` is how msgspec writes Page[Order].
    generic = re.fullmatch(r"([A-Za-z0-9]+)_([A-Za-z0-9_]+?)_", name)
    return f"{_own_name(generic[2])}{generic[1]}" if generic else name


def _fit(schema: Any, names: dict[str, str]) -> Any:
    """Rename references, and say what every integer is: 64 bits."""
    if isinstance(schema, list):
        return [_fit(part, names) for part in schema]
    if not isinstance(schema, dict):
        return schema
    fitted = {key: _fit(part, names) for key, part in schema.items()}
    if isinstance(reference := schema.get("$ref"), str):
        fitted["$ref"] = REF + names[reference.removeprefix(REF)]
    if fitted.get("type") == "integer":
        fitted.setdefault("format", "int64")
        if "exclusiveMinimum" not in fitted:
            fitted.setdefault("minimum", -_BIGINT)
        if "exclusiveMaximum" not in fitted:
            fitted.setdefault("maximum", _BIGINT - 1)
    return fitted


def _references(schema: Any) -> list[str]:
    match schema:
        case {"$ref": str(reference), **rest}:
            return [reference.removeprefix(REF), *_references(rest)]
        case dict():
            return [name for part in schema.values() for name in _references(part)]
        case list():
            return [name for part in schema for name in _references(part)]
        case _:
            return []


def _operation(shape: Shape, schemas: _Schemas) -> dict[str, Any]:
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


def _parameters(shape: Shape, schemas: _Schemas) -> list[dict[str, Any]]:
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


def _success(shape: Shape, schemas: _Schemas) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(shape.status).phrase}
    if shape.answer is File:
        answer["content"] = {"*/*": {"schema": _BINARY}}
    elif shape.answer in (bytes, Raw):
        answer["content"] = {shape.media_type: {}}
    elif shape.answer not in (None, type(None)):
        answer["content"] = {shape.media_type: {"schema": schemas.of(shape.answer)}}
    return answer


def _refusals(shape: Shape) -> dict[str, Any]:
    by_status: dict[int, list[type[Refusal]]] = {}
    for refusal in dict.fromkeys([*shape.raises, *_usual(shape)]):
        by_status.setdefault(refusal.status, []).append(refusal)
    return {str(status): _problem(status, refusals) for status, refusals in sorted(by_status.items())}


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
