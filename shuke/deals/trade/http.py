"""Routes of trade. `GET /orders/{id}` shows parcels too, so it lives with fulfilment."""

from uuid import UUID

from shuke.deals import trade
from shuke.deals.trade.types import (
    CartAsk,
    CartLine,
    Order,
    OrderAddress,
    OrderAsk,
    Placed,
    PriceChangeAsk,
    Quote,
    QuoteAsk,
    ReasonAsk,
    Status,
)
from shuke.goods.shops import NoDelivery
from shuke.goods.stock import SoldOut
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.pages import Page, PageLimit
from shuke.kit.web import Anyone, IdempotencyKey, delete, get, post, put

PRICING = (
    trade.SkuUnknown,
    trade.MixedCurrencies,
    trade.AmountTooLarge,
    trade.OfferUnfit,
    trade.CouponUnknown,
    trade.AddressNeeded,
    trade.LocationUnfit,
    trade.NothingToDeliver,
    NoDelivery,
    SoldOut,
)


@post("/quotes", status_code=200, raises=PRICING)
async def create_quote(data: QuoteAsk, db: Db, actor: Anyone) -> Quote:
    """What lines would cost, every line explained; nothing is reserved."""
    return await trade.quote(db, actor, data)


@post("/orders", raises=(*PRICING, trade.ReceiverUnfit))
async def create_order(data: OrderAsk, db: Db, actor: Actor, key: IdempotencyKey) -> Placed:
    """Buy: one order per shop, one payment for all."""
    return await trade.place(db, actor, key, data)


@get("/orders")
async def list_orders(db: Db, actor: Actor, cursor: str | None = None, limit: PageLimit = 20) -> Page[Order]:
    """What you bought, newest first."""
    return await trade.orders_of_buyer(db, actor, cursor, limit)


@post("/orders/{order_id:uuid}/cancellation", status_code=204, raises=(trade.OrderMissing, trade.OrderNotCancellable))
async def cancel_order(order_id: UUID, db: Db, actor: Actor) -> None:
    """Cancel your order before it is shipped; what you paid goes back."""
    await trade.cancel(db, actor, order_id)


@get("/shops/{shop_id:uuid}/orders")
async def list_shop_orders(
    shop_id: UUID, db: Db, actor: Actor, status: Status | None = None, cursor: str | None = None, limit: PageLimit = 20
) -> Page[Order]:
    """The orders of a shop, newest first, for its staff. Held orders are not among the paid ones, which are to be shipped."""
    return await trade.orders_of_shop(db, actor, shop_id, status, cursor, limit)


@get("/shops/{shop_id:uuid}/orders/{order_id:uuid}", raises=(trade.OrderMissing,))
async def get_shop_order(shop_id: UUID, order_id: UUID, db: Db, actor: Actor) -> Order:
    """An order of a shop, for its staff."""
    return await trade.order_of_shop(db, actor, shop_id, order_id)


@get("/shops/{shop_id:uuid}/orders/{order_id:uuid}/address", raises=(trade.OrderMissing,))
async def get_order_address(shop_id: UUID, order_id: UUID, db: Db, actor: Actor) -> OrderAddress:
    """Where an order goes, while it needs to be sent."""
    return await trade.address_of(db, actor, shop_id, order_id)


@post(
    "/shops/{shop_id:uuid}/orders/{order_id:uuid}/cancellation",
    status_code=204,
    raises=(trade.OrderMissing, trade.OrderNotCancellable),
)
async def cancel_shop_order(shop_id: UUID, order_id: UUID, data: ReasonAsk, db: Db, actor: Actor) -> None:
    """Cancel an order that cannot be fulfilled; what was paid goes back."""
    await trade.cancel_by_shop(db, actor, shop_id, order_id, data.reason)


@post(
    "/shops/{shop_id:uuid}/orders/{order_id:uuid}/price",
    status_code=200,
    raises=(trade.OrderMissing, trade.OrderNotPayable, trade.PriceOutOfLimits),
)
async def change_order_price(shop_id: UUID, order_id: UUID, data: PriceChangeAsk, db: Db, actor: Actor) -> Order:
    """Lower the price of an unpaid order, within limits."""
    return await trade.change_price(db, actor, shop_id, order_id, data)


@get("/me/cart")
async def get_cart(db: Db, actor: Actor) -> list[CartLine]:
    """What is in your cart, latest first."""
    return await trade.cart_of(db, actor)


@put("/me/cart/{sku_id:uuid}", status_code=204, raises=(trade.CartFull,))
async def put_cart_line(sku_id: UUID, data: CartAsk, db: Db, actor: Actor) -> None:
    """Have so many of a SKU in your cart."""
    await trade.put_in_cart(db, actor, sku_id, data.quantity)


@delete("/me/cart/{sku_id:uuid}")
async def delete_cart_line(sku_id: UUID, db: Db, actor: Actor) -> None:
    """Take a SKU out of your cart."""
    await trade.take_from_cart(db, actor, [sku_id])


routes = [
    create_quote,
    create_order,
    list_orders,
    cancel_order,
    list_shop_orders,
    get_shop_order,
    get_order_address,
    cancel_shop_order,
    change_order_price,
    get_cart,
    put_cart_line,
    delete_cart_line,
]
