"""Routes of fulfilment, and of orders where they show their parcels."""

from uuid import UUID

from shuke.deals import fulfilment, trade
from shuke.deals.fulfilment.types import OrderWithParcels, Parcel, ShipmentAsk, TrackingEvent
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.web import IdempotencyKey, get, post


@get("/orders/{order_id:uuid}", raises=(trade.OrderMissing,))
async def get_order(order_id: UUID, db: Db, actor: Actor) -> OrderWithParcels:
    """Your order, with its parcels and the path it came along."""
    return await fulfilment.order(db, actor, order_id)


@post("/orders/{order_id:uuid}/receipt", status_code=204, raises=(trade.OrderMissing, trade.OrderNotReceivable))
async def create_receipt(order_id: UUID, db: Db, actor: Actor) -> None:
    """Say that you have it."""
    await trade.receive(db, actor, order_id)


@post(
    "/shops/{shop_id:uuid}/orders/{order_id:uuid}/shipments",
    raises=(trade.OrderNotShippable, fulfilment.ParcelKnown),
)
async def create_shipment(
    shop_id: UUID, order_id: UUID, data: ShipmentAsk, db: Db, actor: Actor, key: IdempotencyKey | None
) -> Parcel:
    """Send lines of a paid order, or all that is left of it."""
    return await fulfilment.ship(db, actor, key, shop_id, order_id, data)


@post("/shops/{shop_id:uuid}/parcels/{parcel_id:uuid}/tracking", status_code=200, raises=(fulfilment.ParcelMissing,))
async def create_tracking(shop_id: UUID, parcel_id: UUID, data: TrackingEvent, db: Db, actor: Actor) -> Parcel:
    """Tell where a parcel is."""
    return await fulfilment.track(db, actor, shop_id, parcel_id, data)


routes = [get_order, create_receipt, create_shipment, create_tracking]
