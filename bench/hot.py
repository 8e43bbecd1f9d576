"""A hot item: many buyers at once for few pieces, and orders for one row of stock beside pgbench on that row."""

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from time import perf_counter

from bench import replay
from bench.load import KEY, Load, send, together
from bench.market import Market, a_product
from bench.orders import compare
from bench.report import Line
from bench.stage import Stage
from bench.wire import Client, connect, request
from shuke import modules
from shuke.kit import db, proofs

BUYERS, TRIES, STOCK = 64, 3, 100


def run(stage: Stage) -> Iterator[Line]:
    """First exactness, then speed."""
    market, installation = stage.market, stage.with_workers(os.cpu_count() or 1)
    statuses, seconds = asyncio.run(_rush(market))
    refused = BUYERS * TRIES - STOCK
    is_exact = statuses == {201: STOCK, 409: refused}
    told = ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items()))
    bar = f"{STOCK} orders, {refused} sold out"
    yield Line(f"hot item: {BUYERS} buyers x {TRIES} tries, stock {STOCK}", bar, f"{told} in {seconds:.2f} s", is_exact)
    broken = asyncio.run(broken_proofs(installation.server.dsn))
    yield Line("  books agree", "no proof broken", ", ".join(broken) or "none broken", not broken)

    sku_id = asyncio.run(_list_one(market, 10**9))
    requests = [_order(market, place, sku_id) for place in range(BUYERS)]
    ask = market.order(market.buyers[0], (sku_id, 1))
    statements = asyncio.run(replay.capture_order(installation.server.dsn, market.buyers[0].token, ask, 1))
    send(Load(installation.settings.port, BUYERS, 2, requests))
    # So many clients get in each other's way; the limit is what pgbench reaches with fewer, if that is more.
    yield from compare(stage, requests, statements, "  orders for one row of stock", BUYERS, limit_clients=8)


async def broken_proofs(dsn: str) -> list[str]:
    """The names of the invariants that `shuke verify` would find broken."""
    modules.load()
    connection = await db.connect(dsn, command_timeout=None)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            return [f"{proof.name} ({found.broken})" for proof, found in await proofs.verify(connection) if found.broken]
    finally:
        await connection.close()


async def _rush(market: Market) -> tuple[dict[int, int], float]:
    sku_id = await _list_one(market, STOCK)
    connections = [await connect(market.port) for _ in range(BUYERS)]
    statuses: Counter[int] = Counter()

    async def buy(place: int) -> None:
        for turn in range(TRIES):
            asked = _order(market, place, sku_id).replace(KEY, f"{place:016}{turn:016}".encode())
            status, _ = await connections[place].send(asked)
            statuses[status] += 1

    started = perf_counter()
    await together(BUYERS, buy)
    seconds = perf_counter() - started
    for connection in connections:
        connection.close()
    return dict(statuses), seconds


async def _list_one(market: Market, stock: int) -> str:
    client = Client(await connect(market.port))
    asked = a_product(stock, stock)
    asked["skus"] = asked["skus"][:1]
    listed = await client.post(f"/shops/{market.shop_ids[0]}/products", asked, token=market.owners[0])
    client.connection.close()
    return listed["skus"][0]["id"]


def _order(market: Market, place: int, sku_id: str) -> bytes:
    buyer = market.buyers[place % len(market.buyers)]
    return request("POST", "/orders", market.order(buyer, (sku_id, 1)), token=buyer.token, key=KEY.decode())
