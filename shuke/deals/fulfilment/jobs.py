"""What fulfilment does on news and on the clock."""

from datetime import timedelta

from shuke.deals import trade
from shuke.deals.fulfilment import parcels, rules
from shuke.deals.fulfilment.types import FollowParcel, SendImported, ShipmentAsk
from shuke.deals.trade import OrderPaid, OrderShipped
from shuke.kit import clock
from shuke.kit.db import Db
from shuke.kit.events import on


def _receipt_after(event: OrderShipped) -> timedelta:
    return rules.RECEIPT_AFTER[event.delivery_mode]


@on(OrderShipped, when=lambda event: event.is_complete, after=_receipt_after)
async def receive_by_clock(db: Db, event: OrderShipped) -> None:
    """The buyer said nothing for long enough."""
    await trade.complete(db, event.order_id, clock.now())


@on(OrderPaid, when=lambda event: event.delivery_mode == "none")
async def send_virtual_goods(db: Db, event: OrderPaid) -> None:
    """What needs no delivery is on its way as soon as it is paid."""
    await parcels.send(db, event.shop_id, event.order_id, ShipmentAsk(rules.VIRTUAL_CARRIER, "-"))


@on(FollowParcel, is_outside=True)
async def follow_parcel(db: Db, job: FollowParcel) -> None:
    """Ask the courier."""
    await parcels.follow(db, job.parcel_id)


@on(SendImported)
async def send_imported(db: Db, job: SendImported) -> None:
    """What was sold elsewhere was sent from there."""
    await parcels.send(db, job.shop_id, job.order_id, ShipmentAsk(rules.IMPORTED_CARRIER, job.number))
