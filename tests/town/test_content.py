"""The content of the town: the same seed gives the same town, nothing clashes, and everything has what a listing needs."""

import io
import random
import stat
import sys
import time
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from shuke.kit.settings import Settings
from shuke.town import content
from shuke.town.content import clay, fetch, goods, people, pictures, stage, stilllife, talk

BRANDS = (
    "茅台 五粮液 星巴克 瑞幸 麦当劳 肯德基 可口 百事 雀巢 康师傅 统一 农夫山泉 立顿 大益 八马 天福 小罐茶 竹叶青 "
    "耐克 阿迪达斯 安踏 李宁 优衣库 无印良品 宜家 南极人 恒源祥 罗莱 富安娜 水星家纺 双立人 苏泊尔 美的 华为 苹果手机 "
    "戴森 蓝月亮 立白 巴拉巴拉 乐高 迪士尼 顺丰 京东 淘宝 天猫 拼多多 抖音 快手 微信 有赞 老干妈 海底捞 三只松鼠 良品铺子 "
    "nike adidas uniqlo muji ikea lego disney dyson iphone huawei xiaomi nestle lipton starbucks coca pepsi zwilling "
    "wechat taobao tiktok shopify amazon"
)
CATEGORY = {category.slug: category for category in content.CATEGORIES}


def test_one_seed_gives_one_town():
    first = content.make_people(random.Random(7), 300), content.draw_avatar(random.Random(7)), _words(random.Random(7))
    again = content.make_people(random.Random(7), 300), content.draw_avatar(random.Random(7)), _words(random.Random(7))
    other = content.make_people(random.Random(8), 300), content.draw_avatar(random.Random(8)), _words(random.Random(8))

    assert first == again
    assert all(mine != theirs for mine, theirs in zip(first, other, strict=True))


def test_nobody_shares_a_name_or_a_phone_even_in_a_large_town():
    town = content.make_people(random.Random(1), 5000)

    assert len({person.name for person in town}) == 5000
    assert len({person.phone for person in town}) == 5000


def test_every_phone_lies_in_the_range_that_belongs_to_nobody():
    town = content.make_people(random.Random(2), 500)

    assert all(person.phone.startswith(people.PHONE_PREFIX) and len(person.phone) == 11 for person in town)
    assert all(person.phone.isdigit() for person in town)


def test_people_are_of_every_age_and_from_everywhere():
    town = content.make_people(random.Random(3), 600)

    assert set(content.Age) == {person.age for person in town}
    assert len({person.region for person in town}) >= 40
    assert 0.4 < sum(person.feminine for person in town) / 600 < 0.75
    assert 1 <= sum(person.language == "en" for person in town) <= 60


@pytest.mark.parametrize("age", content.Age)
@pytest.mark.parametrize("feminine", [True, False])
def test_an_avatar_is_a_square_of_the_size_asked_for(age: content.Age, feminine: bool):
    drawn = content.draw_avatar(random.Random(5), size=96, age=age, feminine=feminine)

    with Image.open(io.BytesIO(drawn)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (96, 96))


def test_three_hundred_friends_hardly_ever_look_alike():
    rng = random.Random(9)

    faces = Counter(content.draw_avatar(rng, size=64, age=rng.choice(list(content.Age))) for _ in range(300))

    assert len(faces) >= 290


def test_there_are_six_shops_with_fifteen_products_each():
    shops = content.load_shops()

    assert [len(shop.products) for shop in shops] == [15] * 6
    assert len({shop.slug for shop in shops}) == len({shop.name.zh for shop in shops}) == 6
    assert {"personal", "company"} == {shop.kind for shop in shops}
    assert all(shop.guides for shop in shops)


def test_every_code_and_title_is_used_once():
    products = content.load_products()
    skus = [sku.code for product in products for sku in product.skus]

    assert len({product.code for product in products}) == len(products)
    assert len({product.title.zh for product in products}) == len({product.title.en for product in products}) == len(products)
    assert len(set(skus)) == len(skus)


@pytest.mark.parametrize("product", content.load_products(), ids=lambda product: product.code)
def test_a_product_has_all_that_a_listing_needs(product: content.ProductSeed):
    assert CATEGORY[product.category].parent is not None
    assert product.look.glyph in stilllife.GLYPHS
    assert product.look.palette in stage.PALETTES
    assert product.look.pictures
    assert product.title.zh and product.title.en and product.description.zh and product.description.en
    assert 1 <= len(product.skus) <= 8
    assert all(900 <= sku.price <= 200_000 and sku.price % 10 == 0 for sku in product.skus)
    assert all(sku.stock > 0 and 10 <= sku.weight_g <= 15_000 for sku in product.skus)
    assert len({tuple(sku.options.items()) for sku in product.skus}) == len(product.skus)
    assert len({tuple(sku.options_en.items()) for sku in product.skus}) == len(product.skus)


def test_shares_and_fees_leave_the_shop_most_of_the_price():
    for product in content.load_products():
        near, far = product.commission_bps
        assert 200 <= far <= near <= 1500
        assert near + far + CATEGORY[product.category].rate_bps <= Settings(data=Path()).commission_ceiling_bps


