"""Routes of stock."""

from uuid import UUID

from shuke.goods import stock
from shuke.goods.stock.types import SupplyAsk, SupplyRow, SupplyUnknown
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.pages import Page, PageLimit
from shuke.kit.web import get, put


@get("/shops/{shop_id:uuid}/supplies")
async def list_supplies(
    shop_id: UUID, db: Db, actor: Actor, cursor: str | None = None, limit: PageLimit = 20
) -> Page[SupplyRow]:
    """What a shop has, by SKU and location, for its staff."""
    return await stock.supplies_of(db, actor, shop_id, cursor, limit)


@put("/shops/{shop_id:uuid}/supplies/{sku_id:uuid}", status_code=204, raises=(SupplyUnknown,))
async def put_supply(shop_id: UUID, sku_id: UUID, data: SupplyAsk, db: Db, actor: Actor) -> None:
    """Set what is available of a SKU at a location."""
    await stock.put(db, actor, shop_id, sku_id, data)


routes = [list_supplies, put_supply]
