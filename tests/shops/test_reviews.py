import asyncio

import pytest

from shuke.goods import shops
from shuke.goods.shops import ShopAppealAsk, ShopStateAsk
from shuke.kit.db import Db, Pool, borrowed, read
from shuke.kit.errors import CapabilityMissing, Refusal
from shuke.society import shares
from tests.shops.builders import a_person, a_staff_member, an_open_shop, an_operator


async def test_a_shop_is_held_with_a_reason_appeals_once_and_is_opened_again(db: Db):
    bao, operator = await an_open_shop(db), an_operator(await a_person(db, "Dee"))

    held = await shops.set_state(db, operator, bao.id, ShopStateAsk(state="held", why="counterfeits reported"))
    await shops.appeal(db, bao.owner, bao.id, ShopAppealAsk(why="here are the invoices"))
    with pytest.raises(shops.NothingToAppeal):
        await shops.appeal(db, bao.owner, bao.id, ShopAppealAsk(why="well?"))
    await shops.set_state(db, operator, bao.id, ShopStateAsk(state="open", why="invoices are good"))

    assert held.state == "held"
    told = (await shops.reviews_of(db, bao.owner, bao.id, None, 20)).items
    assert {(each.kind, each.state, each.why) for each in told} == {
        ("state", "held", "counterfeits reported"),
        ("appeal", "held", "here are the invoices"),
        ("state", "open", "invoices are good"),
    }
    with pytest.raises(shops.NothingToAppeal):
        await shops.appeal(db, bao.owner, bao.id, ShopAppealAsk(why="thank you"))


async def test_a_held_shop_answers_for_what_it_sold_and_is_neither_listed_nor_shared(db: Db):
    bao, operator = await an_open_shop(db), an_operator(await a_person(db))
    ask = shares.ShareAsk(target=shares.TargetRef(kind="shop", id=bao.id), medium="chat")
    assert (await shares.share(db, await a_person(db), ask)).depth == 0

    await shops.set_state(db, operator, bao.id, ShopStateAsk(state="held", why="counterfeits reported"))

    assert (await shops.shop(db, await a_person(db), bao.id)).state == "held"
    assert (await read(db, shops.delivering([bao.id])))[bao.id].state == "held"
    assert (await shops.open_shops(db)).items == []
    assert [each.id for each in (await shops.shops_in_state(db, operator, "held", None, 20)).items] == [bao.id]
    with pytest.raises(shares.TargetNotFound):
        await shares.share(db, await a_person(db), ask)


async def test_only_operators_set_a_state_and_only_owners_appeal(db: Db):
    bao = await an_open_shop(db)
    manager = await a_staff_member(db, bao, "shop.manager")

    with pytest.raises(CapabilityMissing):
        await shops.set_state(db, bao.owner, bao.id, ShopStateAsk(state="closed", why="x"))
    with pytest.raises(CapabilityMissing):
        await shops.appeal(db, manager, bao.id, ShopAppealAsk(why="x"))
    with pytest.raises(CapabilityMissing):
        await shops.reviews_of(db, manager, bao.id, None, 20)


async def test_the_standing_of_a_shop_is_on_its_card(db: Db):
    bao = await an_open_shop(db)

    await shops.set_standing(db, bao.id, 87)

    assert (await shops.by_ids(db, [bao.id]))[bao.id].standing == 87


@pytest.mark.concurrent
async def test_operators_who_decide_at_once_decide_once(pool: Pool):
    async with borrowed(pool) as db:
        bao, operator = await an_open_shop(db), an_operator(await a_person(db))

    async def hold() -> bool:
        async with borrowed(pool) as db:
            try:
                await shops.set_state(db, operator, bao.id, ShopStateAsk(state="held", why="x"))
            except Refusal:
                return False
            return True

    assert sum(await asyncio.gather(*[hold() for _ in range(6)])) == 1
