"""Sign-in codes: six digits, five minutes, five attempts, five codes an hour for a phone."""

import hmac
import secrets
from datetime import timedelta

from shuke.kit import clock, settings
from shuke.kit.db import Db, transaction
from shuke.kit.events import emit
from shuke.kit.ids import PLATFORM, new_id
from shuke.kit.secrets import vault
from shuke.society.identity import sms, sql
from shuke.society.identity.rules import network_of, normalise_phone
from shuke.society.identity.types import CodeWrong, SendCode, TooManyCodes

FIXED = "000000"
LIFE = timedelta(minutes=5)
PER_PHONE = 5


async def send_code(db: Db, phone: str, network: str | None = None) -> None:
    """Send a fresh code, which replaces the one before. Raises PhoneInvalid, TooManyCodes, CodesNotPossible.

    `network` is the address that asks; in production it is limited too.
    """
    number = normalise_phone(phone)
    sms.gateway()
    used, now, id = settings.current(), clock.now(), new_id(PLATFORM)
    code = FIXED if used.is_sandbox else f"{secrets.randbelow(1_000_000):06d}"
    async with transaction(db):
        if network and not used.is_sandbox:
            limit = used.codes_per_network
            if not await sql.COUNT_NETWORK.first(db, vault().index("network", network_of(network)), now, limit):
                raise TooManyCodes(at_most=limit)
        if not await sql.KEEP_CODE.first(db, _key(number), _digest(number, code), now, now + LIFE):
            raise TooManyCodes(at_most=PER_PHONE)
        await emit(db, SendCode(id, vault().seal(f"{number} {code}", id.bytes), now + LIFE))


async def use_code(db: Db, number: str, code: str) -> None:
    """Spend the code that was sent to `number`, or one of its attempts; raises CodeWrong.

    Call it outside of a transaction: an attempt must count although the refusal rolls everything else back.
    """
    is_right = await sql.TRY_CODE.first(db, _key(number), _digest(number, code), clock.now())
    if not is_right:
        raise CodeWrong()


async def deliver(message: SendCode) -> None:
    """Hand a code to the gateway, unless it has expired while it waited."""
    if message.expires_at > clock.now():
        number, _, code = vault().open(message.sealed, message.id.bytes).partition(" ")
        await sms.gateway().send(message.id, number, code)


def _key(number: str) -> bytes:
    return vault().index("phone", number)


def _digest(number: str, code: str) -> bytes:
    # Keyed, because a million codes are hashed in a second.
    return hmac.digest(vault().derive("sign-in code"), f"{number} {code}".encode(), "sha256")
