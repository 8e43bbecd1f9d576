"""From a `Shape` to the function that serves it: reads the request, calls the handler, writes the answer.

Everything that can be decided before the first request is decided here, once, so a request pays only for what its
handler asks for: no connection is borrowed and no token looked up for a route that needs neither. The connection goes
back to the pool before the answer is written.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, cast
from urllib.parse import parse_qsl

import msgspec

from shuke.kit import problems
from shuke.kit.actor import NOBODY, Actor
from shuke.kit.db import Db, borrowed
from shuke.kit.errors import NotSignedIn
from shuke.kit.limits import Limit
from shuke.kit.once import MAX_KEY_LENGTH, KeyMissing
from shuke.kit.origins import address_of, language_of
from shuke.kit.problems import Malformed, MediaTypeUnsupported, RouteUnknown, TokenInvalid, TooManyRequests, Unfit
from shuke.kit.shapes import File, Shape, Upload, is_plain_text
from shuke.kit.site import Site

Headers = Mapping[bytes, bytes]
MAX_QUERY_FIELDS = 100
_BIGINT = 2**63
_KEY = re.compile(rb"[!-~]+")
_SUSPECT = re.compile(rb"\\u0000|\d{19}")


class Incoming(Protocol):
    """What is read of a request."""

    @property
    def scope(self) -> Any:
        """The ASGI scope."""
        ...

    async def body(self) -> bytes:
        """The whole body; raises when it is larger than the route takes."""
        ...


class Answer:
    """A whole answer, ready to be sent: an ASGI application of its own."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Send it."""
        headers = [*self.headers, (b"content-length", b"%d" % len(self.body))] if self.status != 204 else self.headers
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def answer_to(error: Exception) -> Answer:
    """The problem document that answers an error."""
    refusal = problems.refusal_of(error)
    return Answer(refusal.status, problems.headers_of(refusal), problems.encode(refusal))


Endpoint = Callable[[Incoming], Awaitable[Answer]]
Reader = Callable[[dict[str, Any], Incoming, Headers], Awaitable[None]]
ReadUpload = Callable[[Any, Headers], Awaitable[Upload]]


def endpoint_of(shape: Shape, site: Site, read_upload: ReadUpload) -> Endpoint:
    """Make the function that serves `shape`."""
    readers = _readers(shape, site, read_upload)
    handler, limit, wants = shape.handler, shape.terms.limit, shape.wants
    needs_db, needs_actor = "db" in wants, "actor" in wants
    needs_language, needs_token = "language" in wants, shape.is_token_required
    is_limited_before = limit is not None and limit.by == "address" and not site.settings.is_sandbox
    write = _writer(shape)

    async def call(kwargs: dict[str, Any], headers: Headers, db: Db | None, actor: Actor) -> Any:
        if db is not None and (authorization := headers.get(b"authorization")) and needs_actor:
            actor = await _actor(site, db, authorization)
        if limit is not None and limit.by == "person":
            _take(site, limit, str(actor.id))
        if needs_db:
            kwargs["db"] = db
        if needs_actor:
            kwargs["actor"] = actor
        if needs_language:
            kwargs["language"] = language_of(actor, headers)
        return await handler(**kwargs)

    async def endpoint(request: Incoming) -> Answer:
        headers: Headers = dict(request.scope["headers"])
        kwargs: dict[str, Any] = dict(request.scope["path_params"])
        if needs_token and b"authorization" not in headers:
            raise NotSignedIn()
        if is_limited_before:
            _take(site, cast(Limit, limit), address_of(site.proxies, request.scope))
        for read in readers:
            await read(kwargs, request, headers)
        if needs_db or (needs_actor and b"authorization" in headers):
            async with borrowed(site.pool) as db:
                result = await call(kwargs, headers, db, NOBODY)
        else:
            result = await call(kwargs, headers, None, NOBODY)
        return write(result)

    return endpoint


def _take(site: Site, limit: Limit, who: str) -> None:
    if seconds := site.buckets.take(limit, who):
        raise TooManyRequests(retry_after_s=seconds)


async def _actor(site: Site, db: Db, authorization: bytes) -> Actor:
    scheme, _, token = authorization.partition(b" ")
    token = token.strip()
    if scheme.lower() != b"bearer" or not token.isascii() or not 0 < len(token) <= 500 or b"\0" in token:
        raise TokenInvalid()
    actor = await site.authenticate(db, token.decode())
    if actor is None:
        raise TokenInvalid()
    return actor


