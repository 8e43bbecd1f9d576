"""The words of stock."""

from typing import Annotated, NewType
from uuid import UUID

import msgspec

from shuke.kit.errors import Conflict, Invalid, NotFound

SkuId = NewType("SkuId", UUID)
LocationId = NewType("LocationId", UUID)
Quantity = Annotated[int, msgspec.Meta(ge=0, le=10**9)]


class Supply(msgspec.Struct, frozen=True):
    """How much of a SKU is for sale at a location."""

    sku_id: SkuId
    location_id: LocationId
    quantity: Quantity


class SupplyRow(msgspec.Struct, frozen=True):
    """A SKU at a location: `reserved + sold + available = supplied`."""

    sku_id: SkuId
    location_id: LocationId
    supplied: int
    reserved: int
    sold: int
    available: int


class SupplyAsk(msgspec.Struct, frozen=True):
    """Set what is available at a location; what is reserved and sold stays."""

    location_id: UUID
    quantity: Quantity


class Hold(msgspec.Struct, frozen=True):
    """What an order wants of a SKU at a location; one per order and SKU."""

    order_id: UUID
    sku_id: SkuId
    location_id: LocationId
    quantity: int


class Returned(msgspec.Struct, frozen=True):
    """What a reservation has given back."""

    sku_id: SkuId
    returned: int


class OnHand(msgspec.Struct, frozen=True):
    """What is available of a SKU at a location."""

    sku_id: SkuId
    location_id: LocationId
    available: int


class Sold(msgspec.Struct, frozen=True):
    """How much of a SKU was sold, at all locations together."""

    sku_id: SkuId
    sold: int


class SupplyUnknown(NotFound):
    """The shop has no such SKU, or no such location."""

    sku_id: UUID
    location_id: UUID


class SoldOut(Conflict):
    """There is less of this SKU than was wanted; nothing was reserved."""

    sku_id: UUID
    wanted: int


class NothingToGiveBack(Conflict):
    """The order did not sell this much of the SKU, or has given it back already."""

    order_id: UUID
    sku_id: UUID


class TooManyLines(Invalid):
    """One order or upload names at most this many SKUs."""

    at_most: int
