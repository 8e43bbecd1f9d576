"""Routes of payments."""

from uuid import UUID

from shuke.kit.web import Actor, Db, get
from shuke.money.payments.payments import payment
from shuke.money.payments.types import ChannelUnavailable, PaymentId, PaymentUnknown, PaymentView


@get("/payments/{payment_id:uuid}", raises=(PaymentUnknown, ChannelUnavailable))
async def read_payment(payment_id: UUID, db: Db, actor: Actor) -> PaymentView:
    """Read a payment of yours, and how to pay it while it is pending."""
    return await payment(db, actor, PaymentId(payment_id))


routes = [read_payment]
