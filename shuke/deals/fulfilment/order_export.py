"""Shopify's order export: rows of one order number become one order, or the reasons why they do not.

The first row of an order carries what is true of the whole order; the others only their line item. Columns:
https://help.shopify.com/manual/orders/manage-orders/exporting-orders.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from shuke.kit import clock, money
from shuke.kit.tables import Fault, Row, Table, TableUnreadable

MAX_LINES = 1000
MAX_QUANTITY = 10**6
NEEDED = ("Name", "Created at", "Currency", "Lineitem quantity", "Lineitem price", "Lineitem sku")
_NOT_PAID = ("pending", "authorized", "voided", "expired", "refunded")


class BadOrder(msgspec.Struct, frozen=True):
    """Why an order was not accepted: the line where it is wrong, the column and the reason."""

    line: int
    column: str
    reason: str


class ReadLine(msgspec.Struct, frozen=True):
    """A line item; prices are minor units."""

    line: int
    code: str
    quantity: int
    price: int


class ReadOrder(msgspec.Struct, frozen=True):
    """An order as the file tells it. `buyer` is the customer's number there, or the e-mail address."""

    line: int
    number: str
    buyer: str
    name: str
    country: str
    currency: str
    placed_at: datetime
    paid_at: datetime
    fulfilled_at: datetime | None
    freight: int
    discount: int
    lines: list[ReadLine]


class Skipped(msgspec.Struct, frozen=True):
    """An order that was never paid, or was cancelled: there is nothing of it to bring."""

    line: int


def orders(table: Table) -> Iterator[ReadOrder | Skipped | list[BadOrder]]:
    """Each order of the file, or what is wrong with it. Raises TableUnreadable where it is no order export."""
    places = {name: place for place, name in reversed(list(enumerate(table.columns)))}
    missing = [name for name in NEEDED if name not in places]
    if missing or not {"Customer", "Email"} & places.keys():
        reason = f"This is no order export: there is no column {', '.join(missing or ['Email'])}."
        raise TableUnreadable(reason=reason, line=1)
    for rows in _groups(table.rows, places["Name"]):
        yield _Reading(places, rows).order()


def _groups(rows: Iterator[Row | Fault], name: int) -> Iterator[list[Row | Fault]]:
    group: list[Row | Fault] = []
    number = ""
    for row in rows:
        called = row.fields[name].strip() if isinstance(row, Row) and len(row.fields) > name else number
        if group and called != number:
            yield group
            group = []
        number = called
        if len(group) <= MAX_LINES:
            group.append(row)
    if group:
        yield group


class _Reading:
    def __init__(self, places: dict[str, int], rows: Sequence[Row | Fault]) -> None:
        self.places = places
        self.rows = [row for row in rows if isinstance(row, Row)]
        self.bad = [BadOrder(row.line, "", row.reason) for row in rows if isinstance(row, Fault)]

    def order(self) -> ReadOrder | Skipped | list[BadOrder]:
        if not self.rows:
            return self.bad
        first = self.rows[0]
        if self.text(first, "Cancelled at") or self.text(first, "Financial Status").lower() in _NOT_PAID:
            return Skipped(first.line)
        currency = self.text(first, "Currency").upper()
        if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
            self.refuse(first, "Currency", f"{currency[:20]!r} is no currency.")
            return self.bad
        placed_at = self.instant(first, "Created at") or self.refuse_missing(first, "Created at")
        lines = [line for row in self.rows if (line := self.line_item(row, currency)) is not None]
        buyer = self.text(first, "Customer") or self.text(first, "Email").lower()
        number = self.text(first, "Name")
        if not buyer:
            self.refuse(first, "Email", "Nobody is named who bought.")
        if not number or len(number) > 60:
            self.refuse(first, "Name", "An order number has 1 to 60 characters.")
        if len(self.rows) > MAX_LINES:
            self.refuse(first, "Lineitem sku", f"An order has at most {MAX_LINES} lines.")
        freight = self.amount(first, "Shipping", currency)
        discount = self.amount(first, "Discount Amount", currency)
        if discount > sum(line.quantity * line.price for line in lines):
            self.refuse(first, "Discount Amount", "More was taken off than the goods cost.")
        if self.bad or placed_at is None:
            return self.bad
        return ReadOrder(
            line=first.line,
            number=number,
            buyer=buyer[:200],
            name=(self.text(first, "Billing Name") or self.text(first, "Shipping Name") or f"客户 {buyer}")[:60],
            country=self.text(first, "Shipping Country")[:60],
            currency=currency,
            placed_at=placed_at,
            paid_at=max(placed_at, self.instant(first, "Paid at") or placed_at),
            fulfilled_at=self.instant(first, "Fulfilled at"),
            freight=freight,
            discount=discount,
            lines=lines,
        )

    def text(self, row: Row, column: str) -> str:
        place = self.places.get(column)
        return row.fields[place].strip() if place is not None and place < len(row.fields) else ""

    def refuse(self, row: Row, column: str, reason: str) -> None:
        self.bad.append(BadOrder(row.line, column, reason))

    def refuse_missing(self, row: Row, column: str) -> None:
        if not self.bad:
            self.refuse(row, column, f"{column} is missing.")

    def instant(self, row: Row, column: str) -> datetime | None:
        text = self.text(row, column)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text.removesuffix(" UTC"))
            found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
        except (ValueError, OverflowError):
            # Shopify writes "2013-06-05 12:18:30 -0400".
            found = _with_offset(text)
        if found is None or not datetime(1990, 1, 1, tzinfo=UTC) <= found <= clock.wall():
            self.refuse(row, column, f"{text[:40]!r} is no instant of the past.")
            return None
        return found

    def amount(self, row: Row, column: str, currency: str) -> int:
        text = self.text(row, column)
        found = money.parse(text, currency) if text and text.isascii() else None
        if text and (found is None or not 0 <= found.amount <= 10**12):
            self.refuse(row, column, f"{text[:40]!r} is not an amount in {currency}.")
        return found.amount if found else 0

    def line_item(self, row: Row, currency: str) -> ReadLine | None:
        count = len(self.bad)
        quantity = self.text(row, "Lineitem quantity")
        if not quantity.isascii() or not quantity.isdigit() or not 0 < int(quantity[:9]) <= MAX_QUANTITY:
            self.refuse(row, "Lineitem quantity", f"{quantity[:40]!r} is not a quantity.")
        if not self.text(row, "Lineitem price"):
            self.refuse(row, "Lineitem price", "The price is missing.")
        code = self.text(row, "Lineitem sku")
        if not code:
            self.refuse(row, "Lineitem sku", "The SKU is missing.")
        price = self.amount(row, "Lineitem price", currency)
        return ReadLine(row.line, code, int(quantity), price) if len(self.bad) == count else None


def _with_offset(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S %z").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
