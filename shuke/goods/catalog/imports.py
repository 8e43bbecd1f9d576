"""Imports: a file of products becomes part of a shop's catalogue, and may be brought again.

A product is known by its handle and a SKU by its code. What the file says of them is made so: words, category, options, price,
weight. What is for sale of a SKU is set when the SKU is new; later it is left alone, so that a second import does not undo
sales. Nothing is removed because a file leaves it out, and the state of a product that is there stays as it is. A product is
imported whole or not at all; 500 of them are one transaction. Pictures of the file are addresses elsewhere: they are fetched
afterwards, by jobs.
"""

import asyncio
from collections.abc import Callable, Generator, Iterator, Sequence
from itertools import chain
from pathlib import Path
from uuid import UUID

import msgspec

from shuke.goods import stock
from shuke.goods.catalog import categories, imports_sql, sql
from shuke.goods.catalog.categories_sql import CategoryFacts
from shuke.goods.catalog.fetches import ask_for_pictures
from shuke.goods.catalog.plans import Plan, Shelf, plan
from shuke.goods.catalog.products import by_ids, shop_of
from shuke.goods.catalog.projections import project
from shuke.goods.catalog.rules import state_when_put_up
from shuke.goods.catalog.shopify import BadRow, ReadProduct, products
from shuke.goods.catalog.skus import PriceNote
from shuke.goods.catalog.types import Category, CurrencyNotOfShop, PriceChanged, ProductListed, State
from shuke.goods.shops import Delivering, ShopId
from shuke.goods.stock import LocationId, Supply
from shuke.kit import clock, tables
from shuke.kit import settings as kit_settings
from shuke.kit.db import Db, transaction
from shuke.kit.events import emit
from shuke.kit.ids import home_of, new_id

BATCH = 500
BATCH_SKUS = 1000
MAX_SHOWN = 1000
_SUPPLIES = 1000

Progress = Callable[[int, int], None]
"""Lines read so far, and lines in all."""
Batch = list[ReadProduct | list[BadRow]]


class ImportReport(msgspec.Struct):
    """What came of an import, or what would: `rejected` names the first thousand of `bad_rows` rows.

    `pictures` are those that are still to be fetched.
    """

    products: int = 0
    skus: int = 0
    created: int = 0
    revised: int = 0
    unchanged: int = 0
    refused: int = 0
    pictures: int = 0
    bad_rows: int = 0
    rejected: list[BadRow] = []

    def refuse(self, bad: Sequence[BadRow]) -> None:
        """Count a product that was not accepted."""
        self.refused += 1
        self.bad_rows += len(bad)
        self.rejected += bad[: MAX_SHOWN - len(self.rejected)]


async def import_products(
    db: Db, shop_id: ShopId, file: Path, *, currency: str, dry_run: bool = False, progress: Progress | None = None
) -> ImportReport:
    """Import Shopify's product CSV into a shop, in constant memory. Trusts its caller.

    With `dry_run` nothing is written, and the report says what an import would do; to know a code that comes twice, it
    remembers all of the file. Raises TableUnreadable, CurrencyNotOfShop.
    """
    shop = await shop_of(db, shop_id)
    if shop.currency != currency:
        raise CurrencyNotOfShop(currency=currency, shop_currency=shop.currency)
    source = await asyncio.to_thread(tables.inspect, file)
    shelf = Shelf(shop_id, currency, await _categories(db), state_when_put_up(kit_settings.current()))
    report = ImportReport()
    previewed: dict[str, str] | None = {} if dry_run else None
    batches = _batches(tables.read(source), currency)
    # The next batch is read in a thread while the database writes this one.
    reading = asyncio.create_task(asyncio.to_thread(next, batches, None))
    try:
        while (batch := await reading) is not None:
            reading = asyncio.create_task(asyncio.to_thread(next, batches, None))
            await _import(db, shop, shelf, batch, report, previewed)
            if progress:
                progress(_last_line(batch), source.lines)
    finally:
        await asyncio.gather(reading, return_exceptions=True)
        batches.close()
    if progress:
        progress(source.lines, source.lines)
    return report


