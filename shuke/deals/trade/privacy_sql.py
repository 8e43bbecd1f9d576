"""The statements of privacy in trade."""

from datetime import datetime
from uuid import UUID

import msgspec

from shuke.deals.trade.types import CartLine
from shuke.kit.db import Query, Statement
from shuke.kit.money import Money


class OrderNote(msgspec.Struct, frozen=True):
    """An order as its buyer takes it away."""

    number: str
    shop_id: UUID
    status: str
    total: Money
    refunded: Money
    region: list[str]
    country: str
    note: str
    placed_at: datetime


class PurchaseRow(msgspec.Struct, frozen=True):
    """A purchase, as lists are sorted by it."""

    order_id: UUID
    placed_at: datetime


_PURCHASES = """
    from trade.purchases
    where home = $1 and buyer_id = $2 and ($3::timestamptz is null or (placed_at, order_id) < ($3, $4::uuid))
    order by placed_at desc, order_id desc limit $5"""

PURCHASES_OF = Query(UUID, f"select order_id {_PURCHASES}")
PURCHASES_WITH_TIME = Query(PurchaseRow, f"select {{cols}} {_PURCHASES}")
ORDERS_OF = Query(
    OrderNote,
    """
    select {cols} from trade.orders
    where (home, id) in (select home, id from unnest($1::bigint[], $2::uuid[]) as asked(home, id)) and buyer_id = $3
    order by placed_at desc, id desc""",
)
CART_OF = Query(CartLine, "select {cols} from trade.carts where home = $1 and person_id = $2 order by place")
EMPTY_CART = Statement("delete from trade.carts where home = $1 and person_id = $2")
SCRUB = Statement("""
    update trade.orders set address_sealed = null, note = '', region = region[1:1]
    where (home, id) in (select home, id from unnest($1::bigint[], $2::uuid[]) as asked(home, id)) and buyer_id = $3""")
