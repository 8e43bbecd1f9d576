"""What trade does on news and on the clock."""

from shuke.deals.trade import cancellations, offers_sql, privacy, refunds, sql, transitions
from shuke.deals.trade.messages import ExpireOrders, ForgetBuyer
from shuke.kit.db import Db
from shuke.kit.events import on
from shuke.kit.proofs import prove
from shuke.money.payments import PaymentCaptured, RefundSucceeded
from shuke.society import identity


@on(PaymentCaptured, is_at_once=True)
async def mark_orders_paid(db: Db, event: PaymentCaptured) -> None:
    """The money is there."""
    await transitions.mark_paid(db, event)


@on(ExpireOrders)
async def expire_orders(db: Db, job: ExpireOrders) -> None:
    """Nobody paid in time."""
    await cancellations.expire(db, job.payment_id, job.order_ids)


@on(RefundSucceeded)
async def book_refund(db: Db, event: RefundSucceeded) -> None:
    """Money that went back left the shop's escrow."""
    await refunds.book(db, event)


@on(ForgetBuyer)
async def forget_buyer(db: Db, job: ForgetBuyer) -> None:
    """The law no longer asks for it."""
    await privacy.forget(db, job.person_id)


identity.privacy("trade", export=privacy.export_person, erase=privacy.erase_person)
prove("trade.orders", "an order is the sum of its lines, and nothing is completed unpaid or unshipped", sql.HOLDING)
prove("trade.offers", "an offer was redeemed exactly as often as orders say", offers_sql.REDEMPTIONS_AGREE)
