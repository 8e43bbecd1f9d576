"""What is read of a request before its handler runs, decided once for each route."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, cast
from urllib.parse import parse_qsl

import msgspec

from shuke.kit import problems
from shuke.kit.errors import NotSignedIn
from shuke.kit.limits import Limit
from shuke.kit.once import MAX_KEY_LENGTH, KeyMissing
from shuke.kit.origins import address_of
from shuke.kit.problems import Malformed, MediaTypeUnsupported, RouteUnknown, TooManyRequests, Unfit
from shuke.kit.shapes import Shape, is_plain_text
from shuke.kit.site import Site
from shuke.kit.uploads import read_upload

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


Reader = Callable[[dict[str, Any], Incoming, Headers], Awaitable[None]]


def readers_of(shape: Shape, site: Site) -> list[Reader]:
    """The readers of a route, in order: the cheapest reasons to refuse it come first."""
    readers: list[Reader] = []
    if shape.is_token_required:
        readers.append(_expect_token)
    if (limit := shape.limit) and limit.by == "address" and not site.settings.is_sandbox:
        readers.append(_limiter(site, limit))
    if plain := [name for name, kind in shape.path_params.items() if is_plain_text(kind)]:
        readers.append(_path_reader(plain))
    if "key" in shape.wants:
        readers.append(_key_reader(is_required=shape.is_key_required))
    if shape.query is not None:
        readers.append(_query_reader(shape.query))
    if shape.body is not None:
        readers.append(_body_reader(shape.body, is_optional=shape.is_body_optional))
    givers = _givers(site)
    return readers + [givers[name] for name in sorted(shape.wants & givers.keys())]


def _givers(site: Site) -> dict[str, Reader]:
    async def address(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        kwargs["address"] = address_of(site.proxies, request.scope)

    async def scope(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        kwargs["scope"] = request.scope

    async def itself(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        kwargs["site"] = site

    async def pool(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        kwargs["pool"] = site.pool

    async def store(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        kwargs["store"] = site.store

    async def upload(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        content_type = headers.get(b"content-type", b"application/octet-stream").decode("latin-1")
        kwargs["upload"] = read_upload(await request.body(), content_type)

    return {"address": address, "scope": scope, "site": itself, "pool": pool, "store": store, "upload": upload}


async def _expect_token(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
    if b"authorization" not in headers:
        raise NotSignedIn()


def _limiter(site: Site, limit: Limit) -> Reader:
    async def read(kwargs: dict[str, Any], request: Incoming, headers: Headers) -> None:
        take(site, limit, address_of(site.proxies, request.scope))

    return read


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
        except msgspec.ValidationError as error:
            kwargs["data"] = _with_whole_numbers(body, kind, error)
            return
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise problems.fault_of(error, "body") from None
        except RecursionError:
            raise Malformed(faults={"body": "nested too deeply"}) from None
        if _SUSPECT.search(body):
            _refuse_what_no_column_holds(msgspec.to_builtins(data))

    return read


def _with_whole_numbers(body: bytes, kind: Any, error: msgspec.ValidationError) -> Any:
    """Decode again with `2.0` as the integer that JSON Schema says it is; msgspec does not take it for one."""
    if "got `float`" not in str(error):
        raise problems.fault_of(error, "body") from None
    try:
        data = msgspec.convert(_whole(msgspec.json.decode(body)), kind)
    except msgspec.ValidationError as again:
        raise problems.fault_of(again, "body") from None
    _refuse_what_no_column_holds(msgspec.to_builtins(data))
    return data


def _whole(value: Any) -> Any:
    match value:
        case float() if value.is_integer() and abs(value) < _BIGINT:
            return int(value)
        case list():
            return [_whole(part) for part in cast("list[Any]", value)]
        case dict():
            return {name: _whole(part) for name, part in cast("dict[Any, Any]", value).items()}
        case _:
            return value


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


def take(site: Site, limit: Limit, who: str) -> None:
    """Count a request against a limit; raises TooManyRequests."""
    if seconds := site.buckets.take(limit, who):
        raise TooManyRequests(retry_after_s=seconds)
