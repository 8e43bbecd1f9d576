"""The words of fulfilment."""

from datetime import datetime
from typing import Annotated, Literal, NewType
from uuid import UUID

import msgspec

from shuke.deals.trade import Order, OrderId
from shuke.kit.errors import Conflict, NotFound
from shuke.kit.events import Event, Job

ParcelId = NewType("ParcelId", UUID)
TrackingKind = Literal["shipped", "in_transit", "out_for_delivery", "delivered", "ready", "problem"]


class ParcelLine(msgspec.Struct, frozen=True):
    """So many of an order's line."""

    line: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    quantity: Annotated[int, msgspec.Meta(ge=1, le=10**6)]


class ShipmentAsk(msgspec.Struct, frozen=True):
    """Send these lines, or all that is left. For pickup the carrier is the place, and the number a code for the buyer."""

    carrier: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    tracking_number: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    lines: Annotated[list[ParcelLine], msgspec.Meta(min_length=1, max_length=100)] | None = None


class TrackingEvent(msgspec.Struct, frozen=True):
    """Where a parcel was, and when."""

    at: Annotated[datetime, msgspec.Meta(tz=True)]
    kind: TrackingKind
    place: Annotated[str, msgspec.Meta(max_length=100)] = ""
    text: Annotated[str, msgspec.Meta(max_length=300)] = ""


class Parcel(msgspec.Struct, frozen=True):
    """What was sent together, with its timeline, latest first."""

    id: ParcelId
    order_id: OrderId
    carrier: str
    tracking_number: str
    lines: list[ParcelLine]
    timeline: list[TrackingEvent]
    shipped_at: datetime
    delivered_at: datetime | None


class OrderWithParcels(Order, frozen=True):
    """An order as its buyer sees it, with what is on its way."""

    parcels: tuple[Parcel, ...] = ()


class ParcelDelivered(Event, frozen=True):
    """The courier handed a parcel over."""

    parcel_id: UUID
    order_id: UUID


class FollowParcel(Job, frozen=True):
    """Ask the courier where a parcel is."""

    parcel_id: UUID


class SendImported(Job, frozen=True):
    """Send an imported order, at the instant its source tells."""

    order_id: UUID
    shop_id: UUID
    number: str


class ImportRunning(Conflict):
    """Orders of this shop are being imported at this moment; wait until that is done."""

    shop_id: UUID


class ParcelMissing(NotFound):
    """There is no such parcel, or it is not of this shop."""

    parcel_id: UUID


class ParcelKnown(Conflict):
    """This order has a parcel with this carrier and number already."""

    tracking_number: str
