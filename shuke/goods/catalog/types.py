"""The words of the catalogue."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

from shuke.goods.shops import ShopCard, ShopId
from shuke.goods.stock import SkuId
from shuke.kit.actor import PersonId
from shuke.kit.errors import Conflict, Forbidden, Invalid, NotFound
from shuke.kit.events import Event, Job
from shuke.kit.money import Money

ProductId = NewType("ProductId", UUID)
CategoryId = NewType("CategoryId", UUID)

DEFAULT_RATE_BPS = 500
"""What the platform takes of a product without category; the orders call it version 0."""


class State(StrEnum):
    """Where a product stands. Only `listed` is for sale; `held` was listed, `rejected` never was."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    LISTED = "listed"
    HELD = "held"
    REJECTED = "rejected"


class Sort(StrEnum):
    """The order of a list; a relevance exists where words were asked for."""

    NEW = "new"
    SOLD = "sold"
    CHEAPEST = "price"
    DEAREST = "-price"
    RELEVANCE = "relevance"


class Sku(msgspec.Struct, frozen=True):
    """What is ordered; a retired one is kept for the orders that name it."""

    id: SkuId
    code: str
    options: dict[str, str]
    price: Money
    weight_g: int
    is_retired: bool = False


class Product(msgspec.Struct, frozen=True):
    """A product as its shop sees it; `options` are the names of its options in their order."""

    id: ProductId
    shop_id: ShopId
    title: str
    description: str
    category_id: CategoryId | None
    state: State
    images: list[str]
    options: list[str]
    commission_bps: list[int]
    is_virtual: bool
    source_handle: str | None
    created_at: datetime
    revised_at: datetime
    listed_at: datetime | None
    skus: list[Sku]


class ForSale(msgspec.Struct, frozen=True):
    """A SKU with all that an order freezes of it."""

    id: SkuId
    shop_id: ShopId
    product_id: ProductId
    code: str
    title: str
    options: dict[str, str]
    cover: str | None
    price: Money
    weight_g: int
    category_id: CategoryId | None
    rate_bps: int
    rate_version: int
    commission_bps: list[int]
    is_virtual: bool
    is_listed: bool


class SkuCode(msgspec.Struct, frozen=True):
    """A SKU by its code."""

    code: str
    id: SkuId


class Card(msgspec.Struct, frozen=True):
    """A product in a list; `price` is its cheapest SKU's."""

    id: ProductId
    shop_id: ShopId
    title: str
    cover: str | None
    thumb: str | None
    price: Money
    sold: int
    category_id: CategoryId | None
    is_virtual: bool


class StaffCard(msgspec.Struct, frozen=True):
    """A product in its shop's own list."""

    id: ProductId
    shop_id: ShopId
    title: str
    cover: str | None
    thumb: str | None
    price: Money
    sold: int
    category_id: CategoryId | None
    is_virtual: bool
    state: State
    revised_at: datetime


class SkuOnSale(msgspec.Struct, frozen=True):
    """A SKU on a product's page."""

    id: SkuId
    code: str
    options: dict[str, str]
    price: Money
    available: int


class ProductView(msgspec.Struct, frozen=True):
    """A product as everybody sees it; `badges` are keys to translate."""

    id: ProductId
    shop_id: ShopId
    title: str
    description: str
    category_id: CategoryId | None
    images: list[str]
    cover: str | None
    thumb: str | None
    options: list[str]
    price: Money
    sold: int
    is_virtual: bool
    badges: list[str]
    skus: list[SkuOnSale]
    shop: ShopCard


class StateChange(msgspec.Struct, frozen=True):
    """A state that was set, or an appeal: who, when, why."""

    id: UUID
    state: State
    reason: str
    is_appeal: bool
    changed_by: PersonId
    changed_at: datetime


class PriceChange(msgspec.Struct, frozen=True):
    """A price that was changed."""

    id: UUID
    sku_id: SkuId
    old_price: Money
    price: Money
    changed_by: PersonId | None
    changed_at: datetime


