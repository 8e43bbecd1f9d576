import asyncio
from datetime import timedelta

import pytest

from shuke.goods import catalog
from shuke.goods.catalog import CategoryAsk, ProductPatch, RateAsk
from shuke.kit.actor import NOBODY
from shuke.kit.clock import Timeline
from shuke.kit.db import Db, Pool, borrowed, read
from shuke.kit.errors import CapabilityMissing, NotSignedIn
from tests.catalog.builders import a_catalog_operator, a_listed_product
from tests.shops.builders import a_person, an_open_shop

TEA = CategoryAsk("tea", "茶", "Tea", 500)


async def rate_of(db: Db, sku_id: catalog.SkuId) -> tuple[int, int]:
    sale = (await read(db, catalog.for_sale([sku_id])))[sku_id]
    return sale.rate_bps, sale.rate_version


async def test_an_order_freezes_the_rate_in_effect_and_its_version(db: Db, timeline: Timeline):
    operator = a_catalog_operator(await a_person(db))
    shop = await an_open_shop(db)
    category = await catalog.put_category(db, TEA)
    sku = (await a_listed_product(db, shop, category_id=category)).skus[0].id

    later = timeline.now + timedelta(days=7)
    await catalog.set_rate(db, operator, category, RateAsk(800, later))

    assert await rate_of(db, sku) == (500, 1)
    timeline.move_to(later)
    assert await rate_of(db, sku) == (800, 2)
    assert [(rate.version, rate.rate_bps) for rate in await catalog.rates_of(db, operator, category)] == [(2, 800), (1, 500)]
    assert [root.rate_bps for root in await catalog.tree(db)] == [800]


async def test_a_rate_is_not_set_for_the_past_nor_before_the_one_set_last(db: Db, timeline: Timeline):
    operator = a_catalog_operator(await a_person(db))
    category = await catalog.put_category(db, TEA)
    await catalog.set_rate(db, operator, category, RateAsk(800, timeline.now + timedelta(days=7)))

    for instant in (timeline.now - timedelta(days=1), timeline.now + timedelta(days=6), None):
        with pytest.raises(catalog.RateNotInOrder):
            await catalog.set_rate(db, operator, category, RateAsk(900, instant))

    assert len(await catalog.rates_of(db, operator, category)) == 2


async def test_a_category_put_again_is_the_same_with_a_new_rate_only_when_it_differs(db: Db):
    operator = a_catalog_operator(await a_person(db))
    root = await catalog.put_category(db, TEA)
    leaf = await catalog.put_category(db, CategoryAsk("tea-green", "绿茶", "Green tea", 600, parent="tea", position=2))

    again = await catalog.put_category(db, CategoryAsk("tea", "茶叶", "Tea", 500, is_perishable=True))
    await catalog.put_category(db, CategoryAsk("tea", "茶叶", "Tea", 550, is_perishable=True))

    assert again == root
    assert [rate.rate_bps for rate in await catalog.rates_of(db, operator, root)] == [550, 500]
    (found,) = await catalog.tree(db)
    assert (found.name_zh, found.is_perishable, [child.id for child in found.children]) == ("茶叶", True, [leaf])
    with pytest.raises(catalog.CategoryMoved):
        await catalog.put_category(db, CategoryAsk("tea-green", "绿茶", "Green tea", 600))
    with pytest.raises(catalog.CategoryNotFound):
        await catalog.put_category(db, CategoryAsk("wine-red", "红酒", "Red wine", 600, parent="wine"))


async def test_fees_and_shares_stay_under_the_ceiling_whichever_is_set(db: Db):
    # 3,000 in all: 500 the platform, 60 the tech fee, 500 the guide leave 1,940 to sharers.
    operator = a_catalog_operator(await a_person(db))
    shop = await an_open_shop(db)
    category = await catalog.put_category(db, TEA)
    dear = await catalog.put_category(db, CategoryAsk("gold", "黄金", "Gold", 1000))
    product = await a_listed_product(db, shop, category_id=category, commission_bps=[1000, 940])

    with pytest.raises(catalog.CeilingExceeded) as refused:
        await a_listed_product(db, shop, category_id=category, commission_bps=[1000, 941])
    assert refused.value.fields == {"ceiling_bps": 3000, "total_bps": 3001}
    with pytest.raises(catalog.CeilingExceeded):
        await catalog.revise_product(db, shop.owner, shop.id, product.id, ProductPatch(commission_bps=[1941]))
    with pytest.raises(catalog.CeilingExceeded):
        await catalog.revise_product(db, shop.owner, shop.id, product.id, ProductPatch(category_id=dear))
    with pytest.raises(catalog.RateBreaksCeiling):
        await catalog.set_rate(db, operator, category, RateAsk(501))
    await catalog.revise_product(db, shop.owner, shop.id, product.id, ProductPatch(commission_bps=[1000, 939]))
    await catalog.set_rate(db, operator, category, RateAsk(501))


@pytest.mark.concurrent
async def test_a_new_rate_and_a_new_product_do_not_pass_each_other(pool: Pool):
    async with borrowed(pool) as db:
        operator = a_catalog_operator(await a_person(db))
        shop = await an_open_shop(db)
        categories = [await catalog.put_category(db, CategoryAsk(f"tea-{n}", "茶", "Tea", 500)) for n in range(12)]

    async def sell(category: catalog.CategoryId) -> bool:
        async with borrowed(pool) as db:
            try:
                await a_listed_product(db, shop, category_id=category, commission_bps=[1940])
            except catalog.CeilingExceeded:
                return False
            return True

    async def raise_rate(category: catalog.CategoryId) -> bool:
        async with borrowed(pool) as db:
            try:
                await catalog.set_rate(db, operator, category, RateAsk(600))
            except catalog.RateBreaksCeiling:
                return False
            return True

    both = await asyncio.gather(*[asyncio.gather(sell(each), raise_rate(each)) for each in categories])

    assert all(sold != raised for sold, raised in both), "exactly one of the two fits under the ceiling"


@pytest.mark.concurrent
async def test_rates_set_at_once_become_versions_one_after_the_other(pool: Pool):
    async with borrowed(pool) as db:
        operator = a_catalog_operator(await a_person(db))
        category = await catalog.put_category(db, TEA)

    async def set_one(rate_bps: int) -> None:
        async with borrowed(pool) as db:
            await catalog.set_rate(db, operator, category, RateAsk(rate_bps))

    await asyncio.gather(*[set_one(600 + number) for number in range(8)])

    async with borrowed(pool) as db:
        assert [rate.version for rate in await catalog.rates_of(db, operator, category)] == list(range(9, 0, -1))


async def test_only_operators_set_rates(db: Db):
    category = await catalog.put_category(db, TEA)
    shop = await an_open_shop(db)

    with pytest.raises(CapabilityMissing):
        await catalog.set_rate(db, shop.owner, category, RateAsk(600))
    with pytest.raises(NotSignedIn):
        await catalog.set_rate(db, NOBODY, category, RateAsk(600))
