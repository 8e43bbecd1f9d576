"""Believable people for the town: names by generation, nicknames as people give them to themselves, homes and phones.

Nobody here exists. Phones start with 154, a mobile prefix that the Chinese numbering plan has given to no operator, so none
of them can ring at anybody's (and the demo sends no messages); the zeros that follow make them easy to recognise and to type.
No two people share a name or a phone.
"""

import random

import msgspec

from shuke.town.content import names
from shuke.town.content.ages import Age
from shuke.town.content.places import PLACES

PHONE_PREFIX = "154"


class PersonSeed(msgspec.Struct, frozen=True):
    """One person to be. `name` is shown to friends, `full_name` stands on parcels; `region` is province, city, district."""

    name: str
    full_name: str
    feminine: bool
    age: Age
    region: tuple[str, str, str]
    street: str
    phone: str
    bio: str
    language: str = "zh-CN"


def make_people(rng: random.Random, count: int) -> list[PersonSeed]:
    """Invent `count` people with names and phones of their own; the same generator state gives the same people."""
    taken: set[str] = set()
    return [_person(rng, number, taken) for number in range(1, count + 1)]


def _person(rng: random.Random, number: int, taken: set[str]) -> PersonSeed:
    assert number < 10**8, "A phone has eight digits after its prefix."
    # Most users of this kind of shop are over 40.
    age = rng.choices(tuple(Age), (14, 32, 36, 18))[0]
    feminine = rng.random() < 0.58
    place = rng.choice(PLACES)
    foreign = rng.random() < 0.03
    full_name = _foreign_name(rng, feminine) if foreign else _full_name(rng, age, feminine)
    return PersonSeed(
        name=_untaken(rng, full_name, age, feminine, taken),
        full_name=full_name,
        feminine=feminine,
        age=age,
        region=place.region,
        street=_door(rng, rng.choice(place.streets)),
        phone=f"{PHONE_PREFIX}{number:08d}",
        bio=rng.choice(names.FOREIGN_BIOS if foreign else names.BIOS[age]),
        language="en" if foreign else "zh-CN",
    )


def _full_name(rng: random.Random, age: Age, feminine: bool) -> str:
    surname = rng.choices(names.SURNAMES, names.SURNAME_WEIGHTS)[0]
    return surname + rng.choice(names.GIVEN[age, feminine])


def _foreign_name(rng: random.Random, feminine: bool) -> str:
    return f"{rng.choice(names.FOREIGN[feminine])} {rng.choice(names.FOREIGN_SURNAMES)}"


def _untaken(rng: random.Random, full_name: str, age: Age, feminine: bool, taken: set[str]) -> str:
    name = _shown_name(rng, full_name, age, feminine)
    for attempt in range(10**6):
        if name not in taken:
            break
        name = full_name if attempt == 0 else f"{full_name}{rng.choice(names.TAILS)}{attempt if attempt > 8 else ''}"
    taken.add(name)
    return name


def _shown_name(rng: random.Random, full_name: str, age: Age, feminine: bool) -> str:
    if full_name.isascii() or rng.random() < 0.6:
        return full_name
    surname, given = full_name[0], full_name[1:]
    match rng.randrange(5):
        case 0:
            title = names.TITLES[age, feminine]
            return rng.choice(title).format(surname=surname, given=given, last=given[-1])
        case 1 if age in (Age.ADULT, Age.MIDDLE):
            return rng.choice(names.TRADES).format(surname=surname, last=given[-1])
        case 2:
            return rng.choice(names.LATIN[feminine]) + rng.choice(("", "", f" {surname}", f"-{given[-1]}", "🌿", "☀️"))
        case _:
            return rng.choice(names.MOODS[age])


def _door(rng: random.Random, street: str) -> str:
    number = rng.randint(2, 288)
    if rng.random() < 0.25:
        return f"{street}{number}号"
    return f"{street}{number}号{rng.randint(1, 18)}栋{rng.randint(1, 3)}单元{rng.randint(1, 26)}0{rng.randint(1, 4)}室"
