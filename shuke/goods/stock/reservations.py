"""Reservations: what orders hold, until they are paid or let go."""

from collections.abc import Sequence
from uuid import UUID

from shuke.goods.stock import sql
from shuke.goods.stock.types import Hold, NothingToGiveBack, SkuId, SoldOut
from shuke.kit import clock
from shuke.kit.db import Db
from shuke.kit.ids import home_of


async def reserve(db: Db, holds: Sequence[Hold]) -> None:
    """Hold all of it or nothing; raises SoldOut for the first SKU that is short.

    Give it to `kit.db.last`: it locks rows that others wait for. Each (order, SKU) stands once in `holds`.
    """
    taken = set(await sql.RESERVE.all(db, *_columns(holds), clock.now()))
    for hold in holds:
        if hold.sku_id not in taken:
            raise SoldOut(sku_id=hold.sku_id, wanted=hold.quantity)


async def sell(db: Db, order_id: UUID) -> None:
    """What the order holds is sold; once."""
    await sql.SELL.run(db, home_of(order_id), order_id)


async def release(db: Db, order_id: UUID) -> None:
    """What the order holds is for sale again; once."""
    await sql.RELEASE.run(db, home_of(order_id), order_id)


async def give_back(db: Db, order_id: UUID, sku_id: SkuId, quantity: int) -> None:
    """What the order bought is for sale again; never more than it bought. Raises NothingToGiveBack."""
    if await sql.GIVE_BACK.first(db, home_of(order_id), order_id, sku_id, quantity) is None:
        raise NothingToGiveBack(order_id=order_id, sku_id=sku_id)


async def sell_imported(db: Db, holds: Sequence[Hold]) -> None:
    """Sell what history says was sold; the supply is raised where it was less."""
    await sql.SELL_IMPORTED.run(db, *_columns(holds), clock.now())


def _columns(holds: Sequence[Hold]) -> tuple[list[int], list[UUID], list[UUID], list[UUID], list[int]]:
    assert len({(hold.order_id, hold.sku_id) for hold in holds}) == len(holds), "merge lines by SKU first"
    return (
        [home_of(hold.order_id) for hold in holds],
        [hold.order_id for hold in holds],
        [hold.sku_id for hold in holds],
        [hold.location_id for hold in holds],
        [hold.quantity for hold in holds],
    )
