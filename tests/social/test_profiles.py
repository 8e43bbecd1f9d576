import asyncio

import pytest

from shuke.kit.actor import NOBODY, Actor
from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.errors import CapabilityMissing
from shuke.kit.ids import new_id
from shuke.society import social
from shuke.society.social import ProfileAsk, ProfileExists, ProfileNotFound, ProfileRevision
from tests.social.people import a_person, assert_proofs_hold, people

SHOP = new_id(4242)


def with_shop(actor: Actor) -> Actor:
    """The same person as the shop's manager."""
    return Actor(id=actor.id, selves=actor.selves, grants={SHOP: frozenset({"shop.manage"})})


async def test_a_person_has_one_profile_and_a_shop_several(db: Db):
    ana = await a_person(db)
    await social.open_profile(db, ana, ProfileAsk("安娜"))

    with pytest.raises(ProfileExists):
        await social.open_profile(db, ana, ProfileAsk("安娜二号"))
    for name in ("茶铺", "茶铺视频"):
        await social.open_profile(db, with_shop(ana), ProfileAsk(name, "channel", shop_id=SHOP))
    with pytest.raises(CapabilityMissing):
        await social.open_profile(db, ana, ProfileAsk("别人的", shop_id=SHOP))

    assert [each.name for each in (await social.profiles_of(db, ana.person, None, 20)).items] == ["安娜"]
    assert {each.name for each in (await social.profiles_of(db, SHOP, None, 20)).items} == {"茶铺", "茶铺视频"}


async def test_a_follow_stands_at_both_sides_and_counts_once(db: Db):
    ana, bo = await people(db, 2)
    profile = await social.open_profile(db, ana, ProfileAsk("安娜"))

    for _ in range(2):
        await social.follow(db, bo, profile.id)
    seen = await social.profile_seen(db, bo, profile.id)
    followers = await social.followers_of(db, ana, profile.id, None, 20)

    assert (seen.followers, seen.is_followed) == (1, True)
    assert (await social.profile_seen(db, NOBODY, profile.id)).is_followed is False
    assert [each.person.id for each in followers.items] == [bo.id]
    assert [each.id for each in (await social.follows_of(db, bo, None, 20)).items] == [profile.id]
    await assert_proofs_hold(db)
    await social.unfollow(db, bo, profile.id)
    assert (await social.profile_seen(db, bo, profile.id)).followers == 0
    await assert_proofs_hold(db)


async def test_who_follows_is_known_to_the_owner_only(db: Db):
    ana, bo = await people(db, 2)
    profile = await social.open_profile(db, ana, ProfileAsk("安娜"))

    with pytest.raises(ProfileNotFound):
        await social.followers_of(db, bo, profile.id, None, 20)


async def test_a_profile_is_changed_by_its_owner_and_an_empty_picture_is_removed(db: Db):
    ana, bo = await people(db, 2)
    mine = await social.open_profile(db, ana, ProfileAsk("安娜", avatar="/a.png"))
    shops = await social.open_profile(db, with_shop(ana), ProfileAsk("茶铺", shop_id=SHOP))

    changed = await social.revise_profile(db, ana, mine.id, ProfileRevision(avatar=""))
    renamed = await social.revise_profile(db, with_shop(bo), shops.id, ProfileRevision(name="新茶铺"))

    assert (changed.name, changed.avatar, renamed.name) == ("安娜", None, "新茶铺")
    for profile in (mine, shops):
        with pytest.raises(ProfileNotFound):
            await social.revise_profile(db, bo, profile.id, ProfileRevision(name="我的"))


@pytest.mark.concurrent
async def test_opened_at_once_a_person_still_has_one_profile(pool: Pool):
    async with borrowed(pool) as db:
        ana = await a_person(db)

    async def open_one(_: int) -> bool:
        async with borrowed(pool) as db:
            try:
                await social.open_profile(db, ana, ProfileAsk("安娜"))
            except ProfileExists:
                return False
            return True

    opened = await asyncio.gather(*(open_one(turn) for turn in range(6)))

    assert sum(opened) == 1
