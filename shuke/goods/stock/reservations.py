"""Reservations: what orders hold, until they are paid or let go."""

from collections.abc import Sequence
from uuid import UUID

from shuke.goods.stock import sql
from shuke.goods.stock.types import Hold, NothingToGiveBack, SkuId, SoldOut
from shuke.kit import clock
from shuke.kit.db import Db
from shuke.kit.ids import home_of


async def reserve(db: Db, holds: Sequence[Hold]) -> None:
    """Hold all of it or nothing, as the last thing of the transaction, whose commit raises SoldOut for a SKU that is short.

    Each (order, SKU) stands once in `holds`.
    """

    def sold_out(violation: str) -> SoldOut:
        short = next((hold for hold in holds if str(hold.sku_id) in violation), holds[0])
        return SoldOut(sku_id=short.sku_id, wanted=short.quantity)

    refusals = {"supplies_available_check": sold_out, "reservations_quantity_check": sold_out}
    await sql.RESERVE.put_last(db, *_columns(holds), clock.now(), refusals=refusals)


async def sell(db: Db, order_id: UUID) -> None:
    """What the order holds is sold, as the last thing of the transaction; once."""
    await sql.SELL.put_last(db, home_of(order_id), order_id)


async def release(db: Db, order_id: UUID) -> None:
    """What the order holds is for sale again, as the last thing of the transaction; once."""
    await sql.RELEASE.put_last(db, home_of(order_id), order_id)


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
