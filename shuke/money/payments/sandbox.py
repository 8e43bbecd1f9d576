"""The sandbox channel: pays at the cashier that runs beside a demo or test installation (docs/cashier.md).

A real channel in all but the money: signed requests and calls, signed notices over HTTP, and an outside that may be down.
"""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar
from uuid import UUID

import aiohttp
import msgspec

from shuke.kit import clock, settings
from shuke.kit.actor import Actor
from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.money import Money
from shuke.money.cashier import wire
from shuke.money.payments import captures, payments, refunds
from shuke.money.payments.channels import PaymentState
from shuke.money.payments.types import (
    ChannelRefused,
    ChannelSilent,
    FailedNotice,
    NoticeForged,
    Outcome,
    PaidNotice,
    Payment,
    PaymentId,
    PaymentNotPending,
    RefundId,
    RefundNotice,
    RefundOrder,
    RefundStatus,
)

NAME = "sandbox"
NOTICES = "/api/v1/channels/sandbox/notices"
TIMEOUT_S = 5
MAX_CONNECTIONS = 32
_HANDLE = re.compile(r"([0-9a-f]{32})-(\d{1,9})", re.ASCII)

Answer = TypeVar("Answer")


class Sandbox:
    """The adapter. One client for each process, made with the first call."""

    name = NAME

    def __init__(self) -> None:
        self._client: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def is_open(self) -> bool:
        """Play money: in the demo and test profiles only."""
        return settings.current().is_sandbox

    async def instructions(self, payment: Payment) -> dict[str, Any]:
        """Where the payer decides; the signed link is made here and needs no call."""
        return {"kind": "redirect", "url": f"{settings.current().cashier_origin}/pay?request={_request_of(payment)}"}

    async def decide(self, payment: Payment, outcome: Outcome) -> None:
        """Decide as the payer would on the cashier's page; the notice follows. Raises ChannelRefused, ChannelSilent."""
        handle = _handle(payment.id, payment.attempt)
        ask = wire.DecisionAsk(request=_request_of(payment), outcome=outcome)
        await self._call("POST", f"/payments/{handle}/decisions", ask, wire.Payment)

    async def query(self, payment: Payment) -> PaymentState:
        """How the current attempt stands at the cashier."""
        return _state_of(await self._call("GET", f"/payments/{_handle(payment.id, payment.attempt)}", None, wire.Payment))

    async def close(self, payment: Payment) -> PaymentState:
        """Close the current attempt; earlier ones failed for good."""
        path = f"/payments/{_handle(payment.id, payment.attempt)}/closure"
        return _state_of(await self._call("POST", path, None, wire.Payment))

    async def refund(self, order: RefundOrder) -> RefundStatus:
        """Give back, once per refund."""
        ask = wire.RefundAsk(
            refund_id=order.id.hex,
            payment_id=_handle(order.payment_id, order.payment_attempt),
            amount=order.amount.amount,
            currency=order.amount.currency,
            notify_url=_notify_url(),
            reason=order.reason[:500],
        )
        try:
            return (await self._call("POST", "/refunds", ask, wire.Refund)).state
        except ChannelRefused as refused:
            if refused.reason == "cashier.not_refundable":
                return "failed"
            raise

    async def stop(self) -> None:
        """Hang up."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    async def _call(self, method: str, path: str, ask: msgspec.Struct | None, returns: type[Answer]) -> Answer:
        body = b"" if ask is None else msgspec.json.encode(ask)
        headers = {
            "authorization": wire.sign_call(_keys().merchant, method, path, body),
            "content-type": "application/json",
        }
        url = f"http://127.0.0.1:{settings.current().cashier_port}{path}"
        try:
            async with self._open().request(method, url, data=body, headers=headers) as response:
                status, content = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError):
            raise ChannelSilent(channel=NAME) from None
        if status >= 500:
            raise ChannelSilent(channel=NAME)
        try:
            if status >= 400:
                raise ChannelRefused(channel=NAME, reason=msgspec.json.decode(content, type=_Problem).code)
            return msgspec.json.decode(content, type=returns)
        except msgspec.DecodeError:
            # Somebody else answers in its place.
            raise ChannelSilent(channel=NAME) from None

    def _open(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._loop = loop
            self._client = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                connector=aiohttp.TCPConnector(limit=MAX_CONNECTIONS),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._client


sandbox = Sandbox()


async def confirm(pool: Pool, actor: Actor, payment_id: UUID, outcome: Outcome) -> None:
    """Decide a pending payment as its payer, at the cashier; what follows, follows by notice. Repeated, it decides once.

    Holds no connection while the cashier thinks. Raises PaymentUnknown, PaymentNotPending, ChannelRefused, ChannelSilent.
    """
    async with borrowed(pool) as db:
        payment = await payments.payment_of_payer(db, actor, payment_id)
    if payment.status == "pending" and payment.channel == NAME:
        await sandbox.decide(payment, outcome)
    elif payment.status != "captured" or outcome != "paid":
        raise PaymentNotPending(payment_id=payment_id, state=payment.status)


async def receive(db: Db, headers: Mapping[str, str], body: bytes) -> None:
    """Take a notice of the cashier; one that came before changes nothing. Raises NoticeForged."""
    try:
        notice = wire.read_notice(_keys().notice, headers, body)
    except wire.Unauthentic:
        raise NoticeForged() from None
    payment_id, attempt = _payment_of(notice.payment_id)
    notice_id = headers["webhook-id"]
    match notice.type:
        case "payment.paid":
            amount = Money(notice.amount, notice.currency)
            await captures.capture(db, NAME, PaidNotice(payment_id, attempt, notice.transaction_id, amount, notice_id))
        case "payment.failed":
            await captures.fail(db, NAME, FailedNotice(payment_id, attempt, notice_id))
        case "refund.succeeded" | "refund.failed":
            status = "succeeded" if notice.type == "refund.succeeded" else "failed"
            await refunds.settle(db, NAME, RefundNotice(_refund_of(notice.refund_id), status, notice_id))


class _Problem(msgspec.Struct, frozen=True):
    code: str = "unknown"


@lru_cache(maxsize=4)
def _keys_of(secret: str) -> wire.Keys:
    return wire.keys_of(secret)


def _keys() -> wire.Keys:
    return _keys_of(settings.current().secret)


def _request_of(payment: Payment) -> str:
    expires_at = payment.expires_at
    if clock.timeline_name() != clock.LIVE:
        # The cashier lives by the wall clock: there is as much time left there as there is here.
        expires_at += datetime.now(UTC) - clock.now()
    request = wire.PayRequest(
        payment_id=_handle(payment.id, payment.attempt),
        amount=payment.amount.amount,
        currency=payment.amount.currency,
        subject=payment.subject[:200] or "Shuke",
        notify_url=_notify_url(),
        return_url=f"{settings.current().origin}/payments/{payment.id}",
        expires_at=expires_at,
    )
    return wire.sign_request(_keys().merchant, request)


def _notify_url() -> str:
    # The cashier is a neighbour: it needs no detour by the public address.
    here = settings.current()
    host = "127.0.0.1" if here.host in ("0.0.0.0", "::", "") else here.host  # noqa: S104
    return f"http://{host}:{here.port}{NOTICES}"


def _handle(payment_id: UUID, attempt: int) -> str:
    """What the cashier calls one attempt to pay: it decides an id once, and a payer whose payment failed may try again."""
    return f"{payment_id.hex}-{attempt}"


def _payment_of(handle: str) -> tuple[PaymentId, int]:
    found = _HANDLE.fullmatch(handle)
    if found is None:
        raise NoticeForged()
    return PaymentId(UUID(found[1])), int(found[2])


def _refund_of(id: str | None) -> RefundId:
    try:
        return RefundId(UUID(id))
    except (TypeError, ValueError):
        raise NoticeForged() from None


def _state_of(found: wire.Payment) -> PaymentState:
    amount = None if found.amount is None or found.currency is None else Money(found.amount, found.currency)
    return PaymentState(found.state, found.transaction_id, amount)
