"""The words and signatures of the cashier's protocol, shared by both sides (docs/cashier.md). Amounts are minor units.

Three signatures, all HMAC-SHA256: a payment request travels in the payer's link, a call carries an `Authorization` header, a
notice follows the Standard Webhooks scheme (https://www.standardwebhooks.com). Requests and calls use the merchant key,
notices the notice key.
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Meta, Struct
from standardwebhooks import Webhook, WebhookVerificationError

CALL_TOLERANCE_S = 300
CALL_SCHEME = "HMAC-SHA256"

PublicId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,64}\Z")]
Amount = Annotated[int, Meta(gt=0, le=10**14)]
Currency = Annotated[str, Meta(pattern=r"\A[A-Z]{3}\Z")]
HttpUrl = Annotated[
    str, Meta(pattern=r"\Ahttps?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:[/?#][!-~]*)?\Z", max_length=2048)
]
Moment = Annotated[datetime, Meta(tz=True)]
Times = Annotated[int, Meta(ge=0, le=20)]
Outcome = Literal["paid", "failed"]


class Unauthentic(Exception):
    """A request, call or notice is malformed, or its signature or time is not right; the message says which."""


class Keys(Struct, frozen=True):
    """The two keys of one shop system."""

    merchant: bytes
    notice: bytes

    def __repr__(self) -> str:
        return "Keys(...)"


class PayRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the shop system asks a payer for; it travels signed in the link."""

    payment_id: PublicId
    amount: Amount
    currency: Currency
    subject: Annotated[str, Meta(min_length=1, max_length=200)]
    notify_url: HttpUrl
    return_url: HttpUrl
    expires_at: Moment


