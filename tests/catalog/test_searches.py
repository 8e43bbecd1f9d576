import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuke.goods import catalog
from shuke.goods.catalog import Browse, CategoryAsk, Sort
from shuke.goods.catalog.types import Card
from shuke.goods.catalog.words import query_words
from shuke.kit.db import Db
from shuke.kit.pages import Page
from tests.catalog.builders import a_listed_product
from tests.datasets import dataset
from tests.shops.builders import an_open_shop


async def a_market(db: Db) -> None:
    """A tea shop and a clothes shop."""
    tea = await catalog.put_category(db, CategoryAsk("drinks", "茶饮", "Drinks", 500))
    old, new = await an_open_shop(db, name="老街茶铺"), await an_open_shop(db, name="童话裁缝")
    for title, description in (
        ("安溪铁观音 清香型 兰花香", "秋茶，一泡一袋"),
        ("武夷岩茶大红袍 礼盒装", "炭火慢焙"),
        ("普洱熟茶 357克", "陈年"),
        ("景德镇盖碗", "泡铁观音正好"),
    ):
        await a_listed_product(db, old, title, description=description, category_id=tea)
    for title in ("碎花连衣裙 女童 夏季", "Vintage Cotton Dresses for Kids", "Café Crème T-shirt 红色", "纯棉睡衣 男童"):
        await a_listed_product(db, new, title, description="machine wash")


async def found(db: Db, q: str, **ask: object) -> list[str]:
    raw = await catalog.browse(db, Browse(q=q, **ask))
    return [card.title for card in msgspec.json.decode(raw, type=Page[Card]).items]


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("铁观音", "安溪铁观音 清香型 兰花香"),
        ("安溪 兰花", "安溪铁观音 清香型 兰花香"),
        ("大红袍礼盒", "武夷岩茶大红袍 礼盒装"),
        ("连衣裙", "碎花连衣裙 女童 夏季"),
        ("tieguanyin", "安溪铁观音 清香型 兰花香"),
        ("tie guan yin", "安溪铁观音 清香型 兰花香"),
        ("TGY", "安溪铁观音 清香型 兰花香"),
        ("anxitieguanyin", "安溪铁观音 清香型 兰花香"),
        ("tieguan", "安溪铁观音 清香型 兰花香"),
        ("dahongpao", "武夷岩茶大红袍 礼盒装"),
        ("dresses", "Vintage Cotton Dresses for Kids"),
        ("dress cotton", "Vintage Cotton Dresses for Kids"),
        ("DRESS FOR THE KID", "Vintage Cotton Dresses for Kids"),
        ("cafe", "Café Crème T-shirt 红色"),
        ("ｃａｆé", "Café Crème T-shirt 红色"),
        ("t-shirts", "Café Crème T-shirt 红色"),
        ("357", "普洱熟茶 357克"),
        ("碎花裙", "碎花连衣裙 女童 夏季"),
        ("铁观音 不存在的词", "安溪铁观音 清香型 兰花香"),
        ("裁缝 睡衣", "纯棉睡衣 男童"),
        ("tonghua shuiyi", "纯棉睡衣 男童"),
        ("drinks 普洱", "普洱熟茶 357克"),
    ],
)
async def test_what_is_meant_is_found_first(db: Db, q: str, first: str):
    await a_market(db)

    assert (await found(db, q))[:1] == [first]


async def test_a_word_in_the_title_comes_before_one_in_the_description(db: Db):
    await a_market(db)

    assert await found(db, "铁观音") == ["安溪铁观音 清香型 兰花香", "景德镇盖碗"]
    assert await found(db, "裁缝 红色") == ["Café Crème T-shirt 红色"]


async def test_among_equals_the_one_sold_most_comes_first_and_pages_go_on(db: Db):
    shop = await an_open_shop(db)
    made = [await a_listed_product(db, shop, f"龙井茶 {number}号") for number in range(5)]
    described = await a_listed_product(db, shop, "瓷杯", description="喝龙井茶用")
    await catalog.count_sales(db, [(product.id, number % 3) for number, product in enumerate(made) if number % 3])
    await catalog.fold_sales(db)

    seen: list[Card] = []
    cursor = None
    while True:
        page = msgspec.json.decode(await catalog.browse(db, Browse(q="龙井茶", limit=2, cursor=cursor)), type=Page[Card])
        seen += page.items
        if (cursor := page.next_cursor) is None:
            break

    assert [card.sold for card in seen] == [2, 1, 1, 0, 0, 0]
    assert len({card.id for card in seen}) == 6
    assert seen[-1].id == described.id


async def test_words_and_another_order_go_together_with_shop_and_category(db: Db):
    one, two = await an_open_shop(db), await an_open_shop(db, "Dan")
    category = await catalog.put_category(db, CategoryAsk("tea", "茗", "Tea", 500))
    for number, shop in enumerate([one, two, one]):
        kind = category if number else None
        await a_listed_product(db, shop, f"龙井 {number}", price=100 * (3 - number), category_id=kind)

    assert await found(db, "龙井", sort=Sort.CHEAPEST) == ["龙井 2", "龙井 1", "龙井 0"]
    assert await found(db, "龙井", sort=Sort.DEAREST, limit=2) == ["龙井 0", "龙井 1"]
    assert await found(db, "龙井", shop_id=one.id, sort=Sort.CHEAPEST) == ["龙井 2", "龙井 0"]
    assert await found(db, "龙井", category_id=category, shop_id=one.id) == ["龙井 2"]
    assert await found(db, "long jin", sort=Sort.NEW) != []


GARBAGE = [
    "!!!",
    "'",
    "';--",
    "\\",
    "a:*",
    "& | ! <->",
    "%",
    "🙂",
    "\ud7ff",
    "\u0000",
    " ",
    "的",
    "a" * 500,
    "１２",
    "é" * 200,
    "()" * 99,
]


@pytest.mark.parametrize("q", GARBAGE)
async def test_garbage_is_answered_with_a_page(db: Db, q: str):
    await a_market(db)

    assert isinstance(await found(db, q), list)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(max_size=30))
async def test_whatever_is_typed_the_answer_is_a_page(db: Db, q: str):
    for sort in (None, Sort.CHEAPEST):
        assert isinstance(await found(db, q, sort=sort), list)


@pytest.mark.slow
async def test_real_queries_have_words_in_them():
    lines = dataset("search/qbqtc_dev.csv.gz")

    import gzip

    with gzip.open(lines, "rt", encoding="utf-8") as rows:
        queries = [row.split(",")[0] for row in rows][1:2001]
    assert sum(bool(query_words(query)) for query in queries) > 1990
