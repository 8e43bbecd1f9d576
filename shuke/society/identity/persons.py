"""Persons: found or made by a login, shown to others, and to themselves."""

from collections.abc import Iterable
from uuid import UUID

from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.society.identity import known, logins, roles, sql
from shuke.society.identity.rows import Person, Profile
from shuke.society.identity.rules import tidy, with_homes
from shuke.society.identity.types import Me, MeAsk, PersonCard, PersonUnknown, PersonView

NAME_LENGTH = 40


async def person_by_login(
    db: Db, kind: str, key: str, name: str, *, avatar: str | None = None, language: str = "zh-CN", bio: str = ""
) -> PersonId:
    """Find the person with this login, or make one with this profile, atomically. Trusts its caller: imports and the town.

    Kinds: `phone`, `wechat:<app id>`, `unionid`, `external:<source>`. Raises PhoneInvalid.
    """
    profile = Profile(tidy(name)[:NAME_LENGTH] or key[:NAME_LENGTH], avatar, language, bio)
    person_id, _ = await logins.resolve(db, [logins.login_of(kind, key)], profile)
    return person_id


async def person_by_phone(db: Db, phone: str) -> PersonId | None:
    """Who signs in with exactly this number, in one statement whether there is somebody or not. Trusts its caller.

    Raises PhoneInvalid.
    """
    login = logins.login_of(logins.PHONE, phone)
    found = await sql.LOGINS.first(db, [login.kind] * len(login.keys), list(login.keys))
    return found.person_id if found else None


async def by_ids(db: Db, ids: Iterable[UUID]) -> dict[PersonId, PersonCard]:
    """Cards by the ids that were asked for; a merged person's is the card of whom they became. Unknown ids are left out."""
    rows = await sql.CARDS.all(db, *with_homes(set(ids)))
    cards = {row.id: PersonCard(row.id, row.name, row.avatar) for row in rows}
    if heirs := {row.id: row.merged_into for row in rows if row.merged_into}:
        found = await sql.CARDS.all(db, *with_homes(set(heirs.values())))
        by_heir = {row.id: PersonCard(row.id, row.name, row.avatar) for row in found}
        cards |= {id: by_heir[heir] for id, heir in heirs.items()}
    return cards


async def me(db: Db, actor: Actor) -> Me:
    """The signed-in person as they see themselves."""
    person = await sql.PERSON.first(db, home_of(actor.person), actor.person)
    if person is None:
        raise PersonUnknown()
    return await _seen_by_self(db, actor, person)


async def revise_me(db: Db, actor: Actor, ask: MeAsk) -> Me:
    """Change name, avatar, language or bio of the signed-in person."""
    name = tidy(ask.name) if ask.name else None
    person = await sql.REVISE.first(db, home_of(actor.person), actor.person, name, ask.avatar, ask.language, ask.bio)
    if person is None:
        raise PersonUnknown()
    known.forget(db)
    return await _seen_by_self(db, actor, person)


async def view_person(db: Db, actor: Actor, person_id: PersonId) -> PersonView:
    """A person as an operator may see them: numbers masked, no addresses."""
    actor.require("ops.people")
    person = await sql.PERSON.first(db, home_of(person_id), person_id)
    if person is None:
        raise PersonUnknown()
    return PersonView(
        id=person.id,
        name=person.name,
        avatar=person.avatar,
        language=person.language,
        bio=person.bio,
        created_at=person.created_at,
        merged_into=person.merged_into,
        erased_at=person.erased_at,
        phones=[each.masked for each in await sql.PHONES.all(db, *with_homes([person_id]))],
        roles=await roles.roles_of(db, person_id),
    )


async def _seen_by_self(db: Db, actor: Actor, person: Person) -> Me:
    return Me(
        id=person.id,
        name=person.name,
        avatar=person.avatar,
        language=person.language,
        bio=person.bio,
        created_at=person.created_at,
        phones=[each.masked for each in await sql.PHONES.all(db, *with_homes(actor.selves))],
        capabilities={str(scope): sorted(held) for scope, held in actor.grants.items()},
    )
