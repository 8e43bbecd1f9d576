"""The people of the town: who they are, and whom they know."""

import asyncio
import random
from collections.abc import Sequence

import msgspec

from shuke.kit import clock, settings
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.storage import ObjectStore, key_of, open_store
from shuke.society import identity, social
from shuke.society.identity import AddressAsk, MeAsk
from shuke.town.content import PersonSeed, draw_avatar

CLOSE = 6
"""How many near neighbours in the ring of acquaintance a person knows, before chance rewires some (Watts and Strogatz 1998)."""
REWIRED = 0.18


class Townsman(msgspec.Struct, frozen=True):
    """Somebody of the town, as they act. `zeal` is how readily they share, `thrift` how rarely they buy; both 0 to 1."""

    actor: Actor
    seed: PersonSeed
    zeal: float
    thrift: float

    @property
    def id(self) -> identity.PersonId:
        """Who it is."""
        return self.actor.person


async def settle(db: Db, rng: random.Random, seeds: Sequence[PersonSeed]) -> list[Townsman]:
    """Sign up people by their phones, each with a face."""
    store = open_store(settings.current())
    faces = await asyncio.to_thread(_draw_faces, rng.getrandbits(64), seeds)
    folk: list[Townsman] = []
    for seed, face in zip(seeds, faces, strict=True):
        avatar = await keep(store, face)
        person_id = await identity.person_by_login(db, identity.PHONE, seed.phone, seed.name)
        actor = await sign_in(db, person_id)
        await identity.revise_me(
            db, actor, MeAsk(avatar=avatar, bio=seed.bio, language="en" if seed.language == "en" else "zh-CN")
        )
        folk.append(Townsman(actor, seed, rng.betavariate(2, 4), rng.betavariate(2, 3)))
    return folk


async def sign_in(db: Db, person_id: identity.PersonId) -> Actor:
    """The person as they act now, with the rights they have now."""
    actor = await identity.authenticate(db, await identity.open_session(db, person_id, "town"))
    assert actor is not None
    return actor


async def befriend(db: Db, rng: random.Random, folk: Sequence[Townsman]) -> dict[identity.PersonId, list[Townsman]]:
    """Make friendships of a small world: people know their neighbours, and some people far away."""
    friends: dict[identity.PersonId, list[Townsman]] = {each.id: [] for each in folk}
    pairs: set[tuple[int, int]] = set()
    for place in range(len(folk)):
        for step in range(1, CLOSE // 2 + 1 + (rng.random() < folk[place].zeal)):
            other = rng.randrange(len(folk)) if rng.random() < REWIRED else (place + step) % len(folk)
            if other != place:
                pairs.add((min(place, other), max(place, other)))
    for one, other in sorted(pairs):
        if await social.befriend(db, folk[one].id, folk[other].id, clock.now()):
            friends[folk[one].id].append(folk[other])
            friends[folk[other].id].append(folk[one])
    return friends


async def give_address(db: Db, person: Townsman) -> identity.AddressId:
    """Write down where somebody lives."""
    seed = person.seed
    ask = AddressAsk(seed.full_name, seed.phone, list(seed.region), seed.street, is_default=True)
    return (await identity.add_address(db, person.actor, ask)).id


async def keep(store: ObjectStore, picture: bytes) -> str:
    """Store a picture that was drawn here, and answer its address."""
    key = key_of(picture, ".webp")
    await store.put(key, picture, "image/webp")
    return f"/media/{key}"


def _draw_faces(state: int, seeds: Sequence[PersonSeed]) -> list[bytes]:
    rng = random.Random(state)  # noqa: S311 - a face, not a secret
    return [draw_avatar(rng, 256, seed.age, seed.feminine) for seed in seeds]
