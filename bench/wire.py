"""A cheap HTTP/1.1 client: one keep-alive connection, requests as ready bytes, answers as status and body."""

import asyncio
from typing import Any
from uuid import uuid4

import msgspec

API = "/api/v1"


class Closed(Exception):
    """The server went away before it answered."""


class Connection(asyncio.Protocol):
    """One connection; one request at a time."""

    def __init__(self) -> None:
        self._transport: Any = None
        self._waiting: asyncio.Future[tuple[int, bytes]] | None = None
        self._received = b""

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """Send ready bytes; answers status and body, or raises Closed."""
        if self._transport is None or self._transport.is_closing():
            raise Closed()
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._waiting

    def close(self) -> None:
        """Hang up."""
        if self._transport:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self._received = received = self._received + data if self._received else data
        head = received.find(b"\r\n\r\n")
        if head < 0:
            return
        start = received.find(b"content-length: ", 0, head)
        length = int(received[start + 16 : received.find(b"\r", start)]) if start >= 0 else 0
        if len(received) < head + 4 + length:
            return
        self._received = b""
        if self._waiting and not self._waiting.done():
            self._waiting.set_result((int(received[9:12]), received[head + 4 :]))

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        self._transport = None
        if self._waiting and not self._waiting.done():
            self._waiting.set_exception(Closed())


async def connect(port: int) -> Connection:
    """Connect to an installation on this machine."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return connection


def request(method: str, path: str, body: Any = None, *, token: str | None = None, key: str | None = None) -> bytes:
    """A request as bytes; the path is below the base path unless it begins with `//`."""
    where = path[1:] if path.startswith("//") else API + path
    lines = [f"{method} {where} HTTP/1.1", "host: bench"]
    if token is not None:
        lines.append(f"authorization: Bearer {token}")
    if key is not None:
        lines.append(f"idempotency-key: {key}")
    content = b"" if body is None else msgspec.json.encode(body)
    if method != "GET":
        lines += ["content-type: application/json", f"content-length: {len(content)}"]
    return "\r\n".join([*lines, "", ""]).encode() + content


class Refused(Exception):
    """The answer was not the one that was needed."""


class Client:
    """A connection for setting the stage: JSON in, JSON out, and anything but 2xx is an error."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def get(self, path: str, *, token: str | None = None) -> Any:
        """GET."""
        return await self._call(request("GET", path, token=token))

    async def post(self, path: str, body: Any = None, *, token: str | None = None) -> Any:
        """POST, with a fresh Idempotency-Key."""
        return await self._call(request("POST", path, body, token=token, key=uuid4().hex))

    async def _call(self, asked: bytes) -> Any:
        status, body = await self.connection.send(asked)
        if status >= 300:
            raise Refused(f"{asked.split(b' HTTP', 1)[0].decode()}: {status} {body.decode(errors='replace')[:500]}")
        return msgspec.json.decode(body) if body else None
