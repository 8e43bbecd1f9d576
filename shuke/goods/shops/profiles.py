"""Linked profiles: the public accounts that speak for a shop, each with its owner's consent."""

from uuid import UUID

from shuke.goods.shops import people_sql, sql
from shuke.goods.shops.invitations import invite
from shuke.goods.shops.people import LinkAnswer, LinkedProfile
from shuke.goods.shops.rules import PROFILES
from shuke.goods.shops.types import AlreadyLinked, NotLinked, ProfileUnknown, ShopId, ShopNotFound, TooManyProfiles
from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, refusing, transaction
from shuke.kit.ids import home_of
from shuke.society import social


async def link_profile(db: Db, actor: Actor, shop_id: ShopId, profile_id: UUID) -> LinkAnswer:
    """Link a profile, as the shop: the shop's own or its staff's at once, another person's when they accept.

    Raises ProfileUnknown, AlreadyLinked, TooManyProfiles.
    """
    actor.require("shop.manage", shop_id)
    async with transaction(db):
        owner_id = await _to_be_asked(db, actor, shop_id, profile_id)
        if owner_id is not None:
            return LinkAnswer(None, await invite(db, actor.person, shop_id, owner_id, profile_id=profile_id))
        return LinkAnswer(await link(db, shop_id, profile_id, actor.person), None)


async def link(db: Db, shop_id: ShopId, profile_id: UUID, linked_by: PersonId) -> LinkedProfile:
    """Link a profile, in the lowest free slot. Trusts its caller that its owner agreed.

    Raises AlreadyLinked, TooManyProfiles, ShopNotFound.
    """
    home = home_of(shop_id)
    with refusing(linked_profiles_home_profile_id_key=AlreadyLinked(profile_id=profile_id)):
        async with transaction(db):
            kind = await sql.HOLD_SHOP.first(db, home, shop_id)
            if kind is None:
                raise ShopNotFound(shop_id=shop_id)
            at_most = PROFILES[kind]
            linked = await people_sql.LINK_PROFILE.first(db, home, shop_id, kind, profile_id, linked_by, clock.now(), at_most)
            if linked is None:
                raise TooManyProfiles(at_most=at_most)
            return linked


async def unlink_profile(db: Db, actor: Actor, shop_id: ShopId, profile_id: UUID) -> None:
    """End a link, as the shop or as the profile's owner; raises NotLinked."""
    if not actor.can("shop.manage", shop_id):
        _ = actor.person
        profile = (await social.profiles_by_ids(db, [profile_id])).get(social.ProfileId(profile_id))
        if profile is None or profile.owner_id not in actor.selves:
            raise NotLinked(profile_id=profile_id)
    if await people_sql.UNLINK_PROFILE.first(db, home_of(shop_id), shop_id, profile_id) is None:
        raise NotLinked(profile_id=profile_id)


async def profiles_of(db: Db, shop_id: ShopId) -> list[LinkedProfile]:
    """The profiles that speak for a shop, at most 100, for everybody."""
    return await people_sql.LINKED_PROFILES.all(db, home_of(shop_id), shop_id)


async def _to_be_asked(db: Db, actor: Actor, shop_id: ShopId, profile_id: UUID) -> PersonId | None:
    """The person whose consent is still needed; None when the profile is the shop's, the actor's or staff's."""
    profile = (await social.profiles_by_ids(db, [profile_id])).get(social.ProfileId(profile_id))
    if profile is None:
        raise ProfileUnknown(profile_id=profile_id)
    if profile.owner_kind == "shop":
        if profile.owner_id != shop_id and not actor.can("shop.manage", profile.owner_id):
            raise ProfileUnknown(profile_id=profile_id)
        return None
    if profile.owner_id in actor.selves or await people_sql.ANY_STAFF.first(db, home_of(shop_id), shop_id, [profile.owner_id]):
        return None
    return PersonId(profile.owner_id)
