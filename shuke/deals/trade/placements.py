"""Placing orders: one transaction, each module one statement, the reservation last (docs/architecture.md)."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from shuke.deals.trade import offers, rules, sql
from shuke.deals.trade.messages import ExpireOrders, OrderPlaced
from shuke.deals.trade.quotes import Facts, Priced, facts, price
from shuke.deals.trade.refusals import OfferUnfit, ReceiverUnfit
from shuke.deals.trade.rules import ShopBasket
from shuke.deals.trade.types import Attribution, OrderAddress, OrderAsk, OrderId, Placed, PlacedOrder, PlacedPayment, Status
from shuke.goods import regulars, stock
from shuke.goods.catalog import ForSale
from shuke.goods.shops import ShopId
from shuke.goods.stock import Hold, LocationId, SkuId
from shuke.kit import clock, settings
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, Reading, known, together
from shuke.kit.events import Later, emit
from shuke.kit.ids import home_of, new_id
from shuke.kit.once import once_knowing
from shuke.kit.secrets import vault
from shuke.money import payments
from shuke.money.payments import Part
from shuke.society import shares, social

Columns = dict[str, Any]


class Beforehand(NamedTuple):
    """What is read before an order is placed: what it costs, whom it is for, and who led the buyer here."""

    facts: Facts
    receiver_id: UUID | None
    touches: shares.Touches
    guides: dict[ShopId, regulars.Guide]


async def place(db: Db, actor: Actor, key: str | None, ask: OrderAsk) -> Placed:
    """Buy: one order per shop and one payment for all, all or nothing, once per key.

    The address and the attribution are frozen in the orders; the goods are held until `pay_by`. Raises what `facts` and `price`
    raise, OfferUnfit, ReceiverUnfit, payments' refusals, and stock.SoldOut, after which nothing is held and nothing is owed.
    """
    buyer_id = actor.person
    rules.check_coupons(ask.coupons)
    wanted = rules.merged(ask.lines)
    now = clock.now()
    beforehand = together(
        facts(actor, wanted, ask.delivery, ask.offer_id),
        _receiver(actor, ask.receiver_id),
        shares.touches(actor.selves, wanted, now),
        regulars.guide_of(wanted, buyer_id, now),
    ).then(Beforehand._make)
    return await once_knowing(db, actor, key, ask, Placed, beforehand, lambda found: _place(db, actor, buyer_id, ask, found))


async def _place(db: Db, actor: Actor, buyer_id: PersonId, ask: OrderAsk, found: Beforehand) -> Placed:
    now = clock.now()
    pay_by = now + timedelta(seconds=settings.current().pay_timeout_s)
    touches, guides = found.touches, found.guides
    priced = price(found.facts, rules.merged(ask.lines), ask.delivery, is_binding=True)
    shop_ids = [basket.shop.id for basket in priced.baskets]
    paths = await shares.path(db, actor.selves, shop_ids, touches, ask.share_code, now)

    order_ids = [OrderId(new_id(home_of(shop_id))) for shop_id in shop_ids]
    orders = dict(zip(order_ids, priced.baskets, strict=True))
    if priced.offer:
        await _redeem(db, priced, orders)
    payment = await payments.open_payment(
        db,
        actor.person,
        ask.channel,
        priced.baskets[0].lines[0].title,
        [Part(order_id, basket.shop.id, basket.total) for order_id, basket in orders.items()],
        pay_by,
    )
    attributions = {
        order_id: rules.attribute(actor.selves, basket.shop, paths.get(basket.shop.id), guides.get(basket.shop.id))
        for order_id, basket in orders.items()
    }
    common: Columns = {
        "buyer_id": buyer_id,
        "receiver_id": found.receiver_id,
        "payment_id": payment.id,
        "channel": payment.channel,
        "held_for": priced.offer.origin if priced.offer and priced.offer.hold == "until_released" else None,
        "delivery_mode": ask.delivery.mode,
        "region": priced.address.region if priced.address else [],
        "country": priced.address.country if priced.address else "CN",
        "note": ask.note,
        "offer_id": ask.offer_id,
        "origin": "shop",
        "external_number": None,
        "placed_at": now,
        "pay_by": pay_by,
    }
    rows = [order_row(common, order_id, basket, attributions[order_id], now) for order_id, basket in orders.items()]
    await write(db, buyer_id, rows, orders, priced.skus, _sealed(priced, buyer_id))
    await emit(db, OrderPlaced(payment.id, order_ids, buyer_id), Later(ExpireOrders(payment.id, order_ids), pay_by))
    holds = [
        Hold(order_id, SkuId(line.sku_id), LocationId(basket.location_id), line.quantity)
        for order_id, basket in orders.items()
        for line in basket.lines
    ]
    await stock.reserve(db, holds)
    return Placed(
        PlacedPayment(payment.id, payment.amount, payment.status),
        [
            PlacedOrder(row["id"], row["number"], basket.shop.id, Status.PLACED, basket.total)
            for row, basket in zip(rows, priced.baskets, strict=True)
        ],
    )


def _receiver(actor: Actor, receiver_id: UUID | None) -> Reading[UUID | None]:
    if receiver_id is None or receiver_id in actor.selves:
        return known(receiver_id)

    def only(are_friends: bool) -> UUID:
        # Who receives an order reads it: nobody is shown what a stranger bought, and nobody learns whether an id is a person.
        if not are_friends:
            raise ReceiverUnfit(receiver_id=receiver_id)
        return receiver_id

    return social.are_friends(actor.person, receiver_id).then(only)


async def write(
    db: Db,
    buyer_id: UUID,
    rows: Sequence[Columns],
    orders: Mapping[OrderId, ShopBasket],
    skus: Mapping[UUID, ForSale],
    address: bytes | None,
) -> None:
    """Write orders with their lines, adjustments and the buyer's purchases, as one statement. Trusts its caller."""
    lines = [line_row(order_id, line, skus) for order_id, basket in orders.items() for line in basket.lines]
    adjustments = [
        {
            "home": home_of(order_id),
            "order_id": order_id,
            "place": place,
            "kind": each.kind,
            "amount": each.amount.amount,
            "currency": each.amount.currency,
            "funded_by": each.funded_by,
            "lines": each.lines,
        }
        for order_id, basket in orders.items()
        for place, each in enumerate(basket.adjustments)
    ]
    await sql.PLACE.put(db, rows, lines, adjustments, address, home_of(buyer_id))


