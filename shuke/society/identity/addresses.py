"""Addresses: where a person has things sent. At most fifty, sealed, and plain only for an order that needs one."""

from uuid import UUID

import msgspec

from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, Reading, transaction
from shuke.kit.ids import home_of, new_id
from shuke.kit.secrets import mask_phone, vault
from shuke.society.identity import sql
from shuke.society.identity.locks import lock_person
from shuke.society.identity.rows import AddressRow, Sealed
from shuke.society.identity.rules import normalise_contact, tidy, with_homes
from shuke.society.identity.types import (
    Address,
    AddressAsk,
    AddressCard,
    AddressId,
    AddressRevision,
    AddressUnknown,
    TooManyAddresses,
)

AT_MOST = 50


async def add_address(db: Db, actor: Actor, ask: AddressAsk) -> AddressCard:
    """Keep an address; the first one is the default. Raises PhoneInvalid, TooManyAddresses."""
    person_id = actor.person
    home, region = home_of(person_id), [tidy(part) for part in ask.region]
    id = AddressId(new_id(home))
    plain = Sealed(tidy(ask.recipient), normalise_contact(ask.phone), tidy(ask.street))
    async with transaction(db):
        # Which address is the first, which is the default and which slot is free are asked before they are written.
        await lock_person(db, person_id)
        is_default = ask.is_default or not await sql.HAS_ADDRESS.one(db, home, person_id)
        if is_default:
            await sql.NO_DEFAULT.run(db, *with_homes(actor.selves))
        row = AddressRow(id, _seal(id, plain), region, ask.country, is_default)
        columns = (row.sealed, row.region, row.country, row.is_default, clock.now())
        if not await sql.ADD_ADDRESS.first(db, home, id, person_id, *columns):
            raise TooManyAddresses(at_most=AT_MOST)
    return _card(row)


async def addresses_of(db: Db, actor: Actor) -> list[AddressCard]:
    """The signed-in person's addresses, the default first, then the newest."""
    _ = actor.person
    return [_card(row) for row in await sql.ADDRESSES.all(db, *with_homes(actor.selves))]


async def revise_address(db: Db, actor: Actor, address_id: UUID, ask: AddressRevision) -> AddressCard:
    """Change an address or make it the default; orders keep what they froze. Raises AddressUnknown, PhoneInvalid."""
    person_id, home = actor.person, home_of(address_id)
    async with transaction(db):
        await lock_person(db, person_id)
        row = await sql.ADDRESS.first(db, home, address_id, person_id)
        if row is None:
            raise AddressUnknown()
        if ask.is_default:
            await sql.NO_DEFAULT.run(db, *with_homes(actor.selves))
        old = _open(row)
        plain = Sealed(
            tidy(ask.recipient) if ask.recipient else old.recipient,
            normalise_contact(ask.phone) if ask.phone else old.phone,
            tidy(ask.street) if ask.street else old.street,
        )
        region = [tidy(part) for part in ask.region] if ask.region else row.region
        columns = (_seal(row.id, plain), region, ask.country or row.country, ask.is_default is True)
        return _card(await sql.REVISE_ADDRESS.one(db, home, address_id, person_id, *columns))


async def remove_address(db: Db, actor: Actor, address_id: UUID) -> None:
    """Remove an address; orders keep what they froze. Raises AddressUnknown."""
    if not await sql.REMOVE_ADDRESS.first(db, home_of(address_id), address_id, actor.person, clock.now()):
        raise AddressUnknown()


def address(person_id: PersonId, address_id: UUID) -> Reading[Address]:
    """An address in plain, for freezing in an order of this person. Raises AddressUnknown."""
    return sql.ADDRESS.reading(_only, home_of(address_id), address_id, person_id)


async def plain_addresses_of(db: Db, self_id: UUID) -> list[Address]:
    """The addresses that were written down under one id, in plain, for its own export. Trusts its caller."""
    rows = await sql.ADDRESSES.all(db, *with_homes([self_id]))
    return [_address(row) for row in rows]


def _only(rows: list[AddressRow]) -> Address:
    if not rows:
        raise AddressUnknown()
    return _address(rows[0])


def _seal(id: AddressId, plain: Sealed) -> bytes:
    return vault().seal(msgspec.json.encode(plain).decode(), id.bytes)


def _open(row: AddressRow) -> Sealed:
    return msgspec.json.decode(vault().open(row.sealed, row.id.bytes), type=Sealed)


def _address(row: AddressRow) -> Address:
    plain = _open(row)
    return Address(plain.recipient, plain.phone, row.region, plain.street, row.country)


def _card(row: AddressRow) -> AddressCard:
    plain = _open(row)
    phone = mask_phone(plain.phone)
    return AddressCard(row.id, plain.recipient, phone, row.region, plain.street, row.country, row.is_default)
