import asyncio
from datetime import timedelta

import pytest

from shuke.goods import regulars, shops
from shuke.goods.regulars import GuideAsk, HandoverAsk
from shuke.kit.actor import Actor
from shuke.kit.clock import Timeline
from shuke.kit.db import Db, Pool, borrowed, read, transaction
from shuke.kit.errors import CapabilityMissing
from shuke.kit.jobs import drain
from tests.regulars.builders import a_guide, in_one_shop
from tests.shops.builders import AnOpenShop, a_person, a_staff_member, an_open_shop


async def guide_of(db: Db, shop: AnOpenShop, person: Actor, timeline: Timeline):
    found = in_one_shop(await read(db, regulars.guide_of([shop.id], person.person, timeline.now)))
    return found and found.person_id


async def test_a_guide_s_link_binds_for_its_time_and_earns_its_rate(db: Db, timeline: Timeline, statements):
    bao, rival, ana = await an_open_shop(db), await an_open_shop(db), await a_person(db)
    gus = await a_guide(db, bao, rate_bps=300)
    await regulars.opt_in(db, ana, bao.id, gus.person)
    await regulars.opt_in(db, ana, rival.id)

    with statements(db, at_most=1):
        found = await read(db, regulars.guide_of([bao.id, rival.id], ana.person, timeline.now))
    assert found == {bao.id: regulars.Guide(gus.person, 300)}

    end = timeline.now + timedelta(days=180)
    assert await read(db, regulars.guide_of([bao.id], ana.person, end - timedelta(seconds=1))) == found
    assert await read(db, regulars.guide_of([bao.id], ana.person, end)) == {}


async def test_the_first_guide_keeps_a_person_until_the_binding_ends(db: Db, timeline: Timeline):
    bao, ana = await an_open_shop(db), await a_person(db)
    gus, hui = await a_guide(db, bao, "Gus", binding_days=30), await a_guide(db, bao, "Hui")
    await regulars.opt_in(db, ana, bao.id, gus.person)

    mine = await regulars.opt_in(db, ana, bao.id, hui.person)
    assert mine.guide and mine.guide.name == "Gus"

    timeline.advance(days=30)
    mine = await regulars.opt_in(db, ana, bao.id, hui.person)
    assert mine.guide and mine.guide.name == "Hui"


async def test_an_order_through_the_guide_renews_the_binding_and_any_other_does_not(db: Db, timeline: Timeline):
    bao, ana = await an_open_shop(db), await a_person(db)
    gus, hui = await a_guide(db, bao, "Gus"), await a_guide(db, bao, "Hui")
    await regulars.opt_in(db, ana, bao.id, gus.person)
    timeline.advance(days=170)

    await regulars.welcome(db, bao.id, ana.person, "order", hui.person)
    await regulars.welcome(db, bao.id, ana.person, "order")
    (before,) = (await regulars.regulars_of(db, bao.owner, bao.id)).items
    await regulars.welcome(db, bao.id, ana.person, "order", gus.person)
    (after,) = (await regulars.regulars_of(db, bao.owner, bao.id)).items

    assert before.bound_until == timeline.now + timedelta(days=10)
    assert after.bound_until == timeline.now + timedelta(days=180)


async def test_a_guide_is_never_their_own(db: Db, timeline: Timeline):
    bao = await an_open_shop(db)
    gus = await a_guide(db, bao)

    await regulars.opt_in(db, gus, bao.id, gus.person)

    assert not await regulars.bind(db, bao.id, gus.person, gus.person)
    assert await guide_of(db, bao, gus, timeline) is None


async def test_who_left_is_bound_to_nobody(db: Db, timeline: Timeline):
    bao, ana = await an_open_shop(db), await a_person(db)
    gus = await a_guide(db, bao)
    await regulars.opt_in(db, ana, bao.id, gus.person)

    await regulars.leave(db, ana, bao.id)

    assert await guide_of(db, bao, ana, timeline) is None
    assert not await regulars.bind(db, bao.id, ana.person, gus.person)


async def test_a_guide_who_is_dismissed_earns_no_more_and_their_regulars_are_free(db: Db, timeline: Timeline):
    bao, ana, chi = await an_open_shop(db), await a_person(db), await a_person(db)
    gus, hui = await a_guide(db, bao, "Gus"), await a_guide(db, bao, "Hui")
    for person in (ana, chi):
        await regulars.opt_in(db, person, bao.id, gus.person)

    await shops.dismiss(db, bao.owner, bao.id, gus.person, "shop.guide")
    await drain(db, timeline)

    assert await guide_of(db, bao, ana, timeline) is None
    await regulars.opt_in(db, ana, bao.id, hui.person)
    assert await guide_of(db, bao, ana, timeline) == hui.person
    handed = await regulars.hand_over(db, bao.owner, bao.id, HandoverAsk(gus.person, hui.person))
    assert handed.regulars == 1
    assert await guide_of(db, bao, chi, timeline) == hui.person


async def test_a_handover_moves_all_or_those_named_and_is_on_record(db: Db, timeline: Timeline):
    bao = await an_open_shop(db)
    gus, hui = await a_guide(db, bao, "Gus"), await a_guide(db, bao, "Hui")
    people = [await a_person(db) for _ in range(4)]
    for person in people:
        await regulars.opt_in(db, person, bao.id, gus.person)
    timeline.advance(days=100)

    named = [people[0].person, (await a_person(db)).person]
    await regulars.hand_over(db, bao.owner, bao.id, HandoverAsk(gus.person, hui.person, named))
    assert [await guide_of(db, bao, person, timeline) for person in people[:2]] == [hui.person, gus.person]
    await regulars.hand_over(db, bao.owner, bao.id, HandoverAsk(gus.person, hui.person))

    assert {await guide_of(db, bao, person, timeline) for person in people} == {hui.person}
    listed = (await regulars.handovers_of(db, bao.owner, bao.id)).items
    assert sorted((each.regulars, each.by_id) for each in listed) == [(1, bao.owner.person), (3, bao.owner.person)]
    (first, *_) = (await regulars.regulars_of(db, hui, bao.id)).items
    assert first.bound_until == timeline.now + timedelta(days=180)