class Report(msgspec.Struct, frozen=True):
    """What a person finds wrong with a product; closed once an operator has decided on it."""

    id: UUID
    product_id: ProductId
    reporter_id: PersonId
    reason: str
    words: str
    reported_at: datetime
    closed_at: datetime | None


class Picture(msgspec.Struct, frozen=True):
    """A picture that was accepted: `key` goes into a product's images."""

    key: str
    url: str
    thumb_url: str
    width: int
    height: int


class CategoryRow(msgspec.Struct, frozen=True):
    """A category and the rate in effect."""

    id: CategoryId
    slug: str
    parent_id: CategoryId | None
    name_zh: str
    name_en: str
    is_sensitive: bool
    is_perishable: bool
    is_made_to_order: bool
    position: int
    rate_bps: int


class Category(msgspec.Struct, frozen=True):
    """A category with those below it."""

    id: CategoryId
    slug: str
    parent_id: CategoryId | None
    name_zh: str
    name_en: str
    is_sensitive: bool
    is_perishable: bool
    is_made_to_order: bool
    position: int
    rate_bps: int
    children: "Sequence[Category]" = ()


class Rate(msgspec.Struct, frozen=True):
    """A version of a category's commission."""

    category_id: CategoryId
    version: int
    rate_bps: int
    effective_at: datetime
    set_by: PersonId | None
    set_at: datetime


class ProductListed(Event, frozen=True):
    """A product is for sale."""

    product_id: UUID
    shop_id: UUID


class PriceChanged(Event, frozen=True):
    """A SKU has another price."""

    sku_id: UUID
    product_id: UUID
    shop_id: UUID
    old: int
    new: int
    currency: str


class RewordGoods(Job, frozen=True):
    """Have the products of a shop, those after one, found by its new name."""

    shop_id: UUID
    after: UUID | None = None


class FetchPictures(Job, frozen=True):
    """Fetch some of the pictures that an import of a shop named."""

    shop_id: UUID


class FindDueFetches(Job, frozen=True):
    """Find the shops that have pictures to fetch."""


class FoldSales(Job, frozen=True):
    """Tell the cards what was sold."""


class ProductNotFound(NotFound):
    """There is no such product, or it is not for sale."""

    product_id: UUID


class SkuNotFound(NotFound):
    """There is no such SKU in this shop."""

    sku_id: UUID


class CategoryNotFound(NotFound):
    """There is no such category."""

    category: str


class CurrencyNotOfShop(Invalid):
    """A shop sells in one currency, its own."""

    currency: str
    shop_currency: str


class CodeTaken(Invalid):
    """A SKU code stands once in a product."""

    sku_code: str


class OptionsDiffer(Invalid):
    """Every SKU of a product names the same options, and no two of them the same values."""

    sku_code: str


class TooManySkus(Invalid):
    """A product has at most 100 SKUs."""

    at_most: int


class ImageUnknown(Invalid):
    """An image is the key that a picture's upload answered."""

    image: str


class CeilingExceeded(Invalid):
    """Commission of the platform and of sharers, tech fee and the guide's share together stay under the ceiling."""

    ceiling_bps: int
    total_bps: int


class RateBreaksCeiling(Conflict):
    """With this rate a product of the category would give away more than the ceiling allows."""

    product_id: UUID
    ceiling_bps: int


class RateNotInOrder(Conflict):
    """A new version takes effect now or later, and not before the one set last."""


class CategoryMoved(Conflict):
    """A category keeps its parent."""

    slug: str


class StateNotPossible(Conflict):
    """The product is not in a state from which this one can be reached."""

    state: str


class LastSku(Conflict):
    """A product keeps one SKU that is not retired."""

    sku_id: UUID


class ReasonMissing(Invalid):
    """Holding or rejecting a product needs a reason."""


class ReportedAlready(Conflict):
    """You have reported this product already."""

    product_id: UUID


class OwnProduct(Forbidden):
    """A shop's own product cannot be reported by its staff."""