def order_row(common: Columns, order_id: OrderId, basket: ShopBasket, attribution: Attribution, placed_at: datetime) -> Columns:
    """The columns of an order, as the statement reads them."""
    return common | {
        "home": home_of(order_id),
        "id": order_id,
        "number": new_number(placed_at),
        "shop_id": basket.shop.id,
        "currency": basket.total.currency,
        "goods": basket.goods.amount,
        "discount": basket.discount.amount,
        "freight": basket.freight.amount,
        "total": basket.total.amount,
        "location_id": basket.location_id,
        "attribution": attribution,
    }


def line_row(order_id: OrderId, line: Any, skus: Mapping[UUID, ForSale]) -> Columns:
    """The columns of a line, with the rates of this moment."""
    sku = skus[line.sku_id]
    return {
        "home": home_of(order_id),
        "order_id": order_id,
        "line": line.line,
        "sku_id": sku.id,
        "product_id": sku.product_id,
        "code": sku.code,
        "title": sku.title,
        "options": sku.options,
        "cover": sku.cover,
        "quantity": line.quantity,
        "unit_price": line.unit_price.amount,
        "list_price": line.list_price.amount,
        "discount": line.discount.amount,
        "currency": sku.price.currency,
        "category_id": sku.category_id,
        "rate_bps": sku.rate_bps,
        "rate_version": sku.rate_version,
        "commission_bps": sku.commission_bps,
        "is_virtual": sku.is_virtual,
    }


def new_number(placed_at: datetime) -> str:
    """An order number for people: the day, and ten random digits; unique in its shop."""
    return f"{placed_at:%y%m%d}{secrets.randbelow(10**10):010d}"


def _sealed(priced: Priced, buyer_id: UUID) -> bytes | None:
    if priced.address is None:
        return None
    address = priced.address
    frozen = OrderAddress(address.recipient, address.phone, address.region, address.street, address.country)
    return vault().seal(msgspec.json.encode(frozen).decode(), buyer_id.bytes)


async def _redeem(db: Db, priced: Priced, orders: Mapping[OrderId, ShopBasket]) -> None:
    offer = priced.offer
    assert offer is not None
    for order_id, basket in orders.items():
        if basket.shop.id == offer.shop_id:
            covered = [line for line in basket.lines if offer.sku_id in (None, line.sku_id)]
            if covered:
                await offers.redeem(db, offer, order_id, sum(line.quantity for line in covered))
                return
    raise OfferUnfit(offer_id=offer.id)
