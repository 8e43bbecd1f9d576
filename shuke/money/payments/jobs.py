"""What payments do on the clock and outside of a request, and the channels they do it through."""

from datetime import timedelta

from shuke.kit.db import Db
from shuke.kit.events import cron, on
from shuke.money.payments import channels
from shuke.money.payments.captures import close_at_channel, find_unanswered, query
from shuke.money.payments.refunds import send
from shuke.money.payments.sandbox import sandbox
from shuke.money.payments.types import CloseAtChannel, QueryPayment, ReconcilePayments, SendRefund

channels.register(sandbox)


@on(SendRefund, is_outside=True)
async def send_refund(db: Db, job: SendRefund) -> None:
    """Ask the channel; our refund's id is the idempotency key."""
    await send(db, job.refund_id)


@on(CloseAtChannel, is_outside=True)
async def close_payment(db: Db, job: CloseAtChannel) -> None:
    """Close it where it could still be paid."""
    await close_at_channel(db, job.payment_id)


@on(QueryPayment, is_outside=True)
async def query_payment(db: Db, job: QueryPayment) -> None:
    """Ask whether it was paid."""
    await query(db, job.payment_id)


@on(ReconcilePayments)
async def reconcile_payments(db: Db, _job: ReconcilePayments) -> None:
    """A lost notice loses nothing."""
    await find_unanswered(db)


cron(ReconcilePayments, every=timedelta(minutes=1))
