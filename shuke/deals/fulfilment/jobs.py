"""What fulfilment does on news and on the clock."""

from shuke.deals import trade
from shuke.deals.fulfilment import parcels, rules
from shuke.deals.fulfilment.types import FollowParcel, ReceiveByClock, SendImported, ShipmentAsk
from shuke.deals.trade import OrderPaid, OrderShipped
from shuke.kit import clock
from shuke.kit.db import Db
from shuke.kit.events import Later, emit, on


@on(OrderShipped)
async def set_receipt_clock(db: Db, event: OrderShipped) -> None:
    """From now on silence counts as receipt."""
    if event.is_complete:
        await emit(db, Later(ReceiveByClock(event.order_id), clock.now() + rules.RECEIPT_AFTER[event.delivery_mode]))


@on(ReceiveByClock)
async def receive_by_clock(db: Db, job: ReceiveByClock) -> None:
    """The buyer said nothing for long enough."""
    await trade.complete(db, job.order_id, clock.now())


@on(OrderPaid)
async def send_virtual_goods(db: Db, event: OrderPaid) -> None:
    """What needs no delivery is on its way as soon as it is paid."""
    if event.delivery_mode == "none":
        await parcels.send(db, event.shop_id, event.order_id, ShipmentAsk(rules.VIRTUAL_CARRIER, "-"))


@on(FollowParcel, is_outside=True)
async def follow_parcel(db: Db, job: FollowParcel) -> None:
    """Ask the courier."""
    await parcels.follow(db, job.parcel_id)


@on(SendImported)
async def send_imported(db: Db, job: SendImported) -> None:
    """What was sold elsewhere was sent from there."""
    await parcels.send(db, job.shop_id, job.order_id, ShipmentAsk(rules.IMPORTED_CARRIER, job.number))
