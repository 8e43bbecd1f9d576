"""The pure decisions of a sale: prices, adjustments, allocation to locations, who earns, and which state may follow which."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from shuke.deals.trade.refusals import (
    AddressNeeded,
    CouponUnknown,
    LocationUnfit,
    MixedCurrencies,
    NothingToDeliver,
    SkuUnknown,
)
from shuke.deals.trade.types import Adjustment, Attribution, Coupons, DeliveryAsk, LineAsk, Offer, Payee, QuoteLine
from shuke.goods import shops
from shuke.goods.catalog import ForSale
from shuke.goods.regulars import Guide
from shuke.goods.shops import Delivering, ShopId
from shuke.goods.stock import LocationId, SkuId, SoldOut
from shuke.kit.actor import PersonId
from shuke.kit.money import Money, split, total
from shuke.society.shares import SharePath

RULE_VERSION = 1
PRICE_FLOOR_BPS = 5000
PAID_SHARERS = 2
"""How many sharers of a path may be paid: a legal red line in China, not a setting."""


class Place(msgspec.Struct, frozen=True):
    """Where goods go, as far as freight must know."""

    region: list[str] = []
    country: str = "CN"


class ShopBasket(msgspec.Struct, frozen=True):
    """What one shop sells in a quote, priced."""

    shop: Delivering
    location_id: UUID
    lines: list[QuoteLine]
    adjustments: list[Adjustment]
    goods: Money
    discount: Money
    freight: Money

    @property
    def total(self) -> Money:
        """What this shop's order costs."""
        return self.goods - self.discount + self.freight


def merged(lines: Sequence[LineAsk]) -> dict[UUID, int]:
    """Lines of the same SKU added up, in the order they were first named."""
    quantities: dict[UUID, int] = {}
    for line in lines:
        quantities[line.sku_id] = quantities.get(line.sku_id, 0) + line.quantity
    return quantities


def check_coupons(coupons: Coupons) -> None:
    """No coupon is known yet; raises CouponUnknown for the first."""
    for coupon in coupons:
        raise CouponUnknown(coupon=coupon)


def check_saleable(wanted: Mapping[UUID, int], skus: Mapping[UUID, ForSale], open_shops: Mapping[ShopId, Delivering]) -> None:
    """Every SKU is listed in an open shop, and all are priced in one currency; raises SkuUnknown or MixedCurrencies."""
    for sku_id in wanted:
        sku = skus.get(sku_id)
        if sku is None or not sku.is_listed or sku.shop_id not in open_shops or open_shops[sku.shop_id].state != "open":
            raise SkuUnknown(sku_id=sku_id)
    currencies = sorted({skus[sku_id].price.currency for sku_id in wanted})
    if len(currencies) > 1:
        raise MixedCurrencies(currencies=currencies)


def locate(
    shop: Delivering, wanted: Mapping[UUID, int], on_hand: Mapping[SkuId, Mapping[LocationId, int]], bound_to: UUID | None
) -> UUID:
    """The one location that serves a shop's whole order: the one it is bound to, the default if it can, else one that can.

    Raises SoldOut for a SKU that is short where it would have to come from. This is a choice; the guard is the reservation.
    """
    stocked = {place for sku_id in wanted for place in on_hand.get(SkuId(sku_id), {})}
    places = [bound_to] if bound_to else [shop.default_location_id, *sorted(stocked - {shop.default_location_id})]
    short: UUID | None = None
    for place in places:
        lacking = [sku_id for sku_id, most in wanted.items() if on_hand.get(SkuId(sku_id), {}).get(LocationId(place), 0) < most]
        if not lacking:
            return place
        short = short or lacking[0]
    assert short is not None
    raise SoldOut(sku_id=short, wanted=wanted[short])


def price_lines(wanted: Mapping[UUID, int], skus: Mapping[UUID, ForSale], first_line: int) -> list[QuoteLine]:
    """Lines at list price, numbered on from `first_line`."""
    lines: list[QuoteLine] = []
    for line, (sku_id, quantity) in enumerate(wanted.items(), first_line):
        sku = skus[sku_id]
        goods = Money(sku.price.amount * quantity, sku.price.currency)
        nothing = Money(0, sku.price.currency)
        lines.append(
            QuoteLine(
                line, sku_id, sku.shop_id, sku.title, sku.options, sku.cover, quantity, sku.price, sku.price, nothing, goods
            )
        )
    return lines


