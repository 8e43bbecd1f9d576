"""Merchants: the legal subject behind shops. Its particulars are sealed, bound to the merchant."""

from typing import Any
from uuid import UUID

from shuke.goods.shops import sql
from shuke.goods.shops.rules import tail_of
from shuke.goods.shops.types import Kind, LegalSubject, Merchant, MerchantAsk, MerchantId, MerchantNotFound, MerchantRow
from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db
from shuke.kit.ids import home_of, new_id
from shuke.kit.secrets import vault


async def make_merchant(db: Db, owner_id: PersonId, kind: Kind, ask: MerchantAsk) -> MerchantRow:
    """Make a merchant, at its owner's home. Trusts its caller."""
    home = home_of(owner_id)
    id = MerchantId(new_id(home))
    return await sql.MAKE_MERCHANT.one(db, home, id, owner_id, kind, *_sealed(id, ask), clock.now())


async def merchant_of(db: Db, actor: Actor, merchant_id: UUID) -> MerchantRow:
    """A merchant of the actor's own; raises MerchantNotFound."""
    _ = actor.person
    row = await sql.MERCHANT_OF_OWNER.first(db, home_of(merchant_id), merchant_id, list(actor.selves))
    if row is None:
        raise MerchantNotFound(merchant_id=merchant_id)
    return row


async def my_merchants(db: Db, actor: Actor) -> list[Merchant]:
    """The merchants that the actor owns."""
    _ = actor.person
    selves = list(actor.selves)
    return [_shown(row) for row in await sql.MERCHANTS_OF_OWNER.all(db, [home_of(id) for id in selves], selves)]


async def revise_merchant(db: Db, actor: Actor, merchant_id: UUID, ask: MerchantAsk) -> Merchant:
    """Change a merchant's particulars, as its owner; another name or licence must be verified anew."""
    _ = actor.person
    row = await sql.REVISE_MERCHANT.first(db, home_of(merchant_id), merchant_id, list(actor.selves), *_sealed(merchant_id, ask))
    if row is None:
        raise MerchantNotFound(merchant_id=merchant_id)
    return _shown(row)


async def verify_merchant(db: Db, actor: Actor, merchant_id: UUID) -> Merchant:
    """Say that the licence was seen and is good, as an operator; raises MerchantNotFound when there is none to see."""
    actor.require("ops.shops")
    row = await sql.VERIFY_MERCHANT.first(db, home_of(merchant_id), merchant_id, clock.now(), actor.person)
    if row is None:
        raise MerchantNotFound(merchant_id=merchant_id)
    return _shown(row)


async def legal_subject(db: Db, merchant_id: MerchantId) -> LegalSubject:
    """Who sells, as everybody may see it: a company with its name and the tail of its licence, a person without."""
    row = await sql.MERCHANT.one(db, home_of(merchant_id), merchant_id)
    is_company = row.kind == "company"
    return LegalSubject(
        kind=row.kind,
        name=_opened(row, row.legal_name_sealed) if is_company else None,
        licence_tail=tail_of(_opened(row, row.licence_sealed)) if is_company else None,
        is_verified=row.verified_at is not None,
    )


async def plain_merchants_of(db: Db, person_id: PersonId) -> list[dict[str, Any]]:
    """The particulars of a person's merchants, whole, for their own export. Trusts its caller."""
    rows = await sql.MERCHANTS_OF_OWNER.all(db, [home_of(person_id)], [person_id])
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "legal_name": _opened(row, row.legal_name_sealed),
            "licence": _opened(row, row.licence_sealed),
            "payout": _opened(row, row.payout_sealed),
        }
        for row in rows
    ]


async def reseal_merchants(db: Db) -> int:
    """Seal again what was sealed under a former secret; answers how many merchants, at most 500 at once."""
    stale = await sql.STALE_MERCHANTS.all(db, vault().key_id)
    for row in stale:
        former = (row.legal_name_sealed, row.licence_sealed, row.payout_sealed)
        fresh = [_seal(row.id, _opened(row, each)) for each in former]
        await sql.RESEAL_MERCHANT.run(db, home_of(row.id), row.id, *former, *fresh)
    return len(stale)


def _sealed(id: UUID, ask: MerchantAsk) -> tuple[bytes | None, bytes | None, bytes | None]:
    return _seal(id, ask.legal_name), _seal(id, ask.licence), _seal(id, ask.payout)


def _seal(id: UUID, plain: str | None) -> bytes | None:
    return None if plain is None else vault().seal(plain, id.bytes)


def _opened(row: MerchantRow, sealed: bytes | None) -> str | None:
    return None if sealed is None else vault().open(sealed, row.id.bytes)


def _shown(row: MerchantRow) -> Merchant:
    return Merchant(
        id=row.id,
        kind=row.kind,
        legal_name=_opened(row, row.legal_name_sealed),
        licence_tail=tail_of(_opened(row, row.licence_sealed)),
        payout_tail=tail_of(_opened(row, row.payout_sealed)),
        verified_at=row.verified_at,
    )
