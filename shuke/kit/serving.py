"""The server: uvicorn on uvloop, as many workers as asked for, stopped without cutting a request short.

Every worker listens on a socket of its own for the same port, and the system shares connections out among them.
"""

import asyncio
import gc
import logging
import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from typing import Any

import uvicorn
import uvloop
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shuke.kit import logs, metrics, problems
from shuke.kit.problems import Malformed
from shuke.kit.settings import Settings

STOP_WITHIN_S = 8
"""How long running requests may take to end once the server is told to stop."""

KEEP_ALIVE_S = 75
HEAD_WITHIN_S = 20
BODY_WITHIN_S = 300
MAX_HEAD = 64 * 1024
BACKLOG = 2048
PAUSE_S = 0.2

log = logs.named("serving")


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 by llhttp, for peers that mean no good too: heads and frames have a size, and everything comes within a time.

    The body of a request that was answered before it was read is read to its end and thrown away: a client that is hung up on
    while it sends would not see the answer.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_in_body = False
        self._frames = 0
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by the loop."""
        super().connection_made(transport)
        self._wait(HEAD_WITHIN_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by the loop."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self._frames += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._frames > MAX_HEAD:
            self._hang_up()
        elif self._is_in_body:
            self._wait(BODY_WITHIN_S)
        elif self.cycle and not self.cycle.response_complete:
            self._stop_waiting()
        else:
            self._wait(HEAD_WITHIN_S)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser; what comes behind a body is no header that anybody reads (RFC 9110, 6.5.1)."""
        if not self._is_in_body:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        self._frames = 0
        self._stop_waiting()
        if self.parser is not None and self.parser.should_upgrade():
            self._stay()
        else:
            super().on_headers_complete()
        self._is_in_body = True

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        # Once as what is no frame, and once more as what frames may be as large as.
        self._frames -= 2 * len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self._frames = 0
        self._stop_waiting()
        self._is_in_body = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, and hang up."""
        body = problems.encode(Malformed(faults={"request": msg}))
        head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: {problems.CONTENT_TYPE}\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(f"{head}connection: close\r\n\r\n".encode() + body)
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        pass

    def _stay(self) -> None:
        """Answer in HTTP/1.1 a request to go on in another protocol, and hang up, since the parser let the rest go."""
        body = [value for name, value in self.headers if name in (b"content-length", b"transfer-encoding")]
        # Its body would be taken for requests, which a proxy before us would not know of.
        if any(value != b"0" for value in body):
            raise ValueError("a body in one protocol and an answer in another")
        super().on_headers_complete()
        self.cycle.keep_alive = False

    def _hang_up(self) -> None:
        is_running = bool(self.cycle) and not self.cycle.response_complete
        # Said to a request that was answered, or before one that is not yet, it would answer another one.
        if is_running == self._is_in_body:
            self.send_400_response("There is more around the content than content.")
        else:
            self.transport.close()

    def _wait(self, seconds: float) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(seconds, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


class Server(uvicorn.Server):
    """One application on one socket, in the loop of whoever awaits `serve`, until `stop`."""

    def __init__(self, application: Any, listening: socket.socket) -> None:
        self._listening = listening
        super().__init__(
            uvicorn.Config(
                application,
                http=Protocol,
                ws="none",
                lifespan="on",
                interface="asgi3",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                backlog=BACKLOG,
                timeout_keep_alive=KEEP_ALIVE_S,
                timeout_graceful_shutdown=STOP_WITHIN_S,
            )
        )

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve; answers once every running request has ended."""
        await super().serve([self._listening] if sockets is None else sockets)

    def stop(self) -> None:
        """Take no more connections, and end when what has begun is done."""
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to whoever runs us."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the port, which the workers of one server may share; nobody listens on it yet."""
    found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    found.bind((host, port))
    return found


def serve(application: Callable[[], Any], settings: Settings, workers: int = 1) -> None:
    """Serve until SIGINT or SIGTERM; each worker makes its own application, and a worker that dies is replaced."""
    if not logging.getLogger().handlers:
        logs.configure(settings, "api")
    metrics.configure(settings)
    # It tells of every start and stop, in sentences.
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    if workers == 1:
        _work(application, settings)
    else:
        _Workers(application, settings, workers).keep()


def _work(application: Callable[[], Any], settings: Settings) -> None:
    uvloop.run(_serve(application(), listen(settings.host, settings.port)))


async def _serve(application: Any, listening: socket.socket) -> None:
    server = Server(application, listening)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, server.stop)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))
    # What was loaded stays until the end: the collector need not look at it again and again.
    gc.collect()
    gc.freeze()
    await server.serve()


class _Workers:
    """The parent of several workers, each a fork of it."""

    def __init__(self, application: Callable[[], Any], settings: Settings, count: int) -> None:
        self._application = application
        self._settings = settings
        self._count = count
        self._running: list[BaseProcess] = []
        self._is_stopping = False

    def keep(self) -> None:
        """Have as many workers as asked for, until told to stop."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        while not self._is_stopping:
            dead = [each for each in self._running if not each.is_alive()]
            for each in dead:
                log.error("worker_died", pid=each.pid, exit=each.exitcode)
                self._running.remove(each)
            if dead:
                time.sleep(PAUSE_S)
            while len(self._running) < self._count and not self._is_stopping:
                self._running.append(self._started())
            wait([each.sentinel for each in self._running], timeout=1)
        self._end()

    def _started(self) -> BaseProcess:
        worker = multiprocessing.get_context("fork").Process(target=_work, args=(self._application, self._settings))
        # A signal that comes before the worker listens for it waits for that.
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
        worker.start()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))
        return worker

    def _stop(self, *_: object) -> None:
        self._is_stopping = True
        for each in self._running:
            if each.pid is not None and each.is_alive():
                os.kill(each.pid, signal.SIGTERM)

    def _end(self) -> None:
        end_at = time.monotonic() + STOP_WITHIN_S + 1
        for each in self._running:
            each.join(max(0.0, end_at - time.monotonic()))
            if each.is_alive():
                each.kill()
                each.join()
