import asyncio

import pytest

from shuke.kit.actor import Actor
from shuke.kit.clock import Timeline
from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.ids import home_of, new_id
from shuke.society import identity, shares, social
from shuke.society.shares import (
    GroupNotYours,
    LinkNotFound,
    ParentMismatch,
    ShareAsk,
    TargetKindUnknown,
    TargetNotFound,
    TargetRef,
)
from tests.shares.builders import MISSING, a_chain, a_person, a_tea, a_visitor, link_of, pass_on, people


async def test_the_first_sharer_is_the_root_of_a_tree_at_their_home(db: Db):
    ana = await a_person(db)

    link = await shares.share(db, ana, ShareAsk(a_tea(), "moments"))

    assert (link.depth, len(link.code), link.medium) == (0, 22, "moments")
    assert link.url.endswith(f"/s/{link.code}")
    assert home_of(link_of(link.code)) == home_of(ana.person)


async def test_a_share_of_a_share_goes_one_deeper_and_stays_at_the_first_sharers_home(db: Db):
    tea, (ana, bo, chi) = a_tea(), await people(db, 3)
    root = await pass_on(db, ana, tea)

    second = await shares.share(db, bo, ShareAsk(tea, "chat", parent=root))
    third = await shares.share(db, chi, ShareAsk(tea, "chat", parent=second.code))

    assert (second.depth, third.depth) == (1, 2)
    assert {home_of(link_of(code)) for code in (second.code, third.code)} == {home_of(ana.person)}


async def test_the_same_ask_gets_the_same_code_and_another_medium_another(db: Db):
    tea, (ana, bo) = a_tea(), await people(db, 2)
    root = await pass_on(db, ana, tea)
    child = await pass_on(db, bo, tea, root)

    again = [await pass_on(db, ana, tea), await pass_on(db, bo, tea, root)]
    poster = await pass_on(db, bo, tea, root, medium="poster")

    assert again == [root, child]
    assert poster not in again


async def test_without_a_parent_the_link_grows_from_the_one_the_sharer_came_by(db: Db, timeline: Timeline):
    tea, (ana, bo, chi, dee) = a_tea(), await people(db, 4)
    first, last = await pass_on(db, ana, tea), await pass_on(db, bo, tea)
    for code in (first, last):
        await shares.visit(db, chi, code)
        timeline.advance(minutes=1)
    await shares.visit(db, dee, first)

    soon = await shares.share(db, chi, ShareAsk(tea, "chat"))
    elsewhere = await shares.share(db, chi, ShareAsk(a_tea(), "chat"))
    timeline.advance(days=8)
    late = await shares.share(db, dee, ShareAsk(tea, "chat"))

    assert (soon.depth, home_of(link_of(soon.code))) == (1, home_of(bo.person))
    assert (elsewhere.depth, late.depth) == (0, 0)


async def test_what_a_visitor_opened_is_the_parent_after_they_sign_in(db: Db):
    tea, (ana, bo) = a_tea(), await people(db, 2)
    root = await pass_on(db, ana, tea)
    visitor = await a_visitor(db)
    await shares.visit(db, visitor, root)

    joined = Actor(id=bo.id, selves=(*bo.selves, *visitor.selves))
    link = await shares.share(db, joined, ShareAsk(tea, "chat"))

    assert link.depth == 1


async def test_sharing_from_ones_own_link_grows_beside_it_and_not_below(db: Db):
    tea, (ana, bo) = a_tea(), await people(db, 2)
    root = await pass_on(db, ana, tea)
    child = await pass_on(db, bo, tea, root)

    assert await pass_on(db, ana, tea, root) == root
    assert await pass_on(db, bo, tea, child) == child
    assert (await shares.share(db, bo, ShareAsk(tea, "poster", parent=child))).depth == 1


