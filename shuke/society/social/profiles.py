"""Public profiles (号) of persons and shops, and who follows them."""

from collections.abc import Iterable
from uuid import UUID

from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, refusing, transaction
from shuke.kit.ids import home_of, new_id
from shuke.kit.pages import Page, decode_cursor, page
from shuke.society.social import sql
from shuke.society.social.people import cards_of, is_blocked
from shuke.society.social.types import (
    Follower,
    Profile,
    ProfileAsk,
    ProfileExists,
    ProfileId,
    ProfileNotFound,
    ProfileRevision,
    ProfileSeen,
)


async def open_profile(db: Db, actor: Actor, ask: ProfileAsk) -> Profile:
    """Open a profile for oneself, or for a shop with `shop.manage`. Raises ProfileExists for a person's second."""
    kind, owner = ("shop", ask.shop_id) if ask.shop_id else ("person", actor.person)
    if kind == "shop":
        actor.require("shop.manage", owner)
    home = home_of(owner)
    with refusing(profiles_of_person=ProfileExists()):
        async with transaction(db):
            what = (ask.kind, ask.name, ask.avatar or None, ask.bio, clock.now())
            opened = await sql.OPEN_PROFILE.one(db, home, new_id(home), kind, owner, *what)
    return opened


async def revise_profile(db: Db, actor: Actor, profile_id: ProfileId, ask: ProfileRevision) -> Profile:
    """Change name, avatar or bio, as its person or the shop's staff with `shop.manage`. Raises ProfileNotFound."""
    owners = [actor.person, *(scope for scope in actor.grants if actor.can("shop.manage", scope))]
    found = await sql.REVISE_PROFILE.first(db, home_of(profile_id), profile_id, owners, ask.name, ask.avatar, ask.bio)
    if found is None:
        raise ProfileNotFound(profile_id=profile_id)
    return found


async def profiles_by_ids(db: Db, ids: Iterable[UUID]) -> dict[ProfileId, Profile]:
    """Profiles by id; unknown ids are left out."""
    wanted = list(ids)
    found = await sql.PROFILES.all(db, [home_of(id) for id in wanted], wanted) if wanted else []
    return {profile.id: profile for profile in found}


async def profiles_of(db: Db, owner_id: UUID, cursor: str | None, limit: int) -> Page[Profile]:
    """The profiles of a person or a shop."""
    after = decode_cursor(cursor, tuple[UUID])
    rows = await sql.PROFILES_OF.all(db, home_of(owner_id), owner_id, after[0] if after else None, limit + 1)
    return page(rows, limit, lambda row: (row.id,))


async def profile_seen(db: Db, actor: Actor, profile_id: ProfileId) -> ProfileSeen:
    """A profile with how many follow it. Raises ProfileNotFound, also for one's own blocker's."""
    profile = await _visible(db, actor, profile_id)
    home = home_of(profile_id)
    followers = await sql.FOLLOWER_COUNT.one(db, home, profile_id)
    return ProfileSeen(profile, followers, await sql.IS_FOLLOWED.one(db, home, profile_id, actor.id))


async def follow(db: Db, actor: Actor, profile_id: ProfileId) -> None:
    """Follow a profile, once however often. Raises ProfileNotFound, also for one's own blocker's."""
    me, now = actor.person, clock.now()
    await _visible(db, actor, profile_id)
    async with transaction(db):
        await sql.FOLLOW.run(db, home_of(me), me, profile_id, now)
        await sql.NOTE_FOLLOWER.run(db, home_of(profile_id), profile_id, me, now)


async def unfollow(db: Db, actor: Actor, profile_id: ProfileId) -> None:
    """Follow no longer."""
    me = actor.person
    async with transaction(db):
        await sql.UNFOLLOW.run(db, home_of(me), me, profile_id)
        await sql.DROP_FOLLOWER.run(db, home_of(profile_id), profile_id, me)


async def follows_of(db: Db, actor: Actor, cursor: str | None, limit: int) -> Page[Profile]:
    """What the signed-in person follows."""
    me, after = actor.person, decode_cursor(cursor, tuple[UUID])
    rows = await sql.FOLLOWS.all(db, home_of(me), me, after[0] if after else None, limit + 1)
    found = page(rows, limit, lambda row: (row.profile_id,))
    profiles = await profiles_by_ids(db, [row.profile_id for row in found.items])
    return Page([profiles[row.profile_id] for row in found.items if row.profile_id in profiles], found.next_cursor)


async def followers_of(db: Db, actor: Actor, profile_id: ProfileId, cursor: str | None, limit: int) -> Page[Follower]:
    """Who follows a profile, for its owner: its person, or the shop's staff with `shop.manage`. Raises ProfileNotFound."""
    profile = (await profiles_by_ids(db, [profile_id])).get(profile_id)
    if profile is None or not (profile.owner_id == actor.person or actor.can("shop.manage", profile.owner_id)):
        raise ProfileNotFound(profile_id=profile_id)
    after = decode_cursor(cursor, tuple[UUID])
    rows = await sql.FOLLOWERS.all(db, home_of(profile_id), profile_id, after[0] if after else None, limit + 1)
    found = page(rows, limit, lambda row: (row.person_id,))
    cards = await cards_of(db, [row.person_id for row in found.items])
    return Page([Follower(cards[row.person_id], row.since) for row in found.items if row.person_id in cards], found.next_cursor)


async def _visible(db: Db, actor: Actor, profile_id: ProfileId) -> Profile:
    profile = (await profiles_by_ids(db, [profile_id])).get(profile_id)
    is_hidden = profile and actor.id and profile.owner_kind == "person" and await is_blocked(db, actor.id, profile.owner_id)
    if profile is None or is_hidden:
        raise ProfileNotFound(profile_id=profile_id)
    return profile
