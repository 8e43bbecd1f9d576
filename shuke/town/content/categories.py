"""The category tree of the town: eight roots and their leaves, each with the platform's commission in basis points.

Rates follow margins: fresh food and staples pay least, handicraft and gifts most. A purchase in a `sensitive` category is
never shown to friends; what is `perishable` or `made_to_order` is outside the right to return within seven days (Consumer
Protection Law, article 25).
"""

import msgspec

SENSITIVE = "sensitive"
PERISHABLE = "perishable"
MADE_TO_ORDER = "made_to_order"


class CategorySeed(msgspec.Struct, frozen=True):
    """A node of the tree; a root has no `parent`. `rate_bps` lies between 200 and 1000."""

    slug: str
    parent: str | None
    zh: str
    en: str
    rate_bps: int
    sensitive: bool = False
    perishable: bool = False
    made_to_order: bool = False


def _branch(root: str, zh: str, en: str, rate_bps: int, leaves: str) -> tuple[CategorySeed, ...]:
    """Read leaves as lines of `slug | zh | en | rate | attributes`."""
    nodes = [CategorySeed(root, None, zh, en, rate_bps)]
    for line in leaves.strip().splitlines():
        slug, leaf_zh, leaf_en, rate, *flags = (part.strip() for part in line.split("|"))
        nodes.append(
            CategorySeed(
                f"{root}-{slug}",
                root,
                leaf_zh,
                leaf_en,
                int(rate),
                SENSITIVE in flags,
                PERISHABLE in flags,
                MADE_TO_ORDER in flags,
            )
        )
    return tuple(nodes)


CATEGORIES = (
    *_branch("tea", "茶叶茶饮", "Tea", 500, """
        green   | 绿茶     | Green tea         | 500
        oolong  | 乌龙茶   | Oolong            | 500
        black   | 红茶     | Black tea         | 500
        dark    | 白茶普洱 | White and pu'er   | 600
        herbal  | 花草茶   | Herbal tea        | 600
        gift    | 茶礼     | Tea gifts         | 800
    """),
    *_branch("fresh", "生鲜", "Fresh food", 200, """
        fruit     | 新鲜水果 | Fruit             | 200 | perishable
        vegetable | 时令蔬菜 | Vegetables        | 200 | perishable
        eggs      | 蛋类     | Eggs              | 200 | perishable
        meat      | 肉禽     | Meat and poultry  | 250 | perishable
    """),
    *_branch("pantry", "粮油干货", "Pantry", 300, """
        grain     | 米面杂粮 | Rice and grains   | 250
        dried     | 菌菇干货 | Dried mushrooms   | 400
        honey     | 蜂蜜滋补 | Honey             | 500
        snack     | 零食坚果 | Snacks and nuts   | 500
        sauce     | 酱料腌味 | Sauces            | 350
    """),
    *_branch("craft", "手作文创", "Handicraft", 800, """
        textile   | 布艺刺绣 | Cloth, embroidery | 800
        knit      | 编织毛线 | Knitting          | 800
        jewellery | 手作饰品 | Handmade jewellery| 1000
        paper     | 纸品文具 | Paper goods       | 700
        scent     | 香薰蜡烛 | Candles and scent | 900
        custom    | 来样定制 | Made to order     | 1000 | made_to_order
    """),
    *_branch("kids", "童装童品", "Children", 500, """
        tops      | 上衣     | Tops              | 500
        trousers  | 裤装     | Trousers          | 500
        dresses   | 裙装     | Dresses           | 500
        outerwear | 外套     | Outerwear         | 550
        shoes     | 鞋袜     | Shoes and socks   | 500
        extras    | 帽子配件 | Hats and extras   | 600
        toys      | 玩具     | Toys              | 600
    """),
    *_branch("home", "餐厨家居", "Home and kitchen", 600, """
        tableware | 餐具     | Tableware         | 600
        teaware   | 茶具杯壶 | Cups and teaware  | 700
        cookware  | 锅具厨刀 | Cookware          | 500
        storage   | 收纳清洁 | Storage, cleaning | 500
        decor     | 花器摆件 | Vases and decor   | 800
    """),
    *_branch("textile", "家纺", "Home textiles", 500, """
        bedding   | 床品套件 | Bedding sets      | 500
        quilts    | 被子     | Quilts            | 500
        pillows   | 枕头靠垫 | Pillows, cushions | 550
        towels    | 毛巾浴巾 | Towels            | 450
        floor     | 地毯窗帘 | Rugs and curtains | 550
    """),
    *_branch("care", "个人护理", "Personal care", 600, """
        wash      | 洗护     | Soap and wash     | 600
        intimate  | 内衣家居服 | Underwear       | 600 | sensitive
        health    | 健康护理 | Health care       | 700 | sensitive
    """),
)  # fmt: skip