def _batches(table: tables.Table, currency: str) -> Generator[Batch]:
    batch: Batch = []
    handles: set[str] = set()
    skus = 0
    for read in products(table, currency):
        # A handle that comes again is a later word on the same product: it waits for the next batch.
        if len(batch) >= BATCH or skus >= BATCH_SKUS or (isinstance(read, ReadProduct) and read.handle in handles):
            yield batch
            batch, handles, skus = [], set(), 0
        if read:
            batch.append(read)
        if isinstance(read, ReadProduct):
            handles.add(read.handle)
            skus += len(read.skus)
    if batch:
        yield batch


def _last_line(batch: Batch) -> int:
    last = batch[-1]
    return last.skus[-1].line if isinstance(last, ReadProduct) else last[-1].line


async def _categories(db: Db) -> dict[str, UUID]:
    def each(branch: Sequence[Category]) -> Iterator[tuple[str, UUID]]:
        for category in branch:
            yield from ((name.casefold(), category.id) for name in (category.slug, category.name_zh, category.name_en))
            yield from each(category.children)

    return dict(each(await categories.tree(db)))


async def _import(
    db: Db, shop: Delivering, shelf: Shelf, batch: Batch, report: ImportReport, previewed: dict[str, str] | None
) -> None:
    read = [each for each in batch if isinstance(each, ReadProduct)]
    for bad in batch:
        if isinstance(bad, list):
            report.refuse(bad)
    async with transaction(db):
        made = await _planned(db, shelf, read, previewed or {})
        for bad in made.refused:
            report.refuse(bad)
        report.products += len(read) - len(made.refused)
        report.skus += made.skus
        report.created += len(made.created)
        report.revised += len(made.revised)
        report.unchanged += made.unchanged
        if previewed is None:
            await _write(db, shop, made)
            report.pictures += await ask_for_pictures(db, shelf.shop_id, made.pictures)
        else:
            previewed.update({sku.code: each.handle for each in read for sku in each.skus})


async def _planned(db: Db, shelf: Shelf, read: Sequence[ReadProduct], previewed: dict[str, str]) -> Plan:
    home = home_of(shelf.shop_id)
    handles, codes = [each.handle for each in read], [sku.code for each in read for sku in each.skus]
    await imports_sql.LOCK.run(db, home)
    ids = await imports_sql.LOCK_HANDLES.all(db, home, handles)
    known = {product.source_handle or "": product for product in await by_ids(db, ids)}
    owners = previewed | {each.source_code: each.source_handle for each in await imports_sql.KNOWN.all(db, home, codes)}
    wanted = {id for each in read if (id := shelf.categories.get(each.kind.casefold()))}
    wanted |= {product.category_id for product in known.values() if product.category_id}
    return plan(shelf, read, known, owners, await categories.facts_of(db, wanted), clock.now())


async def _write(db: Db, shop: Delivering, made: Plan) -> None:
    home, now = home_of(shop.id), clock.now()
    if made.created or made.new_skus:
        await sql.ADD_PRODUCTS.run(db, home, shop.id, made.created, made.new_skus, now)
    location = LocationId(shop.default_location_id)
    supplies = [Supply(sku_id, location, quantity) for sku_id, quantity in made.supplies]
    for start in range(0, len(supplies), _SUPPLIES):
        await stock.set_available(db, supplies[start : start + _SUPPLIES])
    if made.revised:
        await imports_sql.REVISE_PRODUCTS.run(db, home, made.revised, now)
        await imports_sql.REVISE_SKUS.run(db, home, made.revised_skus)
    notes = [PriceNote(new_id(home), change.sku_id, change.old, change.new, change.currency) for change in made.price_changes]
    if notes:
        await sql.NOTE_PRICES.run(db, home, notes, None, now)
    await _show(db, shop, made)


async def _show(db: Db, shop: Delivering, made: Plan) -> None:
    facts: dict[UUID, CategoryFacts] = made.facts
    worded = [*made.created, *made.reworded]
    same = {product.id for product in worded}
    others = [product for product in made.revised if product.id not in same]
    if worded:
        await project(db, shop, worded, facts, has_new_words=True)
    if others:
        await project(db, shop, others, facts, has_new_words=False)
    listed = (ProductListed(product.id, product.shop_id) for product in made.created if product.state is State.LISTED)
    changed = (
        PriceChanged(each.sku_id, each.product_id, shop.id, each.old, each.new, each.currency) for each in made.price_changes
    )
    await emit(db, *chain(listed, changed))
