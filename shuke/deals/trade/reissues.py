"""A new payment for what is still wanted, after an order of several was cancelled or a price was changed."""

from uuid import UUID

from shuke.deals.trade import sql
from shuke.deals.trade.messages import ExpireOrders
from shuke.kit.actor import PersonId
from shuke.kit.db import Db
from shuke.kit.events import Later, emit
from shuke.kit.ids import home_of
from shuke.money import payments
from shuke.money.payments import Part, Payment, PaymentId


async def reissue(db: Db, payment_id: PaymentId, buyer_id: PersonId, leaving_out: UUID | None = None) -> Payment | None:
    """Open a payment for the unpaid orders of one that was closed; None when nothing is left to pay. Trusts its caller.

    The deadline stays. The closed payment can not be captured any more: money that comes for it goes back by itself.
    """
    closed = await payments.parts_of(db, payment_id)
    order_ids = [part.reference for part in closed if part.reference != leaving_out]
    homes = [home_of(order_id) for order_id in order_ids]
    orders = await sql.STANDING_OF_PAYMENT.all(db, homes, order_ids, payment_id)
    if not orders:
        return None
    pay_by = min(order.pay_by for order in orders)
    parts = [Part(order.id, order.shop_id, order.total) for order in orders]
    payment = await payments.open_payment(db, buyer_id, orders[0].channel, orders[0].number, parts, pay_by)
    ids = [order.id for order in orders]
    await sql.REPAY.run(db, [home_of(id) for id in ids], ids, payment_id, payment.id)
    await emit(db, Later(ExpireOrders(payment.id, ids), pay_by))
    return payment
