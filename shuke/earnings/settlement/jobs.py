"""What settlement does on news and on the clock."""

from datetime import timedelta

from shuke.deals.trade import OrderCompleted
from shuke.earnings.settlement import settlements, sweeps
from shuke.earnings.settlement.types import FindDueBooks, ReleaseOrder, SweepBook
from shuke.kit.db import Db
from shuke.kit.events import cron, on


@on(OrderCompleted)
async def settle_order(db: Db, event: OrderCompleted) -> None:
    """The sale is done: divide what was paid."""
    await settlements.settle(db, event.shop_id, event.order_id)


@on(ReleaseOrder)
async def release_order(db: Db, job: ReleaseOrder) -> None:
    """The shop may have its part."""
    await settlements.release(db, job.order_id)


@on(SweepBook)
async def sweep_book(db: Db, job: SweepBook) -> None:
    """Pay what a shop owes."""
    await sweeps.sweep_book(db, job.home)


@on(FindDueBooks)
async def find_due_books(db: Db, _job: FindDueBooks) -> None:
    """Pay what shops owe, a minute after it is payable at the latest."""
    await sweeps.find_due_books(db)


cron(FindDueBooks, every=timedelta(minutes=1))
