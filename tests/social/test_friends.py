import asyncio
from uuid import uuid4

import pytest

from shuke.kit import clock
from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.ids import home_of
from shuke.society import social
from shuke.society.identity import PersonsMerged
from shuke.society.social import (
    AlreadyFriends,
    FriendAsk,
    FriendNotFound,
    NotYourself,
    PersonNotFound,
    RequestNotFound,
    TooManyFriends,
)
from shuke.society.social.jobs import merge_circles
from tests.social.people import a_person, assert_proofs_hold, make_friends, people


async def test_a_request_that_is_accepted_makes_friends_on_both_sides(db: Db):
    ana, bo = await people(db, 2)

    asked = await social.ask_friend(db, ana, FriendAsk(bo.person, "我是安娜"))
    waiting = await social.my_requests(db, bo, None, 20)
    await social.accept_friend(db, bo, ana.person)

    assert asked.state == "asked"
    assert [(request.person.id, request.message) for request in waiting.items] == [(ana.id, "我是安娜")]
    assert (await social.friends_of(db, ana.person), await social.friends_of(db, bo.person)) == ([bo.id], [ana.id])
    assert (await social.my_requests(db, bo, None, 20)).items == []
    await assert_proofs_hold(db)


async def test_two_who_ask_each_other_are_friends_at_once(db: Db):
    ana, bo = await people(db, 2)
    await social.ask_friend(db, ana, FriendAsk(bo.person))

    answer = await social.ask_friend(db, bo, FriendAsk(ana.person))

    assert answer.state == "friends"
    assert await social.friends_among(db, ana.person, [bo.person]) == {bo.id}


async def test_what_was_not_asked_cannot_be_accepted(db: Db):
    ana, bo = await people(db, 2)
    await social.ask_friend(db, ana, FriendAsk(bo.person))

    with pytest.raises(RequestNotFound):
        await social.accept_friend(db, ana, bo.person)
    await social.drop_request(db, bo, ana.person)
    with pytest.raises(RequestNotFound):
        await social.accept_friend(db, bo, ana.person)


async def test_nobody_asks_themselves_a_friend_or_somebody_unknown(db: Db):
    ana, bo = await people(db, 2)
    await make_friends(db, ana, bo)

    with pytest.raises(NotYourself):
        await social.ask_friend(db, ana, FriendAsk(ana.person))
    with pytest.raises(AlreadyFriends):
        await social.ask_friend(db, ana, FriendAsk(bo.person))
    with pytest.raises(PersonNotFound):
        await social.ask_friend(db, ana, FriendAsk(uuid4()))


async def test_parting_ends_it_on_both_sides(db: Db):
    ana, bo = await people(db, 2)
    await make_friends(db, ana, bo)

    await social.end_friendship(db, bo, ana.person)

    assert await social.friends_of(db, ana.person) == []
    with pytest.raises(FriendNotFound):
        await social.end_friendship(db, ana, bo.person)
    await assert_proofs_hold(db)


async def test_a_card_shows_common_friends_and_never_more(db: Db):
    ana, bo, chi, dee = await people(db, 4)
    for friend in (chi, dee):
        await make_friends(db, ana, friend)
        await make_friends(db, friend, bo)

    seen = await social.person_seen(db, ana, bo.person)

    assert (seen.is_friend, seen.common_friends) == (False, 2)
    assert set(seen.__struct_fields__) == {"id", "name", "avatar", "is_friend", "common_friends"}


async def test_who_is_blocked_is_no_friend_asks_nothing_and_sees_nothing(db: Db):
    ana, bo = await people(db, 2)
    await make_friends(db, ana, bo)
    profile = await social.open_profile(db, ana, social.ProfileAsk("安娜"))
    await social.follow(db, bo, profile.id)

    await social.block(db, ana, bo.person)

    assert await social.friends_of(db, bo.person) == []
    assert await social.is_blocked(db, bo.person, ana.person)
    assert (await social.follows_of(db, bo, None, 20)).items == []
    for a, b in ((ana, bo), (bo, ana)):
        with pytest.raises(PersonNotFound):
            await social.ask_friend(db, a, FriendAsk(b.person))
        with pytest.raises(PersonNotFound):
            await social.person_seen(db, a, b.person)
    assert not await social.befriend(db, ana.person, bo.person, clock.now())
    with pytest.raises(social.ProfileNotFound):
        await social.follow(db, bo, profile.id)
    await assert_proofs_hold(db)


