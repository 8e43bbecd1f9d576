"""Faces out of circles: head, hair, clothing and a mood, each chosen so that a hundred friends can be told apart at 40 px."""

import random
from collections.abc import Callable

from shuke.town.content.ages import Age
from shuke.town.content.brush import Brush, Colour, darker, lighter, mix, rgb

SKINS = tuple(map(rgb, ("#F9DCC4", "#F4CDAE", "#EFC09C", "#E5B08A", "#D79E77", "#FBE3D0", "#B97E59")))
SKIN_WEIGHTS = (26, 26, 20, 12, 6, 8, 2)
DARK_HAIR = tuple(map(rgb, ("#2B2326", "#35292A", "#1F2226", "#453029", "#5A3B2E")))
DYED_HAIR = tuple(map(rgb, ("#8A5A3C", "#A8663E", "#6E3B42")))
GREY_HAIR = tuple(map(rgb, ("#8E8A8C", "#B9B5B3", "#DAD6D2", "#5B5557")))
CLOTHES = tuple(
    map(
        rgb,
        (
            "#0B8F6A",
            "#2F6F8F",
            "#E2725B",
            "#F0B34B",
            "#FDFBF5",
            "#5B6C9A",
            "#C94F5C",
            "#8FB996",
            "#454A55",
            "#D9A5B3",
            "#7D5A50",
            "#97B8D1",
        ),
    )
)
# A green hat is an insult in Chinese, so nobody wears one here.
HATS = tuple(map(rgb, ("#E2725B", "#F0B34B", "#FDFBF5", "#5B6C9A", "#C94F5C", "#454A55", "#D9A5B3", "#7D5A50", "#97B8D1")))
LIP = rgb("#C4574F")
INK = rgb("#2B2326")

Hair = Callable[[Brush, random.Random, Colour], None]


def draw(brush: Brush, rng: random.Random, age: Age, feminine: bool) -> None:
    """Draw a person from the shoulders up, centred, with clothing that stands off from the ground."""
    skin = rng.choices(SKINS, SKIN_WEIGHTS)[0]
    hair = _hair_colour(rng, age, 0.18 if feminine else 0.05)
    back, front = rng.choice(_styles(age, feminine))
    ground = brush.picture.getpixel((0, 0))
    assert isinstance(ground, tuple)
    clothes = rng.choice([c for c in CLOTHES if sum(abs(a - b) for a, b in zip(c, ground, strict=False)) > 120])
    _halo(brush, rng, (int(ground[0]), int(ground[1]), int(ground[2])))
    back(brush, rng, hair)
    _body(brush, rng, clothes, skin)
    _head(brush, skin, rng.random() < 0.35 and feminine)
    _mood(brush, rng, skin, hair, age)
    if not feminine and rng.random() < {Age.YOUNG: 0.04, Age.ADULT: 0.14, Age.MIDDLE: 0.18, Age.ELDER: 0.35}[age]:
        _beard(brush, rng, hair, skin)
    front(brush, rng, hair)
    if rng.random() < {Age.YOUNG: 0.25, Age.ADULT: 0.2, Age.MIDDLE: 0.25, Age.ELDER: 0.4}[age]:
        _glasses(brush, rng)
    if rng.random() < 0.12:
        _hat(brush, rng, feminine)


def _hair_colour(rng: random.Random, age: Age, dyed: float) -> Colour:
    grey = {Age.YOUNG: 0.0, Age.ADULT: 0.0, Age.MIDDLE: 0.12, Age.ELDER: 0.85}[age]
    if rng.random() < grey:
        return rng.choice(GREY_HAIR)
    return rng.choice(DYED_HAIR) if rng.random() < dyed else rng.choice(DARK_HAIR)


def _halo(brush: Brush, rng: random.Random, ground: Colour) -> None:
    tone = lighter(ground, 0.32)
    match rng.randrange(5):
        case 0:
            brush.dot(50, 48, 43, tone)
        case 1:
            brush.dot(rng.uniform(70, 92), rng.uniform(12, 30), 26, tone)
        case 2:
            brush.pill((-5, 62, 105, 105), 0, tone)
        case 3:
            brush.shape(((-5, 105), (105, -5), (105, 105)), tone)
        case _:
            pass


