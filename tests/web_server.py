"""A real HTTP server that answers what a test tells it, and remembers what it was asked."""

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from itertools import count

PORTS = range(27_000, 27_400)
Answer = bytes | tuple[int, bytes] | Callable[[asyncio.StreamWriter], Awaitable[None]]


class WebServer:
    """`server.pages["/a.png"] = png`: bytes, or a status with a body or the place of a redirect, or a function that writes."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        """Where a page is."""
        return f"http://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *rest = head.strip().split("\r\n")
        path = line.split(" ")[1]
        self.asked.append(path)
        self.headers.append({name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)})
        answer = self.pages.get(path, (404, b""))
        try:
            if callable(answer):
                await answer(writer)
            else:
                status, body = answer if isinstance(answer, tuple) else (200, answer)
                place = b"location: %b\r\n" % body if 300 <= status < 400 else b""
                writer.write(b"HTTP/1.1 %d X\r\n%bcontent-length: %d\r\nconnection: close\r\n\r\n" % (status, place, len(body)))
                writer.write(body)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving() -> AsyncIterator[WebServer]:
    """A server on this machine's loopback, on two of its addresses."""
    for port in count(PORTS.start):
        assert port in PORTS, "no port is free"
        there = WebServer(port)
        try:
            server = await asyncio.start_server(there.serve, ["127.0.0.1", "127.0.0.2"], port)
            break
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    async with server:
        yield there
