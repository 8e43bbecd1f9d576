"""What trade refuses, and why."""

from uuid import UUID

from shuke.kit.errors import Conflict, Invalid, NotFound


class OrderMissing(NotFound):
    """There is no such order, or it is not yours."""

    order_id: UUID


class SkuUnknown(Invalid):
    """One of the SKUs is not for sale: it does not exist, is not listed, or its shop is not open."""

    sku_id: UUID


class MixedCurrencies(Invalid):
    """Goods priced in different currencies cannot be paid together."""

    currencies: list[str]


class AmountTooLarge(Invalid):
    """Nobody can pay this much at once."""

    at_most: int


class ReceiverUnfit(Invalid):
    """An order is for its buyer or for a friend of theirs."""

    receiver_id: UUID


class AddressNeeded(Invalid):
    """This delivery needs an address of yours."""

    mode: str


class LocationUnfit(Invalid):
    """Nothing can be picked up there."""

    location_id: UUID | None


class NothingToDeliver(Invalid):
    """Only virtual goods go without delivery."""

    sku_id: UUID


class OfferUnfit(Conflict):
    """The offer is over, taken up, for somebody else or for other goods."""

    offer_id: UUID


class CouponUnknown(Invalid):
    """There is no such coupon."""

    coupon: str


class OrderNotPayable(Conflict):
    """The order is paid, cancelled or on its way; this is possible before only."""

    order_id: UUID
    state: str


class OrderNotCancellable(Conflict):
    """The order has been shipped, or is over; ask for a return instead."""

    order_id: UUID
    state: str


class OrderNotShippable(Conflict):
    """The order is not paid, is held, is over, or less than this is left to ship."""

    order_id: UUID


class OrderNotReceivable(Conflict):
    """The order is not on its way."""

    order_id: UUID
    state: str


class PriceOutOfLimits(Invalid):
    """A shop may lower the price of an unpaid order by half at most, and never raise it."""

    least: int
    most: int


class CartFull(Conflict):
    """A cart holds at most 200 different SKUs."""