async def test_a_person_may_stand_twice_on_a_path(db: Db, timeline: Timeline):
    tea, (ana, bo) = a_tea(), await people(db, 2)
    (_, second) = await a_chain(db, tea, [ana, bo])
    await shares.visit(db, ana, second)

    link = await shares.share(db, ana, ShareAsk(tea, "chat"))

    assert link.depth == 2


async def test_what_cannot_be_shared_is_refused(db: Db):
    ana, tea = await a_person(db), a_tea()
    root = await pass_on(db, ana, tea)

    with pytest.raises(TargetKindUnknown):
        await shares.share(db, ana, ShareAsk(TargetRef("moon", new_id(1)), "chat"))
    with pytest.raises(TargetNotFound):
        await shares.share(db, ana, ShareAsk(TargetRef("tea", MISSING), "chat"))
    with pytest.raises(ParentMismatch):
        await shares.share(db, ana, ShareAsk(a_tea(), "chat", parent=root))
    for code in ("A" * 22, "short", "not base64 at all ~~~~"):
        with pytest.raises(LinkNotFound):
            await shares.share(db, ana, ShareAsk(tea, "chat", parent=code))


async def test_a_group_one_shares_into_is_a_group_one_is_in(db: Db):
    ana, bo = await people(db, 2)
    group = await social.open_group(db, ana, social.GroupAsk("邻居"))

    mine = await shares.share(db, ana, ShareAsk(a_tea(), "group", group_id=group.id))

    assert mine.depth == 0
    with pytest.raises(GroupNotYours):
        await shares.share(db, bo, ShareAsk(a_tea(), "group", group_id=group.id))


async def test_a_visitor_must_sign_in_to_share(db: Db):
    visitor = await a_visitor(db)

    with pytest.raises(Exception, match="sign in"):
        await shares.share(db, visitor, ShareAsk(a_tea(), "chat"))


@pytest.mark.concurrent
@pytest.mark.parametrize("depth", [0, 1])
async def test_shared_eight_times_at_once_there_is_one_link(pool: Pool, depth: int):
    tea = a_tea()
    async with borrowed(pool) as db:
        ana, bo = await people(db, 2)
        root = await pass_on(db, ana, tea) if depth else None

    async def share_once() -> str:
        async with borrowed(pool) as db:
            return await pass_on(db, bo, tea, root)

    codes = await asyncio.gather(*(share_once() for _ in range(8)))

    async with borrowed(pool) as db:
        mine = await shares.my_links(db, bo)
    assert len(set(codes)) == 1
    assert [link.code for link in mine.items] == [codes[0]]


async def test_my_links_come_newest_first_in_pages_with_what_came_of_them(db: Db, timeline: Timeline):
    ana, bo = await people(db, 2)
    codes: list[str] = []
    for _ in range(5):
        timeline.advance(seconds=1)
        codes.append(await pass_on(db, ana, a_tea()))
    await shares.visit(db, bo, codes[0])
    await shares.fold(db)

    first = await shares.my_links(db, ana, limit=3)
    rest = await shares.my_links(db, ana, first.next_cursor, limit=3)

    assert [link.code for link in [*first.items, *rest.items]] == codes[::-1]
    assert rest.next_cursor is None
    assert rest.items[-1].visitors == 1
    assert rest.items[-1].target and rest.items[-1].target.title == "龙井"


async def test_who_leaves_takes_their_list_along_and_the_tree_stays(db: Db, timeline: Timeline):
    tea, (ana, bo, chi) = a_tea(), await people(db, 3)
    codes = await a_chain(db, tea, [ana, bo, chi])
    taken = await shares.privacy.export_person(db, bo.person)

    await shares.privacy.erase_person(db, bo.person)

    assert [len(taken["links"]), len(taken["opened"])] == [1, 1]
    assert (await shares.my_links(db, bo)).items == []
    assert (await shares.cascade(db, ana, codes[0])).depth == 2
    assert identity.PersonCard  # the person's name is identity's to erase
