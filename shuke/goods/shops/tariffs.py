"""What a shop says of its freight: tariffs by region, by piece or weight.

A region in a rule is the beginning of an address: `广东省`, `广东省/深圳市`, or a country (`GB`) for addresses that say no
more. Each part matches by prefix, so `北京` is `北京市`. The most exact rule wins, the first of equals; where the shop does
not deliver, no rule helps.
"""

from typing import Annotated, Literal

import msgspec

_PART = r"[^/\x00-\x20\x7f][^/\x00-\x1f\x7f]*"
Place = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=rf"^{_PART}(/{_PART})*$")]
Places = Annotated[tuple[Place, ...], msgspec.Meta(max_length=500)]
Fee = Annotated[int, msgspec.Meta(ge=0, le=10**8, description="minor units of the shop's currency")]
Units = Annotated[int, msgspec.Meta(ge=1, le=10**6, description="pieces, or grams")]


class Tariff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`first_fee` for the first units, `more_fee` for each begun `more_units` after; nothing from an amount or quantity on."""

    first_units: Units = 1
    first_fee: Fee = 0
    more_units: Units = 1
    more_fee: Fee = 0
    by: Literal["piece", "weight"] = "piece"
    free_from_amount: Annotated[int, msgspec.Meta(ge=0, le=10**12)] | None = None
    free_from_quantity: Annotated[int, msgspec.Meta(ge=1, le=10**6)] | None = None


class FreightRule(Tariff, frozen=True, forbid_unknown_fields=True):
    """A tariff for some regions."""

    regions: Places = ()


class FreightRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rules by region, one for everywhere else, and where the shop does not deliver. As they are: free, everywhere."""

    rules: Annotated[tuple[FreightRule, ...], msgspec.Meta(max_length=50)] = ()
    default: Tariff = Tariff()
    no_delivery: Places = ()
