"""Amounts: integer minor units and an ISO 4217 code. Never a float, never a `Decimal` in flight."""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated

import msgspec

from shuke.kit.errors import Invalid

MAX_AMOUNT = 10**15
"""The largest amount of one posting: ten thousand billion of the main unit, and far from `bigint`'s end."""

Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$", description="ISO 4217 code")]
Price = Annotated[int, msgspec.Meta(ge=0, le=10**12, description="minor units: fen, cents")]

# ISO 4217 minor units that are not two.
_EXPONENTS = {
    "JPY": 0,
    "KRW": 0,
    "VND": 0,
    "CLP": 0,
    "ISK": 0,
    "UGX": 0,
    "BHD": 3,
    "KWD": 3,
    "OMR": 3,
    "TND": 3,
    "JOD": 3,
}


class CurrencyMismatch(Invalid):
    """Amounts of different currencies cannot be added."""

    left: str
    right: str


class Money(msgspec.Struct, frozen=True):
    """An amount in the currency's minor unit (fen, cents). Never a float."""

    amount: Annotated[int, msgspec.Meta(ge=-(10**15), le=10**15, description="minor units: fen, cents")]
    currency: Currency

    def __add__(self, other: "Money") -> "Money":
        """Add an amount of the same currency; raises CurrencyMismatch."""
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        """Subtract an amount of the same currency; raises CurrencyMismatch."""
        return self + Money(-other.amount, other.currency)

    def share(self, rate_bps: int) -> "Money":
        """This many basis points, rounded down: a fee never exceeds its rate."""
        return Money(self.amount * rate_bps // 10_000, self.currency)

    def split(self, weights: Sequence[int]) -> "list[Money]":
        """Split by weight and lose nothing: the first parts with weight take the left-over units."""
        return [Money(part, self.currency) for part in split(self.amount, weights)]


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """Split minor units by weight and lose nothing; weights are >= 0 and not all zero."""
    total = sum(weights)
    assert total > 0 and min(weights) >= 0, "weights must be positive"
    parts = [amount * weight // total for weight in weights]
    left = amount - sum(parts)
    for place, weight in enumerate(weights):
        if left == 0:
            break
        if weight:
            parts[place] += 1
            left -= 1
    return parts


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum, zero of `currency` when there is nothing to add; raises CurrencyMismatch."""
    result = Money(0, currency)
    for amount in amounts:
        result = result + amount
    return result


def exponent(currency: str) -> int:
    """How many decimals the currency's main unit has (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def parse(text: str, currency: str) -> Money | None:
    """Read "12.34" exactly; None when it is no amount, is out of range or is finer than the minor unit."""
    try:
        units = Decimal(text.strip()).scaleb(exponent(currency))
    except (InvalidOperation, ValueError):
        return None
    if not units.is_finite() or units != units.to_integral_value() or abs(units) > MAX_AMOUNT:
        return None
    return Money(int(units), currency)


def plain(money: Money) -> str:
    """The amount as digits in the main unit: `Money(1234, "GBP")` is "12.34"."""
    places = exponent(money.currency)
    return f"{Decimal(money.amount).scaleb(-places):,.{places}f}"
