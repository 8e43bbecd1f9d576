"""Money that goes back: the order said how much, the payment sends it, and the book follows when the channel confirms."""

from uuid import UUID

from shuke.deals.trade import sql
from shuke.deals.trade.transitions import ESCROW
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.money import ledger
from shuke.money.ledger import Entry, Posting
from shuke.money.payments import RefundSucceeded


async def book(db: Db, refunded: RefundSucceeded) -> None:
    """What went back left the shop's escrow; once per refund. A late capture never was in escrow, and is not booked."""
    order_id: UUID = refunded.part_reference
    channel = await sql.CHANNEL_OF_PAID.first(db, home_of(order_id), order_id, refunded.payment_id)
    if channel is None:
        return
    entry = Entry("refund", str(refunded.refund_id), [Posting(ESCROW, f"clearing:{channel}", refunded.amount)])
    await ledger.post(db, home_of(order_id), entry)
