"""What callers ask of the catalogue, with every limit on it."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from shuke.kit.money import Currency, Price

MAX_SKUS = 100
MAX_IMAGES = 20
MAX_OPTIONS = 5
MAX_DESCRIPTION = 20_000

# At least one character that is seen and no control characters in a line; no NUL in a text.
LINE = r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$"
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=LINE)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=LINE)]
Code = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=LINE)]
Value = Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=LINE)]
Text = Annotated[str, msgspec.Meta(max_length=MAX_DESCRIPTION, pattern=r"^[^\x00]*$")]
Why = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"^[^\x00]*[^\x00-\x20][^\x00]*$")]
Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Image = Annotated[str, msgspec.Meta(max_length=300, description="a key or address that an upload answered")]
Images = Annotated[list[Image], msgspec.Meta(max_length=MAX_IMAGES)]
Bps = Annotated[int, msgspec.Meta(ge=0, le=10_000, description="basis points")]
CommissionBps = Annotated[
    list[Bps], msgspec.Meta(max_length=2, description="basis points of whose link was opened, and of the one before")
]
RateBps = Annotated[int, msgspec.Meta(ge=200, le=1000, description="basis points")]
Options = Annotated[dict[Name, Value], msgspec.Meta(max_length=MAX_OPTIONS)]
Stock = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
Weight = Annotated[int, msgspec.Meta(ge=0, le=10**7)]


class PriceAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A price in the shop's currency."""

    amount: Price
    currency: Currency


class SkuAsk(msgspec.Struct, frozen=True):
    """One choice of a product; `options` names what sets it apart, with the same names in every SKU."""

    code: Code
    price: PriceAsk
    stock: Stock = 0
    options: Options = {}
    weight_g: Weight = 0


class ProductAsk(msgspec.Struct, frozen=True):
    """A product to sell; as a draft it waits unseen."""

    title: Title
    skus: Annotated[list[SkuAsk], msgspec.Meta(min_length=1, max_length=MAX_SKUS)]
    description: Text = ""
    category_id: UUID | None = None
    images: Images = []
    commission_bps: CommissionBps = []
    is_virtual: bool = False
    is_draft: bool = False


class ProductPatch(msgspec.Struct, frozen=True):
    """What to change of a product; what is left out stays. `state` takes it out of sale, or puts it up."""

    title: Title | msgspec.UnsetType = msgspec.UNSET
    description: Text | msgspec.UnsetType = msgspec.UNSET
    category_id: UUID | msgspec.UnsetType | None = msgspec.UNSET
    images: Images | msgspec.UnsetType = msgspec.UNSET
    commission_bps: CommissionBps | msgspec.UnsetType = msgspec.UNSET
    is_virtual: bool | msgspec.UnsetType = msgspec.UNSET
    state: Literal["draft", "listed"] | msgspec.UnsetType = msgspec.UNSET


class SkuPatch(msgspec.Struct, frozen=True):
    """What to change of a SKU; `stock` is what is available at the shop's default location, beside what is reserved."""

    price: PriceAsk | None = None
    stock: Stock | None = None
    weight_g: Weight | None = None
    is_retired: bool | None = None


class StateAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An operator's decision on a product; `listed` on a listed one keeps it and closes its reports."""

    state: Literal["listed", "held", "rejected"]
    reason: Annotated[str, msgspec.Meta(max_length=500, pattern=r"^[^\x00]*$")] = ""


class AppealAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a held or rejected product should be listed."""

    reason: Why


class ReportAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is wrong with a product."""

    reason: Literal["counterfeit", "forbidden", "misleading", "offensive", "copyright", "unsafe", "other"]
    words: Annotated[str, msgspec.Meta(max_length=1000, pattern=r"^[^\x00]*$")] = ""


class CategoryAsk(msgspec.Struct, frozen=True):
    """A node of the tree, by its slug; a root has no parent. `rate_bps` is its commission from now on."""

    slug: Slug
    name_zh: Name
    name_en: Name
    rate_bps: RateBps
    parent: Slug | None = None
    is_sensitive: bool = False
    is_perishable: bool = False
    is_made_to_order: bool = False
    position: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 0


class RateAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the platform takes of sales in a category from an instant on; now, when it is left out."""

    rate_bps: RateBps
    effective_at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
