"""Privacy: everything a person may take away, and what is left of them when they go (docs/privacy.md)."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from uuid import UUID

import msgspec

from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, transaction
from shuke.kit.events import emit
from shuke.kit.ids import home_of
from shuke.kit.secrets import vault
from shuke.society.identity import known, privacy_sql, sql
from shuke.society.identity.addresses import plain_addresses_of
from shuke.society.identity.logins import owners_of, prove
from shuke.society.identity.registers import Register
from shuke.society.identity.rules import ERASED_NAME, with_homes
from shuke.society.identity.types import ErasureNotPossible, Export, LoginProof, PersonErased, ProofNotYours

ExportHook = Callable[[Db, PersonId], Awaitable[dict[str, Any]]]
EraseHook = Callable[[Db, PersonId], Awaitable[None]]


class Hooks(msgspec.Struct, frozen=True):
    """What a module does for a person who asks for their data, or leaves."""

    export: ExportHook
    erase: EraseHook


hooks: Register[Hooks] = Register("privacy of")


def privacy(module: str, *, export: ExportHook, erase: EraseHook) -> None:
    """Register what a module does, at import.

    Both are called for each id the person acted under, visitors' too, so they take what they do not know for nothing.
    `erase` runs in the one transaction of the erasure; it may raise a refusal, and then nothing is erased.
    """
    hooks.add(module, Hooks(export, erase))


async def export_me(db: Db, actor: Actor) -> Export:
    """Everything every module keeps about the signed-in person, in plain."""
    me = actor.person
    selves = await _other_selves(db, me)
    others = {str(id): await _exports(db, id) for id in selves}
    return Export(me, clock.now(), await _exports(db, me), {id: found for id, found in others.items() if found})


async def erase_me(db: Db, actor: Actor, proof: LoginProof) -> None:
    """Erase the signed-in person, with a fresh proof of one of their logins. Call it outside of a transaction.

    Name, logins, phones, addresses and sessions go, consents and roles end. Books stay as they are, and trade records for
    three years (E-Commerce Law of the PRC, art. 31), under an id that no longer says who it was. Raises what
    `logins.prove` raises, ProofNotYours, ErasureNotPossible, and what the modules raise.
    """
    me = actor.person
    if me not in (await owners_of(db, await prove(db, proof))).values():
        raise ProofNotYours()
    async with transaction(db):
        if not await privacy_sql.BEGIN_ERASURE.first(db, home_of(me), me, clock.now()):
            raise ErasureNotPossible()
        selves = [me, *await _other_selves(db, me)]
        await privacy_sql.BEGIN_ERASURE_OF_SELVES.all(db, *with_homes(selves[1:]), clock.now())
        # From the top floor down, so that whoever needs a name to clean up still finds it.
        for hook in reversed(hooks.entries.values()):
            for each in selves:
                await hook.erase(db, each)
        await emit(db, PersonErased(me))


async def erased_among(db: Db, ids: Iterable[UUID]) -> set[PersonId]:
    """Those of `ids` who were erased; nobody else of them is before the transaction ends. Trusts its caller."""
    return {PersonId(id) for id in await privacy_sql.ERASED.all(db, *with_homes(ids))}


async def _other_selves(db: Db, person_id: PersonId) -> list[PersonId]:
    return [PersonId(each.self_id) for each in await sql.SELVES.all(db, home_of(person_id), person_id)]


async def _exports(db: Db, person_id: PersonId) -> dict[str, Any]:
    found = {module: await hook.export(db, person_id) for module, hook in hooks.entries.items()}
    return {module: document for module, document in found.items() if document}


async def _export(db: Db, person_id: PersonId) -> dict[str, Any]:
    home, here = home_of(person_id), with_homes([person_id])
    person = await sql.PERSON.first(db, home, person_id)
    if person is None:
        return {}
    long_ago = clock.now().replace(year=2000)
    return {
        "person": person,
        "phones": [vault().open(row.sealed, person_id.bytes) for row in await sql.PHONES.all(db, *here)],
        "logins": [row.kind for row in await privacy_sql.LOGINS_OF.all(db, person_id)],
        "addresses": await plain_addresses_of(db, person_id),
        "sessions": await sql.SESSIONS_OF.all(db, *here, None, long_ago, None, None, 1000),
        "roles": await sql.ROLES.all(db, home, person_id),
        "consents": await sql.CONSENTS.all(db, home, person_id),
    }


async def _erase(db: Db, self_id: UUID) -> None:
    await privacy_sql.ERASE.run(db, home_of(self_id), self_id, ERASED_NAME, clock.now())
    await privacy_sql.ERASE_LOGINS.run(db, self_id)
    known.forget(db)


privacy("identity", export=_export, erase=_erase)
