"""Load: closed loops over keep-alive connections, in a process of its own so that it disturbs what it measures least."""

import asyncio
import atexit
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from uuid import uuid4

import msgspec
import uvloop

from bench.wire import Connection, connect

KEY = b"0" * 32
"""Stands in a ready request for an idempotency key of its own."""


class Load(msgspec.Struct, frozen=True):
    """Ready requests, sent in turn by each connection from another place of the list on."""

    port: int
    connections: int
    seconds: float
    requests: Sequence[bytes]


class Measured(msgspec.Struct, frozen=True):
    """What came back."""

    statuses: dict[int, int]
    seconds: float
    p50_ms: float
    p99_ms: float

    def rate(self, status: int) -> float:
        """Answers of one status per second."""
        return self.statuses.get(status, 0) / self.seconds

    def only(self, status: int) -> int:
        """How many answers, all of which must have this status."""
        assert set(self.statuses) == {status}, f"{status} was expected of all: {self.statuses}"
        return self.statuses[status]


@cache
def process() -> ProcessPoolExecutor:
    """The process that sends loads; the same for all."""
    made = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
    atexit.register(made.shutdown)
    return made


def send(load: Load) -> Measured:
    """Send a load from the other process."""
    return process().submit(_send, load).result()


def _send(load: Load) -> Measured:
    return uvloop.run(_drive(load))


async def _drive(load: Load) -> Measured:
    took: list[float] = []
    statuses: Counter[int] = Counter()
    ready = load.requests
    fresh = [KEY in request for request in ready]
    started = time.perf_counter()
    stop_at = started + load.seconds

    async def loop(connection: Connection, place: int) -> None:
        while (begun := time.perf_counter()) < stop_at:
            place = (place + 1) % len(ready)
            request = ready[place].replace(KEY, uuid4().hex.encode()) if fresh[place] else ready[place]
            status, _ = await connection.send(request)
            took.append(time.perf_counter() - begun)
            statuses[status] += 1

    connections = [await connect(load.port) for _ in range(load.connections)]
    step = max(len(ready) // load.connections, 1)
    await asyncio.gather(*(loop(connection, number * step) for number, connection in enumerate(connections)))
    seconds = time.perf_counter() - started
    for connection in connections:
        connection.close()
    return Measured(dict(statuses), seconds, percentile(took, 50), percentile(took, 99))


def percentile(seconds: list[float], percent: float) -> float:
    """A percentile in milliseconds."""
    ordered = sorted(seconds)
    return ordered[min(int(len(ordered) * percent / 100), len(ordered) - 1)] * 1000 if ordered else 0.0


async def together(count: int, work: Callable[[int], Awaitable[None]]) -> None:
    """Do `work(0)`, `work(1)`, ... at once."""
    await asyncio.gather(*(work(number) for number in range(count)))
