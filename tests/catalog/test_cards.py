from datetime import timedelta

import msgspec
import pytest

from shuke.goods import catalog
from shuke.goods.catalog import Browse, PriceAsk, ProductNotFound, ProductPatch, SkuPatch, Sort
from shuke.goods.catalog.types import Card, ProductView
from shuke.kit import proofs
from shuke.kit.clock import Timeline
from shuke.kit.db import Db, read
from shuke.kit.money import Money
from shuke.kit.pages import CursorInvalid, Page
from tests.catalog.builders import a_listed_product, a_sku
from tests.shops.builders import an_open_shop


async def cards(db: Db, **ask: object) -> list[Card]:
    """Every card of a list, read in pages of two."""
    found: list[Card] = []
    cursor = None
    while True:
        raw = await catalog.browse(db, Browse(**{"limit": 2, "cursor": cursor} | ask))
        page = msgspec.json.decode(raw, type=Page[Card])
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


async def assert_cards_agree(db: Db) -> None:
    finding = {proof.name: finding for proof, finding in await proofs.verify(db)}["catalog.cards"]
    assert finding.checked > 0
    assert finding.broken == 0, finding.example


async def test_a_list_shows_every_product_once_in_each_order(db: Db, timeline: Timeline):
    shop, other = await an_open_shop(db), await an_open_shop(db, "Dan")
    made = []
    for number, price in enumerate([500, 300, 300, 900, 100]):
        timeline.advance(seconds=number % 2)
        made.append(await a_listed_product(db, shop, f"茶 {number}", price=price))
        await catalog.count_sales(db, [(made[-1].id, price % 7)])
    await a_listed_product(db, other, "别家的茶")
    await catalog.fold_sales(db)

    by = {sort: await cards(db, shop_id=shop.id, sort=sort) for sort in (*Sort, None)}

    assert all({card.id for card in found} == {product.id for product in made} for found in by.values())
    assert all(len(found) == 5 for found in by.values())
    assert [card.price.amount for card in by[Sort.CHEAPEST]] == [100, 300, 300, 500, 900]
    assert [card.price.amount for card in by[Sort.DEAREST]] == [900, 500, 300, 300, 100]
    assert [card.sold for card in by[Sort.SOLD]] == sorted((price % 7 for price in [500, 300, 300, 900, 100]), reverse=True)
    assert [card.title for card in by[None]] == [card.title for card in by[Sort.NEW]]
    assert by[Sort.NEW][-1].title == "茶 0"
    assert len(await cards(db)) == 6


async def test_a_category_brings_the_products_below_it(db: Db):
    shop = await an_open_shop(db)
    root = await catalog.put_category(db, catalog.CategoryAsk("drinks", "饮品", "Drinks", 500))
    leaf = await catalog.put_category(db, catalog.CategoryAsk("drinks-tea", "茶", "Tea", 600, parent="drinks"))
    tea = await a_listed_product(db, shop, category_id=leaf)
    water = await a_listed_product(db, shop, "水", category_id=root)
    await a_listed_product(db, shop, "杯子")

    assert {card.id for card in await cards(db, category_id=root)} == {tea.id, water.id}
    assert [card.id for card in await cards(db, category_id=leaf)] == [tea.id]
    assert {card.id for card in await cards(db, category_id=root, shop_id=shop.id)} == {tea.id, water.id}
    assert await cards(db, category_id=tea.id) == []


async def test_a_page_shows_skus_with_what_is_available_and_the_shop(db: Db, statements):
    shop = await an_open_shop(db)
    image = "ab/" + "0" * 64 + ".webp"
    skus = [a_sku("S", price=900, stock=3, 尺码="S"), a_sku("M", price=800, stock=0, 尺码="M")]
    product = await a_listed_product(db, shop, "童装", skus=skus, images=[image], description='"好"\n穿')

    await catalog.product_page(db, product.id)
    with statements(db, at_most=3):
        raw = await catalog.product_page(db, product.id)

    page = msgspec.json.decode(raw, type=ProductView)
    assert (page.title, page.description, page.price, page.sold) == ("童装", '"好"\n穿', Money(800, "CNY"), 0)
    assert [(sku.code, sku.available, sku.options) for sku in page.skus] == [("S", 3, {"尺码": "S"}), ("M", 0, {"尺码": "M"})]
    assert (page.cover, page.thumb) == (f"/media/{image}", f"/media/ab/{'0' * 64}.thumb.webp")
    assert page.shop.name == shop.shop.name
    assert page.badges == ["seven_day_return"]


