import asyncio

import pytest

from shuke.goods import regulars, shops
from shuke.kit.actor import Actor
from shuke.kit.clock import Timeline
from shuke.kit.db import Db, Pool, borrowed, read
from shuke.kit.errors import CapabilityMissing
from shuke.kit.jobs import drain
from shuke.society import identity
from tests.regulars.builders import a_guide
from tests.shops.builders import AnOpenShop, a_person, a_staff_member, an_open_shop, an_operator


async def names(db: Db, actor: Actor, shop: AnOpenShop) -> set[str]:
    return {each.person.name for each in (await regulars.regulars_of(db, actor, shop.id)).items}


async def test_who_opts_in_is_a_regular_and_has_agreed(db: Db):
    bao, ana = await an_open_shop(db), await a_person(db, "Ana")

    mine = await regulars.opt_in(db, ana, bao.id)
    again = await regulars.opt_in(db, ana, bao.id)

    assert mine == again and (mine.shop.id, mine.level, mine.guide) == (bao.id, 0, None)
    assert await regulars.my_regulars(db, ana) == [mine]
    assert await identity.has_consent(db, ana.person, "regulars", bao.id) is True
    (seen,) = (await regulars.regulars_of(db, bao.owner, bao.id)).items
    assert (seen.person.name, seen.source) == ("Ana", "opt_in")


async def test_the_first_completed_order_welcomes_without_agreeing_for_them(db: Db):
    bao, ana = await an_open_shop(db), await a_person(db, "Ana")

    for _ in range(2):
        await regulars.welcome(db, bao.id, ana.person, "order")

    (seen,) = (await regulars.regulars_of(db, bao.owner, bao.id)).items
    assert (seen.person.name, seen.source) == ("Ana", "order")
    assert await identity.has_consent(db, ana.person, "regulars", bao.id) is None


@pytest.mark.parametrize("how", ["left", "declined", "consent withdrawn"])
async def test_an_order_does_not_undo_a_no(db: Db, how: str):
    bao, ana = await an_open_shop(db), await a_person(db, "Ana")
    match how:
        case "left":
            await regulars.opt_in(db, ana, bao.id)
            await regulars.leave(db, ana, bao.id)
        case "declined":
            await regulars.leave(db, ana, bao.id)
        case _:
            await identity.withdraw_consent(db, ana, "regulars", bao.id)

    await regulars.welcome(db, bao.id, ana.person, "order")
    assert await regulars.my_regulars(db, ana) == []
    assert await names(db, bao.owner, bao) == set()

    await regulars.opt_in(db, ana, bao.id)
    assert await names(db, bao.owner, bao) == {"Ana"}


async def test_a_shop_that_is_not_open_takes_no_regulars(db: Db):
    bao, ana = await an_open_shop(db), await a_person(db)
    await shops.set_state(db, an_operator(ana), bao.id, shops.ShopStateAsk(state="held", why="x"))

    with pytest.raises(shops.ShopNotFound):
        await regulars.opt_in(db, ana, bao.id)
    with pytest.raises(regulars.NotRegular):
        await regulars.leave(db, ana, shops.ShopId(ana.person))


async def test_a_guide_sees_their_own_regulars_and_a_manager_all(db: Db):
    bao = await an_open_shop(db)
    gus, hui = await a_guide(db, bao, "Gus"), await a_guide(db, bao, "Hui")
    for name, guide in (("Ana", gus), ("Chi", hui), ("Dee", None)):
        await regulars.opt_in(db, await a_person(db, name), bao.id, guide and guide.person)

    assert await names(db, gus, bao) == {"Ana"}
    assert await names(db, bao.owner, bao) == {"Ana", "Chi", "Dee"}
    asked = await regulars.regulars_of(db, gus, bao.id, guide_id=hui.person)
    assert [each.person.name for each in asked.items] == ["Ana"]
    assert [each.person.name for each in (await regulars.guides_of(db, gus, bao.id)).items] == ["Gus"]
    assert {each.person.name: each.regulars for each in (await regulars.guides_of(db, bao.owner, bao.id)).items} == {
        "Gus": 1,
        "Hui": 1,
    }


