"""The content of the demo town: its people, faces, shops, goods, pictures and words. No database, no use cases, no clock.

Everything is invented here or drawn here; whatever is chosen is chosen by the `random.Random` that the caller passes,
so one seed gives one town. Texts stand in Chinese and English.
"""

from shuke.town.content.ages import Age
from shuke.town.content.avatars import draw_avatar
from shuke.town.content.categories import CATEGORIES, CategorySeed
from shuke.town.content.fetch import fetch_emoji
from shuke.town.content.goods import GuideRole, ProductSeed, ShopSeed, SkuSeed, Text, load_products, load_shops
from shuke.town.content.people import PersonSeed, make_people
from shuke.town.content.pictures import cover
from shuke.town.content.talk import gift_note, greeting, order_note, returning_line, share_line

__all__ = [
    "CATEGORIES",
    "Age",
    "CategorySeed",
    "GuideRole",
    "PersonSeed",
    "ProductSeed",
    "ShopSeed",
    "SkuSeed",
    "Text",
    "cover",
    "draw_avatar",
    "fetch_emoji",
    "gift_note",
    "greeting",
    "load_products",
    "load_shops",
    "make_people",
    "order_note",
    "returning_line",
    "share_line",
]
