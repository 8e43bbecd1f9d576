"""Ending an order before it is shipped, by its buyer, its shop, a play or the clock. Payment and capture cannot both win."""

from collections.abc import Sequence
from uuid import UUID

from shuke.deals.trade import offers, reissues, sql
from shuke.deals.trade.messages import OrderCancelled
from shuke.deals.trade.refusals import OrderMissing, OrderNotCancellable
from shuke.deals.trade.types import Status
from shuke.goods import stock
from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, transaction
from shuke.kit.events import emit
from shuke.kit.ids import home_of
from shuke.money import payments
from shuke.money.payments import PaymentId
from shuke.society import shares


async def cancel(db: Db, actor: Actor, order_id: UUID) -> None:
    """End an order of the buyer's that is not shipped yet; what was paid goes back. Again is the same as once.

    Raises OrderMissing and OrderNotCancellable. Other orders of the same payment stay, with a payment of their own.
    """
    async with transaction(db):
        order = await sql.STANDING_OF_BUYER.first(db, home_of(order_id), order_id, list(actor.selves))
        if order is None:
            raise OrderMissing(order_id=order_id)
        await _end(db, order, "the buyer cancelled")


async def cancel_by_shop(db: Db, actor: Actor, shop_id: UUID, order_id: UUID, reason: str) -> None:
    """End an order that the shop cannot fulfil; what was paid goes back. Raises OrderMissing and OrderNotCancellable."""
    actor.require("trade.refund", shop_id)
    async with transaction(db):
        order = await sql.STANDING_OF_SHOP.first(db, home_of(order_id), order_id, shop_id)
        if order is None:
            raise OrderMissing(order_id=order_id)
        await _end(db, order, reason or "the shop cancelled")


async def cancel_held(db: Db, order_id: UUID, reason: str) -> bool:
    """What a held order waited for did not happen: its money goes back. False when it was not held. Trusts its caller."""
    return await close_paid(db, order_id, reason, only=Status.HELD)


async def expire(db: Db, payment_id: PaymentId, order_ids: Sequence[UUID]) -> None:
    """Nobody paid in time: the payment closes, or it was captured first and nothing happens."""
    homes = [home_of(order_id) for order_id in order_ids]
    unpaid = await sql.STANDING_OF_PAYMENT.all(db, homes, list(order_ids), payment_id)
    if unpaid and await payments.close(db, payment_id):
        for order in unpaid:
            await _cancel_unpaid(db, order.id, "nobody paid in time")


async def _end(db: Db, order: sql.Standing, reason: str) -> None:
    if order.status in (Status.CANCELLED, Status.CLOSED):
        return
    if order.status is Status.PLACED and await payments.close(db, order.payment_id):
        await _cancel_unpaid(db, order.id, reason)
        await reissues.reissue(db, order.payment_id, order.buyer_id, leaving_out=order.id)
        return
    # Paid by now, be it a moment ago: an order is paid in the transaction that captures its payment.
    if not await close_paid(db, order.id, reason):
        raise OrderNotCancellable(order_id=order.id, state=order.status)


async def _cancel_unpaid(db: Db, order_id: UUID, reason: str) -> None:
    ended = await sql.CANCEL_UNPAID.first(db, home_of(order_id), order_id, clock.now(), reason)
    if ended is None:
        return
    if ended.offer_id:
        await offers.restore(db, ended.offer_id, order_id)
    await stock.release(db, order_id)
    await emit(db, OrderCancelled(order_id, ended.shop_id, ended.buyer_id, was_paid=False, offer_id=ended.offer_id))


async def close_paid(db: Db, order_id: UUID, reason: str, only: Status | None = None) -> bool:
    """Close a paid order that is not shipped: goods and offer are given back, and the whole refund is under way."""
    allowed = [only] if only else [Status.PAID, Status.HELD]
    ended = await sql.CLOSE_PAID.first(db, home_of(order_id), order_id, clock.now(), reason, allowed)
    if ended is None:
        return False
    if ended.offer_id:
        await offers.restore(db, ended.offer_id, order_id)
    for line in await sql.SOLD_LINES.all(db, home_of(order_id), order_id):
        await stock.give_back(db, order_id, stock.SkuId(line.sku_id), line.quantity)
    if ended.link_id:
        await shares.undo_conversion(db, ended.link_id, order_id)
    if ended.total.amount:
        await payments.refund(db, ended.payment_id, order_id, order_id, ended.total, reason)
    await emit(db, OrderCancelled(order_id, ended.shop_id, ended.buyer_id, was_paid=True, offer_id=ended.offer_id))
    return True
