"""A shop lowers the price of an unpaid order: within limits, on record, and under a new payment."""

from uuid import UUID

from shuke.deals.trade import reissues, rules, sql
from shuke.deals.trade.refusals import OrderMissing, OrderNotPayable, PriceOutOfLimits
from shuke.deals.trade.types import Order, PriceChangeAsk, Status
from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, transaction
from shuke.kit.ids import home_of
from shuke.money import payments


async def change_price(db: Db, actor: Actor, shop_id: UUID, order_id: UUID, ask: PriceChangeAsk) -> Order:
    """Set what the goods of an unpaid order cost; the buyer pays by a new payment.

    Never more than now and never less than half of the list price. Raises OrderMissing, OrderNotPayable, PriceOutOfLimits.
    """
    actor.require("trade.price", shop_id)
    async with transaction(db):
        order = await sql.ORDER_OF_SHOP.first(db, home_of(order_id), shop_id, order_id)
        if order is None:
            raise OrderMissing(order_id=order_id)
        least = order.goods.amount * rules.PRICE_FLOOR_BPS // 10_000
        now_costs = order.goods.amount - order.discount.amount
        if not least <= ask.goods < now_costs:
            raise PriceOutOfLimits(least=least, most=now_costs - 1)
        if order.status is not Status.PLACED or not await payments.close(db, order.payment_id):
            raise OrderNotPayable(order_id=order_id, state=order.status)
        await _write(db, actor, order, now_costs - ask.goods, ask)
        await reissues.reissue(db, order.payment_id, order.buyer_id)
        changed = await sql.ORDER_OF_SHOP.first(db, home_of(order_id), shop_id, order_id)
        assert changed is not None
        return changed


async def _write(db: Db, actor: Actor, order: Order, less: int, ask: PriceChangeAsk) -> None:
    parts = rules.spread([line.total.amount for line in order.lines], less)
    before = order.discount.amount
    changed = await sql.CHANGE_PRICE.first(
        db,
        home_of(order.id),
        order.id,
        before + less,
        before,
        [line.line for line in order.lines],
        [line.discount.amount + part for line, part in zip(order.lines, parts, strict=True)],
        -less,
        clock.now(),
        actor.person,
        order.goods.amount - before,
        ask.goods,
        ask.reason,
    )
    if changed is None:
        raise OrderNotPayable(order_id=order.id, state=order.status)
