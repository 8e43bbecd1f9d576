"""Pure decisions of shops: freight, states, who may appoint whom, and the words a shop is found by."""

import unicodedata
from collections.abc import Iterable, Sequence

from shuke.goods.shops.tariffs import FreightRules, Tariff
from shuke.goods.shops.types import NoDelivery
from shuke.kit import chinese
from shuke.kit.money import Money

REACHED_FROM = {"open": ("in_review", "held", "closed"), "held": ("open",), "closed": ("in_review", "open", "held")}
"""Which states each state is set from."""

MANAGED = ("shop.clerk", "shop.guide", "shop.finance")
"""The roles that managers give and take; the others are the owners' to give."""

PROFILES = {"personal": 1, "company": 100}
"""How many profiles a shop links, by kind."""


def freight(rules: FreightRules, region: Sequence[str], country: str, goods: Money, quantity: int, weight_g: int) -> Money:
    """What it costs to deliver these goods to an address, in the goods' currency; raises NoDelivery.

    `region` goes from the large to the small and may be empty; `quantity` and `weight_g` are totals of what is sent.
    """
    if _depth(rules.no_delivery, region, country):
        raise NoDelivery(region=list(region), country=country)
    found: Tariff = rules.default
    deepest = 0
    for rule in rules.rules:
        depth = _depth(rule.regions, region, country)
        if depth > deepest:
            found, deepest = rule, depth
    return Money(_fee(found, goods.amount, quantity, weight_g), goods.currency)


def _fee(tariff: Tariff, goods: int, quantity: int, weight_g: int) -> int:
    is_free = (tariff.free_from_amount is not None and goods >= tariff.free_from_amount) or (
        tariff.free_from_quantity is not None and quantity >= tariff.free_from_quantity
    )
    if quantity == 0 or is_free:
        return 0
    units = quantity if tariff.by == "piece" else weight_g
    more = max(0, units - tariff.first_units)
    return tariff.first_fee + -(-more // tariff.more_units) * tariff.more_fee


def _depth(places: Iterable[str], region: Sequence[str], country: str) -> int:
    """How exactly one of `places` names the address: 0 not at all, 1 its country, then one more for each part."""
    return max((_match(place, region, country) for place in places), default=0)


def _match(place: str, region: Sequence[str], country: str) -> int:
    if place == country:
        return 1
    parts = place.split("/")
    fits = len(parts) <= len(region) and all(whole.startswith(part) for part, whole in zip(parts, region, strict=False))
    return len(parts) + 1 if fits else 0


def tail_of(secret: str | None) -> str | None:
    """The last four characters, enough to recognise a number by."""
    return secret and f"****{secret[-4:]}"


def words_of(text: str) -> list[str]:
    """The words by which a name is found: Chinese by one and two characters, and from each syllable on by pinyin."""
    found: set[str] = set()
    for word in _runs(text):
        found.add(word)
        if _is_han(word):
            found.update(word, _pairs(word))
            syllables = chinese.syllables(word)
            for place in range(len(syllables)):
                found.add("".join(syllables[place:]))
                found.add("".join(each[0] for each in syllables[place:]))
    return sorted(found)


def wanted_words(text: str) -> str | None:
    """A `tsquery` for what somebody typed; Latin words may be beginnings. None when there is nothing to search for."""
    terms: list[str] = []
    for word in _runs(text):
        if _is_han(word):
            terms += [f"'{each}'" for each in _pairs(word) or [word]]
        else:
            terms.append(f"'{word}':*")
    return " & ".join(terms[:16]) or None


def _runs(text: str) -> list[str]:
    """Runs of Chinese characters and of other letters and digits, in lower case; no operator is left among them."""
    runs: list[str] = []
    previous = ""
    for letter in unicodedata.normalize("NFKC", text).lower():
        if letter.isalnum():
            if previous.isalnum() and _is_han(previous) == _is_han(letter):
                runs[-1] += letter
            else:
                runs.append(letter)
        previous = letter
    return runs


def _is_han(word: str) -> bool:
    return "\u3400" <= word[0] <= "\u9fff" or word[0] >= "\U00020000"


def _pairs(word: str) -> list[str]:
    return [word[place : place + 2] for place in range(len(word) - 1)]
