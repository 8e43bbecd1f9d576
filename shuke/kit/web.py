"""The HTTP floor: routes and what their handlers may ask for (docs/web.md).

A handler is a plain function under `@get`, `@post`, `@put`, `@patch` or `@delete`. It names what it wants: `data` (the
JSON body, as its type), `db`, `actor` (a token is needed; as `Anyone` it may be nobody), `key`, `address`, `language`,
`upload`, `store`; names in the path are path parameters, and everything else is a query parameter. It returns a struct,
bytes that are JSON already, a `File`, or None. Refusals become problem documents. This file alone knows Litestar, which
routes and reads bodies; decoding is msgspec's.
"""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Unpack

from litestar import Litestar, Request
from litestar.config.cors import CORSConfig
from litestar.datastructures import UploadFile
from litestar.enums import HttpMethod
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.response.base import ASGIResponse
from litestar.types import ASGIApp

from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.edge import Edge
from shuke.kit.endpoints import Answer, answer_to, endpoint_of
from shuke.kit.limits import Limit
from shuke.kit.problems import BodyTooLarge, Malformed, MethodNotAllowed, RouteUnknown
from shuke.kit.readers import Headers
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

Handler = Callable[..., Awaitable[Any]]
Hook = Callable[[Site], Any]
MAX_FORM_PARTS = 20


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
    return Edge(
        Litestar(
            [*_options(shapes), *(_served(shape, site) for shape in shapes)],
            lifespan=[lifespan],
            exception_handlers={Exception: _refuse},
            cors_config=_cors(origins) if origins else None,
            openapi_config=None,
            logging_config=None,
        )
    )


def _cors(origins: list[str]) -> CORSConfig:
    return CORSConfig(
        allow_origins=origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["authorization", "content-type", "idempotency-key", "x-request-id", "accept-language"],
        expose_headers=["x-request-id", "retry-after"],
        max_age=3600,
    )


def _served(shape: Shape, site: Site) -> HTTPRouteHandler:
    serve = endpoint_of(shape, site, _read_upload)

    async def endpoint(request: Request[Any, Any, Any]) -> ASGIApp:
        try:
            return await serve(request)  # type: ignore[return-value]
        except Exception as error:
            return answer_to(_known(error))  # type: ignore[return-value]

    endpoint.__name__ = shape.operation
    limit = shape.max_body
    handler = HTTPRouteHandler(
        _typed(shape.path),
        http_method=HttpMethod(shape.method),
        status_code=200,
        name=shape.operation,
        request_max_body_size=limit,
    )
    return handler(endpoint)


def _options(shapes: Sequence[Shape]) -> list[HTTPRouteHandler]:
    """Say which methods an address knows, first: Litestar adds handlers of its own, and they name one method only."""
    methods: dict[str, list[str]] = {}
    for shape in shapes:
        methods.setdefault(_typed(shape.path), []).append(shape.method)
    return [_options_of(path, sorted([*known, "OPTIONS"])) for path, known in methods.items()]


def _options_of(path: str, methods: list[str]) -> HTTPRouteHandler:
    answer = Answer(204, [(b"allow", ", ".join(methods).encode())], b"")

    async def options() -> ASGIApp:
        return answer  # type: ignore[return-value]

    return HTTPRouteHandler(path, http_method=HttpMethod.OPTIONS, status_code=200, name=f"options {path}")(options)


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


async def _read_upload(request: Request[Any, Any, Any], headers: Headers) -> Upload:
    content_type = headers.get(b"content-type", b"application/octet-stream").decode("latin-1")
    if not content_type.lower().startswith("multipart/form-data"):
        upload = Upload(await request.body(), content_type, "")
    else:
        files = [part for part in (await request.form()).values() if isinstance(part, UploadFile)]
        if len(files) != 1:
            raise Malformed(faults={"file": f"one file is expected, not {len(files)}"})
        upload = Upload(await files[0].read(), files[0].content_type, files[0].filename)
    if not upload.content:
        raise Malformed(faults={"file": "it is empty"})
    return upload
