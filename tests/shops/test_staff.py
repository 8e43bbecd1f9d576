import asyncio

import pytest

from shuke.goods import shops
from shuke.goods.shops import HireAsk
from shuke.kit.clock import Timeline
from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.errors import CapabilityMissing
from shuke.society import identity
from tests.shops.builders import a_person, a_staff_member, an_open_shop, as_staff


async def test_who_is_hired_works_there_once_they_accept(db: Db):
    bao = await an_open_shop(db)
    chi = await a_person(db, "Chi")

    invitation = await shops.hire(db, bao.owner, bao.id, HireAsk(role="shop.clerk", person_id=chi.person))
    assert [each.id for each in await shops.my_invitations(db, chi)] == [invitation.id]
    assert len((await shops.staff_of(db, bao.owner, bao.id)).items) == 1

    await shops.accept(db, chi, invitation.id)
    assert {(each.person.name, each.role) for each in (await shops.staff_of(db, bao.owner, bao.id)).items} == {
        ("Bao", "shop.owner"),
        ("Chi", "shop.clerk"),
    }
    assert await shops.my_invitations(db, chi) == []
    assert [(each.scope, each.role) for each in await identity.roles_of(db, chi.person)] == [(bao.id, "shop.clerk")]


async def test_an_invitation_by_phone_tells_nothing_of_who_has_it(db: Db):
    bao = await an_open_shop(db)
    chi_id = await identity.person_by_login(db, identity.PHONE, "13800001234", "Chi")

    invitation = await shops.hire(db, bao.owner, bao.id, HireAsk(role="shop.clerk", phone="138 0000 1234"))

    (listed,) = (await shops.invitations_of(db, bao.owner, bao.id, None, 20)).items
    assert listed.person_id is None and listed.phone_masked == "138****1234"
    chi = await a_person(db)
    with pytest.raises(shops.InvitationNotFound):
        await shops.accept(db, chi, invitation.id)
    chi = type(chi)(id=chi_id, selves=(chi_id,))
    await shops.accept(db, chi, invitation.id)
    assert await shops.works_as(db, bao.id, chi_id, "shop.clerk")


async def test_an_invitation_is_answered_once_and_ends_after_two_weeks(db: Db, timeline: Timeline):
    bao, chi = await an_open_shop(db), await a_person(db, "Chi")
    declined = await shops.hire(db, bao.owner, bao.id, HireAsk(role="shop.clerk", person_id=chi.person))
    await shops.decline(db, chi, declined.id)
    expired = await shops.hire(db, bao.owner, bao.id, HireAsk(role="shop.clerk", person_id=chi.person))
    withdrawn = await shops.hire(db, bao.owner, bao.id, HireAsk(role="shop.guide", person_id=chi.person))
    await shops.withdraw(db, bao.owner, bao.id, withdrawn.id)
    timeline.advance(days=14)

    for gone in (declined, expired, withdrawn):
        with pytest.raises(shops.InvitationNotFound):
            await shops.accept(db, chi, gone.id)

    again = await shops.hire(db, bao.owner, bao.id, HireAsk(role="shop.clerk", person_id=chi.person))
    assert again.id == expired.id
    await shops.accept(db, chi, again.id)


async def test_managers_appoint_clerks_and_only_owners_appoint_managers(db: Db):
    bao = await an_open_shop(db)
    manager = await a_staff_member(db, bao, "shop.manager")
    dee = await a_person(db, "Dee")

    await shops.hire(db, manager, bao.id, HireAsk(role="shop.finance", person_id=dee.person))
    for role in ("shop.manager", "shop.owner"):
        with pytest.raises(shops.MayNotAppoint):
            await shops.hire(db, manager, bao.id, HireAsk(role=role, person_id=dee.person))
    clerk = await a_staff_member(db, bao, "shop.clerk")
    with pytest.raises(CapabilityMissing):
        await shops.hire(db, clerk, bao.id, HireAsk(role="shop.clerk", person_id=dee.person))


async def test_nobody_dismisses_an_owner_and_the_last_one_stays(db: Db):
    bao = await an_open_shop(db)
    chi = await a_staff_member(db, bao, "shop.owner", "Chi")

    with pytest.raises(shops.NotStaff):
        await shops.dismiss(db, chi, bao.id, bao.owner.person, "shop.owner")
    await shops.dismiss(db, bao.owner, bao.id, bao.owner.person, "shop.owner")
    with pytest.raises(shops.LastOwner):
        await shops.dismiss(db, chi, bao.id, chi.person, "shop.owner")

    assert [each.person.id for each in (await shops.staff_of(db, chi, bao.id)).items] == [chi.person]


async def test_who_is_dismissed_may_nothing_more_and_their_invitations_end(db: Db):
    bao = await an_open_shop(db)
    manager, dee = await a_staff_member(db, bao, "shop.manager"), await a_person(db, "Dee")
    invitation = await shops.hire(db, manager, bao.id, HireAsk(role="shop.clerk", person_id=dee.person))

    await shops.dismiss(db, bao.owner, bao.id, manager.person, "shop.manager")

    assert await identity.roles_of(db, manager.person) == []
    assert await shops.my_shops(db, manager) == []
    with pytest.raises(shops.InvitationNotFound):
        await shops.accept(db, dee, invitation.id)
    with pytest.raises(shops.NotStaff):
        await shops.dismiss(db, bao.owner, bao.id, manager.person, "shop.manager")


async def test_a_person_who_is_the_last_owner_is_not_erased_before_the_shop_is_closed(db: Db):
    bao = await an_open_shop(db)
    guide = await a_staff_member(db, bao, "shop.guide")

    with pytest.raises(shops.LastOwner):
        await shops.erase_person(db, bao.owner.person)
    await shops.erase_person(db, guide.person)

    assert [each.role for each in (await shops.staff_of(db, bao.owner, bao.id)).items] == ["shop.owner"]
    assert (await shops.export_person(db, bao.owner.person))["workplaces"][0]["role"] == "shop.owner"
    assert await shops.export_person(db, guide.person) == {}


@pytest.mark.concurrent
async def test_of_two_last_owners_who_leave_at_once_one_stays(pool: Pool):
    async with borrowed(pool) as db:
        bao = await an_open_shop(db)
        owners = [bao.owner, *[await a_staff_member(db, bao, "shop.owner") for _ in range(3)]]

    async def leave(owner) -> bool:
        async with borrowed(pool) as db:
            try:
                await shops.dismiss(db, owner, bao.id, owner.person, "shop.owner")
            except shops.LastOwner:
                return False
            return True

    left = await asyncio.gather(*[leave(owner) for owner in owners])

    assert sum(left) == 3
    async with borrowed(pool) as db:
        assert len((await shops.staff_of(db, bao.owner, bao.id)).items) == 1


@pytest.mark.concurrent
async def test_an_invitation_accepted_many_times_at_once_is_taken_once(pool: Pool):
    async with borrowed(pool) as db:
        bao, chi = await an_open_shop(db), await a_person(db, "Chi")
        invitation = await shops.hire(db, bao.owner, bao.id, HireAsk(role="shop.owner", person_id=chi.person))

    async def accept() -> bool:
        async with borrowed(pool) as db:
            try:
                await shops.accept(db, chi, invitation.id)
            except shops.InvitationNotFound:
                return False
            return True

    taken = await asyncio.gather(*[accept() for _ in range(6)])

    assert sum(taken) == 1
    async with borrowed(pool) as db:
        assert await db.fetchval("select owners from shops.shops where id = $1", bao.id) == 2
        assert len((await shops.staff_of(db, as_staff(chi, bao.id), bao.id)).items) == 2
