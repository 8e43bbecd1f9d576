"""Routes of settlement."""

from uuid import UUID

from shuke.deals.trade import OrderMissing
from shuke.earnings import settlement
from shuke.earnings.settlement.types import ShopBalances, Split
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.web import get


@get("/shops/{shop_id:uuid}/balances")
async def get_shop_balances(shop_id: UUID, db: Db, actor: Actor) -> ShopBalances:
    """What a shop's book holds, for its staff."""
    return await settlement.shop_balances(db, actor, shop_id)


@get("/shops/{shop_id:uuid}/orders/{order_id:uuid}/split", raises=(OrderMissing,))
async def get_order_split(shop_id: UUID, order_id: UUID, db: Db, actor: Actor) -> Split:
    """How the money of an order is divided, to the fen, with its entries."""
    return await settlement.split(db, actor, shop_id, order_id)


routes = [get_shop_balances, get_order_split]
