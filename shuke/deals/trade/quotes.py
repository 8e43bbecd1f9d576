"""Quotes: what it would cost, with every line explained. Placing an order prices it the same way."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import msgspec

from shuke.deals.trade import offers, rules
from shuke.deals.trade.refusals import AmountTooLarge
from shuke.deals.trade.rules import Place, ShopBasket
from shuke.deals.trade.types import DeliveryAsk, Offer, Quote, QuoteAsk
from shuke.goods import catalog, shops, stock
from shuke.goods.catalog import ForSale
from shuke.goods.shops import Delivering, ShopId
from shuke.goods.stock import LocationId, SkuId
from shuke.kit.actor import Actor
from shuke.kit.db import Db, Reading, known, read, together
from shuke.kit.money import MAX_AMOUNT, Money, total
from shuke.society import identity
from shuke.society.identity import Address


class Facts(NamedTuple):
    """What a price is made of, as it was read."""

    skus: dict[UUID, ForSale]
    open_shops: dict[ShopId, Delivering]
    on_hand: dict[SkuId, dict[LocationId, int]]
    address: Address | None
    offer: Offer | None


class Priced(msgspec.Struct, frozen=True):
    """Everything an order needs to know, read and decided before anything is written."""

    skus: dict[UUID, ForSale]
    baskets: list[ShopBasket]
    address: Address | None
    offer: Offer | None

    @property
    def total(self) -> Money:
        """What all baskets cost together."""
        return total((basket.total for basket in self.baskets), self.baskets[0].shop.currency)


async def quote(db: Db, actor: Actor, ask: QuoteAsk) -> Quote:
    """Price lines as `place` would, for anyone; nothing is reserved. Without a delivery, freight is the default region's.

    Raises what `facts` and `price` raise, but an express quote needs no address yet.
    """
    rules.check_coupons(ask.coupons)
    delivery = ask.delivery or DeliveryAsk()
    wanted = rules.merged(ask.lines)
    priced = price(await read(db, facts(actor, wanted, delivery, ask.offer_id)), wanted, delivery, is_binding=False)
    return Quote(
        lines=[line for basket in priced.baskets for line in basket.lines],
        adjustments=[each for basket in priced.baskets for each in basket.adjustments],
        freight=total((basket.freight for basket in priced.baskets), priced.baskets[0].shop.currency),
        total=priced.total,
    )


def facts(actor: Actor, wanted: Mapping[UUID, int], delivery: DeliveryAsk, offer_id: UUID | None) -> Reading[Facts]:
    """The SKUs, their shops, what there is of them, the address and the offer. Raises identity.AddressUnknown, OfferUnfit."""
    return together(
        catalog.for_sale(wanted),
        shops.delivering(wanted),
        stock.on_hand(wanted),
        identity.address(actor.person, delivery.address_id) if delivery.address_id else known(None),
        offers.redeemable(actor, offer_id) if offer_id else known(None),
    ).then(Facts._make)


def price(facts: Facts, wanted: Mapping[UUID, int], delivery: DeliveryAsk, *, is_binding: bool) -> Priced:
    """Price one basket per shop.

    Raises SkuUnknown, MixedCurrencies, AmountTooLarge, AddressNeeded, LocationUnfit, NothingToDeliver, shops.NoDelivery and
    stock.SoldOut.
    """
    skus, open_shops, on_hand, address, offer = facts
    rules.check_saleable(wanted, skus, open_shops)
    rules.check_delivery(delivery, list(skus.values()), has_address=address is not None or not is_binding)
    place = Place(address.region, address.country) if address else Place()

    baskets: list[ShopBasket] = []
    line = 1
    for shop_id in dict.fromkeys(skus[sku_id].shop_id for sku_id in wanted):
        shop = open_shops[shop_id]
        theirs = {sku_id: quantity for sku_id, quantity in wanted.items() if skus[sku_id].shop_id == shop_id}
        location = rules.locate(shop, theirs, on_hand, rules.pickup_place(delivery, shop))
        plain = rules.price_lines(theirs, skus, line)
        line += len(plain)
        priced, adjustments = rules.apply_offer(plain, offer)
        weight = sum(skus[sku_id].weight_g * quantity for sku_id, quantity in theirs.items())
        freight = rules.freight(shop, delivery, place, priced, weight)
        goods = total((Money(each.list_price.amount * each.quantity, shop.currency) for each in priced), shop.currency)
        discount = total((each.discount for each in priced), shop.currency)
        baskets.append(ShopBasket(shop, location, priced, adjustments, goods, discount, freight))
    if sum(basket.goods.amount + basket.freight.amount for basket in baskets) > MAX_AMOUNT:
        raise AmountTooLarge(at_most=MAX_AMOUNT)
    return Priced(skus, baskets, address, offer)
