"""Routes of the sandbox channel, mounted in the demo and test profiles only."""

from uuid import UUID

import msgspec

from shuke.kit.shapes import Scope
from shuke.kit.web import Actor, Db, Pool, Upload, post
from shuke.money.payments.sandbox import confirm, receive
from shuke.money.payments.types import (
    ChannelRefused,
    ChannelSilent,
    NoticeForged,
    Outcome,
    PaymentNotPending,
    PaymentUnknown,
    RefundUnknown,
)


class Confirmation(msgspec.Struct, frozen=True):
    """What the payer decided."""

    outcome: Outcome


@post(
    "/payments/{payment_id:uuid}/confirmations",
    status_code=202,
    raises=(PaymentUnknown, PaymentNotPending, ChannelRefused, ChannelSilent),
)
async def confirm_payment(payment_id: UUID, data: Confirmation, pool: Pool, actor: Actor) -> Confirmation:
    """Pay, or fail to pay, a payment of yours at the sandbox cashier; the signed notice follows."""
    await confirm(pool, actor, payment_id, data.outcome)
    return data


@post("/channels/sandbox/notices", status_code=204, raises=(NoticeForged, PaymentUnknown, RefundUnknown))
async def receive_notice(upload: Upload, scope: Scope, db: Db) -> None:
    """Take a signed notice of the sandbox cashier (Standard Webhooks)."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    await receive(db, headers, upload.content)


routes = [confirm_payment, receive_notice]
