"""Persons as others see them."""

from collections.abc import Iterable
from uuid import UUID

from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.society import identity
from shuke.society.identity import PersonCard
from shuke.society.social import sql
from shuke.society.social.types import NotYourself, PersonNotFound, PersonSeen


async def person_seen(db: Db, actor: Actor, person_id: UUID) -> PersonSeen:
    """A person's name and picture, whether they are a friend, and how many friends both have; never more.

    Raises PersonNotFound, also when one of the two blocked the other.
    """
    me = actor.person
    card = (await cards_of(db, [person_id])).get(PersonId(person_id))
    known = await sql.KNOWN.one(db, home_of(me), me, home_of(card.id), card.id) if card else None
    if card is None or known is None or known.is_blocked:
        raise PersonNotFound(person_id=person_id)
    common = 0 if card.id == me else known.common_friends
    return PersonSeen(card.id, card.name, card.avatar, known.is_friend, common)


async def is_blocked(db: Db, a: UUID, b: UUID) -> bool:
    """Whether one of the two blocked the other."""
    return await sql.IS_BLOCKED.one(db, [home_of(a), home_of(b)], [a, b])


async def another(db: Db, actor: Actor, person_id: UUID) -> PersonCard:
    """The card of somebody else; raises PersonNotFound and NotYourself."""
    card = (await cards_of(db, [person_id])).get(PersonId(person_id))
    if card is None:
        raise PersonNotFound(person_id=person_id)
    if card.id == actor.person:
        raise NotYourself()
    return card


async def cards_of(db: Db, ids: Iterable[UUID]) -> dict[PersonId, PersonCard]:
    """Cards of persons; whoever is not there any more is left out."""
    wanted = list(ids)
    return await identity.by_ids(db, wanted) if wanted else {}