async def test_other_shops_and_other_staff_see_no_regulars(db: Db):
    bao, rival = await an_open_shop(db), await an_open_shop(db)
    await regulars.opt_in(db, await a_person(db), bao.id)

    for stranger in (rival.owner, await a_staff_member(db, bao, "shop.clerk"), await a_person(db)):
        with pytest.raises(CapabilityMissing):
            await regulars.regulars_of(db, stranger, bao.id)


async def test_the_list_goes_on_where_it_ended(db: Db, timeline: Timeline):
    bao = await an_open_shop(db)
    for name in "abcde":
        await regulars.opt_in(db, await a_person(db, name), bao.id)
        timeline.advance(minutes=1)

    first = await regulars.regulars_of(db, bao.owner, bao.id, None, 3)
    second = await regulars.regulars_of(db, bao.owner, bao.id, first.next_cursor, 3)

    assert [each.person.name for each in [*first.items, *second.items]] == list("edcba")


async def test_a_person_takes_away_what_shops_keep_and_leaves_nothing(db: Db):
    bao, rival, ana = await an_open_shop(db), await an_open_shop(db), await a_person(db)
    await regulars.opt_in(db, ana, bao.id)
    await regulars.leave(db, ana, rival.id)

    kept = (await regulars.export_person(db, ana.person))["regular_of"]
    assert {(each.shop_id, each.left_at is None) for each in kept} == {(bao.id, True), (rival.id, False)}

    await regulars.erase_person(db, ana.person)
    assert await regulars.export_person(db, ana.person) == {}
    assert await names(db, bao.owner, bao) == set()


async def test_two_accounts_that_are_one_human_are_one_regular(db: Db, timeline: Timeline):
    bao, rival = await an_open_shop(db), await an_open_shop(db)
    gus = await a_guide(db, bao)
    ana, phone = await a_person(db, "Ana"), await a_person(db, "Phone")
    await regulars.opt_in(db, phone, bao.id, gus.person)
    await regulars.leave(db, phone, rival.id)

    operator = Actor(id=gus.person, selves=gus.selves, grants=operators_of_people())
    await identity.merge(db, operator, ana.person, phone.person)
    await drain(db, timeline)

    assert await names(db, bao.owner, bao) == {"Ana"}
    assert (await read(db, regulars.guide_of([bao.id], ana.person, timeline.now)))[bao.id].person_id == gus.person
    await regulars.welcome(db, rival.id, ana.person, "order")
    assert await names(db, rival.owner, rival) == set()


async def test_nobody_looks_after_themselves_under_another_account(db: Db, timeline: Timeline):
    bao = await an_open_shop(db)
    gus = await a_guide(db, bao)
    second = await a_person(db, "Gus again")
    await regulars.opt_in(db, second, bao.id, gus.person)

    operator = Actor(id=bao.owner.person, selves=bao.owner.selves, grants=operators_of_people())
    await identity.merge(db, operator, gus.person, second.person)
    await drain(db, timeline)

    for person_id in (gus.person, second.person):
        assert await read(db, regulars.guide_of([bao.id], person_id, timeline.now)) == {}


def operators_of_people() -> dict:
    return dict.fromkeys(an_operator(Actor()).grants, frozenset({"ops.people"}))


@pytest.mark.concurrent
async def test_a_no_that_races_an_order_stays_a_no(pool: Pool):
    async with borrowed(pool) as db:
        bao, people = await an_open_shop(db), [await a_person(db) for _ in range(12)]

    async def leave(person: Actor) -> None:
        async with borrowed(pool) as db:
            await regulars.leave(db, person, bao.id)

    async def order(person: Actor) -> None:
        async with borrowed(pool) as db:
            await regulars.welcome(db, bao.id, person.person, "order")

    await asyncio.gather(*[work(person) for person in people for work in (order, leave)])

    async with borrowed(pool) as db:
        assert await names(db, bao.owner, bao) == set()
