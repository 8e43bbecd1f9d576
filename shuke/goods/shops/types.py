"""The words of shops."""

from datetime import datetime
from typing import Annotated, Literal, NewType
from uuid import UUID

import msgspec

from shuke.goods.shops.tariffs import FreightRules
from shuke.kit.actor import PersonId
from shuke.kit.errors import Conflict, Forbidden, Invalid, NotFound
from shuke.kit.events import Event, Job
from shuke.kit.money import Currency

ShopId = NewType("ShopId", UUID)
MerchantId = NewType("MerchantId", UUID)
LocationId = NewType("LocationId", UUID)
InvitationId = NewType("InvitationId", UUID)

Kind = Literal["personal", "company"]
State = Literal["open", "in_review", "held", "closed"]
Role = Literal["shop.owner", "shop.manager", "shop.clerk", "shop.guide", "shop.finance"]
# One printable character at least, and no control characters.
_LINE = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=_LINE)]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=_LINE)]
Text = Annotated[str, msgspec.Meta(max_length=2000, pattern=r"^[^\x00]*$")]
Why = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"^[^\x00]*[^\x00-\x20][^\x00]*$")]
Picture = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^((https://|/)[^\x00-\x20\x7f]+)?$")]
Region = Annotated[list[Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=_LINE)]], msgspec.Meta(max_length=5)]
Country = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$", description="ISO 3166-1 alpha-2 code")]
Bps = Annotated[int, msgspec.Meta(ge=0, le=500, description="basis points")]

GUIDE_CAP_BPS = 500
"""No shop may give a guide more; the ceiling of all shares of a sale counts on it."""


class MerchantAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The legal particulars of a merchant; what is left out stays as it is."""

    legal_name: Line | None = None
    licence: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z-]{8,40}$")] | None = None
    payout: Annotated[str, msgspec.Meta(min_length=8, max_length=120, pattern=_LINE)] | None = None


class MerchantRow(msgspec.Struct, frozen=True):
    """A merchant as stored: sealed."""

    id: MerchantId
    owner_id: PersonId
    kind: Kind
    legal_name_sealed: bytes | None
    licence_sealed: bytes | None
    payout_sealed: bytes | None
    verified_at: datetime | None


class Merchant(msgspec.Struct, frozen=True):
    """A merchant as its owner sees it: licence and payout account are told by their last four characters."""

    id: MerchantId
    kind: Kind
    legal_name: str | None
    licence_tail: str | None
    payout_tail: str | None
    verified_at: datetime | None


class LegalSubject(msgspec.Struct, frozen=True):
    """Who sells, as the E-Commerce Law (article 15) wants it shown: a natural person's name and licence are not shown."""

    kind: Kind
    name: str | None
    licence_tail: str | None
    is_verified: bool


class LocationAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new location; a store offers pickup unless it says otherwise."""

    name: Title
    kind: Literal["warehouse", "store"] = "warehouse"
    region: Region = msgspec.field(default_factory=list)
    street: Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00]*$")] = ""
    country: Country = "CN"
    pickup: bool | None = None


class LocationPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a location; what is left out stays. `is_default` can only be given, not taken."""

    name: Title | None = None
    region: Region | None = None
    street: Line | None = None
    country: Country | None = None
    pickup: bool | None = None
    is_default: Literal[True] | None = None


class Location(msgspec.Struct, frozen=True):
    """Where a shop's stock is; with `pickup`, where buyers may collect."""

    id: LocationId
    name: str
    kind: Literal["warehouse", "store"]
    region: list[str]
    street: str
    country: str
    pickup: bool
    is_default: bool


class FreightTemplateAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A freight template, whole."""

    name: Title
    rules: FreightRules
    is_default: bool = False


class FreightTemplate(msgspec.Struct, frozen=True):
    """What delivery costs, by region."""

    id: UUID
    name: str
    is_default: bool
    rules: FreightRules


class ShopAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new shop; without `merchant_id` its merchant is made on the way."""

    name: Title
    kind: Kind
    merchant_id: UUID | None = None
    merchant: MerchantAsk = MerchantAsk()
    story: Text = ""
    cover: Picture | None = None
    city: Line | None = None
    currency: Currency = "CNY"
    location: LocationAsk | None = None
    freight: FreightRules = FreightRules()


class ShopPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a shop; what is left out stays, an empty cover is removed."""

    name: Title | None = None
    story: Text | None = None
    cover: Picture | None = None
    city: Line | None = None
    guide_cap_bps: Bps | None = None


class Shop(msgspec.Struct, frozen=True):
    """A shop as its staff see it."""

    id: ShopId
    name: str
    kind: Kind
    state: State
    story: str
    cover: str | None
    city: str | None
    currency: str
    guide_cap_bps: int
    standing: int | None
    merchant_id: MerchantId
    owner_id: PersonId
    opened_at: datetime | None
    appealed_at: datetime | None
    created_at: datetime


class ShopCard(msgspec.Struct, frozen=True):
    """A shop in a list, on a product, on an order."""

    id: ShopId
    name: str
    kind: Kind
    state: State
    cover: str | None
    city: str | None
    currency: str
    standing: int | None
    opened_at: datetime | None


class ShopView(msgspec.Struct, frozen=True):
    """A shop as everybody sees it, with who sells there."""

    id: ShopId
    name: str
    kind: Kind
    state: State
    cover: str | None
    city: str | None
    currency: str
    standing: int | None
    opened_at: datetime | None
    story: str
    merchant: LegalSubject


class MyShop(msgspec.Struct, frozen=True):
    """A shop where I work."""

    shop: ShopCard
    roles: list[Role]


class Delivering(msgspec.Struct, frozen=True):
    """What an order needs to know of its shop."""

    id: ShopId
    owner_id: PersonId
    name: str
    state: State
    currency: str
    default_location_id: LocationId
    pickup_location_ids: list[LocationId]
    freight: FreightRules


class ShopStateAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Set the state of a shop, saying why."""

    state: Literal["open", "held", "closed"]
    why: Why


class ShopAppealAsk(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a shop should be open again."""

    why: Why


class ShopReview(msgspec.Struct, frozen=True):
    """A state that was set, or an appeal: who, when, why."""

    id: UUID
    kind: Literal["state", "appeal"]
    state: State
    by_id: PersonId | None
    why: str
    at: datetime


class ShopOpened(Event, frozen=True):
    """A shop was made; `state` tells whether it trades already."""

    shop_id: UUID
    owner_id: UUID
    state: str


class ShopStateChanged(Event, frozen=True):
    """An operator set a shop's state."""

    shop_id: UUID
    state: str


class ShopRenamed(Event, frozen=True):
    """A shop has another name; ask the shop which."""

    shop_id: UUID


class GuideCapChanged(Event, frozen=True):
    """A shop gives its guides at most this much from now on."""

    shop_id: UUID
    guide_cap_bps: int


class StaffMoved(Event, frozen=True):
    """A person got or lost a role in a shop; ask the shop which of both."""

    shop_id: UUID
    person_id: UUID
    role: str


class ResealMerchants(Job, frozen=True):
    """Renew what is sealed under a former secret."""


class ShopNotFound(NotFound):
    """There is no such shop, or it is not open to you."""

    shop_id: UUID


class MerchantNotFound(NotFound):
    """There is no such merchant, or it is not yours."""

    merchant_id: UUID


class MerchantOfOtherKind(Invalid):
    """A personal merchant opens personal shops, a company's are companies'."""

    kind: str


class LocationNotFound(NotFound):
    """There is no such location in this shop, it is closed, or it is the default one, which cannot be closed."""

    location_id: UUID


class TemplateNotFound(NotFound):
    """There is no such freight template in this shop, or it is the default one, which cannot be removed."""

    template_id: UUID


class StateNotPossible(Conflict):
    """The shop is not in a state from which this one can be reached."""

    state: str


class NothingToAppeal(Conflict):
    """The shop is neither held nor closed, or an appeal waits already."""


class NoDelivery(Invalid):
    """The shop does not deliver to this region."""

    region: list[str]
    country: str


class InviteeMissing(Invalid):
    """Send either `person_id` or `phone`."""


class MayNotAppoint(Forbidden):
    """Owners appoint everybody; managers appoint clerks, guides and finance."""

    role: str


class AlreadyStaff(Conflict):
    """The person holds this role here already."""

    role: str


class NotStaff(NotFound):
    """Nobody here holds this role, or it is an owner's, which only they themselves can lay down."""

    role: str


class LastOwner(Conflict):
    """A shop that is not closed has an owner: appoint another one first."""

    shop_id: UUID


class InvitationNotFound(NotFound):
    """There is no such invitation for you, or it was answered, withdrawn or has expired."""

    invitation_id: UUID


class ProfileUnknown(NotFound):
    """There is no such profile."""

    profile_id: UUID


class AlreadyLinked(Conflict):
    """The profile is linked to the shop already."""

    profile_id: UUID


class NotLinked(NotFound):
    """The profile is not linked to the shop."""

    profile_id: UUID


class TooManyProfiles(Conflict):
    """A company's shop links at most 100 profiles, a personal one has one."""

    at_most: int
