"""`shuke import`: files of another shop system become products and orders of a shop here."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import msgspec

from shuke.deals import fulfilment
from shuke.goods import catalog, shops
from shuke.kit import tables
from shuke.kit.db import Db, read
from shuke.kit.settings import Settings
from shuke.operations.installation import connected, database
from shuke.operations.refusal import Cannot

Tell = Callable[[str, float], None]
SHOP_NAME = "Imported shop"
STAGES = {"read": "reading", "play": "orders are placed, paid, sent and settled in their own time"}


class Import(msgspec.Struct, frozen=True, kw_only=True):
    """What to bring where; without a shop into the first of that currency, which is made if there is none."""

    file: Path
    shop: UUID | None = None
    currency: str | None = None
    is_dry: bool = False


async def import_products(settings: Settings, ask: Import, tell: Tell) -> catalog.ImportReport:
    """Import a product file. Raises Cannot, PostgresFailed, TableUnreadable and the refusals of the catalogue."""

    def progress(done: int, lines: int) -> None:
        tell("reading and writing", done / max(lines, 1))

    async with _connection(settings, ask) as db:
        shop_id, currency = await _shop(db, ask, ask.currency or "CNY")
        return await catalog.import_products(db, shop_id, ask.file, currency=currency, dry_run=ask.is_dry, progress=progress)


async def import_orders(settings: Settings, ask: Import, tell: Tell) -> fulfilment.OrderImport:
    """Import an order export. Raises Cannot, PostgresFailed, TableUnreadable and the refusals of fulfilment."""

    def progress(what: str, done: int, of: int) -> None:
        tell(STAGES[what], done / max(of, 1))

    async with _connection(settings, ask) as db:
        currency = ask.currency or await asyncio.to_thread(_currency_of, ask.file) or "CNY"
        shop_id, _ = await _shop(db, ask, currency)
        return await fulfilment.import_orders(db, shop_id, ask.file, dry_run=ask.is_dry, progress=progress)


@asynccontextmanager
async def _connection(settings: Settings, ask: Import) -> AsyncGenerator[Db]:
    if not ask.file.is_file():
        raise Cannot(f"{ask.file} is not a file.")
    with database(settings) as server:
        async with connected(server) as db:
            if not ask.is_dry:
                yield db
                return
            # Even the shop that had to be made for a look is gone again.
            looking = db.transaction()
            await looking.start()
            try:
                yield db
            finally:
                await looking.rollback()


async def _shop(db: Db, ask: Import, currency: str) -> tuple[shops.ShopId, str]:
    if ask.shop is None:
        return await shops.ensure_import_shop(db, SHOP_NAME, currency), currency
    shop_id = shops.ShopId(ask.shop)
    found = (await read(db, shops.delivering([shop_id]))).get(shop_id)
    if found is None:
        raise Cannot(f"There is no shop {ask.shop}.")
    return shop_id, ask.currency or found.currency


def _currency_of(file: Path) -> str | None:
    """What the first order that names a currency was paid in."""
    table = tables.read(tables.inspect(file))
    if "Currency" not in table.columns:
        return None
    at = table.columns.index("Currency")
    for row in table.rows:
        if isinstance(row, tables.Row) and len(row.fields) > at and row.fields[at]:
            return row.fields[at]
    return None
