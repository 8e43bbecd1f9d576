"""A shop's products are found by the name it has, whoever writes at the moment when it changes."""

import asyncio

import msgspec
import pytest

from shuke.goods import catalog, shops
from shuke.goods.catalog import Browse, CategoryAsk, Product, ProductPatch, rewordings
from shuke.goods.catalog.types import Card
from shuke.goods.shops import ShopPatch
from shuke.kit import clock, jobs
from shuke.kit.db import Db, Pool, borrowed, transaction
from shuke.kit.pages import Page
from tests.catalog.builders import a_listed_product
from tests.shops.builders import AnOpenShop, an_open_shop


async def found(db: Db, q: str) -> set[str]:
    """The titles of what a search finds."""
    raw = await catalog.browse(db, Browse(q=q, limit=50))
    return {card.title for card in msgspec.json.decode(raw, type=Page[Card]).items}


async def rename(db: Db, shop: AnOpenShop, name: str) -> None:
    """Give the shop another name."""
    await shops.revise_shop(db, shop.owner, shop.id, ShopPatch(name=name))


async def renames(db: Db) -> int:
    """How often somebody was told of a new name."""
    return await db.fetchval("select count(*) from kit.events where name = 'shops.ShopRenamed'")


async def test_products_are_found_by_the_new_name_and_no_longer_by_the_old(db: Db, timeline: clock.Timeline):
    tea = await catalog.put_category(db, CategoryAsk("drinks", "茶饮", "Drinks", 500))
    shop, other = await an_open_shop(db, name="老街铺"), await an_open_shop(db, name="老街坊")
    await a_listed_product(db, shop, "铁观音", category_id=tea, description="兰花香")
    draft = await a_listed_product(db, shop, "大红袍", is_draft=True)
    await a_listed_product(db, other, "盖碗")
    assert await found(db, "老街铺") == {"铁观音"}

    await rename(db, shop, "云上茗舍")
    await jobs.drain(db, timeline)
    await catalog.revise_product(db, shop.owner, shop.id, draft.id, ProductPatch(state="listed"))

    assert await found(db, "云上茗舍") == await found(db, "yunshang") == {"铁观音", "大红袍"}
    assert "铁观音" not in await found(db, "老街")
    assert await found(db, "drinks 兰花") == {"铁观音"}
    assert await found(db, "老街坊") == {"盖碗"}


async def test_what_does_not_change_the_name_tells_nobody(db: Db):
    shop = await an_open_shop(db, name="老街铺")

    await shops.revise_shop(db, shop.owner, shop.id, ShopPatch(name="老街铺", story="开了三十年"))
    await shops.revise_shop(db, shop.owner, shop.id, ShopPatch(city="杭州"))
    assert await renames(db) == 0
    await rename(db, shop, "云上茗舍")

    assert await renames(db) == 1


async def test_a_large_shop_is_renamed_in_batches(db: Db, timeline: clock.Timeline, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rewordings, "BATCH", 2)
    shop = await an_open_shop(db, name="老街铺")
    titles = {(await a_listed_product(db, shop, f"铁观音 {number}号")).title for number in range(5)}

    await rename(db, shop, "云上茗舍")

    assert await jobs.drain(db, timeline) == 3
    assert await found(db, "云上茗舍") == titles


async def test_a_held_shop_is_renamed_and_stays_hidden(db: Db, timeline: clock.Timeline):
    shop = await an_open_shop(db, name="老街铺")
    await a_listed_product(db, shop, "铁观音")
    await catalog.show_shop(db, shop.id, is_open=False)

    await rename(db, shop, "云上茗舍")
    await jobs.drain(db, timeline)
    assert await found(db, "云上茗舍") == set()
    await catalog.show_shop(db, shop.id, is_open=True)

    assert await found(db, "云上茗舍") == {"铁观音"}


@pytest.mark.concurrent
@pytest.mark.parametrize("is_new", [True, False])
async def test_a_product_written_while_its_shop_is_renamed_is_found_by_the_new_name(
    pool: Pool, timeline: clock.Timeline, is_new: bool
):
    async with borrowed(pool) as db, borrowed(pool) as other:
        shop = await an_open_shop(db, name="老街铺")
        tea = await a_listed_product(db, shop, "铁观音")

        async def write(product: Product) -> None:
            if is_new:
                await a_listed_product(db, shop, "大红袍")
            else:
                await catalog.revise_product(db, shop.owner, shop.id, product.id, ProductPatch(title="大红袍"))

        async with transaction(db):
            await write(tea)
            renaming = asyncio.create_task(rename(other, shop, "云上茗舍"))
            assert not (await asyncio.wait([renaming], timeout=0.3))[0]
        await renaming
        await jobs.drain(db, timeline)

        assert await found(db, "云上茗舍 大红袍") == {"大红袍"}
        assert "大红袍" not in await found(db, "老街铺")
