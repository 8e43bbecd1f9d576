"""What trade knows of a person: theirs to take away, and kept for three years as the law asks when they go.

Orders are records of trade: the E-Commerce Law of the PRC (article 31) has them kept for at least three years after the sale.
They know their buyer by an id. Three years after an erasure the rest of what is personal in them goes too.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from shuke.deals.trade import privacy_sql as sql
from shuke.deals.trade.messages import ForgetBuyer
from shuke.kit import clock
from shuke.kit.actor import PersonId
from shuke.kit.db import Db
from shuke.kit.events import Later, emit
from shuke.kit.ids import home_of

KEPT = timedelta(days=3 * 366)
MAX_EXPORTED = 10_000
BATCH = 500


async def export_person(db: Db, person_id: PersonId) -> dict[str, Any]:
    """A person's orders, the newest 10,000, and their cart."""
    ids = await sql.PURCHASES_OF.all(db, home_of(person_id), person_id, None, None, MAX_EXPORTED)
    orders = [
        order
        for start in range(0, len(ids), BATCH)
        for order in await sql.ORDERS_OF.all(
            db, [home_of(id) for id in ids[start : start + BATCH]], ids[start : start + BATCH], person_id
        )
    ]
    cart = await sql.CART_OF.all(db, home_of(person_id), person_id)
    return {"orders": msgspec.to_builtins(orders), "cart": msgspec.to_builtins(cart)} if orders or cart else {}


async def erase_person(db: Db, person_id: PersonId) -> None:
    """Empty the cart now; addresses and notes of orders go when the law lets them."""
    await sql.EMPTY_CART.run(db, home_of(person_id), person_id)
    if await sql.PURCHASES_OF.first(db, home_of(person_id), person_id, None, None, 1):
        await emit(db, Later(ForgetBuyer(person_id), clock.now() + KEPT, dedupe=f"forget:{person_id}"))


async def forget(db: Db, person_id: UUID) -> None:
    """Take addresses and notes out of an erased person's orders; what was sold for how much stays."""
    placed_at, order_id = None, None
    while rows := await sql.PURCHASES_WITH_TIME.all(db, home_of(person_id), person_id, placed_at, order_id, BATCH):
        ids = [row.order_id for row in rows]
        await sql.SCRUB.run(db, [home_of(id) for id in ids], ids, person_id)
        placed_at, order_id = rows[-1].placed_at, rows[-1].order_id