def _body(brush: Brush, rng: random.Random, clothes: Colour, skin: Colour) -> None:
    brush.oval(50, 106, 38, 31, clothes)
    match rng.randrange(5):
        case 0:
            brush.oval(50, 80, 13, 9, skin)
        case 1:
            brush.shape(((37, 75), (63, 75), (50, 96)), skin)
        case 2:
            brush.oval(50, 80, 12, 8, skin)
            for side in (-1, 1):
                brush.shape(((50, 91), (50 + side * 13, 73), (50 + side * 19, 84)), lighter(clothes, 0.55))
        case 3:
            tone = darker(clothes, 0.12) if sum(clothes) > 330 else lighter(clothes, 0.18)
            brush.oval(50, 79, 18, 9.5, tone)
            brush.oval(50, 77, 12, 6, darker(skin, 0.1))
        case _:
            tone = rng.choice([c for c in CLOTHES if c != clothes])
            brush.oval(50, 80, 12, 8, skin)
            for y in (92, 99):
                brush.line(((14, y + 4), (32, y), (68, y), (86, y + 4)), mix(clothes, tone, 0.75), 2.6)
    brush.pill((42.5, 62, 57.5, 83), 7, darker(skin, 0.1))


def _head(brush: Brush, skin: Colour, earrings: bool) -> None:
    for side in (-1, 1):
        brush.oval(50 + side * 23.5, 51, 4.6, 6, darker(skin, 0.05))
        if earrings:
            brush.dot(50 + side * 24.5, 58.5, 2, rgb("#F2C14E"))
    brush.oval(50, 46, 23.5, 25, skin)
    brush.oval(50, 53, 22, 20.5, skin)


def _mood(brush: Brush, rng: random.Random, skin: Colour, hair: Colour, age: Age) -> None:
    cheek = mix(skin, rgb("#EE7F72"), 0.34)
    apart = rng.uniform(8.6, 10.4)
    eyes = rng.choices(("dots", "happy", "wide", "closed"), (50, 22, 20, 8))[0]
    for side in (-1, 1):
        x = 50 + side * apart
        brush.oval(x + side * 3.8, 58.5, 4.3, 3, cheek)
        if eyes == "happy":
            brush.arc((x - 3.6, 47, x + 3.6, 54.5), (190, 350), INK, 1.8)
        elif eyes == "closed":
            brush.arc((x - 3.4, 46.5, x + 3.4, 52.5), (15, 165), INK, 1.7)
        elif eyes == "wide":
            brush.oval(x, 50.5, 3, 3.7, INK)
            brush.dot(x + 1, 49, 1.2, rgb("#FFFFFF"))
        else:
            brush.oval(x, 50.5, 2.3, 2.8, INK)
        brush.arc((x - 4.6, 41.5, x + 4.6, 50), (215, 325), darker(hair, 0.2) if sum(hair) < 420 else hair, 1.5)
        if age is Age.ELDER:
            brush.arc((x + side * 5 - 3, 52, x + side * 5 + 3, 56), (60, 120), darker(skin, 0.16), 0.9)
    brush.arc((47.6, 52, 52.4, 58), (40, 140), darker(skin, 0.24), 1.5)
    match rng.randrange(4):
        case 0:
            brush.dome((43, 57, 57, 69), darker(LIP, 0.15), 0, 180)
            brush.pill((44.5, 63, 55.5, 65), 1, rgb("#FFFDF7"))
        case 1:
            brush.arc((42.5, 55, 57.5, 66), (25, 155), darker(LIP, 0.1), 1.9)
        case 2:
            brush.arc((44.5, 57, 55.5, 65.5), (20, 160), LIP, 2)
        case _:
            brush.dome((45, 59, 55, 67), LIP, 0, 180)