def _writer(shape: Shape) -> Callable[[Any], Answer]:
    encode = msgspec.json.Encoder().encode
    status, head = shape.status, [(b"content-type", shape.terms.media_type.encode())]

    def write(result: Any) -> Answer:
        if result is None:
            return Answer(status, [], b"")
        if isinstance(result, bytes):
            return Answer(status, head, result)
        if isinstance(result, File):
            headers = [(name.lower().encode(), value.encode()) for name, value in result.headers.items()]
            return Answer(result.status or status, [(b"content-type", result.content_type.encode()), *headers], result.content)
        return Answer(status, head, encode(result))

    return write


def _readers(shape: Shape, site: Site, read_upload: ReadUpload) -> list[Reader]:
    readers: list[Reader] = []
    plain = [name for name, kind in shape.path_params.items() if is_plain_text(kind)]
    if plain:
        readers.append(_path_reader(plain))
    if shape.query is not None:
        readers.append(_query_reader(shape.query))
    if shape.body is not None:
        readers.append(_body_reader(shape.body, is_optional=shape.is_body_optional))
    if "key" in shape.wants:
        readers.append(_key_reader(is_required=shape.is_key_required))

    async def address(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        kwargs["address"] = address_of(site.proxies, request.scope)

    async def store(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        kwargs["store"] = site.store

    async def upload(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        kwargs["upload"] = await read_upload(request, headers)

    async def scope(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        kwargs["scope"] = request.scope

    async def itself(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        kwargs["site"] = site

    known = {"address": address, "store": store, "upload": upload, "scope": scope, "site": itself}
    return readers + [known[name] for name in sorted(shape.wants & known.keys())]


def _path_reader(names: list[str]) -> Reader:
    async def read(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        for name in names:
            value = kwargs[name]
            if (isinstance(value, str) and ("\0" in value or "\ufffd" in value)) or (
                isinstance(value, int) and not -_BIGINT <= value < _BIGINT
            ):
                raise RouteUnknown()

    return read


def _query_reader(kind: type[msgspec.Struct]) -> Reader:
    lists = {field.name for field in msgspec.structs.fields(kind) if isinstance(msgspec.inspect.type_info(field.type), _LISTS)}

    async def read(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        raw: dict[str, Any] = {}
        if query := request.scope["query_string"]:
            try:
                pairs = parse_qsl(query.decode(), keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_FIELDS)
            except ValueError as error:
                raise Malformed(faults={"query": str(error)}) from None
            for name, value in pairs:
                if name in lists:
                    raw.setdefault(name, []).append(value)
                else:
                    raw[name] = value
        try:
            found = msgspec.structs.asdict(msgspec.convert(raw, kind, strict=False))
        except msgspec.ValidationError as error:
            raise problems.fault_of(error, "query") from None
        if query:
            _refuse_what_no_column_holds(found)
        kwargs.update(found)

    return read


_LISTS = (msgspec.inspect.ListType, msgspec.inspect.VarTupleType, msgspec.inspect.SetType, msgspec.inspect.FrozenSetType)


def _body_reader(kind: Any, *, is_optional: bool) -> Reader:
    decode = msgspec.json.Decoder(kind).decode

    async def read(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        body = await request.body()
        if not body and is_optional:
            kwargs["data"] = None
            return
        content_type = headers.get(b"content-type")
        if content_type and b"json" not in content_type.lower():
            raise MediaTypeUnsupported(accepted="application/json")
        try:
            kwargs["data"] = data = decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise problems.fault_of(error, "body") from None
        except RecursionError:
            raise Malformed(faults={"body": "nested too deeply"}) from None
        if _SUSPECT.search(body):
            _refuse_what_no_column_holds(msgspec.to_builtins(data))

    return read


def _key_reader(*, is_required: bool) -> Reader:
    async def read(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        raw = headers.get(b"idempotency-key")
        if raw is None and not is_required:
            kwargs["key"] = None
        elif not raw or len(raw) > MAX_KEY_LENGTH or not _KEY.fullmatch(raw):
            raise KeyMissing()
        else:
            kwargs["key"] = raw.decode()

    return read


def _refuse_what_no_column_holds(value: Any, path: str = "") -> None:
    """PostgreSQL has no text with a NUL and no integer beyond 64 bits."""
    match value:
        case str():
            if "\0" in value:
                raise Unfit(faults={path: "Text holds no NUL character"})
        case bool():
            pass
        case int():
            if not -_BIGINT <= value < _BIGINT:
                raise Unfit(faults={path: "Integer beyond 64 bits"})
        case dict():
            for name, part in cast("dict[Any, Any]", value).items():
                _refuse_what_no_column_holds(name, path)
                _refuse_what_no_column_holds(part, f"{path}.{name}".lstrip("."))
        case list() | tuple() | set() | frozenset():
            for place, part in enumerate(cast("list[Any]", value)):
                _refuse_what_no_column_holds(part, f"{path}[{place}]")
        case _:
            pass
