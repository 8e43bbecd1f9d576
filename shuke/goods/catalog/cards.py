"""Cards and pages: ready JSON fetched and joined, with no object made on the way."""

import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from shuke.goods import shops, stock
from shuke.goods.catalog import cards_sql
from shuke.goods.catalog.cards_sql import CardRow
from shuke.goods.catalog.types import ProductId, ProductNotFound, Sort, State
from shuke.goods.shops import ShopId
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.kit.pages import decode_cursor, encode_cursor
from shuke.society import shares

At = Annotated[datetime, msgspec.Meta(tz=True)]
Whole = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
"""What a cursor can carry into a column."""

SHOP_KEPT_S = 2
MAX_SHOPS_KEPT = 10_000
_shops: dict[UUID, tuple[float, bytes]] = {}

_FIRST_ID, _LAST_ID = UUID(int=0), UUID(int=2**128 - 1)
_FAR = datetime(9999, 1, 1, tzinfo=UTC)
_MOST = 2**62
# Where each list begins: before everything there can be.
START: dict[Sort, tuple[datetime | int, UUID]] = {
    Sort.NEW: (_FAR, _LAST_ID),
    Sort.SOLD: (_MOST, _LAST_ID),
    Sort.CHEAPEST: (-1, _FIRST_ID),
    Sort.DEAREST: (_MOST, _LAST_ID),
}


class Browse(msgspec.Struct, frozen=True):
    """What to list, and in which order."""

    limit: int = 20
    cursor: str | None = None
    q: str = ""
    category_id: UUID | None = None
    shop_id: UUID | None = None
    sort: Sort | None = None


async def product_page(db: Db, product_id: ProductId) -> bytes:
    """A product as everybody sees it, as JSON, with what is available of each SKU now. Raises ProductNotFound."""
    row = await cards_sql.PAGE.first(db, home_of(product_id), product_id)
    if row is None:
        raise ProductNotFound(product_id=product_id)
    available = await stock.available(db, row.sku_ids)
    shop = await _shop(db, row.shop_id)
    skus = ",".join(
        f'{part[:-1]},"available":{available.get(stock.SkuId(id), 0)}}}'
        for id, part in zip(row.sku_ids, row.sku_parts, strict=True)
    )
    return b'%b,"sold":%d,"skus":[%b],"shop":%b}' % (row.page[:-1], row.sold, skus.encode(), shop)


async def _shop(db: Db, shop_id: ShopId) -> bytes:
    # Pages of one shop are read in bursts, and what its card says may be two seconds old as what it sold is.
    now = time.monotonic()
    kept = _shops.get(shop_id)
    if kept is None or kept[0] < now - SHOP_KEPT_S:
        if len(_shops) >= MAX_SHOPS_KEPT:
            _shops.clear()
        kept = _shops[shop_id] = (now, msgspec.json.encode((await shops.by_ids(db, [shop_id]))[shop_id]))
    return kept[1]


async def products_of_shop(db: Db, actor: Actor, shop_id: ShopId, state: State | None, cursor: str | None, limit: int) -> bytes:
    """A page of a shop's own products in any state, the one changed last first, as JSON for its staff."""
    actor.require("catalog.write", shop_id)
    after = decode_cursor(cursor, tuple[At, UUID]) or (None, None)
    rows = await cards_sql.OF_STAFF.all(db, home_of(shop_id), shop_id, state, *after, limit + 1)
    cards = [
        b'%b,"sold":%d,"state":"%b","revised_at":%b}'
        % (row.card[:-1], row.sold, row.state.encode(), msgspec.json.encode(row.revised_at))
        for row in rows[:limit]
    ]
    return page_in(
        cards, encode_cursor((rows[limit - 1].revised_at, rows[limit - 1].product_id)) if len(rows) > limit else None
    )


async def show_shop(db: Db, shop_id: UUID, *, is_open: bool) -> None:
    """Show the products of a shop while it is open. Trusts its caller."""
    await cards_sql.SHOP_TURNED.run(db, home_of(shop_id), is_open)


async def shared_products(db: Db, ids: Iterable[UUID]) -> dict[UUID, shares.Target]:
    """Products as targets of share links: those that are shown."""
    wanted = list(ids)
    return {
        row.id: shares.Target(kind="product", id=row.id, owner_id=row.shop_id, title=row.title, cover=row.cover)
        for row in await cards_sql.SHARED.all(db, [home_of(id) for id in wanted], wanted)
    }


def start_of(sort: Sort, cursor: str | None) -> tuple[datetime | int, UUID]:
    """Where a page begins. Raises CursorInvalid."""
    if sort is Sort.NEW:
        return decode_cursor(cursor, tuple[At, UUID]) or START[sort]
    return decode_cursor(cursor, tuple[Whole, UUID]) or START[sort]


def page_of(rows: Sequence[CardRow], limit: int, sort: Sort) -> bytes:
    """Cut rows, read with `limit + 1`, to a page of JSON."""
    cursor = None
    if len(rows) > limit:
        seen = rows[limit - 1]
        by = {Sort.NEW: seen.listed_at, Sort.SOLD: seen.sold}.get(sort, seen.price)
        cursor = encode_cursor((by, seen.product_id))
    return page_in(cards_in(rows[:limit]), cursor)


def cards_in(rows: Sequence[CardRow]) -> list[bytes]:
    """The cards as JSON, each with what was sold."""
    return [b'%b,"sold":%d}' % (row.card[:-1], row.sold) for row in rows]


def page_in(cards: Sequence[bytes], cursor: str | None) -> bytes:
    """Cards and the cursor of the next ones, as JSON."""
    return b'{"items":[%b],"next_cursor":%b}' % (b",".join(cards), b'"%b"' % cursor.encode() if cursor else b"null")
