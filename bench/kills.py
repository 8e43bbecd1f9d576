"""Kills: parts of an installation end by `kill -9` at random points under load, and nothing that was promised is lost.

Buyers place orders and pay them all the time. Whoever hears nothing asks again with the same key, as a phone in a lift does.
Each 201 goes into a journal. After every kill a whole sale must go through again, and then, on the living database: every order
of the journal is there, no order is half there, and every invariant holds. At the end each key has one order, and all that
was paid for is paid.
"""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import msgspec
import psutil

from bench.hot import broken_proofs
from bench.installation import Installation
from bench.market import Buyer, Market
from bench.wire import Closed, Connection, connect, request
from shuke.kit.db import connect as connect_database

BUYERS = 8
MAX_PAUSE_S = 0.3
PATIENCE_S = 60.0
TARGETS = ("api worker", "api", "worker", "postgres", "backend", "everything")


class Kill(msgspec.Struct, frozen=True):
    """What was killed, and how long after it somebody who came then had an order, and had it paid."""

    target: str
    taken_s: float
    paid_s: float
    orders: int


class Journal:
    """What clients were told, from the outside."""

    def __init__(self) -> None:
        self.placed: dict[str, dict[str, Any]] = {}
        self.paying: set[str] = set()
        self.asked_again = 0

    @property
    def order_ids(self) -> list[UUID]:
        """Every order that was confirmed with 201."""
        return [UUID(order["id"]) for answer in self.placed.values() for order in answer["orders"]]


