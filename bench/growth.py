"""Growth: what an order costs when the tables are nearly empty, and when many orders lie in them already.

The orders before it are copies of real ones, made by SQL: ids and keys change, everything else stays. Their timers lie in the
future and their events in the log, so the queue and the log have grown too.
"""

import asyncio
import os
from collections.abc import Iterator
from statistics import median

from bench.installation import Installation, installed
from bench.load import Load, send
from bench.market import open_market
from bench.orders import CONNECTIONS, two_lines
from bench.report import Line
from bench.stage import Stage
from shuke.kit.db import Db, connect

FEW, MANY = 1_000, 100_000
MAX_RATIO = 1.2
COPIED_AT_ONCE = 50

_ID = "overlay({0}::text placing to_hex(536870912 + copy) from 1 for 8)::uuid"
# What differs in a copy; every other column is copied as it is.
CHANGES: dict[str, dict[str, str]] = {
    "trade.orders": {
        "id": _ID.format("id"),
        "payment_id": _ID.format("payment_id"),
        "number": "lpad(to_hex(copy), 6, '0') || right(number, 10)",
    },
    "trade.lines": {"order_id": _ID.format("order_id")},
    "trade.purchases": {"order_id": _ID.format("order_id")},
    "payments.payments": {"id": _ID.format("id")},
    "payments.parts": {"payment_id": _ID.format("payment_id"), "reference": _ID.format("reference")},
    "stock.reservations": {"order_id": _ID.format("order_id")},
    "kit.answers": {"key": "key || '-' || copy"},
    "kit.events": {"id": "", "xid": ""},
    "kit.jobs": {"id": ""},
}

WHERE = {"kit.jobs": "and dedupe is null and run_at > now()"}


def run(stage: Stage) -> Iterator[Line]:
    """Measure with few orders, copy them, and measure again."""
    yield from compare(stage, FEW if stage.is_quick else MANY)


def compare(stage: Stage, many: int) -> Iterator[Line]:
    """CPU of API and PostgreSQL an order, with a thousand orders in the tables and with `many` more."""
    with installed(workers=os.cpu_count() or 1) as installation:
        market = open_market(installation.settings.port)
        requests = two_lines(market)
        port = installation.settings.port
        while asyncio.run(_count(installation)) < FEW:
            send(Load(port, CONNECTIONS, 1, requests))
        few = _cost(stage, installation, requests)
        copies = -(-many // asyncio.run(_count(installation)))
        total = asyncio.run(_copy(installation, copies))
        send(Load(port, CONNECTIONS, 2, requests))
        grown = _cost(stage, installation, requests)
    ratio = grown[0] / few[0]
    told = f"{ratio:.0%}: {few[0]:.2f} ms, then {grown[0]:.2f} ms with {total:,} orders in the tables"
    yield Line("growth: CPU an order", f"<= {MAX_RATIO:.0%}", told, ratio <= MAX_RATIO, {"ratio": ratio, "orders": total})
    yield Line("  PostgreSQL alone", "", f"{few[1]:.2f} ms, then {grown[1]:.2f} ms")


def _cost(stage: Stage, installation: Installation, requests: list[bytes]) -> tuple[float, float]:
    costs: list[tuple[float, float]] = []
    for _ in range(stage.rounds):
        before = installation.cpu_s()
        found = send(Load(installation.settings.port, CONNECTIONS, stage.seconds(4), requests))
        cpu = installation.cpu_s().since(before).ms_per(found.only(201))
        costs.append((cpu.ours, cpu.postgres))
    whole, postgres = (median(each) for each in zip(*costs, strict=True))
    return whole, postgres


async def _count(installation: Installation) -> int:
    db = await connect(installation.server.dsn)
    try:
        return await _orders(db)
    finally:
        await db.close()


async def _copy(installation: Installation, copies: int) -> int:
    db = await connect(installation.server.dsn, command_timeout=None)
    try:
        newest = {table: await db.fetchval(f"select max(ctid) from {table}") for table in CHANGES}
        for first in range(1, copies + 1, COPIED_AT_ONCE):
            last = min(first + COPIED_AT_ONCE - 1, copies)
            for table, changes in CHANGES.items():
                await _copy_table(db, table, changes, newest[table], first, last)
        await db.execute("vacuum (analyze)")
        return await _orders(db)
    finally:
        await db.close()


async def _orders(db: Db) -> int:
    return int(await db.fetchval("select count(*) from trade.orders") or 0)


async def _copy_table(db: Db, table: str, changes: dict[str, str], newest: object, first: int, last: int) -> None:
    columns = await db.fetch(
        "select attname as name from pg_attribute where attrelid = $1::text::regclass and attnum > 0 and attgenerated = '' "
        "and not attisdropped order by attnum",
        table,
    )
    kept = [str(each["name"]) for each in columns if changes.get(each["name"], "as it is")]
    values = [changes.get(name, name) for name in kept]
    await db.execute(
        f"insert into {table} ({', '.join(kept)}) select {', '.join(values)} "
        f"from {table}, generate_series({first}, {last}) as copy where ctid <= $1 {WHERE.get(table, '')}",
        newest,
    )
