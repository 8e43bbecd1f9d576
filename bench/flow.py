"""The complete flow: quote, place, pay at the cashier, look at the order until it is paid. What one sale costs in CPU."""

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from uuid import uuid4

import msgspec
import uvloop

from bench.load import percentile, process, together
from bench.market import Buyer, Market
from bench.report import Line
from bench.stage import Stage
from bench.wire import Connection, connect, request

CONNECTIONS = 32
LOOK_EVERY_S = 0.25
MAX_LOOKS = 60
MAX_CPU_MS = 5.0
STEPS = ("quote", "place", "pay", "until paid")


class Buying(msgspec.Struct, frozen=True):
    """Who buys what, and for how long."""

    market: Market
    connections: int
    seconds: float


class Bought(msgspec.Struct, frozen=True):
    """How many orders were paid, and how long each step took."""

    orders: int
    seconds: float
    looks: int
    p50_ms: dict[str, float]
    p99_ms: dict[str, float]


def run(stage: Stage) -> Iterator[Line]:
    """Measure after a while of warming up."""
    market, installation = stage.market, stage.with_workers(os.cpu_count() or 1)
    buy(Buying(market, CONNECTIONS, 3))
    before = installation.cpu_s()
    found = buy(Buying(market, CONNECTIONS, stage.seconds(12)))
    cpu = installation.cpu_s().since(before).ms_per(found.orders)
    split = f"{cpu.ours:.2f} ms: API {cpu.api:.2f}, worker {cpu.worker:.2f}, PostgreSQL {cpu.postgres:.2f}"
    figures = {
        "ms": cpu.ours,
        "api_ms": cpu.api,
        "worker_ms": cpu.worker,
        "postgres_ms": cpu.postgres,
        "cashier_ms": cpu.cashier,
    }
    yield Line("complete flow, CPU an order", f"<= {MAX_CPU_MS:.0f} ms", split, cpu.ours <= MAX_CPU_MS, figures)
    rate = found.orders / found.seconds
    told = f"{rate:,.0f} orders/s, {found.looks / found.orders:.1f} looks each; cashier {cpu.cashier:.2f} ms"
    yield Line("  not counted in it", "", told)
    times = ", ".join(f"{step} {found.p50_ms[step]:.0f}/{found.p99_ms[step]:.0f}" for step in STEPS)
    yield Line("  p50/p99 in ms", "", times)


def buy(buying: Buying) -> Bought:
    """Buy from the load's process."""
    return process().submit(_buy, buying).result()


def _buy(buying: Buying) -> Bought:
    return uvloop.run(_all(buying))


async def _all(buying: Buying) -> Bought:
    market = buying.market
    took: dict[str, list[float]] = {step: [] for step in STEPS}
    connections = [await connect(market.port) for _ in range(buying.connections)]
    started = time.perf_counter()
    stop_at = started + buying.seconds
    looks = 0

    async def loop(place: int) -> None:
        nonlocal looks
        buyer, turn = market.buyers[place % len(market.buyers)], place
        while time.perf_counter() < stop_at:
            turn += len(connections)
            product = market.products[turn % len(market.products)]
            looked = await _one(connections[place], market, buyer, product.sku_ids, took)
            looks += looked

    await together(len(connections), loop)
    seconds = time.perf_counter() - started
    for connection in connections:
        connection.close()
    half, most = ({step: percentile(all, percent) for step, all in took.items()} for percent in (50, 99))
    return Bought(len(took["place"]), seconds, looks, half, most)


async def _one(
    connection: Connection, market: Market, buyer: Buyer, sku_ids: Sequence[str], took: dict[str, list[float]]
) -> int:
    """One sale; answers how often the buyer looked whether it is paid."""
    order = market.order(buyer, *((id, 1) for id in sku_ids))
    token = buyer.token

    async def step(name: str, status: int, asked: bytes) -> bytes:
        begun = time.perf_counter()
        found, body = await connection.send(asked)
        took[name].append(time.perf_counter() - begun)
        assert found == status, f"{name}: {found} {body[:300]!r}"
        return body

    await step("quote", 200, request("POST", "/quotes", order, token=token))
    placed = msgspec.json.decode(await step("place", 201, request("POST", "/orders", order, token=token, key=uuid4().hex)))
    payment, order_id = placed["payment"]["id"], placed["orders"][0]["id"]
    begun = time.perf_counter()
    await step(
        "pay", 202, request("POST", f"/payments/{payment}/confirmations", {"outcome": "paid"}, token=token, key=uuid4().hex)
    )
    for look in range(1, MAX_LOOKS + 1):
        await asyncio.sleep(LOOK_EVERY_S)
        status, body = await connection.send(request("GET", f"/orders/{order_id}", token=token))
        if status == 200 and msgspec.json.decode(body)["status"] == "paid":
            took["until paid"].append(time.perf_counter() - begun)
            return look
    raise TimeoutError(f"order {order_id} is not paid after {MAX_LOOKS * LOOK_EVERY_S:.0f} s")
