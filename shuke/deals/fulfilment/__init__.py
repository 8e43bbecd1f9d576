"""From paid to received: parcels, several per order if need be, and where they are.

Never more is sent than was bought (trade's lines say so). An order is received when its buyer says so, or by the clock: 10 days
after everything was sent, 2 days for pickup and virtual goods. Orders imported from elsewhere are played through here too.
"""

from shuke.deals.fulfilment.couriers import SANDBOX_DELIVERY
from shuke.deals.fulfilment.imports import OrderImport, import_orders
from shuke.deals.fulfilment.parcels import order, parcels_of, send, ship, track
from shuke.deals.fulfilment.types import (
    ImportRunning,
    OrderWithParcels,
    Parcel,
    ParcelDelivered,
    ParcelKnown,
    ParcelLine,
    ParcelMissing,
    ShipmentAsk,
    TrackingEvent,
)

__all__ = [
    "SANDBOX_DELIVERY",
    "ImportRunning",
    "OrderImport",
    "OrderWithParcels",
    "Parcel",
    "ParcelDelivered",
    "ParcelKnown",
    "ParcelLine",
    "ParcelMissing",
    "ShipmentAsk",
    "TrackingEvent",
    "import_orders",
    "order",
    "parcels_of",
    "send",
    "ship",
    "track",
]
