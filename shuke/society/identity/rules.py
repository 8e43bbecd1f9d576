"""Pure decisions of identity: what a phone number is, what a token looks like, which names are given."""

import re
import secrets
import unicodedata
from collections.abc import Iterable
from ipaddress import ip_address, ip_network
from uuid import UUID

from shuke.kit.ids import from_short, home_of, short
from shuke.kit.secrets import digest, token
from shuke.society.identity.types import PhoneInvalid

SESSION, VISITOR = ".", "~"
ERASED_NAME = "已注销用户"
_ID_LENGTH = 22
_TOKEN_LENGTH = 66

_PUNCTUATION = re.compile(r"[\s().\-‐-―]")
# Mobile numbers of mainland China: 11 digits, 13x to 19x (MIIT numbering plan); everybody else by E.164's own limits.
_CHINESE_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_CHINESE_OTHER = re.compile(r"(?:\+86|0)([1-9][0-9]{8,10})|([48]00[0-9]{7})")
_ABROAD = re.compile(r"\+(?!86)[1-9][0-9]{6,14}")


def normalise_phone(raw: str) -> str:
    """A number that can receive a code, in E.164; without a country code it is Chinese. Raises PhoneInvalid."""
    phone = _spelled(raw)
    if found := _CHINESE_MOBILE.fullmatch(phone):
        return f"+86{found[1]}"
    if _ABROAD.fullmatch(phone):
        return phone
    raise PhoneInvalid(phone=raw[:40])


def normalise_contact(raw: str) -> str:
    """A number a courier can call, in E.164: mobile, landline or 400 number. Raises PhoneInvalid."""
    phone = _spelled(raw)
    if not _CHINESE_MOBILE.fullmatch(phone) and (found := _CHINESE_OTHER.fullmatch(phone)):
        return f"+86{found[1] or found[2]}"
    return normalise_phone(raw)


def _spelled(raw: str) -> str:
    phone = _PUNCTUATION.sub("", unicodedata.normalize("NFKC", raw))
    return f"+{phone[2:]}" if phone.startswith("00") else phone


def network_of(address: str) -> str:
    """The network that one subscriber has: an IPv4 address, or the first half of an IPv6 address (RFC 6177)."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(found) if found.version == 4 else str(ip_network((found, 64), strict=False))


def tidy(line: str) -> str:
    """One line of text as it is kept: composed, without spaces at the ends or twice in a row."""
    return " ".join(unicodedata.normalize("NFC", line).split())


def new_name() -> str:
    """The name of a person who gave none."""
    return f"熟客{secrets.randbelow(10_000):04d}"


def new_token(id: UUID, kind: str) -> tuple[str, bytes]:
    """A fresh token that begins with the id it speaks for, and the digest that is stored of it."""
    made = f"{short(id)}{kind}{token()}"
    return made, digest(made)


def read_token(token: str) -> tuple[UUID, str, bytes] | None:
    """The id, the kind and the digest of a token; None for what cannot be one."""
    if len(token) != _TOKEN_LENGTH or not token.isascii():
        return None
    id, kind = from_short(token[:_ID_LENGTH]), token[_ID_LENGTH]
    return None if id is None or kind not in (SESSION, VISITOR) else (id, kind, digest(token))


def with_homes(ids: Iterable[UUID]) -> tuple[list[int], list[UUID]]:
    """Ids as the two columns that a statement over several homes takes."""
    listed = list(ids)
    return [home_of(id) for id in listed], listed