def test_the_category_tree_is_whole():
    roots = {category.slug for category in content.CATEGORIES if category.parent is None}

    assert len(CATEGORY) == len(content.CATEGORIES)
    assert len(roots) == 8
    assert len(CATEGORY) - len(roots) >= 40
    assert {category.parent for category in content.CATEGORIES if category.parent} == roots
    assert all(200 <= category.rate_bps <= 1000 for category in content.CATEGORIES)
    assert any(category.sensitive for category in content.CATEGORIES)


def test_a_shop_sells_only_what_it_says_it_sells():
    for shop in content.load_shops():
        assert {CATEGORY[product.category].parent for product in shop.products} == set(shop.categories)


def test_no_brand_of_somebody_else_is_named():
    said = msgspec.json.encode(
        [content.load_shops(), content.CATEGORIES, talk.SHARES, talk.GIFTS, talk.GREETINGS, talk.ORDER_NOTES, talk.RETURNING]
    ).decode()

    assert [brand for brand in BRANDS.split() if brand in said.lower()] == []


def test_there_is_enough_to_say_and_every_line_has_its_english():
    lines = [
        line
        for group in (*talk.SHARES.values(), talk.GIFTS, talk.ORDER_NOTES, talk.GREETINGS, talk.RETURNING)
        for line in group
    ]

    assert len(lines) >= 60
    assert len({line.zh for line in lines}) == len(lines)
    assert all(line.zh and line.en and line.en.isascii() for line in lines)
    assert set(talk.SHARES) - {"any"} == {category.slug for category in content.CATEGORIES if category.parent is None}


def test_a_guide_greets_with_names_and_leaves_no_gap():
    rng = random.Random(4)

    said = [content.greeting(rng, goods.Text("老街茶铺", "Old Street Tea"), goods.Text("小雅", "Xiaoya")) for _ in range(60)]

    assert any("老街茶铺" in line.zh for line in said)
    assert any("Xiaoya" in line.en for line in said)
    assert not any("{" in line.zh + line.en for line in said)


def test_every_still_life_can_be_drawn_and_leaves_a_margin():
    for glyph in stilllife.GLYPHS:
        drawn = stilllife.draw_glyph(glyph, "#6FA37C", "茶", size=96)

        left, top, right, bottom = drawn.getbbox() or (0, 0, 0, 0)
        assert min(right - left, bottom - top) > 30, glyph
        assert drawn.getpixel((0, 0))[3] == 0, glyph


def test_a_cover_is_the_same_each_time_and_differs_by_view(tmp_path: Path):
    product = content.load_products()[0]

    first = content.cover(product, None, tmp_path)
    kept = content.cover(product, None, tmp_path)
    anew = content.cover(product, None)
    other = content.cover(product, None, view=1)

    assert first == kept == anew != other
    assert len(list(tmp_path.iterdir())) == 1
    with Image.open(io.BytesIO(first)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (800, 800))


def test_covers_differ_from_product_to_product():
    covers = {content.cover(product, None) for product in content.load_products()[::9]}

    assert len(covers) == 10


def test_emoji_take_part_in_a_picture_where_they_could_be_fetched(tmp_path: Path):
    product = content.load_products()[0]
    for ref in product.look.pictures:
        Image.new("RGBA", (64, 64), (200, 40, 40, 255)).save(tmp_path / f"{ref.code}.webp")

    with_emoji, without = content.cover(product, tmp_path), content.cover(product, None)

    assert with_emoji != without


def test_a_picture_with_no_emoji_file_is_the_still_life(tmp_path: Path):
    look = content.load_products()[0].look

    assert pictures.draw_product(random.Random(1), (), look) == pictures.draw_stand_in(random.Random(1), look)
    assert len(content.cover(content.load_products()[0], tmp_path)) > 3000


def test_labels_are_drawn_where_no_chinese_font_is_installed(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clay, "_lettering", lambda _pixels: None)

    drawn = stilllife.draw_glyph("tin", "#9C4A2F", "肉桂", size=96)

    assert drawn.getbbox() is not None


def test_emoji_that_are_there_need_no_network(tmp_path: Path):
    folder = tmp_path / "emoji-1.1.0"
    folder.mkdir()
    for code in fetch.wanted_emoji():
        (folder / f"{code}.webp").touch()

    assert fetch.fetch_emoji(tmp_path, client=["/nowhere/npm"]) == folder


def test_without_a_registry_the_town_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")

    assert fetch.fetch_emoji(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_is_not_the_known_one_is_not_unpacked(tmp_path: Path):
    client = _client(tmp_path, "open('other.tgz', 'wb').write(b'not what was asked for')")

    assert fetch.fetch_emoji(tmp_path / "cache", client=client) is None
    assert not (tmp_path / "cache").exists()


def test_a_slow_registry_is_waited_for_no_longer_than_stated(tmp_path: Path):
    client = _client(tmp_path, "import time; time.sleep(30)")

    started = time.monotonic()
    assert fetch.fetch_emoji(tmp_path / "cache", patience_s=0.5, client=client) is None
    assert time.monotonic() - started < 10


def _client(folder: Path, body: str) -> list[str]:
    script = folder / "npm.py"
    script.write_text(body)
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return [sys.executable, str(script)]


def _words(rng: random.Random) -> list[str]:
    return [content.share_line(rng, "tea-black").zh for _ in range(8)] + [
        content.gift_note(rng).zh,
        content.returning_line(rng).zh,
    ]