def apply_offer(lines: Sequence[QuoteLine], offer: Offer | None) -> tuple[list[QuoteLine], list[Adjustment]]:
    """The offer's price on the lines it is for: never dearer, for at most its quantity (the redemption guards that)."""
    if offer is None:
        return list(lines), []
    theirs = [line for line in lines if line.shop_id == offer.shop_id and offer.sku_id in (None, line.sku_id)]
    off = [max(0, line.unit_price.amount - offer.price.amount) * line.quantity for line in theirs]
    if sum(off) == 0:
        return list(lines), []
    amount = Money(-sum(off), offer.price.currency)
    adjustment = Adjustment(offer.origin, amount, "shop", [line.line for line in theirs])
    discounts = {line.line: less for line, less in zip(theirs, off, strict=True)}
    return [discounted(line, discounts.get(line.line, 0)) for line in lines], [adjustment]


def discounted(line: QuoteLine, less: int) -> QuoteLine:
    """The line with `less` more taken off."""
    off = Money(less, line.total.currency)
    return msgspec.structs.replace(line, discount=line.discount + off, total=line.total - off)


def spread(totals: Sequence[int], less: int) -> list[int]:
    """Take `less` off lines in proportion to what they cost, no line below zero."""
    if less == 0:
        return [0] * len(totals)
    parts = split(less, list(totals))
    # Left-over units go to the first lines; one that is too small for its part passes the rest on.
    over = 0
    for place, most in enumerate(totals):
        parts[place] += over
        over = max(0, parts[place] - most)
        parts[place] -= over
    assert over == 0, "more was taken off than the lines cost"
    return parts


def freight(shop: Delivering, delivery: DeliveryAsk, place: Place, lines: Sequence[QuoteLine], weight_g: int) -> Money:
    """What delivery costs: nothing unless it is carried. Raises shops.NoDelivery."""
    paid = total((line.total for line in lines), shop.currency)
    if delivery.mode in ("pickup", "none"):
        return Money(0, shop.currency)
    quantity = sum(line.quantity for line in lines)
    return shops.freight(shop.freight, place.region, place.country, paid, quantity, weight_g)


def check_delivery(delivery: DeliveryAsk, skus: Sequence[ForSale], *, has_address: bool) -> None:
    """The mode fits the goods and has what it needs; raises AddressNeeded, NothingToDeliver."""
    if delivery.mode in ("express", "instant") and not has_address:
        raise AddressNeeded(mode=delivery.mode)
    if delivery.mode == "none":
        for sku in skus:
            if not sku.is_virtual:
                raise NothingToDeliver(sku_id=sku.id)


def pickup_place(delivery: DeliveryAsk, shop: Delivering) -> UUID | None:
    """The location a delivery is bound to, if it is: where it is picked up, or where it was asked to come from.

    Raises LocationUnfit when nothing can be picked up there.
    """
    if delivery.mode != "pickup":
        return delivery.location_id
    place = delivery.location_id or next(iter(shop.pickup_location_ids), None)
    if place is None or place not in shop.pickup_location_ids:
        raise LocationUnfit(location_id=place)
    return place


def attribute(buyer_ids: Sequence[UUID], shop: Delivering, path: SharePath | None, guide: Guide | None) -> Attribution:
    """Who earns from this sale. Self-purchase and circles earn nothing, whatever their depth.

    Paid sharers are the one whose link was opened and the one before (levels 1 and 2); the guide earns at their own rate.
    """
    selves = set(buyer_ids)
    payees: list[Payee] = []
    if guide is not None and guide.person_id not in selves:
        payees.append(Payee("guide", 0, guide.person_id, guide.rate_bps))
    if path is None:
        return Attribution(payees=payees, rule_version=RULE_VERSION)
    people = [step.person_id for step in path.steps]
    if not selves.intersection(people):
        payees += _paid_sharers(people, shop.owner_id)
    return Attribution(
        entry=path.entry_medium,
        link_id=path.link_id,
        first_link_id=path.first_link_id,
        first_touch=path.first_touch,
        last_touch=path.last_touch,
        path=people,
        payees=payees,
        rule_version=RULE_VERSION,
    )


def _paid_sharers(people: Sequence[PersonId], owner_id: UUID) -> list[Payee]:
    paid: list[Payee] = []
    for level, person_id in enumerate(people[:PAID_SHARERS], 1):
        # A shop's owner gets the rest anyway, and nobody is paid twice for one sale.
        if person_id != owner_id and person_id not in {payee.person_id for payee in paid}:
            paid.append(Payee("sharer", level, person_id))
    return paid
