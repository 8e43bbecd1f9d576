"""Orders over HTTP (two lines, one shop, durable commit) beside pgbench replaying their statements on the same server."""

import asyncio
import os
from collections.abc import Iterator
from statistics import median

from bench import replay
from bench.installation import Installation
from bench.load import KEY, Load, send
from bench.market import Market
from bench.report import Line
from bench.stage import Stage
from bench.wire import request

CONNECTIONS = 32
MIN_RATIO = 0.5


def run(stage: Stage) -> Iterator[Line]:
    """Measure both in turn, several times; the medians are compared."""
    market, installation = stage.market, stage.with_workers(os.cpu_count() or 1)
    requests = two_lines(market)
    ask = market.order(market.buyers[0], *((id, 1) for id in market.products[0].sku_ids))
    statements = asyncio.run(replay.capture_order(installation.server.dsn, market.buyers[0].token, ask, len(market.products)))
    send(Load(installation.settings.port, CONNECTIONS, 3, requests))
    yield from compare(stage, requests, statements, "place an order, two lines", CONNECTIONS)


def compare(
    stage: Stage,
    requests: list[bytes],
    statements: replay.Replay,
    what: str,
    clients: int,
    limit_clients: int | None = None,
) -> Iterator[Line]:
    """Orders per second over HTTP and by pgbench, and their CPU; pgbench may choose how many clients serve it best."""
    installation = stage.installation
    rates: list[float] = []
    limits: list[float] = []
    costs: list[tuple[float, float, float]] = []
    for _ in range(stage.rounds):
        before = installation.cpu_s()
        found = send(Load(installation.settings.port, clients, stage.seconds(6), requests))
        cpu = installation.cpu_s().since(before).ms_per(found.only(201))
        limit, limit_ms = max(_limit(stage, installation, statements, count) for count in {clients, limit_clients or clients})
        rates.append(found.rate(201))
        limits.append(limit)
        costs.append((cpu.api, cpu.postgres, limit_ms))
    rate, limit_rate = median(rates), median(limits)
    ratio = rate / limit_rate
    api, postgres, limit_postgres = (median(each) for each in zip(*costs, strict=True))
    figures = {"rate": rate, "pgbench_rate": limit_rate, "ratio": ratio, "api_ms": api, "postgres_ms": postgres}
    measured = f"{ratio:.0%}: {rate:,.0f}/s beside {limit_rate:,.0f}/s of {statements.statements} statements"
    yield Line(f"{what}, {clients} at once", f">= {MIN_RATIO:.0%} of pgbench", measured, ratio >= MIN_RATIO, figures)
    yield Line("  CPU an order", "", f"API {api:.2f} ms, PostgreSQL {postgres:.2f} ms; for pgbench {limit_postgres:.2f} ms")


def _limit(stage: Stage, installation: Installation, statements: replay.Replay, clients: int) -> tuple[float, float]:
    """Transactions per second by pgbench, and the CPU of PostgreSQL for each."""
    seconds = int(stage.seconds(8))
    before = installation.cpu_s()
    rate = replay.run(statements, installation, clients=clients, seconds=seconds)
    return rate, installation.cpu_s().since(before).ms_per(int(rate * seconds)).postgres


def two_lines(market: Market) -> list[bytes]:
    """Ready orders of every buyer for several products."""
    products = market.products
    return [
        request(
            "POST", "/orders", market.order(buyer, *((id, 1) for id in product.sku_ids)), token=buyer.token, key=KEY.decode()
        )
        for place, buyer in enumerate(market.buyers)
        for product in (products[(place * 3 + turn * 17) % len(products)] for turn in range(8))
    ]
