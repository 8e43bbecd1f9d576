"""Reading: the product list of 20 and the product page, at 32 connections on one worker."""

from collections.abc import Iterator, Sequence

from bench.load import Load, send
from bench.report import Line
from bench.stage import Stage
from bench.wire import request

CONNECTIONS = 32
MIN_RATE, MAX_P99_MS, MAX_CPU_MS = 3000, 50, 0.4


def run(stage: Stage) -> Iterator[Line]:
    """Measure lists (of everything, of each shop, by sales) and pages of all products."""
    market = stage.market
    lists = [
        "/products?limit=20",
        "/products?limit=20&sort=sold",
        *(f"/products?limit=20&shop_id={id}" for id in market.shop_ids),
    ]
    yield from _measure(stage, "product list of 20", [request("GET", path) for path in lists])
    yield from _measure(stage, "product page", [request("GET", f"/products/{product.id}") for product in market.products])


def _measure(stage: Stage, what: str, requests: Sequence[bytes]) -> Iterator[Line]:
    installation = stage.with_workers(1)
    port = installation.settings.port
    send(Load(port, CONNECTIONS, 2, requests))
    before = installation.cpu_s()
    found = send(Load(port, CONNECTIONS, stage.seconds(8), requests))
    cpu = installation.cpu_s().since(before).ms_per(found.only(200))
    rate = found.rate(200)
    figures = {"rate": rate, "p50_ms": found.p50_ms, "p99_ms": found.p99_ms, "api_ms": cpu.api, "postgres_ms": cpu.postgres}
    yield Line(f"{what}, one worker", f">= {MIN_RATE:,}/s", f"{rate:,.0f}/s", rate >= MIN_RATE, figures)
    yield Line(
        "  latency", f"p99 <= {MAX_P99_MS} ms", f"p50 {found.p50_ms:.1f}, p99 {found.p99_ms:.1f} ms", found.p99_ms <= MAX_P99_MS
    )
    split = f"{cpu.ours:.2f} ms: API {cpu.api:.2f}, PostgreSQL {cpu.postgres:.2f}"
    yield Line("  CPU of the server", f"<= {MAX_CPU_MS} ms", split, cpu.ours <= MAX_CPU_MS)