async def test_a_block_that_is_taken_back_lets_them_ask_again(db: Db):
    ana, bo = await people(db, 2)
    await social.block(db, ana, bo.person)
    assert [block.person.id for block in (await social.my_blocks(db, ana, None, 20)).items] == [bo.id]

    await social.unblock(db, ana, bo.person)

    assert (await social.ask_friend(db, bo, FriendAsk(ana.person))).state == "asked"


async def test_friends_come_in_pages(db: Db):
    ana, *others = await people(db, 8)
    for other in others:
        await social.befriend(db, ana.person, other.person, clock.now())

    first = await social.my_friends(db, ana, None, 4)
    rest = await social.my_friends(db, ana, first.next_cursor, 4)

    assert sorted(friend.person.id for friend in [*first.items, *rest.items]) == sorted(other.person for other in others)
    assert rest.next_cursor is None


async def test_friends_of_somebody_merged_are_friends_of_whom_they_became(db: Db):
    ana, bo, chi = await people(db, 3)
    await make_friends(db, ana, chi)
    await make_friends(db, ana, bo)

    for _ in range(2):
        await merge_circles(db, PersonsMerged(bo.person, ana.person))

    assert await social.friends_of(db, bo.person) == [chi.id]
    assert await social.friends_of(db, ana.person) == []
    await assert_proofs_hold(db)


@pytest.mark.concurrent
async def test_with_one_place_left_only_one_of_eight_becomes_the_last_friend(pool: Pool):
    async with borrowed(pool) as db:
        ana, *others = await people(db, 9)
        await db.execute(
            "insert into social.friendships select $1, $2, gen_random_uuid(), now() from generate_series(1, 4999)",
            home_of(ana.person),
            ana.person,
        )
        await db.execute("insert into social.circles values ($1, $2, 4999)", home_of(ana.person), ana.person)

    async def befriend(other: int) -> bool:
        async with borrowed(pool) as db:
            try:
                return await social.befriend(db, others[other].person, ana.person, clock.now())
            except TooManyFriends:
                return False

    made = await asyncio.gather(*(befriend(place) for place in range(8)))

    async with borrowed(pool) as db:
        assert sum(made) == 1
        assert len(await social.friends_of(db, ana.person)) == 5000
        assert sum([bool(await social.friends_of(db, other.person)) for other in others]) == 1


@pytest.mark.concurrent
async def test_befriending_and_blocking_at_once_never_leaves_a_blocked_friend(pool: Pool):
    async with borrowed(pool) as db:
        pairs = [(await a_person(db), await a_person(db)) for _ in range(12)]

    async def act(place: int, is_block: bool) -> None:
        async with borrowed(pool) as db:
            a, b = pairs[place]
            if is_block:
                await social.block(db, a, b.person)
            else:
                await social.befriend(db, b.person, a.person, clock.now())

    await asyncio.gather(*(act(place, is_block) for place in range(12) for is_block in (True, False)))

    async with borrowed(pool) as db:
        assert [await social.friends_of(db, b.person) for _, b in pairs] == [[]] * 12
        await assert_proofs_hold(db)


async def test_who_leaves_is_nobodys_friend_any_more(db: Db):
    ana, bo, chi = await people(db, 3)
    await make_friends(db, ana, bo)
    await social.ask_friend(db, ana, FriendAsk(chi.person))
    profile = await social.open_profile(db, ana, social.ProfileAsk("安娜", bio="茶"))
    group = await social.open_group(db, ana, social.GroupAsk("邻居"))
    await social.add_member(db, group.id, bo.person)
    taken = await social.privacy.export_person(db, ana.person)

    await social.privacy.erase_person(db, ana.person)

    assert {name: len(rows) for name, rows in taken.items()} == {"friends": 1, "profiles": 1, "groups": 1}
    assert await social.friends_of(db, bo.person) == []
    assert (await social.my_requests(db, chi, None, 20)).items == []
    assert (await social.profiles_by_ids(db, [profile.id]))[profile.id].bio == ""
    assert (await social.group_seen(db, bo, group.id)).role == "owner"
    assert await social.privacy.export_person(db, ana.person) == {
        "profiles": [(await social.profiles_by_ids(db, [profile.id]))[profile.id]]
    }
    await assert_proofs_hold(db)
