import asyncio

import pytest

from shuke.goods import shops
from shuke.goods.shops import FreightRules, FreightTemplateAsk, LocationAsk, LocationPatch, Tariff
from shuke.kit.db import Db, Pool, borrowed, read
from shuke.kit.errors import CapabilityMissing
from tests.shops.builders import a_staff_member, an_open_shop


async def test_another_default_location_takes_the_place_of_the_first(db: Db):
    bao = await an_open_shop(db)
    store = await shops.add_location(db, bao.owner, bao.id, LocationAsk(name="店", kind="store", region=["北京市"]))

    await shops.revise_location(db, bao.owner, bao.id, store.id, LocationPatch(is_default=True, street="前门大街 1 号"))

    found = (await read(db, shops.delivering([bao.id])))[bao.id]
    assert (found.default_location_id, found.pickup_location_ids) == (store.id, [store.id])
    assert {each.id: each.is_default for each in (await shops.locations_of(db, bao.id)).items} == {
        bao.location_id: False,
        store.id: True,
    }


async def test_the_default_location_and_template_are_not_removed(db: Db):
    bao = await an_open_shop(db)
    (template,) = (await shops.templates_of(db, bao.owner, bao.id)).items

    with pytest.raises(shops.LocationNotFound):
        await shops.close_location(db, bao.owner, bao.id, bao.location_id)
    with pytest.raises(shops.TemplateNotFound):
        await shops.remove_freight(db, bao.owner, bao.id, template.id)


async def test_a_closed_location_offers_no_pickup_and_does_not_become_the_default(db: Db):
    bao = await an_open_shop(db)
    store = await shops.add_location(db, bao.owner, bao.id, LocationAsk(name="店", kind="store"))

    await shops.close_location(db, bao.owner, bao.id, store.id)

    assert (await read(db, shops.delivering([bao.id])))[bao.id].pickup_location_ids == []
    with pytest.raises(shops.LocationNotFound):
        await shops.revise_location(db, bao.owner, bao.id, store.id, LocationPatch(is_default=True))
    assert (await read(db, shops.delivering([bao.id])))[bao.id].default_location_id == bao.location_id


async def test_a_new_default_template_is_what_orders_pay_by(db: Db):
    bao = await an_open_shop(db)
    rules = FreightRules(default=Tariff(first_fee=800), no_delivery=("海南省",))

    await shops.add_freight(db, bao.owner, bao.id, FreightTemplateAsk(name="按件", rules=rules, is_default=True))

    assert (await read(db, shops.delivering([bao.id])))[bao.id].freight == rules


async def test_another_shop_s_locations_are_not_theirs_to_change(db: Db):
    bao, rival = await an_open_shop(db), await an_open_shop(db)
    clerk = await a_staff_member(db, bao, "shop.clerk")

    with pytest.raises(shops.LocationNotFound):
        await shops.revise_location(db, rival.owner, rival.id, bao.location_id, LocationPatch(name="mine"))
    for actor in (rival.owner, clerk):
        with pytest.raises(CapabilityMissing):
            await shops.add_location(db, actor, bao.id, LocationAsk(name="x"))


@pytest.mark.concurrent
async def test_defaults_named_at_once_leave_one(pool: Pool):
    async with borrowed(pool) as db:
        bao = await an_open_shop(db)
        stores = [await shops.add_location(db, bao.owner, bao.id, LocationAsk(name=f"{n}")) for n in range(6)]

    async def name(location: shops.Location) -> None:
        async with borrowed(pool) as db:
            await shops.revise_location(db, bao.owner, bao.id, location.id, LocationPatch(is_default=True))

    await asyncio.gather(*[name(each) for each in stores])

    async with borrowed(pool) as db:
        places = (await shops.locations_of(db, bao.id)).items
        assert sum(each.is_default for each in places) == 1
