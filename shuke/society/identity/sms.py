"""Text messages: a protocol, a gateway behind a signed webhook, and the sandbox that only logs."""

from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import msgspec
from standardwebhooks import Webhook

from shuke.kit import logs, outside, settings
from shuke.kit.secrets import mask_phone
from shuke.society.identity.types import CodesNotPossible

log = logs.named("identity")


class Sms(Protocol):
    """Sends a sign-in code to a phone."""

    async def send(self, id: UUID, phone: str, code: str) -> None:
        """Send it; the same `id` twice is one message. Raises NotDelivered, and is then called again."""
        ...


class NotDelivered(Exception):
    """The gateway did not take the message."""


class WebhookSms:
    """Posts `{phone, code, minutes, template}` to a gateway, signed as Standard Webhooks with the message's id."""

    def __init__(self, url: str, secret: str) -> None:
        self._url = url
        self._signer = Webhook(secret)

    async def send(self, id: UUID, phone: str, code: str) -> None:
        """Send it; the gateway drops a `webhook-id` that it has seen."""
        body = msgspec.json.encode({"phone": phone, "code": code, "minutes": 5, "template": "sign_in_code"}).decode()
        now = datetime.now(UTC)
        headers = {
            "content-type": "application/json",
            "webhook-id": str(id),
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": self._signer.sign(str(id), now, body),
        }
        try:
            reply = await outside.call("POST", self._url, body=body.encode(), headers=headers)
        except outside.Unreachable as error:
            raise NotDelivered(str(error)) from None
        if not 200 <= reply.status < 300:
            raise NotDelivered(f"HTTP {reply.status}")


class SandboxSms:
    """Sends nothing: in the demo and test profile everybody knows the code."""

    async def send(self, id: UUID, phone: str, code: str) -> None:
        """Log that a code would have gone out."""
        log.info("code_not_sent", message_id=id, to=mask_phone(phone))


def gateway() -> Sms:
    """The gateway of this installation; raises CodesNotPossible when production has none."""
    used = settings.current()
    if used.is_sandbox:
        return SandboxSms()
    if not used.sms_url or not used.sms_secret:
        raise CodesNotPossible()
    return WebhookSms(used.sms_url, used.sms_secret)