def _beard(brush: Brush, rng: random.Random, hair: Colour, skin: Colour) -> None:
    if rng.random() < 0.55:
        brush.arc((42, 57.5, 58, 66), (200, 340), hair, 2.4)
        return
    tone = mix(skin, hair, 0.82)
    brush.dome((28.5, 42, 71.5, 76), tone, 12, 168)
    brush.dome((34, 46, 66, 67), skin, 0, 180)
    brush.dome((45, 62, 55, 69.5), LIP, 0, 180)


def _glasses(brush: Brush, rng: random.Random) -> None:
    rim = rng.choice((INK, rgb("#7A4B2E"), rgb("#B08D4C"), rgb("#35506B")))
    for side in (-1, 1):
        brush.ring(50 + side * 9.6, 51, 7.2, rim, 1.4)
        brush.line(((50 + side * 16.5, 50), (50 + side * 23, 48.5)), rim, 1.3)
    brush.arc((47, 47.5, 53, 54), (200, 340), rim, 1.4)


def _hat(brush: Brush, rng: random.Random, feminine: bool) -> None:
    colour = rng.choice(HATS)
    if feminine:
        brush.oval(50, 29, 36, 7, darker(colour, 0.1))
        brush.dome((27, 4, 73, 52), colour)
        brush.pill((27, 24, 73, 29), 2, darker(colour, 0.28))
    elif rng.random() < 0.5:
        brush.dome((25.5, 12, 74.5, 60), colour)
        brush.pill((24, 31, 76, 39), 4, darker(colour, 0.14))
        brush.dot(50, 12, 4.5, lighter(colour, 0.4))
    else:
        brush.dome((26, 13, 74, 57), colour)
        brush.pill((48, 31, 84, 36.5), 3, darker(colour, 0.2))


def _nothing(brush: Brush, rng: random.Random, hair: Colour) -> None:
    del brush, rng, hair


def _long_back(brush: Brush, rng: random.Random, hair: Colour) -> None:
    brush.oval(50, 44, 29, 29, hair)
    brush.pill((21, 42, 79, rng.uniform(84, 92)), 16, hair)


def _bob_back(brush: Brush, rng: random.Random, hair: Colour) -> None:
    brush.oval(50, 44, 29, 28, hair)
    brush.pill((21.5, 42, 78.5, rng.uniform(66, 72)), 13, hair)


def _bun_back(brush: Brush, rng: random.Random, hair: Colour) -> None:
    brush.dot(50 + rng.choice((0, 0, 16, -16)), 15, 10.5, darker(hair, 0.12))
    brush.oval(50, 43, 26.5, 26, hair)


def _tail_back(brush: Brush, rng: random.Random, hair: Colour) -> None:
    side = rng.choice((-1, 1))
    brush.oval(50 + side * 30, 58, 10, 26, darker(hair, 0.1))
    brush.oval(50, 43, 26.5, 26, hair)


def _braids_back(brush: Brush, rng: random.Random, hair: Colour) -> None:
    tie = rng.choice(CLOTHES)
    for side in (-1, 1):
        for step in range(4):
            brush.oval(50 + side * (28 - step * 0.6), 56 + step * 8.5, 6.4 - step * 0.4, 6, darker(hair, 0.05 * (step % 2)))
        brush.dot(50 + side * 26, 87, 3.2, tie)
    brush.oval(50, 43, 27, 26, hair)


def _curly_back(brush: Brush, rng: random.Random, hair: Colour) -> None:
    for x, y in ((26, 30), (22, 44), (23, 58), (36, 20), (50, 16), (64, 20), (74, 30), (78, 44), (77, 58), (28, 68), (72, 68)):
        brush.dot(x, y, 10 + rng.uniform(-0.6, 0.8), hair)
    brush.oval(50, 42, 26, 25, hair)


def _fringe(brush: Brush, rng: random.Random, hair: Colour) -> None:
    brush.dome((25.5, 17, 74.5, 63), hair)
    brush.pill((27, 34, 73, 42), 4, hair)
    for x in (33, 41, 50, 59, 67):
        brush.dot(x, 40, 5, hair)


