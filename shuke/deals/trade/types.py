"""The words of trade."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, NewType
from uuid import UUID

import msgspec

from shuke.goods.shops import ShopId
from shuke.kit.actor import PersonId
from shuke.kit.money import Money, Price
from shuke.money.payments import PaymentId
from shuke.society.shares import LinkId

OrderId = NewType("OrderId", UUID)
OfferId = NewType("OfferId", UUID)
Quantity = Annotated[int, msgspec.Meta(ge=1, le=9999)]
Note = Annotated[str, msgspec.Meta(max_length=500)]
Hold = Literal["none", "until_released"]
DeliveryMode = Literal["express", "pickup", "instant", "none"]
MAX_LINES = 100


class Status(StrEnum):
    """Where an order stands. `cancelled` was never paid; `closed` was paid and the money went back."""

    PLACED = "placed"
    HELD = "held"
    PAID = "paid"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    CLOSED = "closed"


class LineAsk(msgspec.Struct, frozen=True):
    """So many of a SKU; the same SKU twice is added up."""

    sku_id: UUID
    quantity: Quantity


class DeliveryAsk(msgspec.Struct, frozen=True):
    """How the goods reach the buyer. Express and instant need an address; pickup may name a location."""

    mode: DeliveryMode = "express"
    address_id: UUID | None = None
    location_id: UUID | None = None


Lines = Annotated[list[LineAsk], msgspec.Meta(min_length=1, max_length=MAX_LINES)]
Coupons = Annotated[list[Annotated[str, msgspec.Meta(max_length=64)]], msgspec.Meta(max_length=10)]


class QuoteAsk(msgspec.Struct, frozen=True):
    """What would this cost?"""

    lines: Lines
    delivery: DeliveryAsk | None = None
    coupons: Coupons = []
    offer_id: UUID | None = None


class OrderAsk(msgspec.Struct, frozen=True):
    """Buy this, for oneself or for a friend: `receiver_id` sees the order too."""

    lines: Lines
    delivery: DeliveryAsk
    receiver_id: UUID | None = None
    offer_id: UUID | None = None
    share_code: Annotated[str, msgspec.Meta(max_length=32)] | None = None
    note: Note = ""
    channel: Annotated[str, msgspec.Meta(max_length=32)] | None = None
    coupons: Coupons = []


class QuoteLine(msgspec.Struct, frozen=True):
    """A line with its price; `discount` is its part of the adjustments."""

    line: int
    sku_id: UUID
    shop_id: ShopId
    title: str
    options: dict[str, str]
    cover: str | None
    quantity: int
    unit_price: Money
    list_price: Money
    discount: Money
    total: Money


class Adjustment(msgspec.Struct, frozen=True):
    """Why lines cost less: what kind, how much (negative), who pays for it, and for which lines."""

    kind: str
    amount: Money
    funded_by: Literal["shop", "platform"]
    lines: list[int]


class Quote(msgspec.Struct, frozen=True):
    """Every line explained. Nothing is reserved."""

    lines: list[QuoteLine]
    adjustments: list[Adjustment]
    freight: Money
    total: Money


class PlacedOrder(msgspec.Struct, frozen=True):
    """One of the orders that were placed together."""

    id: OrderId
    number: str
    shop_id: ShopId
    status: Status
    total: Money


class PlacedPayment(msgspec.Struct, frozen=True):
    """The payment of orders placed together."""

    id: PaymentId
    amount: Money
    status: str


class Placed(msgspec.Struct, frozen=True):
    """One payment, and an order per shop."""

    payment: PlacedPayment
    orders: list[PlacedOrder]


class Payee(msgspec.Struct, frozen=True):
    """Who earns from an order: a sharer at level 1 (their link was opened) or 2 (the one before), the guide, the author.

    A sharer's rate is the line's own (`commission_bps[level - 1]`); a guide and an author have one rate for all lines.
    """

    role: Literal["sharer", "guide", "author"]
    level: int
    person_id: PersonId
    rate_bps: int | None = None


class Attribution(msgspec.Struct, frozen=True):
    """How this sale came about, frozen when it was placed: the path runs from the link opened back to the first sharer."""

    entry: str = "direct"
    link_id: LinkId | None = None
    first_link_id: LinkId | None = None
    first_touch: datetime | None = None
    last_touch: datetime | None = None
    path: list[PersonId] = []
    payees: list[Payee] = []
    rule_version: int = 1


class Step(msgspec.Struct, frozen=True):
    """A sharer on the path; depth 0 is the first."""

    person_id: PersonId
    depth: int


class OrderLine(msgspec.Struct, frozen=True):
    """What was bought, at the price of that moment."""

    line: int
    sku_id: UUID
    product_id: UUID
    title: str
    options: dict[str, str]
    cover: str | None
    quantity: int
    unit_price: Money
    discount: Money
    total: Money
    shipped: int


class Order(msgspec.Struct, frozen=True):
    """An order as its buyer and its shop see it. `share_path` runs from the link opened back to the first sharer."""

    id: OrderId
    number: str
    shop_id: ShopId
    buyer_id: PersonId
    receiver_id: PersonId | None
    payment_id: PaymentId
    status: Status
    held_for: str | None
    lines: list[OrderLine]
    adjustments: list[Adjustment]
    goods: Money
    discount: Money
    freight: Money
    total: Money
    refunded: Money
    delivery_mode: str
    location_id: UUID
    region: list[str]
    country: str
    note: str
    reason: str | None
    origin: str
    external_number: str | None
    share_path: list[Step]
    placed_at: datetime
    pay_by: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    completed_at: datetime | None
    cancelled_at: datetime | None
    closed_at: datetime | None


class OrderAddress(msgspec.Struct, frozen=True):
    """Where an order goes: frozen when it was placed, and shown to the shop while the order needs it."""

    recipient: str
    phone: str
    region: list[str]
    street: str
    country: str


class OfferTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A special price: for one SKU or any of the shop's, for one person or anyone, at most so many, until then.

    The orders of an offer that holds `until_released` are paid, and not to be shipped before `trade.release`. `origin` names
    what promised it (a play, the shop), and becomes the kind of the adjustment that the buyer sees.
    """

    shop_id: UUID
    price: Money
    max_quantity: int
    expires_at: datetime
    sku_id: UUID | None = None
    person_id: UUID | None = None
    hold: Hold = "none"
    origin: str = "shop_offer"
    origin_id: UUID | None = None


