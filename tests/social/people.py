"""People to be friends with."""

from uuid import uuid4

from shuke.kit import proofs
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.society import identity, social


async def a_person(db: Db, name: str = "Ana") -> Actor:
    """Somebody new, as they act when signed in."""
    person_id = await identity.person_by_login(db, "external:test", uuid4().hex, name)
    return Actor(id=person_id, selves=(person_id,))


async def people(db: Db, count: int) -> list[Actor]:
    """Several new persons."""
    return [await a_person(db, f"P{number}") for number in range(count)]


async def make_friends(db: Db, a: Actor, b: Actor) -> None:
    """One asks, the other accepts."""
    await social.ask_friend(db, a, social.FriendAsk(b.person))
    await social.accept_friend(db, b, a.person)


async def assert_proofs_hold(db: Db) -> None:
    """What must always be true of social."""
    for proof, finding in await proofs.verify(db):
        if proof.name.startswith("social."):
            assert finding.broken == 0, (proof.sentence, finding.example)
