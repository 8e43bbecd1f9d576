"""Importing orders: a shop that moves here brings its history, played through the same use cases in its own time.

An order is known by its number at its source, so a file may be brought again. Each order is placed and paid at the instants
An order is known by its number at its source, so a file may be brought again. Each order is placed and paid at the instants
that were cancelled or never paid are skipped. Nobody is notified, and nothing is fetched.
"""

import asyncio
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from shuke.deals import trade
from shuke.deals.fulfilment import sql
from shuke.deals.fulfilment.order_export import BadOrder, ReadOrder, Skipped, orders
from shuke.deals.fulfilment.types import ImportRunning, SendImported
from shuke.deals.trade import ImportedLine, ImportedOrder
from shuke.goods import catalog
from shuke.goods.shops import ShopId
from shuke.kit import clock, jobs, tables
from shuke.kit.db import Db, transaction
from shuke.kit.events import Later, emit
from shuke.kit.ids import home_of, short
from shuke.society import identity

SOURCE = "shopify"
MAX_SHOWN = 1000
SENT_AFTER = timedelta(days=1)
PLAYED_OUT = timedelta(days=60)
"""By then the last order was sent, received, settled and paid out."""

Progress = Callable[[str, int, int], None]
"""What is being done ("read" or "play"), how much of it is done, and of how much."""


class OrderImport(msgspec.Struct):
    """What came of an import, or what would: `rejected` names the first thousand reasons of `bad`."""

    orders: int = 0
    placed: int = 0
    known: int = 0
    skipped: int = 0
    refused: int = 0
    bad: int = 0
    rejected: list[BadOrder] = []

    def refuse(self, reasons: list[BadOrder]) -> None:
        """Count an order that was not accepted."""
        self.refused += 1
        self.bad += len(reasons)
        self.rejected += reasons[: MAX_SHOWN - len(self.rejected)]


async def import_orders(
    db: Db, shop_id: ShopId, file: Path, *, dry_run: bool = False, progress: Progress | None = None
) -> OrderImport:
    """Import an order export into a shop, order by order in order of time. Trusts its caller.

    All or nothing for each order. With `dry_run` nothing is written. Raises tables.TableUnreadable, and ImportRunning while
    another import of this shop is at work.
    """
    told = progress or (lambda _what, _done, _of: None)
    report = OrderImport()
    source = await asyncio.to_thread(tables.inspect, file)
    with tempfile.TemporaryDirectory() as folder, closing(_Shelf(Path(folder) / "orders")) as shelf:
        for line in shelf.fill(orders(tables.read(source)), report):
            told("read", min(line, source.lines), source.lines)
        if not await sql.LOCK_IMPORT.one(db, home_of(shop_id)):
            raise ImportRunning(shop_id=shop_id)
        try:
            await _play(db, shop_id, shelf, report, told, dry_run=dry_run)
        finally:
            await sql.UNLOCK_IMPORT.one(db, home_of(shop_id))
    return report


async def _play(db: Db, shop_id: ShopId, shelf: "_Shelf", report: OrderImport, told: Progress, *, dry_run: bool) -> None:
    if not report.orders:
        return
    timeline = clock.Timeline(f"import:{short(shop_id)}", shelf.first_at())
    # The file can be brought again, so a commit need not wait for the disk; the last one does.
    await db.execute("set synchronous_commit = off")
    try:
        for done, read in enumerate(shelf.in_order_of_time(), 1):
            if not dry_run:
                await jobs.drain(db, timeline, read.placed_at)
            with clock.on(timeline):
                await _bring(db, shop_id, read, report, dry_run=dry_run)
            told("play", done, report.orders)
        if not dry_run:
            await jobs.drain(db, timeline, min(timeline.now + PLAYED_OUT, clock.wall()))
            await jobs.hand_over(db, timeline)
    finally:
        await db.execute("reset synchronous_commit")


async def _bring(db: Db, shop_id: ShopId, read: ReadOrder, report: OrderImport, *, dry_run: bool) -> None:
    if await trade.is_imported(db, shop_id, SOURCE, read.number):
        report.known += 1
        return
    skus = await catalog.skus_by_code(db, shop_id, {line.code for line in read.lines})
    unknown = [
        BadOrder(line.line, "Lineitem sku", f"The shop has no SKU {line.code[:64]}.")
        for line in read.lines
        if line.code not in skus
    ]
    if unknown:
        report.refuse(unknown)
        return
    report.placed += 1
    if not dry_run:
        await _place(db, shop_id, read, {line.code: skus[line.code] for line in read.lines})


async def _place(db: Db, shop_id: ShopId, read: ReadOrder, skus: dict[str, catalog.SkuId]) -> None:
    async with transaction(db):
        buyer_id = await identity.person_by_login(db, f"{identity.EXTERNAL}{short(shop_id)}", read.buyer, read.name)
        order_id = await trade.place_imported(
            db,
            ImportedOrder(
                shop_id=shop_id,
                buyer_id=buyer_id,
                source=SOURCE,
                external_number=read.number,
                currency=read.currency,
                country=read.country,
                lines=[ImportedLine(skus[line.code], line.quantity, line.price) for line in read.lines],
                placed_at=read.placed_at,
                paid_at=read.paid_at,
                freight=read.freight,
                discount=read.discount,
            ),
        )
        if order_id is not None:
            sent_at = max(read.paid_at, read.fulfilled_at or read.placed_at + SENT_AFTER)
            await emit(db, Later(SendImported(order_id, shop_id, read.number), sent_at))


class _Shelf:
    """Orders of a file, on disk, so that they can be taken in order of time whatever their order in the file."""

    def __init__(self, path: Path) -> None:
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("pragma journal_mode = off")
        self.db.execute("create table orders (placed_at text, line integer, read blob)")

    def fill(self, found: Iterator[ReadOrder | Skipped | list[BadOrder]], report: OrderImport) -> Iterator[int]:
        """Put the good orders on the shelf and the others in the report, telling the line reached now and then."""
        self.db.execute("begin")
        for count, each in enumerate(found):
            match each:
                case ReadOrder():
                    report.orders += 1
                    row = (each.placed_at.isoformat(), each.line, msgspec.msgpack.encode(each))
                    self.db.execute("insert into orders values (?, ?, ?)", row)
                case Skipped():
                    report.skipped += 1
                case _:
                    report.refuse(each)
            if count % 100 == 0 and not isinstance(each, list):
                yield each.line
        self.db.execute("commit")
        self.db.execute("create index in_time on orders (placed_at, line)")

    def in_order_of_time(self) -> Iterator[ReadOrder]:
        """The orders, earliest first."""
        for (read,) in self.db.execute("select read from orders order by placed_at, line"):
            yield msgspec.msgpack.decode(read, type=ReadOrder)

    def first_at(self) -> datetime:
        """When the earliest order was placed."""
        return next(self.in_order_of_time()).placed_at

    def close(self) -> None:
        """Forget them."""
        self.db.close()