def _parted(brush: Brush, rng: random.Random, hair: Colour) -> None:
    side = rng.choice((-1, 1))
    brush.dome((25, 17, 75, 66), hair, 180 if side > 0 else 215, 325 if side > 0 else 360)
    brush.dome((25, 17, 75, 60), hair)
    brush.shape(((50 - side * 25, 38), (50 + side * 12, 38), (50 + side * 4, 30), (50 - side * 20, 28)), hair)
    brush.oval(50 - side * 21, 43, 5, 9, hair)
    brush.oval(50 + side * 23, 42, 3.2, 8, hair)


def _centre(brush: Brush, rng: random.Random, hair: Colour) -> None:
    brush.dome((25.5, 17, 74.5, 56), hair)
    for side in (-1, 1):
        brush.oval(50 + side * 15.5, 33.5, 13, 9, hair)
        brush.oval(50 + side * 23.5, 44, 4, 12, hair)
    brush.line(((50, 19), (50, 28)), lighter(hair, 0.18), 1)


def _crop(brush: Brush, rng: random.Random, hair: Colour) -> None:
    brush.dome((26, 18.5, 74, 58), hair)
    brush.pill((26.5, 34, 73.5, 40.5), 3, hair)
    for side in (-1, 1):
        brush.pill((50 + side * 23.5 - 2.4, 34, 50 + side * 23.5 + 2.4, 48), 2, hair)


def _quiff(brush: Brush, rng: random.Random, hair: Colour) -> None:
    side = rng.choice((-1, 1))
    _crop(brush, rng, hair)
    brush.oval(50 + side * 6, 23, 22, 9.5, hair)
    brush.oval(50 + side * 14, 31, 13, 7, hair)
    brush.arc((50 + side * 6 - 17, 17, 50 + side * 6 + 17, 36), (205, 300), lighter(hair, 0.16), 1.4)


def _curls(brush: Brush, rng: random.Random, hair: Colour) -> None:
    brush.dome((27, 18, 73, 58), hair)
    for x, y in ((29, 38), (35, 29), (43, 25), (51, 24), (59, 26), (66, 30), (71, 38), (38, 35), (48, 33), (58, 34)):
        brush.dot(x, y, 6.8, hair)
    for x, y in ((38, 28), (52, 26), (63, 31)):
        brush.arc((x - 4, y - 4, x + 4, y + 4), (190, 300), lighter(hair, 0.2), 1.1)


def _thinning(brush: Brush, rng: random.Random, hair: Colour) -> None:
    for side in (-1, 1):
        brush.oval(50 + side * 23.5, 42, 4.2, 11, hair)
    if rng.random() < 0.6:
        brush.arc((34, 19.5, 66, 40), (200, 330), hair, 2.2)
        brush.arc((36, 22.5, 68, 44), (200, 320), hair, 1.6)


def _styles(age: Age, feminine: bool) -> tuple[tuple[Hair, Hair], ...]:
    if feminine and age is Age.ELDER:
        return (_curly_back, _curls), (_bun_back, _centre), (_bob_back, _parted), (_curly_back, _parted), (_bob_back, _fringe)
    if feminine:
        styles: tuple[tuple[Hair, Hair], ...] = (
            (_long_back, _fringe), (_long_back, _centre), (_long_back, _parted), (_bob_back, _fringe), (_bob_back, _parted),
            (_bun_back, _fringe), (_bun_back, _centre), (_tail_back, _parted), (_tail_back, _fringe), (_curly_back, _curls),
        )  # fmt: skip
        return (*styles, (_braids_back, _fringe), (_braids_back, _centre)) if age is Age.YOUNG else styles
    if age is Age.ELDER:
        return (_nothing, _thinning), (_nothing, _thinning), (_nothing, _crop), (_nothing, _parted)
    if age is Age.MIDDLE:
        return (_nothing, _crop), (_nothing, _parted), (_nothing, _quiff), (_nothing, _thinning)
    return (
        (_nothing, _crop),
        (_nothing, _parted),
        (_nothing, _quiff),
        (_nothing, _curls),
        (_nothing, _fringe),
        (_nothing, _centre),
    )