class Buying:
    """Buyers at work until `stop`; none of them gives up because a server is away."""

    def __init__(self, market: Market, rng: random.Random) -> None:
        self.market = market
        self.journal = Journal()
        self.rng = rng
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Send the buyers in."""
        self._tasks = [asyncio.create_task(self._shop(buyer)) for buyer in self.market.buyers[:BUYERS]]

    async def stop(self) -> None:
        """Let everybody finish what they have begun."""
        self._stopping = True
        await asyncio.gather(*self._tasks)

    def check(self) -> None:
        """Raise what went wrong with a buyer meanwhile."""
        for task in self._tasks:
            if task.done():
                task.result()

    async def _shop(self, buyer: Buyer) -> None:
        line = Line(self.market.port, self.journal)
        while not self._stopping:
            await self.sale(line, buyer, pays=self.rng.random() < 0.5)
            # Enough to be always in the middle of something, not so much that recovering means working off a queue.
            await asyncio.sleep(self.rng.uniform(0, MAX_PAUSE_S))
        line.close()

    async def sale(self, line: "Line", buyer: Buyer, *, pays: bool) -> str:
        """Place an order, and perhaps pay it; answers its id."""
        product = self.rng.choice(self.market.products)
        order, key = self.market.order(buyer, *((id, 1) for id in product.sku_ids)), uuid4().hex
        placed = await line.ask(request("POST", "/orders", order, token=buyer.token, key=key), 201)
        self.journal.placed[key] = placed
        if pays:
            path = f"/payments/{placed['payment']['id']}/confirmations"
            await line.ask(request("POST", path, {"outcome": "paid"}, token=buyer.token), 202)
            self.journal.paying.add(placed["orders"][0]["id"])
        return placed["orders"][0]["id"]


class Line:
    """A connection that is made again as often as it breaks; what got no answer is asked again."""

    def __init__(self, port: int, journal: Journal) -> None:
        self.port = port
        self.journal = journal
        self._connection: Connection | None = None

    async def ask(self, asked: bytes, status: int) -> Any:
        """Ask until it is answered with `status`; a part may be away, but nothing is refused."""
        give_up = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up:
            with suppress(OSError, Closed, TimeoutError):
                if self._connection is None:
                    self._connection = await connect(self.port)
                async with asyncio.timeout(10):
                    found, body = await self._connection.send(asked)
                if found == status:
                    return msgspec.json.decode(body)
                assert found >= 500, f"{asked[:60]!r} was refused: {found} {body[:300]!r}"
            self.close()
            self.journal.asked_again += 1
            await asyncio.sleep(0.05)
        raise TimeoutError(f"no answer for {PATIENCE_S:.0f} s to {asked[:60]!r}")

    def close(self) -> None:
        """Hang up."""
        if self._connection:
            self._connection.close()
            self._connection = None


async def rehearse(
    installation: Installation, market: Market, *, kills: int, seed: int = 1, tell: Callable[[Kill], None] = lambda _: None
) -> list[Kill]:
    """Kill `kills` times under load, and prove after each that nothing was lost. Raises AssertionError when something was."""
    rng = random.Random(seed)
    buying = Buying(market, rng)
    buying.start()
    done: list[Kill] = []
    order = [TARGETS[place % len(TARGETS)] for place in range(kills)]
    rng.shuffle(order)
    for target in order:
        await asyncio.sleep(rng.uniform(0.1, 1.2))
        killed_at = time.monotonic()
        await asyncio.to_thread(_kill, installation, target, rng)
        taken_s, paid_s = await _recovered(buying, market, killed_at)
        buying.check()
        await _prove(installation, buying.journal)
        done.append(Kill(target, taken_s, paid_s, len(buying.journal.placed)))
        tell(done[-1])
    await buying.stop()
    await _settle(installation, buying.journal)
    return done


def _kill(installation: Installation, target: str, rng: random.Random) -> None:
    match target:
        case "everything":
            _end(installation.parent)
            installation.start_parts()
        case "postgres":
            _end(installation.postmaster)
        case "backend":
            backends = psutil.Process(installation.postmaster).children()
            _end(
                rng.choice(
                    [each.pid for each in backends if "[local]" in " ".join(each.cmdline())] or [installation.postmaster]
                )
            )
        case "api worker":
            _end(rng.choice(installation.pids("api")[1:]))
        case _:
            _end(installation.pids(target)[0])


def _end(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


async def _recovered(buying: Buying, market: Market, killed_at: float) -> tuple[float, float]:
    """Seconds from the kill until somebody who comes now has an order, and has it paid: by then every part works."""
    buyer, line = market.buyers[-1], Line(market.port, buying.journal)
    order_id = await buying.sale(line, buyer, pays=True)
    taken_s = time.monotonic() - killed_at
    while (await line.ask(request("GET", f"/orders/{order_id}", token=buyer.token), 200))["status"] != "paid":
        assert time.monotonic() - killed_at < PATIENCE_S, f"order {order_id} is not paid after {PATIENCE_S:.0f} s"
        await asyncio.sleep(0.05)
    line.close()
    return taken_s, time.monotonic() - killed_at


HALF = """
    select count(*) from trade.orders o
    where not exists (select from trade.lines l where l.home = o.home and l.order_id = o.id)
       or not exists (select from trade.purchases p where p.order_id = o.id)
       or not exists (select from payments.payments p where p.id = o.payment_id)
       or not exists (select from payments.parts p where p.payment_id = o.payment_id and p.reference = o.id)
       or not exists (select from stock.reservations r where r.home = o.home and r.order_id = o.id)"""


async def _prove(installation: Installation, journal: Journal) -> None:
    promised = journal.order_ids
    db = await connect_database(installation.server.dsn)
    try:
        found = await db.fetchval("select count(*) from trade.orders where id = any($1::uuid[])", promised)
        half = await db.fetchval(HALF)
    finally:
        await db.close()
    assert found == len(promised), f"of {len(promised)} confirmed orders {found} are left"
    assert half == 0, f"{half} orders are half there"
    broken = await broken_proofs(installation.server.dsn)
    assert not broken, f"broken: {broken}"


async def _settle(installation: Installation, journal: Journal) -> None:
    """Nobody buys any more: each key has one order, and what was paid for gets paid."""
    give_up = time.monotonic() + PATIENCE_S
    db = await connect_database(installation.server.dsn)
    try:
        made = await db.fetchval("select count(*) from trade.orders")
        assert made == len(journal.placed), f"{len(journal.placed)} requests made {made} orders"
        wanted = [UUID(id) for id in journal.paying]
        while Counter(await _statuses(db, wanted)) != {"paid": len(wanted)}:
            assert time.monotonic() < give_up, f"not all that was paid for is paid: {Counter(await _statuses(db, wanted))}"
            await asyncio.sleep(0.2)
    finally:
        await db.close()
    await _prove(installation, journal)


async def _statuses(db: Any, ids: list[UUID]) -> list[str]:
    return [row["status"] for row in await db.fetch("select status from trade.orders where id = any($1::uuid[])", ids)]