class Offer(msgspec.Struct, frozen=True):
    """Terms that were promised, and how often they were taken up."""

    id: OfferId
    shop_id: ShopId
    sku_id: UUID | None
    person_id: PersonId | None
    price: Money
    max_quantity: int
    redeemed: int
    expires_at: datetime
    hold: Hold
    origin: str
    origin_id: UUID | None
    ended_at: datetime | None


class CartLine(msgspec.Struct, frozen=True):
    """So many of a SKU in a cart."""

    sku_id: UUID
    quantity: int
    put_at: datetime


class CartAsk(msgspec.Struct, frozen=True):
    """How many of a SKU to have in the cart."""

    quantity: Quantity


class ReasonAsk(msgspec.Struct, frozen=True):
    """Why, in a sentence for the buyer."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class PriceChangeAsk(msgspec.Struct, frozen=True):
    """The new total of the goods of an unpaid order, freight apart."""

    goods: Price
    reason: Annotated[str, msgspec.Meta(max_length=200)] = ""


class ImportedLine(msgspec.Struct, frozen=True):
    """A line with its agreed price, which may differ from the list price; a SKU may stand in several."""

    sku_id: UUID
    quantity: int
    unit_price: int


class ImportedOrder(msgspec.Struct, frozen=True):
    """An order that was placed elsewhere. `source` and `external_number` are unique at a shop."""

    shop_id: ShopId
    buyer_id: PersonId
    source: str
    external_number: str
    currency: str
    country: str
    lines: list[ImportedLine]
    placed_at: datetime
    paid_at: datetime
    freight: int = 0
    discount: int = 0


class SettledLine(msgspec.Struct, frozen=True):
    """What settlement needs of a line: what was paid for it, and its rates."""

    line: int
    paid: int
    rate_bps: int
    rate_version: int
    commission_bps: list[int]


class OrderForSettlement(msgspec.Struct, frozen=True):
    """A completed order as settlement and commissions read it."""

    id: OrderId
    shop_id: ShopId
    buyer_id: PersonId
    payment_id: PaymentId
    status: Status
    total: Money
    goods: Money
    discount: Money
    freight: Money
    refunded: Money
    attribution: Attribution
    lines: list[SettledLine]
    completed_at: datetime | None