class Behaviour(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the news of one decision travels. Dropped attempts come first, then forged ones, then honest ones."""

    delay_ms: Annotated[int, Meta(ge=0, le=86_400_000)] = 0
    copies: Annotated[int, Meta(ge=1, le=20)] = 1
    drop_first: Times = 0
    forge_first: Times = 0
    late: bool = False


class Defaults(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The habits of the sandbox: shares of payments and refunds that fail (basis points), and how news travels by default."""

    payment_fail_bps: Annotated[int, Meta(ge=0, le=10_000)] = 0
    refund_fail_bps: Annotated[int, Meta(ge=0, le=10_000)] = 0
    payment_notices: Behaviour = Behaviour()
    refund_notices: Behaviour = Behaviour()


class DecisionAsk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The payer's decision; without a behaviour the defaults apply."""

    request: Annotated[str, Meta(max_length=8192)]
    outcome: Outcome
    behaviour: Behaviour | None = None


class Payment(Struct, frozen=True, kw_only=True):
    """A payment as the cashier knows it: `open` until it is decided or closed, and then final."""

    payment_id: str
    state: Literal["open", "paid", "failed", "closed"] = "open"
    amount: int | None = None
    currency: str | None = None
    transaction_id: str | None = None
    decided_at: datetime | None = None
    refunded: int = 0


class RefundAsk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Ask for part or all of a captured payment back. `refund_id` is the idempotency key."""

    refund_id: PublicId
    payment_id: PublicId
    amount: Amount
    currency: Currency
    notify_url: HttpUrl
    reason: Annotated[str, Meta(max_length=500)] = ""


class Refund(Struct, frozen=True, kw_only=True):
    """A refund as the cashier knows it."""

    refund_id: str
    payment_id: str
    amount: int
    currency: str
    state: Literal["succeeded", "failed"]
    transaction_id: str
    decided_at: datetime


class Notice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The signed news of a decision. It may come late, twice, or after newer news."""

    type: Literal["payment.paid", "payment.failed", "refund.succeeded", "refund.failed"]
    payment_id: str
    transaction_id: str
    amount: int
    currency: str
    decided_at: datetime
    paid_at: datetime | None = None
    refund_id: str | None = None


def keys_of(secret: str) -> Keys:
    """Derive the two keys from an installation's secret; knowing them does not reveal it (RFC 5869)."""
    return Keys(merchant=_derived(secret, b"sandbox-cashier"), notice=_derived(secret, b"sandbox-cashier/notice"))


def sign_request(key: bytes, request: PayRequest) -> str:
    """The token for `GET /pay?request=<token>`: base64url(JSON) "." base64url(signature)."""
    payload = _base64url(msgspec.json.encode(request))
    return f"{payload}.{_base64url(_digest(key, payload.encode()))}"


def read_request(key: bytes, token: str) -> PayRequest:
    """Read a token that this key signed; raises Unauthentic. Whether it has expired is for the caller's clock."""
    payload, _, signature = token.partition(".")
    if not _matches(signature, _base64url(_digest(key, payload.encode()))):
        raise Unauthentic("The payment request is not signed by this shop.")
    try:
        encoded = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
        return msgspec.json.decode(encoded, type=PayRequest)
    except (binascii.Error, msgspec.DecodeError) as error:
        raise Unauthentic(f"The payment request cannot be read: {error}") from None


def sign_call(key: bytes, method: str, path: str, body: bytes = b"", at: int | None = None) -> str:
    """The `Authorization` header of a call to the cashier. `path` includes the query; `at` is Unix seconds, now by default."""
    moment = int(time.time()) if at is None else at
    return f"{CALL_SCHEME} {moment}:{_call_signature(key, method, path, moment, body)}"


def check_call(key: bytes, authorization: str, method: str, path: str, body: bytes) -> None:
    """Accept a call signed by this key within five minutes; raises Unauthentic."""
    scheme, _, credentials = authorization.partition(" ")
    stamp, _, signature = credentials.partition(":")
    if scheme != CALL_SCHEME or not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12):
        raise Unauthentic(f"The Authorization header must read '{CALL_SCHEME} <unix seconds>:<signature>'.")
    moment = int(stamp)
    if not _matches(signature, _call_signature(key, method, path, moment, body)):
        raise Unauthentic("The signature of the call does not match its method, path, time and body.")
    if abs(time.time() - moment) > CALL_TOLERANCE_S:
        raise Unauthentic("The call was signed more than five minutes away from now.")


def sign_notice(key: bytes, notice_id: str, at: int, body: bytes) -> dict[str, str]:
    """The Standard Webhooks headers of one attempt; `at` is Unix seconds, `notice_id` is the same for every attempt."""
    signature = base64.b64encode(_digest(key, f"{notice_id}.{at}.".encode() + body)).decode()
    return {"webhook-id": notice_id, "webhook-timestamp": str(at), "webhook-signature": f"v1,{signature}"}


def read_notice(key: bytes, headers: Mapping[str, str], body: bytes) -> Notice:
    """Read a notice signed by this key within five minutes; raises Unauthentic. It may be one that you have read before."""
    try:
        Webhook(key).verify(body, dict(headers), json_parse=False)
        return msgspec.json.decode(body, type=Notice)
    except (WebhookVerificationError, ValueError) as error:
        raise Unauthentic(f"The notice is not from the cashier: {error}") from None


def now() -> datetime:
    """The wall clock in milliseconds, as stored."""
    return from_ms(time.time_ns() // 1_000_000)


def to_ms(moment: datetime) -> int:
    """Milliseconds since the epoch."""
    return round(moment.timestamp() * 1000)


def from_ms(stamp: int) -> datetime:
    """The instant of so many milliseconds since the epoch."""
    return datetime.fromtimestamp(stamp / 1000, UTC)


def _derived(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())


def _digest(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, hashlib.sha256)


def _call_signature(key: bytes, method: str, path: str, moment: int, body: bytes) -> str:
    return _base64url(_digest(key, f"{method}\n{path}\n{moment}\n".encode() + body))


def _matches(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
