"""What only this module sees of its rows, and what travels between its files."""

from datetime import datetime
from uuid import UUID

import msgspec

from shuke.kit.actor import PersonId
from shuke.society.identity.types import AddressId


class Acting(msgspec.Struct, frozen=True):
    """Who a session stands for, with everything an `Actor` needs."""

    id: UUID
    language: str
    merged_into: UUID | None
    is_stale: bool
    selves: tuple[UUID, ...]
    grants: dict[UUID, tuple[str, ...]] | None


class Self(msgspec.Struct, frozen=True):
    """Another id a person acted under."""

    self_id: UUID
    is_visitor: bool
    since: datetime


class LoginRow(msgspec.Struct, frozen=True):
    """A login and whose it is."""

    kind: str
    key: bytes
    person_id: PersonId


class CardRow(msgspec.Struct, frozen=True):
    """A card, and the person it leads to."""

    id: PersonId
    name: str
    avatar: str | None
    merged_into: PersonId | None


class Sealed(msgspec.Struct, frozen=True, array_like=True):
    """What is sealed of an address."""

    recipient: str
    phone: str
    street: str


class AddressRow(msgspec.Struct, frozen=True):
    """An address as it is stored."""

    id: AddressId
    sealed: bytes
    region: list[str]
    country: str
    is_default: bool


class PhoneRow(msgspec.Struct, frozen=True):
    """A sealed number."""

    home: int
    person_id: PersonId
    sealed: bytes
    masked: str


class SealedAddress(msgspec.Struct, frozen=True):
    """A sealed address on its way to another key."""

    home: int
    id: AddressId
    sealed: bytes


class Login(msgspec.Struct, frozen=True):
    """A proven login: its kind and its keys, the current one first (a phone has one per secret in use)."""

    kind: str
    keys: tuple[bytes, ...]
    phone: str | None = None


class Profile(msgspec.Struct, frozen=True):
    """What a new person starts with."""

    name: str
    avatar: str | None = None
    language: str = "zh-CN"
    bio: str = ""


class Person(msgspec.Struct, frozen=True):
    """A person, and whether they are still their own."""

    id: PersonId
    name: str
    avatar: str | None
    language: str
    bio: str
    created_at: datetime
    merged_into: PersonId | None
    erased_at: datetime | None
