import asyncio

import pytest

from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.ids import home_of
from shuke.society import social
from shuke.society.social import (
    AlreadyMember,
    GroupAsk,
    GroupFull,
    GroupNotFound,
    InvitationNotFound,
    JoinAsk,
    MemberNotFound,
    OwnerStays,
    PersonNotFound,
)
from tests.social.people import assert_proofs_hold, people


async def a_group_of(db: Db, *members):  # type: ignore[no-untyped-def]
    """A group of the first, with the others in it."""
    group = await social.open_group(db, members[0], GroupAsk("邻居"))
    for member in members[1:]:
        await social.add_member(db, group.id, member.person)
    return group


async def test_a_member_invites_and_the_invited_joins(db: Db):
    ana, bo, chi = await people(db, 3)
    group = await a_group_of(db, ana, bo)

    await social.invite(db, bo, group.id, chi.person)
    waiting = await social.my_invitations(db, chi, None, 20)
    joined = await social.join_group(db, chi, JoinAsk(group_id=group.id))

    assert [(each.group.id, each.invited_by.id) for each in waiting.items] == [(group.id, bo.id)]
    assert joined.members == 3
    assert await social.is_member(db, group.id, chi.person)
    assert [each.id for each in (await social.groups_of(db, chi, None, 20)).items] == [group.id]
    with pytest.raises(InvitationNotFound):
        await social.join_group(db, chi, JoinAsk(group_id=group.id))
    await assert_proofs_hold(db)


async def test_a_code_lets_in_until_there_is_a_new_one(db: Db):
    ana, bo, chi = await people(db, 3)
    group = await a_group_of(db, ana)
    code = (await social.group_seen(db, ana, group.id)).code

    await social.join_group(db, bo, JoinAsk(code=code))
    renewed = (await social.renew_code(db, ana, group.id)).code

    assert code != renewed and code is not None and len(code) == 30
    assert (await social.group_seen(db, bo, group.id)).code is None
    with pytest.raises(GroupFull):
        await social.join_group(db, chi, JoinAsk(code=code))
    with pytest.raises(AlreadyMember):
        await social.join_group(db, bo, JoinAsk(code=renewed))
    await assert_proofs_hold(db)


async def test_what_is_in_a_group_is_its_members(db: Db):
    ana, bo, eve = await people(db, 3)
    group = await a_group_of(db, ana, bo)

    members = await social.members_of(db, bo, group.id, None, 20)

    assert {(each.person.id, each.role) for each in members.items} == {(ana.id, "owner"), (bo.id, "member")}
    for refused in (social.members_of(db, eve, group.id, None, 20), social.group_seen(db, eve, group.id)):
        with pytest.raises(GroupNotFound):
            await refused
    with pytest.raises(GroupNotFound):
        await social.rename_group(db, bo, group.id, GroupAsk("我的"))


async def test_who_is_blocked_is_not_invited(db: Db):
    ana, bo = await people(db, 2)
    group = await a_group_of(db, ana)
    await social.block(db, bo, ana.person)

    with pytest.raises(PersonNotFound):
        await social.invite(db, ana, group.id, bo.person)


async def test_an_admin_removes_members_and_the_owner_anybody(db: Db):
    ana, bo, chi, dee = await people(db, 4)
    group = await a_group_of(db, ana, bo, chi, dee)
    await social.set_role(db, ana, group.id, bo.person, "admin")

    await social.remove_member(db, bo, group.id, chi.person)
    for actor, gone in ((dee, bo), (bo, ana)):
        with pytest.raises(MemberNotFound):
            await social.remove_member(db, actor, group.id, gone.person)
    await social.remove_member(db, ana, group.id, bo.person)

    assert (await social.group_seen(db, ana, group.id)).group.members == 2
    await assert_proofs_hold(db)


async def test_the_owner_hands_over_before_leaving_and_the_last_one_ends_the_group(db: Db):
    ana, bo = await people(db, 2)
    group = await a_group_of(db, ana, bo)

    with pytest.raises(OwnerStays):
        await social.leave_group(db, ana, group.id)
    await social.set_role(db, ana, group.id, bo.person, "owner")
    await social.leave_group(db, ana, group.id)
    assert (await social.group_seen(db, bo, group.id)).group.owner_id == bo.id
    await assert_proofs_hold(db)
    await social.leave_group(db, bo, group.id)

    with pytest.raises(GroupNotFound):
        await social.group_seen(db, bo, group.id)
    assert (await social.groups_of(db, bo, None, 20)).items == []


async def test_only_the_owner_gives_roles_and_never_to_a_stranger(db: Db):
    ana, bo, chi, eve = await people(db, 4)
    group = await a_group_of(db, ana, bo, chi)

    for actor, member in ((bo, chi), (ana, eve), (ana, ana)):
        for role in ("admin", "owner"):
            with pytest.raises(MemberNotFound):
                await social.set_role(db, actor, group.id, member.person, role)  # type: ignore[arg-type]


@pytest.mark.concurrent
async def test_a_group_with_three_places_takes_three_of_twelve(pool: Pool):
    async with borrowed(pool) as db:
        ana, *others = await people(db, 13)
        group = await a_group_of(db, ana)
        await db.execute("update social.groups set max_members = 4 where home = $1", home_of(group.id))
        code = (await social.group_seen(db, ana, group.id)).code

    async def join(place: int) -> bool:
        async with borrowed(pool) as db:
            try:
                await social.join_group(db, others[place], JoinAsk(code=code))
            except GroupFull:
                return False
            return True

    joined = await asyncio.gather(*(join(place) for place in range(12)))

    async with borrowed(pool) as db:
        assert sum(joined) == 3
        assert (await social.group_seen(db, ana, group.id)).group.members == 4
        await assert_proofs_hold(db)


@pytest.mark.concurrent
async def test_one_who_joins_and_leaves_many_times_at_once_is_counted_right(pool: Pool):
    async with borrowed(pool) as db:
        ana, bo = await people(db, 2)
        group = await a_group_of(db, ana)
        code = (await social.group_seen(db, ana, group.id)).code

    async def act(place: int) -> None:
        async with borrowed(pool) as db:
            try:
                if place % 2:
                    await social.leave_group(db, bo, group.id)
                else:
                    await social.join_group(db, bo, JoinAsk(code=code))
            except (AlreadyMember, MemberNotFound):
                pass

    await asyncio.gather(*(act(place) for place in range(12)))

    async with borrowed(pool) as db:
        await assert_proofs_hold(db)


async def test_a_group_takes_five_hundred_by_default(db: Db):
    (ana,) = await people(db, 1)

    group = await social.open_group(db, ana, GroupAsk("大群"))

    assert (group.members, group.max_members) == (1, 500)