async def test_a_handover_needs_another_guide_of_the_same_shop_and_leave_to_do_it(db: Db):
    bao, rival = await an_open_shop(db), await an_open_shop(db)
    gus, theirs = await a_guide(db, bao), await a_guide(db, rival)
    clerk = await a_staff_member(db, bao, "shop.clerk")

    with pytest.raises(regulars.GuideNotFound):
        await regulars.hand_over(db, bao.owner, bao.id, HandoverAsk(gus.person, theirs.person))
    with pytest.raises(regulars.GuideNotFound):
        await regulars.hand_over(db, bao.owner, bao.id, HandoverAsk(gus.person, clerk.person))
    with pytest.raises(regulars.SameGuide):
        await regulars.hand_over(db, bao.owner, bao.id, HandoverAsk(gus.person, gus.person))
    with pytest.raises(CapabilityMissing):
        await regulars.hand_over(db, gus, bao.id, HandoverAsk(gus.person, clerk.person))


async def test_a_rate_stays_under_the_shop_s_cap_also_when_the_cap_sinks(db: Db, timeline: Timeline):
    bao, ana = await an_open_shop(db), await a_person(db)
    gus = await a_guide(db, bao, rate_bps=500)
    await regulars.opt_in(db, ana, bao.id, gus.person)

    await shops.revise_shop(db, bao.owner, bao.id, shops.ShopPatch(guide_cap_bps=200))
    with pytest.raises(regulars.RateAboveCap):
        await regulars.set_guide_rate(db, bao.owner, bao.id, gus.person, GuideAsk(rate_bps=201))
    await drain(db, timeline)

    assert in_one_shop(await read(db, regulars.guide_of([bao.id], ana.person, timeline.now))) == regulars.Guide(gus.person, 200)


async def test_only_a_guide_has_a_rate(db: Db):
    bao = await an_open_shop(db)
    clerk = await a_staff_member(db, bao, "shop.clerk")

    with pytest.raises(regulars.GuideNotFound):
        await regulars.set_guide_rate(db, bao.owner, bao.id, clerk.person, GuideAsk(rate_bps=100))
    gus = await a_guide(db, bao)
    with pytest.raises(CapabilityMissing):
        await regulars.set_guide_rate(db, gus, bao.id, gus.person, GuideAsk(rate_bps=500))


async def test_a_guide_s_code_leads_to_shop_and_guide_until_they_go(db: Db, timeline: Timeline):
    bao = await an_open_shop(db)
    gus = await a_guide(db, bao, "Gus")
    (seen,) = (await regulars.guides_of(db, gus, bao.id)).items

    led = await regulars.guide_by_code(db, seen.code)
    assert (led.shop.id, led.guide.id) == (bao.id, gus.person)

    await shops.dismiss(db, gus, bao.id, gus.person, "shop.guide")
    await drain(db, timeline)
    for code in (seen.code, "x", "x" * 22, ""):
        with pytest.raises(regulars.GuideNotFound):
            await regulars.guide_by_code(db, code)


@pytest.mark.concurrent
async def test_of_two_guides_who_bind_a_person_at_once_one_wins(pool: Pool, timeline: Timeline):
    async with borrowed(pool) as db:
        bao = await an_open_shop(db)
        guides = [await a_guide(db, bao) for _ in range(4)]
        people = [await a_person(db) for _ in range(10)]

    async def bind(person: Actor, guide: Actor) -> bool:
        async with borrowed(pool) as db, transaction(db):
            return await regulars.bind(db, bao.id, person.person, guide.person)

    tries = [(person, guide) for person in people for guide in guides]
    won = await asyncio.gather(*[bind(*each) for each in tries])

    winners = {person.person: guide.person for (person, guide), has_won in zip(tries, won, strict=True) if has_won}
    assert sum(won) == len(winners) == len(people)
    async with borrowed(pool) as db:
        assert {person.person: await guide_of(db, bao, person, timeline) for person in people} == winners


@pytest.mark.concurrent
async def test_a_handover_that_races_binds_and_orders_loses_nobody(pool: Pool, timeline: Timeline):
    async with borrowed(pool) as db:
        bao = await an_open_shop(db)
        gus, hui, ivy = [await a_guide(db, bao, name) for name in ("Gus", "Hui", "Ivy")]
        people = [await a_person(db) for _ in range(12)]
        for person in people[:8]:
            await regulars.bind(db, bao.id, person.person, gus.person)

    async def hand(target: Actor) -> int:
        async with borrowed(pool) as db:
            return (await regulars.hand_over(db, bao.owner, bao.id, HandoverAsk(gus.person, target.person))).regulars

    async def bind(person: Actor, guide: Actor) -> bool:
        async with borrowed(pool) as db:
            return await regulars.bind(db, bao.id, person.person, guide.person)

    async def order(person: Actor) -> None:
        async with borrowed(pool) as db:
            await regulars.welcome(db, bao.id, person.person, "order", gus.person)

    handed = [hand(hui), hand(ivy)]
    others = [bind(person, gus) for person in people] + [order(person) for person in people]
    counts = (await asyncio.gather(*handed, *others))[:2]

    async with borrowed(pool) as db:
        bound = [await guide_of(db, bao, person, timeline) for person in people]
        assert None not in bound
        assert sum(each in (hui.person, ivy.person) for each in bound) == sum(counts) >= 8
