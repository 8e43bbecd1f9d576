"""What a route takes and answers, read once from its handler's signature.

The endpoint that serves the route and the API document are both made from this, so they cannot disagree.
"""

import inspect
import re
from collections.abc import Callable
from types import NoneType, UnionType
from typing import Annotated, Any, NewType, TypedDict, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from shuke.kit.actor import Actor
from shuke.kit.db import Db, Pool
from shuke.kit.errors import Refusal
from shuke.kit.limits import Limit
from shuke.kit.site import Site
from shuke.kit.storage import ObjectStore

IdempotencyKey = NewType("IdempotencyKey", str)
"""The `Idempotency-Key` header. `key: IdempotencyKey` requires it, `key: IdempotencyKey | None` does not."""

Address = NewType("Address", str)
"""The network address that a request came from, for limits."""

Language = NewType("Language", str)
"""The language to answer in: the person's own, or the best that `Accept-Language` asks for."""

Anyone = Annotated[Actor, "anyone"]
"""The caller, who may be nobody. `actor: Actor` asks for a token: without one the answer is 401."""

Scope = NewType("Scope", dict[str, Any])
"""The ASGI scope, for the site's own routes."""

Raw = Annotated[bytes, "json"]
"""A JSON document that is answered as it is; name its type with `returns=`."""

MIB = 1024 * 1024
MAX_BODY = 1 * MIB
MAX_UPLOAD = 10 * MIB


class Upload(msgspec.Struct, frozen=True):
    """A file sent as the whole body, or as the one file of a form. Nothing about it is checked yet."""

    content: bytes
    content_type: str
    name: str


class File(msgspec.Struct, frozen=True):
    """An answer that is not JSON."""

    content: bytes
    content_type: str
    headers: dict[str, str] = {}
    status: int | None = None


class Terms(TypedDict, total=False):
    """What a route says beside its signature."""

    raises: tuple[type[Refusal], ...]
    """Refusals, for the document."""
    returns: Any
    """The type of the answer, for the document, when the handler returns bytes or a file."""
    limit: Limit
    max_body: int
    media_type: str
    is_hidden: bool
    """Not in the document."""


class Shape(msgspec.Struct, frozen=True):
    """One route: a method and path template, what its handler takes, and what comes back."""

    method: str
    path: str
    handler: Callable[..., Any]
    status: int
    path_params: dict[str, Any]
    query: type[msgspec.Struct] | None
    body: Any
    is_body_optional: bool
    wants: frozenset[str]
    is_key_required: bool
    is_token_required: bool
    answer: Any
    raises: tuple[type[Refusal], ...]
    limit: Limit | None
    max_body: int
    media_type: str
    is_hidden: bool

    @property
    def operation(self) -> str:
        """The handler's name: the operation id."""
        return self.handler.__name__

    @property
    def tag(self) -> str:
        """The module that answers."""
        return self.handler.__module__.removesuffix(".http").rpartition(".")[2].removesuffix("_http")

    @property
    def sentences(self) -> tuple[str, str]:
        """The first line of the handler's docstring, and the rest."""
        summary, _, rest = inspect.cleandoc(self.handler.__doc__ or "").partition("\n")
        return summary, rest.strip()


INJECTED: dict[str, Any] = {
    "db": Db,
    "pool": Pool,
    "actor": Actor,
    "key": IdempotencyKey,
    "address": Address,
    "language": Language,
    "upload": Upload,
    "store": ObjectStore,
    "site": Site,
    "scope": Scope,
}
"""What a handler may ask for by name, and its type."""


def shape_of(handler: Callable[..., Any], method: str, path: str, status: int, terms: Terms) -> Shape:
    """Read a handler's signature: path parameters, `data`, what is injected; everything else is a query parameter."""
    hints = get_type_hints(handler, include_extras=True)
    where = f"{handler.__module__}.{handler.__name__}"
    assert "return" in hints, f"{where} says what it returns"
    answer = hints.pop("return")
    in_path = set(re.findall(r"\{(\w+)(?::\w+)?\}", path))
    parameters = inspect.signature(handler).parameters
    assert in_path <= parameters.keys(), f"{where} leaves out {sorted(in_path - parameters.keys())} of its path"
    query: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for name, parameter in parameters.items():
        if name in INJECTED:
            assert _plain(hints[name]) is INJECTED[name], f"{where}: {name} is given as {INJECTED[name]}"
        elif name not in in_path and name != "data":
            rest = () if parameter.default is inspect.Parameter.empty else (parameter.default,)
            query.append((name, hints[name], *rest))
    body = hints.get("data")
    return Shape(
        method=method,
        path=path,
        handler=handler,
        status=status,
        path_params={name: hints[name] for name in sorted(in_path, key=path.index)},
        query=msgspec.defstruct(f"{handler.__name__}_query", query, kw_only=True) if query else None,
        body=_bare(body) if body is not None else None,
        is_body_optional=body is not None and _is_nullable(body),
        wants=frozenset(INJECTED.keys() & parameters.keys()),
        is_key_required="key" in parameters and not _is_nullable(hints["key"]),
        is_token_required="actor" in parameters and hints["actor"] is not Anyone,
        answer=terms.get("returns", answer),
        raises=terms.get("raises", ()),
        limit=terms.get("limit"),
        max_body=terms.get("max_body", MAX_UPLOAD if "upload" in parameters else MAX_BODY),
        media_type=terms.get("media_type", "application/json"),
        is_hidden=terms.get("is_hidden", False),
    )


def is_plain_text(kind: Any) -> bool:
    """Whether a path parameter of this type can hold any text."""
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    return kind is not UUID


def _is_nullable(kind: Any) -> bool:
    return get_origin(kind) in (Union, UnionType) and NoneType in get_args(kind)


def _plain(kind: Any) -> Any:
    return Actor if kind is Anyone else _bare(kind)


def _bare(kind: Any) -> Any:
    if not _is_nullable(kind):
        return kind
    rest = tuple(each for each in get_args(kind) if each is not NoneType)
    return Union[rest]  # noqa: UP007 - built at run time
