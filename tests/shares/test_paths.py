from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.clock import Timeline
from shuke.kit.db import Db, read
from shuke.society import shares
from shuke.society.shares import SharePath
from tests.shares.builders import (
    SHOP,
    a_chain,
    a_person,
    a_tea,
    a_visitor,
    another_shops_tea,
    link_of,
    owner_of,
    pass_on,
    people,
)


async def path_of(db: Db, buyer: Actor, code: str | None = None, owner: UUID = SHOP) -> SharePath | None:
    return (await paths_of(db, buyer.selves, [owner], code)).get(owner)


async def paths_of(db: Db, selves: Sequence[UUID], owners: Sequence[UUID], code: str | None) -> dict[UUID, SharePath]:
    now = clock.now()
    return await shares.path(db, selves, owners, await read(db, shares.touches(selves, owners, now)), code, now)


async def test_a_path_goes_from_the_link_opened_back_to_the_first_sharer(db: Db, timeline: Timeline):
    tea, (ana, bo, chi, dee) = a_tea(), await people(db, 4)
    codes = await a_chain(db, tea, [ana, bo, chi])
    await shares.visit(db, dee, codes[-1])

    path = await path_of(db, dee)

    assert path is not None
    assert [(step.person_id, step.depth) for step in path.steps] == [(chi.id, 2), (bo.id, 1), (ana.id, 0)]
    assert (path.link_id, path.root_id, path.entry_medium) == (link_of(codes[2]), link_of(codes[0]), "chat")


async def test_the_last_touch_wins_and_the_first_is_kept(db: Db, timeline: Timeline):
    ana, bo, dee = await people(db, 3)
    first, last = await pass_on(db, ana, a_tea()), await pass_on(db, bo, a_tea())
    opened_at = clock.now()
    await shares.visit(db, dee, first)
    timeline.advance(days=2)
    await shares.visit(db, dee, last)

    path = await path_of(db, dee)

    assert path is not None
    assert (path.link_id, path.first_link_id) == (link_of(last), link_of(first))
    assert (path.first_touch, path.last_touch) == (opened_at, clock.now())


async def test_a_touch_counts_for_seven_days(db: Db, timeline: Timeline):
    ana, dee = await people(db, 2)
    await shares.visit(db, dee, await pass_on(db, ana, a_tea()))

    timeline.advance(days=7)
    still = await path_of(db, dee)
    timeline.advance(seconds=1)
    no_more = await path_of(db, dee)

    assert still is not None
    assert no_more is None


async def test_the_code_in_the_order_wins_over_a_later_touch(db: Db, timeline: Timeline):
    ana, bo, dee = await people(db, 3)
    asked, touched = await pass_on(db, ana, a_tea()), await pass_on(db, bo, a_tea())
    await shares.visit(db, dee, touched)

    path = await path_of(db, dee, asked)

    assert path is not None
    assert (path.link_id, path.first_link_id) == (link_of(asked), link_of(touched))


async def test_a_code_of_ones_own_of_another_shop_or_of_nothing_counts_as_none(db: Db):
    ana, bo, dee = await people(db, 3)
    touched = await pass_on(db, ana, a_tea())
    own, foreign = await pass_on(db, dee, a_tea()), await pass_on(db, bo, another_shops_tea())
    await shares.visit(db, dee, touched)

    for code in (own, foreign, "A" * 22, "?"):
        path = await path_of(db, dee, code)
        assert path is not None and path.link_id == link_of(touched)


async def test_each_shop_of_an_order_has_its_own_path(db: Db):
    ana, bo, dee = await people(db, 3)
    foreign = another_shops_tea()
    here, there = await pass_on(db, ana, a_tea()), await pass_on(db, bo, foreign)
    for code in (here, there):
        await shares.visit(db, dee, code)

    paths = await paths_of(db, dee.selves, [SHOP, owner_of(foreign.id)], None)

    assert {owner: path.link_id for owner, path in paths.items()} == {
        SHOP: link_of(here),
        owner_of(foreign.id): link_of(there),
    }


async def test_what_a_visitor_touched_is_the_persons_after_they_sign_in(db: Db):
    ana, dee = await people(db, 2)
    code, visitor = await pass_on(db, ana, a_tea()), await a_visitor(db)
    await shares.visit(db, visitor, code)

    before = await path_of(db, dee)
    after = await path_of(db, Actor(id=dee.id, selves=(*dee.selves, *visitor.selves)))

    assert before is None
    assert after is not None and after.link_id == link_of(code)


async def test_ones_own_link_opened_before_signing_in_leads_nowhere(db: Db):
    ana, dee = await people(db, 2)
    friends, own = await pass_on(db, ana, a_tea()), await pass_on(db, dee, a_tea())
    visitor = await a_visitor(db)
    for code in (friends, own):
        await shares.visit(db, visitor, code)

    path = await path_of(db, Actor(id=dee.id, selves=(*dee.selves, *visitor.selves)))

    assert path is not None and path.link_id == link_of(friends)


async def test_a_path_costs_two_statements_and_one_when_nobody_sent_the_buyer(db: Db, statements: Any):
    ana, dee = await people(db, 2)
    await shares.visit(db, dee, await pass_on(db, ana, a_tea()))

    with statements(db, at_most=2):
        assert await path_of(db, dee)
    with statements(db, at_most=1):
        assert await path_of(db, ana) is None


async def test_a_path_has_no_greatest_depth(db: Db, timeline: Timeline):
    sharers, tea, buyer = await people(db, 2), a_tea(), await a_person(db)
    codes: list[str] = []
    for place in range(300):
        codes.append(await pass_on(db, sharers[place % 2], tea, codes[-1] if codes else None))
    await shares.visit(db, buyer, codes[-1])

    path = await path_of(db, buyer)

    assert path is not None
    assert [step.depth for step in path.steps] == list(range(299, -1, -1))
