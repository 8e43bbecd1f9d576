import asyncio

import pytest

from shuke.goods import shops
from shuke.kit.actor import Actor
from shuke.kit.db import Db, Pool, borrowed
from shuke.society import social
from tests.shops.builders import a_person, a_staff_member, an_open_shop


async def a_profile(db: Db, actor: Actor, shop_id: shops.ShopId | None = None) -> social.ProfileId:
    return (await social.open_profile(db, actor, social.ProfileAsk(name="号", shop_id=shop_id))).id


async def test_the_shop_s_own_and_its_staff_s_profiles_are_linked_at_once(db: Db):
    bao = await an_open_shop(db, kind="company")
    clerk = await a_staff_member(db, bao, "shop.clerk")
    theirs = [await a_profile(db, bao.owner, bao.id), await a_profile(db, bao.owner), await a_profile(db, clerk)]

    for profile_id in theirs:
        assert (await shops.link_profile(db, bao.owner, bao.id, profile_id)).linked

    assert [(each.slot, each.profile_id) for each in await shops.profiles_of(db, bao.id)] == list(enumerate(theirs, 1))
    with pytest.raises(shops.AlreadyLinked):
        await shops.link_profile(db, bao.owner, bao.id, theirs[0])


async def test_another_person_s_profile_is_linked_when_they_accept(db: Db):
    bao, chi = await an_open_shop(db), await a_person(db, "Chi")
    profile_id = await a_profile(db, chi)

    answer = await shops.link_profile(db, bao.owner, bao.id, profile_id)
    assert answer.linked is None and answer.invitation
    assert await shops.profiles_of(db, bao.id) == []
    with pytest.raises(shops.InvitationNotFound):
        await shops.accept(db, bao.owner, answer.invitation.id)

    await shops.accept(db, chi, answer.invitation.id)
    assert [each.profile_id for each in await shops.profiles_of(db, bao.id)] == [profile_id]


async def test_its_owner_may_end_a_link_and_nobody_else_outside_of_the_shop(db: Db):
    bao, chi = await an_open_shop(db), await a_person(db, "Chi")
    profile_id = await a_profile(db, chi)
    answer = await shops.link_profile(db, bao.owner, bao.id, profile_id)
    assert answer.invitation
    await shops.accept(db, chi, answer.invitation.id)

    with pytest.raises(shops.NotLinked):
        await shops.unlink_profile(db, await a_person(db, "Dee"), bao.id, profile_id)
    await shops.unlink_profile(db, chi, bao.id, profile_id)

    assert await shops.profiles_of(db, bao.id) == []


async def test_another_shop_s_profile_is_not_linked(db: Db):
    bao, rival = await an_open_shop(db), await an_open_shop(db)
    profile_id = await a_profile(db, rival.owner, rival.id)

    with pytest.raises(shops.ProfileUnknown):
        await shops.link_profile(db, bao.owner, bao.id, profile_id)


async def test_a_freed_slot_is_used_again(db: Db):
    bao = await an_open_shop(db, kind="company")
    first, second, third = [await a_profile(db, bao.owner, bao.id) for _ in range(3)]
    for profile_id in (first, second):
        await shops.link_profile(db, bao.owner, bao.id, profile_id)

    await shops.unlink_profile(db, bao.owner, bao.id, first)
    answer = await shops.link_profile(db, bao.owner, bao.id, third)

    assert answer.linked and answer.linked.slot == 1


@pytest.mark.concurrent
@pytest.mark.parametrize(("kind", "at_most", "wanted"), [("personal", 1, 8), ("company", 100, 120)])
async def test_links_that_race_never_pass_the_limit(pool: Pool, kind: str, at_most: int, wanted: int):
    async with borrowed(pool) as db:
        bao = await an_open_shop(db, kind=kind)
        profiles = [await a_profile(db, bao.owner, bao.id) for _ in range(wanted)]

    async def link(profile_id: social.ProfileId) -> bool:
        async with borrowed(pool) as db:
            try:
                await shops.link_profile(db, bao.owner, bao.id, profile_id)
            except shops.TooManyProfiles:
                return False
            return True

    linked = await asyncio.gather(*[link(each) for each in profiles])

    assert sum(linked) == at_most
    async with borrowed(pool) as db:
        assert [each.slot for each in await shops.profiles_of(db, bao.id)] == list(range(1, at_most + 1))
