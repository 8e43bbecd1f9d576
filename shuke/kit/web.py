"""The HTTP floor: routes and what their handlers may ask for (docs/web.md).

A handler is a plain function under `@get`, `@post`, `@put`, `@patch` or `@delete`. It names what it wants: `data` (the
JSON body, as its type), `db` or `pool`, `actor` (a token is needed; as `Anyone` it may be nobody), `key`, `address`,
`language`, `upload`, `store`; names in the path are path parameters, and everything else is a query parameter. It returns a
struct, bytes that are JSON already, a `File`, or None. Refusals become problem documents. This file alone knows Litestar,
which routes and reads bodies; decoding is msgspec's.
"""

import re
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Unpack

from litestar import Litestar, Request
from litestar.config.cors import CORSConfig
from litestar.exceptions import HTTPException
from litestar.handlers import ASGIRouteHandler
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp

from shuke.kit.actor import Actor
from shuke.kit.db import Db, Pool
from shuke.kit.edge import Edge
from shuke.kit.endpoints import Answer, answer_to, endpoint_of
from shuke.kit.limits import Limit
from shuke.kit.problems import BodyTooLarge, Malformed, MethodNotAllowed, RouteUnknown
from shuke.kit.shapes import (
    MAX_UPLOAD,
    MIB,
    Address,
    Anyone,
    File,
    IdempotencyKey,
    Language,
    Raw,
    Shape,
    Terms,
    Upload,
    shape_of,
)
from shuke.kit.site import Site

__all__ = [
    "API",
    "MAX_UPLOAD",
    "MIB",
    "Actor",
    "Address",
    "Anyone",
    "Db",
    "File",
    "IdempotencyKey",
    "Language",
    "Limit",
    "Pool",
    "Raw",
    "Route",
    "Upload",
    "build",
    "delete",
    "get",
    "patch",
    "post",
    "put",
    "shapes_of",
]

API = "/api/v1"
"""The base path of module routes."""

MAX_UNWANTED = 32 * MIB

Handler = Callable[..., Awaitable[Any]]
Hook = Callable[[Site], Any]


class Route:
    """A handler with its method and path."""

    __slots__ = ("handler", "method", "path", "status", "terms")

    def __init__(self, handler: Callable[..., Any], method: str, path: str, status: int, terms: Terms) -> None:
        self.handler = handler
        self.method = method
        self.path = path
        self.status = status
        self.terms = terms

    def shape(self, base: str) -> Shape:
        """What the handler takes and answers, below `base`."""
        return shape_of(self.handler, self.method, base + self.path, self.status, self.terms)


def get(path: str, *, status_code: int = 200, **terms: Unpack[Terms]) -> Callable[[Handler], Route]:
    """Answer GET. `raises=(SoldOut,)` and `returns=` are for the document, `limit=Limit(...)` and `max_body=` are rules."""
    return _route("GET", path, status_code, terms)


def post(path: str, *, status_code: int = 201, **terms: Unpack[Terms]) -> Callable[[Handler], Route]:
    """Answer POST, with 201 unless told otherwise."""
    return _route("POST", path, status_code, terms)


def put(path: str, *, status_code: int = 200, **terms: Unpack[Terms]) -> Callable[[Handler], Route]:
    """Answer PUT."""
    return _route("PUT", path, status_code, terms)


def patch(path: str, *, status_code: int = 200, **terms: Unpack[Terms]) -> Callable[[Handler], Route]:
    """Answer PATCH."""
    return _route("PATCH", path, status_code, terms)


def delete(path: str, *, status_code: int = 204, **terms: Unpack[Terms]) -> Callable[[Handler], Route]:
    """Answer DELETE, with 204 and no body unless told otherwise."""
    return _route("DELETE", path, status_code, terms)


def _route(method: str, path: str, status: int, terms: Terms) -> Callable[[Handler], Route]:
    return lambda handler: Route(handler, method, path, status, terms)


def shapes_of(routes: Sequence[Route], base: str = API) -> list[Shape]:
    """The shapes of routes below a base path."""
    return [route.shape(base) for route in routes]


