"""The shops of the town and what they sell, read from `shops/*.toml`: written by hand, so that it reads like a real street.

Prices are fen. An option's values multiply into SKUs in the order written, the last option fastest; `price`, `stock` and
`weight_g` are either one number for all or one per SKU. English stands beside each Chinese text.
"""

import itertools
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec

SHOPS = Path(__file__).with_name("shops")
SHOP_FILES = ("tea", "craft", "farm", "kids", "home", "textile")

_PICTURE = re.compile(r"(?P<code>[0-9a-f-]+?)(?::(?P<hue>\d{1,3}))?(?::(?P<colourful>\d{1,3}))?")


class Text(msgspec.Struct, frozen=True):
    """One sentence in both languages."""

    zh: str
    en: str


class SkuSeed(msgspec.Struct, frozen=True):
    """What can be bought: `options` names each choice in Chinese, `options_en` in English."""

    code: str
    options: dict[str, str]
    options_en: dict[str, str]
    price: int
    stock: int
    weight_g: int


class PictureRef(msgspec.Struct, frozen=True):
    """An emoji by its file name, its hue turned by degrees and its colours kept to a percentage, so it fits the palette."""

    code: str
    hue: int
    colourful: int


class Look(msgspec.Struct, frozen=True):
    """How a product is pictured: emoji, the still life that is drawn in their place, and the colours around.

    With `drawn` the still life is the hero and the emoji keep it company; without, it appears only where there are no emoji.
    """

    pictures: tuple[PictureRef, ...]
    glyph: str
    colour: str
    palette: str
    label: str
    drawn: bool


class ProductSeed(msgspec.Struct, frozen=True):
    """One listing; `commission_bps` is what the sharer whose link was opened earns, and the one before."""

    code: str
    shop: str
    category: str
    title: Text
    description: Text
    skus: tuple[SkuSeed, ...]
    look: Look
    commission_bps: tuple[int, int]


class GuideRole(msgspec.Struct, frozen=True):
    """A member of staff whom buyers know by this name; `role` is one of the shop roles."""

    role: Literal["shop.owner", "shop.manager", "shop.guide"]
    name: Text
    line: str


class ShopSeed(msgspec.Struct, frozen=True):
    """A shop with its people and shelves; `region` is province, city, district."""

    slug: str
    code: str
    kind: Literal["personal", "company"]
    name: Text
    story: Text
    region: tuple[str, str, str]
    street: str
    categories: tuple[str, ...]
    guides: tuple[GuideRole, ...]
    products: tuple[ProductSeed, ...]


class _Option(msgspec.Struct, forbid_unknown_fields=True):
    zh: str
    en: str
    values: list[tuple[str, str]]


class _Listing(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    code: str
    category: str
    zh: str
    en: str
    about: Text
    options: list[_Option]
    price: int | list[int]
    stock: int | list[int]
    weight_g: int | list[int]
    glyph: str
    colour: str
    pictures: list[str] = []
    palette: str = ""
    label: str = ""
    drawn: bool = False
    commission_bps: tuple[int, int] | None = None


class _Front(msgspec.Struct, forbid_unknown_fields=True):
    code: str
    slug: str
    kind: Literal["personal", "company"]
    city: tuple[str, str, str]
    street: str
    categories: tuple[str, ...]
    commission_bps: tuple[int, int]
    palette: str
    name: Text
    story: Text
    guides: list[dict[str, str]]


@cache
def load_shops() -> tuple[ShopSeed, ...]:
    """Read all shops with their products, always in the same order."""
    return tuple(_shop(tomllib.loads((SHOPS / f"{name}.toml").read_text("utf-8"))) for name in SHOP_FILES)


def load_products() -> tuple[ProductSeed, ...]:
    """Read every product of every shop, shop by shop."""
    return tuple(product for shop in load_shops() for product in shop.products)


def _shop(page: dict[str, Any]) -> ShopSeed:
    front = msgspec.convert(page["shop"], _Front)
    return ShopSeed(
        slug=front.slug,
        code=front.code,
        kind=front.kind,
        name=front.name,
        story=front.story,
        region=front.city,
        street=front.street,
        categories=front.categories,
        guides=tuple(
            msgspec.convert({"role": g["role"], "name": {"zh": g["zh"], "en": g["en"]}, "line": g["line"]}, GuideRole)
            for g in front.guides
        ),
        products=tuple(_product(front, listing) for listing in msgspec.convert(page["products"], list[_Listing])),
    )


def _product(front: _Front, listing: _Listing) -> ProductSeed:
    return ProductSeed(
        code=listing.code,
        shop=front.slug,
        category=listing.category,
        title=Text(listing.zh, listing.en),
        description=listing.about,
        skus=_skus(listing),
        look=Look(
            pictures=tuple(map(_picture, listing.pictures)),
            glyph=listing.glyph,
            colour=listing.colour,
            palette=listing.palette or front.palette,
            label=listing.label,
            drawn=listing.drawn,
        ),
        commission_bps=listing.commission_bps or front.commission_bps,
    )


def _skus(listing: _Listing) -> tuple[SkuSeed, ...]:
    choices = list(itertools.product(*(option.values for option in listing.options)))
    price, stock, weight = (_per_sku(number, len(choices)) for number in (listing.price, listing.stock, listing.weight_g))
    return tuple(
        SkuSeed(
            code=f"{listing.code}-{position + 1}",
            options={option.zh: value[0] for option, value in zip(listing.options, choice, strict=True)},
            options_en={option.en: value[1] for option, value in zip(listing.options, choice, strict=True)},
            price=price[position],
            stock=stock[position],
            weight_g=weight[position],
        )
        for position, choice in enumerate(choices)
    )


def _per_sku(number: int | list[int], count: int) -> list[int]:
    numbers = [number] * count if isinstance(number, int) else number
    if len(numbers) != count:
        raise ValueError(f"A listing has {count} SKUs and {len(numbers)} figures for them.")
    return numbers


def _picture(text: str) -> PictureRef:
    match = _PICTURE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a picture: code, code:hue or code:hue:percent of colour.")
    return PictureRef(match["code"], int(match["hue"] or 0), int(match["colourful"] or 88))