async def test_a_change_of_price_shows_everywhere_and_is_kept(db: Db, timeline: Timeline):
    shop = await an_open_shop(db)
    product = await a_listed_product(db, shop, skus=[a_sku("a", price=900), a_sku("b", price=950)])
    first, second = product.skus
    timeline.advance(hours=1)

    await catalog.revise_sku(db, shop.owner, shop.id, second.id, SkuPatch(price=PriceAsk(700, "CNY"), stock=5))
    await catalog.revise_sku(db, shop.owner, shop.id, first.id, SkuPatch(price=PriceAsk(900, "CNY")))

    assert [card.price.amount for card in await cards(db)] == [700]
    assert (await read(db, catalog.for_sale([second.id])))[second.id].price == Money(700, "CNY")
    page = msgspec.json.decode(await catalog.product_page(db, product.id), type=ProductView)
    assert [(sku.price.amount, sku.available) for sku in page.skus] == [(900, 100), (700, 5)]
    changes = (await catalog.prices_of(db, shop.owner, shop.id, second.id, None, 20)).items
    assert [(change.old_price.amount, change.price.amount) for change in changes] == [(950, 700)]
    assert changes[0].changed_at == product.created_at + timedelta(hours=1)
    assert not (await catalog.prices_of(db, shop.owner, shop.id, first.id, None, 20)).items
    await assert_cards_agree(db)


async def test_the_last_sku_cannot_be_retired_and_a_retired_one_is_not_shown(db: Db):
    shop = await an_open_shop(db)
    product = await a_listed_product(db, shop, skus=[a_sku("a", price=100), a_sku("b", price=950)])
    first, second = product.skus
    await catalog.revise_sku(db, shop.owner, shop.id, first.id, SkuPatch(is_retired=True))

    with pytest.raises(catalog.LastSku):
        await catalog.revise_sku(db, shop.owner, shop.id, second.id, SkuPatch(is_retired=True))

    assert [card.price.amount for card in await cards(db)] == [950]
    assert not (await read(db, catalog.for_sale([first.id])))[first.id].is_listed
    await assert_cards_agree(db)


async def test_what_is_taken_out_of_sale_or_whose_shop_is_held_is_not_shown(db: Db):
    shop, other = await an_open_shop(db), await an_open_shop(db, "Dan")
    product, theirs = await a_listed_product(db, shop), await a_listed_product(db, other)
    await catalog.revise_product(db, shop.owner, shop.id, product.id, ProductPatch(state="draft"))
    await catalog.show_shop(db, other.id, is_open=False)

    assert await cards(db) == [] == await cards(db, q="铁观音")
    for hidden in (product, theirs):
        with pytest.raises(ProductNotFound):
            await catalog.product_page(db, hidden.id)

    await catalog.show_shop(db, other.id, is_open=True)
    await catalog.revise_product(db, shop.owner, shop.id, product.id, ProductPatch(state="listed"))
    assert len(await cards(db)) == 2 == len(await cards(db, q="铁观音"))
    await assert_cards_agree(db)


async def test_sales_are_told_to_the_cards_once(db: Db):
    shop = await an_open_shop(db)
    product = await a_listed_product(db, shop)
    await catalog.count_sales(db, [(product.id, 2), (product.id, 3)])

    for _ in range(2):
        await catalog.fold_sales(db)
    await catalog.revise_product(db, shop.owner, shop.id, product.id, ProductPatch(title="龙井"))

    assert [card.sold for card in await cards(db)] == [5]
    await catalog.count_sales(db, [(product.id, -2)])
    await catalog.fold_sales(db)
    assert [card.sold for card in await cards(db, q="龙井")] == [3]
    await assert_cards_agree(db)


@pytest.mark.parametrize("cursor", ["x", "////", "WzEsMl0", "WyIyMDI2LTAxLTAxIiwxXQ", "bnVsbA", "W10"])
@pytest.mark.parametrize("ask", [{}, {"sort": Sort.SOLD}, {"q": "茶"}], ids=str)
async def test_a_cursor_that_no_list_made_is_refused(db: Db, cursor: str, ask: dict[str, object]):
    with pytest.raises(CursorInvalid):
        await catalog.browse(db, Browse(cursor=cursor, **ask))
