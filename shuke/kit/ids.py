"""Ids that know their home (docs/homes.md).

A UUID of version 8 (RFC 9562): 48 bits of time in ms, the version, 12 random bits, the variant, 36 bits of home, 26 random
bits. Ids made later sort later, and `home_of(id)` needs no directory.
"""

import base64
import os
from typing import NewType
from uuid import UUID

from asyncpg.pgproto import pgproto

from shuke.kit import clock

Home = NewType("Home", int)

HOME_BITS = 36
_RANDOM_LOW = 26
_HOME_MASK = (1 << HOME_BITS) - 1
_NOBODYS = _HOME_MASK
"""The last home, which nobody is given: of ids like the nil UUID, which have none."""
PLATFORM = Home(1)
"""The platform's own home: its book, and what belongs to nobody else."""


def new_id(home: int) -> UUID:
    """A new id that lives at `home`: 38 random bits a millisecond, time from our clock."""
    assert 0 < home <= _HOME_MASK, f"not a home: {home}"
    entropy = int.from_bytes(os.urandom(5), "big")
    ms = int(clock.now().timestamp() * 1000)
    value = (
        (ms & 0xFFFFFFFFFFFF) << 80 | 0x8 << 76 | (entropy >> 28) << 64 | 0b10 << 62 | home << _RANDOM_LOW | entropy & 0x3FFFFFF
    )
    return pgproto.UUID(value.to_bytes(16, "big"))


def home_of(id: UUID) -> Home:
    """The home an id lives at; for a UUID that is not ours, a home where nothing is found."""
    return Home(int.from_bytes(id.bytes[8:], "big") >> _RANDOM_LOW & _HOME_MASK or _NOBODYS)


def short(id: UUID) -> str:
    """The id as 22 characters of `[A-Za-z0-9_-]`, for links and QR codes."""
    return base64.urlsafe_b64encode(id.bytes).rstrip(b"=").decode()


def from_short(code: str) -> UUID | None:
    """The id behind `short(id)`; None when `code` is not one."""
    if len(code) != 22:
        return None
    try:
        return pgproto.UUID(base64.b64decode(code + "==", altchars=b"-_", validate=True))
    except ValueError:
        return None
