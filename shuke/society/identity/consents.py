"""Consents: what a person agreed to, for which purpose and scope, under which text, and until when (PIPL arts. 14-16)."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, transaction
from shuke.kit.ids import home_of, new_id
from shuke.society.identity import sql
from shuke.society.identity.locks import lock_person
from shuke.society.identity.registers import Register
from shuke.society.identity.types import Consent, PurposeUnknown, ScopeUnknown

NO_VERSION = 0
ScopeHook = Callable[[Db, UUID], Awaitable[bool]]

purposes: Register[int] = Register("purpose")
scopes: Register[ScopeHook] = Register("scope")


def define_purpose(purpose: str, version: int = 1) -> None:
    """Name something that people can agree to, at import; a new text is a new version, and must be agreed to again."""
    assert version > NO_VERSION, "versions begin with 1"
    purposes.add(purpose, version)


def define_scope(kind: str, exists: ScopeHook) -> None:
    """Name what an agreement can be limited to, at import; `exists` answers whether an id is one, now and for good.

    What is a scope once must stay one: it is asked before the consent is written, and not held.
    """
    scopes.add(kind, exists)


define_purpose("marketing")
define_purpose("recommendations")
define_purpose("friends_see_purchases")
define_purpose("regulars")


async def give_consent(db: Db, actor: Actor, purpose: str, scope_id: UUID | None = None) -> Consent:
    """Agree to the purpose under its current text, once however often. Raises PurposeUnknown, ScopeUnknown."""
    person_id, version, now = actor.person, _version(purpose), clock.now()
    await _check_scope(db, scope_id)
    home = home_of(person_id)
    theirs = (home, person_id, purpose, scope_id)
    async with transaction(db):
        await lock_person(db, person_id)
        await sql.WITHDRAW.first(db, *theirs, now, version)
        given = await sql.GIVE_CONSENT.first(db, home, new_id(home), person_id, purpose, scope_id, version, now)
        return given or await sql.ACTIVE_CONSENT.one(db, *theirs)


async def withdraw_consent(db: Db, actor: Actor, purpose: str, scope_id: UUID | None = None) -> None:
    """Agree no longer; without having agreed before it is kept as a refusal. Raises PurposeUnknown, ScopeUnknown."""
    person_id, version, now = actor.person, _version(purpose), clock.now()
    home = home_of(person_id)
    async with transaction(db):
        await lock_person(db, person_id)
        if not await sql.WITHDRAW.first(db, home, person_id, purpose, scope_id, now, NO_VERSION):
            # Only now: what was agreed to can be taken back whatever has become of its scope.
            await _check_scope(db, scope_id)
            await sql.DECLINE.run(db, home, new_id(home), person_id, purpose, scope_id, version, now)


async def has_consent(db: Db, person_id: PersonId, purpose: str, scope_id: UUID | None = None) -> bool | None:
    """Whether the person agrees at present; None when they were never asked."""
    return await sql.HAS_CONSENT.first(db, home_of(person_id), person_id, purpose, scope_id)


async def consents_of(db: Db, actor: Actor) -> list[Consent]:
    """Everything the signed-in person agreed to or declined, the newest first."""
    return await sql.CONSENTS.all(db, home_of(actor.person), actor.person)


def _version(purpose: str) -> int:
    if purpose not in purposes.entries:
        raise PurposeUnknown()
    return purposes.entries[purpose]


async def _check_scope(db: Db, scope_id: UUID | None) -> None:
    if scope_id is None:
        return
    for exists in scopes.entries.values():
        if await exists(db, scope_id):
            return
    raise ScopeUnknown(scope_id=scope_id)
