"""Decisions of the catalogue: what is put together well, what may be given away, where a product may go next."""

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from shuke.goods.catalog.asks import SkuAsk
from shuke.goods.catalog.types import (
    CeilingExceeded,
    CodeTaken,
    CurrencyNotOfShop,
    ImageUnknown,
    OptionsDiffer,
    ReasonMissing,
    State,
)
from shuke.kit.settings import Settings

MEDIA = "/media/"
"""Where stored pictures are served."""
_IMAGE = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}\.webp")

# An operator's decisions: where to, and from where. Keeping a listed product is a decision as well.
DECISIONS: dict[State, tuple[State, ...]] = {
    State.LISTED: (State.IN_REVIEW, State.HELD, State.REJECTED, State.LISTED),
    State.HELD: (State.LISTED, State.IN_REVIEW),
    State.REJECTED: (State.IN_REVIEW,),
}
APPEALABLE = (State.HELD, State.REJECTED)


class Choice(Protocol):
    """A SKU, asked for or there already."""

    @property
    def code(self) -> str:
        """Its code."""
        ...

    @property
    def options(self) -> dict[str, str]:
        """Its options."""
        ...


def state_when_put_up(settings: Settings) -> State:
    """A product of the demo and of tests is for sale at once; in production somebody looks at it first."""
    return State.LISTED if settings.is_sandbox else State.IN_REVIEW


def state_when_edited(state: State, settings: Settings) -> State:
    """What was reviewed is what is shown: in production, other words or pictures are looked at again."""
    return State.IN_REVIEW if state is State.LISTED and not settings.is_sandbox else state


def option_names(choices: Sequence[Choice]) -> list[str]:
    """The names of a product's options, in the order of its first SKU. Raises CodeTaken, OptionsDiffer."""
    names = list(choices[0].options)
    codes: set[str] = set()
    values: set[tuple[str, ...]] = set()
    for choice in choices:
        if choice.code in codes:
            raise CodeTaken(sku_code=choice.code)
        codes.add(choice.code)
        if choice.options.keys() != choices[0].options.keys():
            raise OptionsDiffer(sku_code=choice.code)
        chosen = tuple(choice.options[name] for name in names)
        # Products without options may still come in several SKUs, told apart by their codes.
        if names and chosen in values:
            raise OptionsDiffer(sku_code=choice.code)
        values.add(chosen)
    return names


def in_order(options: dict[str, str], names: Sequence[str]) -> dict[str, str]:
    """Options in the order of these names; any others after them."""
    return options if list(options) == names else {name: options[name] for name in names if name in options} | options


def check_currency(skus: Sequence[SkuAsk], shop_currency: str) -> None:
    """A shop sells in its own currency. Raises CurrencyNotOfShop."""
    for sku in skus:
        if sku.price.currency != shop_currency:
            raise CurrencyNotOfShop(currency=sku.price.currency, shop_currency=shop_currency)


def given_away(rate_bps: int, guide_cap_bps: int, commission_bps: Sequence[int], settings: Settings) -> int:
    """All that can go of a sale to others than the shop, in basis points."""
    return rate_bps + settings.tech_fee_bps + guide_cap_bps + sum(commission_bps)


def check_ceiling(rate_bps: int, guide_cap_bps: int, commission_bps: Sequence[int], settings: Settings) -> None:
    """Fees and shares together stay under the ceiling. Raises CeilingExceeded."""
    total = given_away(rate_bps, guide_cap_bps, commission_bps, settings)
    if total > settings.commission_ceiling_bps:
        raise CeilingExceeded(ceiling_bps=settings.commission_ceiling_bps, total_bps=total)


def image_keys(images: Sequence[str]) -> list[str]:
    """The keys of images named by key or by address. Raises ImageUnknown."""
    keys = [image.removeprefix(MEDIA) for image in images]
    for key in keys:
        if not _IMAGE.fullmatch(key):
            raise ImageUnknown(image=key[:100])
    return keys


def with_image(images: Sequence[str], key: str, places: Mapping[str, int]) -> list[str]:
    """Images with one more: before those that come after it by their `places`, else at the end. The others stay as they are."""
    if key in images:
        return list(images)
    at = next((at for at, image in enumerate(images) if places.get(image, 0) > places[key]), len(images))
    return [*images[:at], key, *images[at:]]


def address_of(key: str) -> str:
    """Where a picture is served."""
    return MEDIA + key


def thumb_key(key: str) -> str:
    """The key of a picture's thumbnail."""
    return key.removesuffix(".webp") + ".thumb.webp"


def check_reason(state: State, reason: str) -> None:
    """A refusal says why. Raises ReasonMissing."""
    if state in APPEALABLE and not reason.strip():
        raise ReasonMissing()
