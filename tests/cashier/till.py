"""The two ends a cashier test needs: the cashier as its own process, and a shop system that listens for notices over HTTP."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import msgspec
from standardwebhooks import Webhook

from shuke.kit.settings import DEFAULT_SECRET
from shuke.money.cashier import wire

KEYS = wire.keys_of(DEFAULT_SECRET)


@dataclass
class Received:
    """One delivery as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def verified(self) -> dict[str, Any]:
        """The body, if the library of the Standard Webhooks project accepts the signature."""
        return Webhook(KEYS.notice).verify(self.body, self.headers)


@dataclass
class Shop:
    """A listening shop system. It answers 204, or the given statuses first."""

    origin: str
    answers: list[int] = field(default_factory=list[int])
    received: list[Received] = field(default_factory=list[Received])

    def waits_for(self, count: int, within_s: float = 10) -> list[Received]:
        """The first `count` deliveries."""
        wait_until(lambda: len(self.received) >= count, within_s, f"{count} notices, {len(self.received)} came")
        return self.received


@dataclass
class Till:
    """A cashier process on a data folder, which can be killed and started again."""

    data: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    client: httpx.Client = field(default_factory=httpx.Client)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    def start(self) -> None:
        """Start and wait until it answers."""
        environment = os.environ | {"SHUKE_DATA": str(self.data), "SHUKE_PORT": str(self.port), "SHUKE_PROFILE": "test"}
        environment.pop("SHUKE_SECRET", None)
        self.process = subprocess.Popen([sys.executable, "-m", "shuke.money.cashier"], env=environment)
        wait_until(self._answers, 20, "the cashier to answer")

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(10)

    def call(self, method: str, path: str, content: Any = None, **changes: str) -> httpx.Response:
        """A call signed by the shop system."""
        body = b"" if content is None else msgspec.json.encode(content)
        headers = {"authorization": wire.sign_call(KEYS.merchant, method, path, body)} | changes
        return self.client.request(method, self.origin + path, content=body, headers=headers)

    def decide(self, request: wire.PayRequest, outcome: str = "paid", **behaviour: Any) -> httpx.Response:
        """The payer's decision."""
        ask: dict[str, Any] = {"request": token(request), "outcome": outcome}
        if behaviour:
            ask["behaviour"] = behaviour
        return self.client.post(f"{self.origin}/payments/{request.payment_id}/decisions", json=ask)

    def backlog(self) -> dict[str, int]:
        """What is still to be delivered."""
        return self.client.get(f"{self.origin}/health").json()

    def _answers(self) -> bool:
        try:
            return self.client.get(f"{self.origin}/health").is_success
        except httpx.TransportError:
            return False


def a_request(shop: Shop, **changes: Any) -> wire.PayRequest:
    """A payment request of 128.50 yuan that has half an hour."""
    request = wire.PayRequest(
        payment_id=f"pay-{random.getrandbits(64):016x}",
        amount=12850,
        currency="CNY",
        subject="云南小粒咖啡 <227g>",
        notify_url=f"{shop.origin}/notices",
        return_url=f"{shop.origin}/orders",
        expires_at=wire.now() + timedelta(minutes=30),
    )
    return msgspec.structs.replace(request, **changes)


def token(request: wire.PayRequest) -> str:
    """The request, signed by the shop system."""
    return wire.sign_request(KEYS.merchant, request)


def wait_until(holds: Callable[[], bool], within_s: float, what: str) -> None:
    """Wait, and fail with a sentence."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"waited {within_s} s for {what}"
        time.sleep(0.02)


@contextmanager
def running_till(data: Path) -> Generator[Till]:
    """A started cashier on a free port; it is ended afterwards."""
    till = Till(data, _free_port())
    till.start()
    try:
        yield till
    finally:
        if till.process is not None and till.process.poll() is None:
            till.end(signal.SIGKILL)
        till.client.close()


@contextmanager
def listening_shop() -> Generator[Shop]:
    """A shop system on a free port."""
    shop = Shop("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            shop.received.append(Received(dict(self.headers.items()), body))
            self.send_response(shop.answers.pop(0) if shop.answers else 204)
            self.send_header("content-length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            page = b"<!doctype html><title>Shop</title><h1>Your orders</h1>"
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", _free_port()), Handler)
    shop.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield shop
    server.shutdown()
    server.server_close()


def _free_port() -> int:
    """A port below the ephemeral range which is free together with its neighbour."""
    while True:
        port = random.randrange(23_000, 32_000, 2)
        try:
            for candidate in (port, port + 1):
                with socket.create_server(("127.0.0.1", candidate)):
                    pass
        except OSError:
            continue
        return port
