"""The small application under the real server, in a process of its own."""

import asyncio
import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from shuke.kit import serving
from tests.conftest import CopyOf

THING = "/api/v1/things/00000000-0000-8000-8000-000000000001"


class Server:
    """A running server, its port and folder, and what it said when it has ended."""

    def __init__(self, folder: Path, dsn: str) -> None:
        self.folder = folder
        self.port = next(port for port in range(23_500, 23_900) if _is_free(port))
        command = [sys.executable, "-m", "tests.kit.web_routes", str(folder), str(self.port), dsn]
        # A file: nobody reads a pipe while the server runs, and a full one would stop it.
        self.said = folder / "said"
        with self.said.open("wb") as said:
            self.process = subprocess.Popen(command, stderr=said, cwd=Path(__file__).parents[2])
        self.url = f"http://127.0.0.1:{self.port}"

    async def until_it_answers(self) -> None:
        for _ in range(200):
            try:
                async with httpx.AsyncClient() as client:
                    await client.get(f"{self.url}/api/v1/raw")
                return
            except httpx.TransportError:
                await asyncio.sleep(0.05)
        raise AssertionError("the server did not start")

    def stop(self) -> list[dict]:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        return [json.loads(line) for line in self.said.read_text().splitlines()]

    async def raw(self, sent: bytes) -> bytes:
        """What comes back for these bytes, until the server closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(sent)
        answer = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        return answer


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@asynccontextmanager
async def started(folder: Path, dsn: str) -> AsyncIterator[Server]:
    server = Server(folder, dsn)
    await server.until_it_answers()
    yield server
    if server.process.poll() is None:
        server.stop()


@pytest_asyncio.fixture
async def stoppable(tmp_path: Path, copies: CopyOf) -> AsyncIterator[Server]:
    async with started(tmp_path, await copies()) as server:
        yield server


@pytest_asyncio.fixture(scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory, copies: CopyOf) -> AsyncIterator[Server]:
    async with started(tmp_path_factory.mktemp("server"), await copies()) as server:
        yield server


async def test_the_server_answers_from_its_own_pool_and_logs_each_request(stoppable: Server):
    async with httpx.AsyncClient(base_url=stoppable.url) as client:
        answers = await asyncio.gather(*(client.get(THING, headers={"x-request-id": f"request-{n}"}) for n in range(20)))
        lost = await client.get("/nowhere")
    lines = stoppable.stop()

    assert [answer.json()["number"] for answer in answers] == [7] * 20
    assert lost.json()["code"] == "web.route_unknown"
    told = [line for line in lines if line["event"] == "request_answered" and line["route"] == "/api/v1/things/{thing_id}"]
    assert {line["request_id"] for line in told} == {f"request-{n}" for n in range(20)}
    assert all(line["status"] == 200 and line["process"] == "api" for line in told)


async def test_a_request_under_way_is_finished_when_the_server_is_told_to_stop(stoppable: Server):
    async with httpx.AsyncClient(base_url=stoppable.url) as client:
        under_way = asyncio.create_task(client.get("/api/v1/slow"))
        await asyncio.sleep(0.2)
        await asyncio.to_thread(stoppable.stop)
        answer = await under_way

    assert answer.json()["name"] == "slow"
    assert stoppable.process.returncode == 0
    assert (stoppable.folder / "closed").exists()


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /api/v1/codes/%FF%FE/1 HTTP/1.1", b"404"),
        (b"GET /api/v1/codes/a%00b/1 HTTP/1.1", b"404"),
        (b"GET /api/v1/things?tag=%FF HTTP/1.1", b"400"),
        (b"GET /api/v1/../../etc/passwd HTTP/1.1", b"404"),
        (b"GET //api/v1/raw HTTP/1.1", b"200"),
        (b"GET /api/v1/raw/ HTTP/1.1", b"200"),
        (b"BREW /api/v1/raw HTTP/1.1", b"400"),
        (b"HEAD /api/v1/raw HTTP/1.1", b"405"),
    ],
)
async def test_strange_requests_are_never_our_mistake(running: Server, line: bytes, status: bytes):
    answer = await running.raw(line + b"\r\nHost: shop\r\nConnection: close\r\n\r\n")

    assert answer.split(b" ")[1] == status


async def test_a_body_sent_in_chunks_is_cut_off_at_the_limit(running: Server):
    async def chunks():
        for _ in range(40):
            yield b"x" * 65_536

    async with httpx.AsyncClient(base_url=running.url) as client:
        headers = {"authorization": "Bearer ana", "idempotency-key": "k", "content-type": "application/json"}
        answer = await client.post("/api/v1/things", content=chunks(), headers=headers)

    assert answer.json()["code"] == "web.body_too_large"


async def test_a_head_that_never_ends_is_cut_off(running: Server):
    try:
        answer = await running.raw(b"GET /api/v1/raw HTTP/1.1\r\nHost: shop\r\n" + b"x-more: " + b"x" * 300_000)
    except ConnectionResetError:
        return
    assert answer.split(b" ")[1] == b"400"


@pytest.mark.parametrize("path", ["things", "nowhere"])
async def test_who_is_refused_before_the_body_is_read_sees_why(running: Server, path: str):
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(b"POST /api/v1/%s HTTP/1.1\r\nHost: shop\r\nContent-Length: 2000000\r\n\r\n" % path.encode())
    for _ in range(40):
        writer.write(b"x" * 50_000)
        await writer.drain()
        await asyncio.sleep(0.002)
    writer.write(b"GET /api/v1/raw HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")

    answers = await asyncio.wait_for(reader.read(), 10)
    writer.close()

    assert re.findall(rb"HTTP/1.1 (\d+) ", answers) == [b"401" if path == "things" else b"404", b"200"]


@pytest.mark.parametrize("frames", [b"x-more: 1\r\n" * 5_000, b"x" * 50_000, b"5;" + b"x" * 50_000])
async def test_frames_that_hold_nothing_are_cut_off(running: Server, frames: bytes):
    _, writer = await asyncio.open_connection("127.0.0.1", running.port)
    end = b"" if frames.startswith(b"5;") else b"0\r\n"
    writer.write(b"POST /api/v1/pictures HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n" + end)

    async def send() -> None:
        for _ in range(200):
            writer.write(frames)
            await writer.drain()

    with pytest.raises(ConnectionError):
        await send()
    writer.close()


async def test_what_follows_a_body_is_no_header(running: Server):
    answer = await running.raw(
        b"POST /api/v1/pictures HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        b"5\r\nabcde\r\n0\r\nContent-Type: text/plain\r\n\r\n"
    )

    assert answer.endswith(b'{"size":5,"type":"application/octet-stream","name":""}')


@pytest.mark.parametrize(
    "head", [b"Content-Length: 4", b"Content-Length: 4\r\nTransfer-Encoding: chunked", b"Content-Length: +4"]
)
async def test_a_body_is_never_taken_for_a_request(running: Server, head: bytes):
    hidden = b"GET /api/v1/raw HTTP/1.1\r\nHost: shop\r\n\r\n"
    for upgrade in (b"", b"Connection: upgrade\r\nUpgrade: h2c\r\n"):
        if not upgrade and head.endswith(b" 4"):
            continue
        answer = await running.raw(
            b"POST /api/v1/pictures HTTP/1.1\r\nHost: shop\r\n" + upgrade + head + b"\r\n\r\n0\r\n\r\n" + hidden
        )
        assert answer.count(b"HTTP/1.1 ") == 1
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"application/problem+json" in answer and b'"web.malformed"' in answer


async def test_who_would_rather_speak_another_protocol_is_answered_in_this_one(running: Server):
    answer = await running.raw(b"GET /api/v1/raw HTTP/1.1\r\nHost: shop\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in answer


async def test_who_says_nothing_or_speaks_slowly_is_hung_up_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(serving, "HEAD_WITHIN_S", 0.2)
    monkeypatch.setattr(serving, "BODY_WITHIN_S", 0.2)
    listening = serving.listen("127.0.0.1", 0)
    server = serving.Server(_hello, listening)
    ending = asyncio.create_task(server.serve())

    for said in (b"", b"GET / HT", b"POST /read HTTP/1.1\r\nHost: shop\r\nContent-Length: 9\r\n\r\nabc"):
        reader, writer = await _connected(listening.getsockname()[1])
        writer.write(said)
        assert await asyncio.wait_for(reader.read(), 5) == b""
        writer.close()
    reader, writer = await _connected(listening.getsockname()[1])
    writer.write(b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n")
    await asyncio.sleep(0.5)
    writer.write(b"GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
    assert (await asyncio.wait_for(reader.read(), 5)).count(b"hello") == 2
    writer.close()
    server.stop()
    await ending


async def _connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    for _ in range(100):
        try:
            return await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
    raise AssertionError("the server does not listen")


async def _hello(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        for word in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{word}.complete"})
        return
    while scope["path"] == "/read" and (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"hello"})
