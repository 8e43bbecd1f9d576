"""Carts: what a person means to buy; nothing is promised by it."""

from uuid import UUID

from shuke.deals.trade import carts_sql as sql
from shuke.deals.trade.refusals import CartFull
from shuke.deals.trade.types import CartLine
from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.ids import home_of

_TRIES = 3


async def put_in_cart(db: Db, actor: Actor, sku_id: UUID, quantity: int) -> None:
    """Have so many of a SKU in the cart; raises CartFull at 200 different SKUs."""
    me = actor.person
    for _ in range(_TRIES):
        # Two SKUs put at the same moment may choose the same place; the one that lost it chooses again.
        if await sql.PUT.first(db, home_of(me), me, sku_id, quantity, clock.now()):
            return
    raise CartFull()


async def take_from_cart(db: Db, actor: Actor, sku_ids: list[UUID]) -> None:
    """Take SKUs out of the cart; those that are not in it are none the worse."""
    me = actor.person
    await sql.TAKE.run(db, home_of(me), me, sku_ids)


async def cart_of(db: Db, actor: Actor) -> list[CartLine]:
    """What is in the cart, latest first."""
    me = actor.person
    return await sql.CART.all(db, home_of(me), me)