def build(site: Site, shapes: Sequence[Shape], *, on_start: Sequence[Hook] = (), on_stop: Sequence[Hook] = ()) -> Edge:
    """Build the ASGI application that serves `shapes`; hooks are awaited with the site, the last started is stopped first."""

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None]:
        for hook in on_start:
            await hook(site)
        try:
            yield
        finally:
            for hook in on_stop:
                await hook(site)

    origins = list(site.settings.cors_origins)
    by_path: dict[str, list[Shape]] = {}
    for shape in shapes:
        by_path.setdefault(_typed(shape.path), []).append(shape)
    served = Litestar(
        [_served(path, of_path, site) for path, of_path in by_path.items()],
        lifespan=[lifespan],
        exception_handlers={Exception: _refuse},
        cors_config=_cors(origins) if origins else None,
        openapi_config=None,
        logging_config=None,
    )
    _let_methods_have_parameters(served.asgi_router.root_route_map_node)
    return Edge(served)


def _cors(origins: list[str]) -> CORSConfig:
    return CORSConfig(
        allow_origins=origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["authorization", "content-type", "idempotency-key", "x-request-id", "accept-language"],
        expose_headers=["x-request-id", "retry-after"],
        max_age=3600,
    )


def _served(path: str, shapes: Sequence[Shape], site: Site) -> ASGIRouteHandler:
    """All methods of one address, as an ASGI application: Litestar's own handlers for HTTP do more than we ask of them."""
    endpoints = {shape.method: (endpoint_of(shape, site), shape.max_body) for shape in shapes}
    allow = ", ".join(sorted([*endpoints, "OPTIONS"]))
    options = Answer(204, [(b"allow", allow.encode())], b"")

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        method = scope["method"]
        if method == "OPTIONS":
            await options(scope, receive, send)
            return
        try:
            if method not in endpoints:
                raise MethodNotAllowed(allow=allow)
            endpoint, limit = endpoints[method]
            answer = await endpoint(_Request(scope, receive, limit))
        except Exception as error:
            answer = answer_to(error)
        await answer(scope, receive, send)

    return ASGIRouteHandler(path, name=path, copy_scope=False)(serve)


class _Request:
    """What is read of a request; its body is read once, up to a limit.

    What comes beyond it is read and thrown away for a while: a client that is hung up on while it sends would not see why.
    """

    __slots__ = ("_limit", "_receive", "scope")

    def __init__(self, scope: Any, receive: Any, limit: int) -> None:
        self.scope = scope
        self._receive = receive
        self._limit = limit

    async def body(self) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise Malformed(faults={"body": "it ended too early"})
            if part := message.get("body"):
                size += len(part)
                if size <= self._limit:
                    parts.append(part)
                elif size > self._limit + MAX_UNWANTED:
                    raise BodyTooLarge()
            if not message.get("more_body"):
                if size > self._limit:
                    raise BodyTooLarge()
                return parts[0] if len(parts) == 1 else b"".join(parts)


def _let_methods_have_parameters(node: Any) -> None:
    """Litestar 2.25 looks for the parameters of an ASGI handler's path under the request's method, where it keeps none."""
    if node.is_asgi:
        node.path_parameters = defaultdict(lambda: node.path_parameters["asgi"], node.path_parameters)
    for child in node.children.values():
        _let_methods_have_parameters(child)


def _typed(path: str) -> str:
    return re.sub(r"\{(\w+)\}", r"{\1:str}", path)


class _Problem(ASGIResponse):
    """An answer of ours where Litestar wants one of its own."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(body=answer.body, status_code=answer.status)
        self._answer = answer

    def to_asgi_response(self, **_: Any) -> ASGIApp:
        return self._answer  # type: ignore[return-value]


def _refuse(request: Request[Any, Any, Any], error: Exception) -> Any:
    return _Problem(answer_to(_known(error)))


def _known(error: Exception) -> Exception:
    """The refusal behind an exception of Litestar's router."""
    match error:
        case HTTPException(status_code=404):
            return RouteUnknown()
        case HTTPException(status_code=405):
            return MethodNotAllowed(allow=(error.headers or {}).get("allow", ""))
        case HTTPException(status_code=413):
            return BodyTooLarge()
        case HTTPException() if error.status_code < 500:
            return Malformed(faults={"request": error.detail})
        case _:
            return error
