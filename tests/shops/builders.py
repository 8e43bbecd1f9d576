"""People and shops to test with."""

from uuid import uuid4

import msgspec

from shuke.goods import shops
from shuke.kit.actor import ON_PLATFORM, Actor, PersonId
from shuke.kit.db import Db, read
from shuke.society import identity


class AnOpenShop(msgspec.Struct, frozen=True):
    """A shop that trades, and its owner with what an owner may do there."""

    id: shops.ShopId
    owner: Actor
    location_id: shops.LocationId
    shop: shops.Shop


async def a_person(db: Db, name: str = "Ana") -> Actor:
    """Somebody new, as they act when signed in."""
    person_id = await identity.person_by_login(db, "external:test", uuid4().hex, name)
    return Actor(id=person_id, selves=(person_id,))


async def an_open_shop(db: Db, owner_name: str = "Bao", **ask: object) -> AnOpenShop:
    """A shop open for trade in CNY with free shipping; `ask` overrides fields of ShopAsk."""
    owner = await a_person(db, owner_name)
    plain: dict[str, object] = {"name": f"{owner_name}的小店", "kind": "personal"}
    shop = await shops.open_shop(db, owner, msgspec.convert(plain | ask, shops.ShopAsk, from_attributes=True))
    location_id = (await read(db, shops.delivering([shop.id])))[shop.id].default_location_id
    return AnOpenShop(shop.id, as_staff(owner, shop.id), location_id, shop)


async def a_staff_member(db: Db, shop: AnOpenShop, role: shops.Role, name: str = "Clerk") -> Actor:
    """Somebody hired by the shop's owner, who accepted."""
    person = await a_person(db, name)
    invitation = await shops.hire(db, shop.owner, shop.id, shops.HireAsk(role=role, person_id=person.person))
    await shops.accept(db, person, invitation.id)
    return as_staff(person, shop.id, role)


def as_staff(actor: Actor, shop_id: shops.ShopId, role: shops.Role = "shop.owner") -> Actor:
    """The actor with what the role allows in the shop, as their next request would have it."""
    held = actor.grants.get(shop_id, frozenset()) | shops.ROLES[role]
    return msgspec.structs.replace(actor, grants=actor.grants | {shop_id: held})


def an_operator(actor: Actor) -> Actor:
    """The actor as an operator of shops."""
    return msgspec.structs.replace(actor, grants=actor.grants | {ON_PLATFORM: frozenset({"ops.shops"})})


def person_of(actor: Actor) -> PersonId:
    """Who acts."""
    return actor.person
