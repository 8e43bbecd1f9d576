"""The words of regulars."""

from datetime import datetime
from typing import Annotated, Literal, NewType
from uuid import UUID

import msgspec

from shuke.goods.shops import GUIDE_CAP_BPS, ShopCard, ShopId
from shuke.kit.actor import PersonId
from shuke.kit.errors import Invalid, NotFound
from shuke.kit.events import Event
from shuke.society.identity import PersonCard

GuideId = NewType("GuideId", UUID)
Source = Literal["opt_in", "order", "share", "import"]
MAX_HANDED = 1000


class RegularRow(msgspec.Struct, frozen=True):
    """A regular as stored; `guide_id` only while they are bound."""

    shop_id: ShopId
    person_id: PersonId
    source: Source
    since: datetime
    level: int
    agreed_at: datetime | None
    guide_id: PersonId | None
    bound_until: datetime | None


class Regular(msgspec.Struct, frozen=True):
    """A regular as the shop sees them: a name and a picture, and how they came."""

    person: PersonCard
    source: Source
    since: datetime
    level: int
    guide: PersonCard | None
    bound_until: datetime | None


class MyRegular(msgspec.Struct, frozen=True):
    """A shop whose regular I am."""

    shop: ShopCard
    since: datetime
    level: int
    guide: PersonCard | None


class OptInAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Become a regular; with the person id of the guide whose link or QR code led here."""

    guide_id: UUID | None = None


class Guide(msgspec.Struct, frozen=True):
    """Who looks after a buyer, and what they get of an order."""

    person_id: PersonId
    rate_bps: int


class GuideOfShop(msgspec.Struct, frozen=True):
    """The guide of one person in one shop."""

    shop_id: ShopId
    person_id: PersonId
    rate_bps: int


class GuideRow(msgspec.Struct, frozen=True):
    """A guide as stored."""

    id: GuideId
    shop_id: ShopId
    person_id: PersonId
    rate_bps: int
    binding_days: int
    since: datetime
    regulars: int


class GuideView(msgspec.Struct, frozen=True):
    """A guide as the shop sees them; `code` is for their link and QR code."""

    code: str
    person: PersonCard
    rate_bps: int
    binding_days: int
    since: datetime
    regulars: int


class GuideLink(msgspec.Struct, frozen=True):
    """What a guide's link or QR code leads to."""

    shop: ShopCard
    guide: PersonCard


class GuideAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a guide gets, and for how long a regular is bound to them."""

    rate_bps: Annotated[int, msgspec.Meta(ge=0, le=GUIDE_CAP_BPS, description="basis points of the goods paid")]
    binding_days: Annotated[int, msgspec.Meta(ge=1, le=730)] | None = None


class HandoverAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Give the regulars of one guide to another: all of them, or those named."""

    from_id: UUID
    to_id: UUID
    person_ids: Annotated[list[UUID], msgspec.Meta(min_length=1, max_length=MAX_HANDED)] | None = None


class Handover(msgspec.Struct, frozen=True):
    """A handover: who gave how many regulars of whom to whom, and when."""

    id: UUID
    from_id: PersonId
    to_id: PersonId
    by_id: PersonId
    at: datetime
    regulars: int


class Kept(msgspec.Struct, frozen=True):
    """What a shop keeps of a person, for their export."""

    shop_id: ShopId
    source: str | None
    since: datetime | None
    level: int
    guide_id: PersonId | None
    bound_until: datetime | None
    agreed_at: datetime | None
    left_at: datetime | None


class RegularJoined(Event, frozen=True):
    """A person became a regular of a shop, or became one again."""

    shop_id: UUID
    person_id: UUID
    source: str


class RegularLeft(Event, frozen=True):
    """A person is a regular of a shop no longer."""

    shop_id: UUID
    person_id: UUID


class NotRegular(NotFound):
    """You are not a regular of this shop."""

    shop_id: UUID


class GuideNotFound(NotFound):
    """There is no such guide in this shop, or no longer."""


class RateAboveCap(Invalid):
    """The shop gives its guides at most this much."""

    cap_bps: int


class SameGuide(Invalid):
    """A handover needs two guides."""
