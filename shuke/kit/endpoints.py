"""From a `Shape` to the function that serves it: reads the request, calls the handler, writes the answer.

Everything that can be decided before the first request is decided here, once, so a request pays only for what its
handler asks for: no connection is borrowed and no token looked up for a route that needs neither. The connection goes
back to the pool before the answer is written, and before a handler runs that does not ask for it.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from shuke.kit import problems
from shuke.kit.actor import NOBODY, Actor
from shuke.kit.db import Db, borrowed
from shuke.kit.origins import language_of
from shuke.kit.problems import TokenInvalid
from shuke.kit.readers import Headers, Incoming, readers_of, take
from shuke.kit.shapes import File, Shape
from shuke.kit.site import Site


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


def endpoint_of(shape: Shape, site: Site) -> Endpoint:
    """Make the function that serves `shape`; it raises what it refuses."""
    readers = readers_of(shape, site)
    admit, write, handler = _admission(shape, site), _writer(shape), shape.handler
    needs_db, may_sign_in = "db" in shape.wants, "actor" in shape.wants

    async def endpoint(request: Incoming) -> Answer:
        headers: Headers = dict(request.scope["headers"])
        kwargs: dict[str, Any] = dict(request.scope["path_params"])
        for read in readers:
            await read(kwargs, request, headers)
        if needs_db:
            async with borrowed(site.pool, timeout_s=site.patience_s) as db:
                await admit(kwargs, headers, db)
                result = await handler(**kwargs)
            return write(result)
        if may_sign_in and b"authorization" in headers:
            async with borrowed(site.pool, timeout_s=site.patience_s) as db:
                await admit(kwargs, headers, db)
        else:
            await admit(kwargs, headers, None)
        return write(await handler(**kwargs))

    return endpoint


def _admission(shape: Shape, site: Site) -> Callable[[dict[str, Any], Headers, Db | None], Awaitable[None]]:
    """Who acts, whether they may just now, and what the handler is given of it."""
    wants, limit = shape.wants, shape.limit
    needs_db, needs_actor, needs_language = "db" in wants, "actor" in wants, "language" in wants
    per_person = limit if limit and limit.by == "person" else None

    async def admit(kwargs: dict[str, Any], headers: Headers, db: Db | None) -> None:
        actor = NOBODY
        if needs_actor and db is not None and (authorization := headers.get(b"authorization")) is not None:
            actor = await _actor(site, db, authorization)
        if per_person is not None:
            take(site, per_person, str(actor.id))
        if needs_db:
            kwargs["db"] = db
        if needs_actor:
            kwargs["actor"] = actor
        if needs_language:
            kwargs["language"] = language_of(actor, headers)

    return admit


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
    status, head = shape.status, [(b"content-type", shape.media_type.encode())]

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
