"""Drawn profile pictures: friendly geometric faces, and now and then the flower, cat or mountain that people prefer.

No photograph and no model is involved, so nobody's face is borrowed. The same generator state draws the same bytes.
"""

import random

from shuke.town.content import faces
from shuke.town.content.ages import Age
from shuke.town.content.brush import Brush, Colour, darker, lighter, rgb, webp

GROUNDS = tuple(
    map(
        rgb,
        (
            "#BFE3D6",
            "#8FCFB9",
            "#0B8F6A",
            "#F3DFC1",
            "#F7C9A9",
            "#F2B8A2",
            "#CFE0EE",
            "#A9C7DF",
            "#E6D7EC",
            "#F6E3A8",
            "#DCE8C4",
            "#EADFD3",
        ),
    )
)
SCENES = ("hills", "flower", "cat", "cup", "lake", "fish")


def draw_avatar(rng: random.Random, size: int = 256, age: Age = Age.ADULT, feminine: bool | None = None) -> bytes:
    """Draw one profile picture as WebP. Without `feminine` either is drawn; about one in nine is a scene, not a face."""
    if feminine is None:
        feminine = rng.random() < 0.55
    brush = Brush(size * 3, rng.choice(GROUNDS))
    if rng.random() < (0.2 if age is Age.ELDER else 0.09):
        _scene(brush, rng)
    else:
        faces.draw(brush, rng, age, feminine)
    return webp(brush.reduced(size), quality=84)


def _scene(brush: Brush, rng: random.Random) -> None:
    match rng.choice(SCENES):
        case "hills":
            _hills(brush, rng)
        case "flower":
            _flower(brush, rng)
        case "cat":
            _cat(brush, rng)
        case "cup":
            _cup(brush, rng)
        case "lake":
            _lake(brush, rng)
        case _:
            _fish(brush, rng)


def _ground(brush: Brush, colour: Colour) -> None:
    brush.pill((-5, -5, 105, 105), 0, colour)


def _hills(brush: Brush, rng: random.Random) -> None:
    _ground(brush, rng.choice((rgb("#FCE8CF"), rgb("#DDEEF2"), rgb("#FBDCC8"))))
    brush.dot(rng.uniform(28, 72), 34, 13, rgb("#F2A65A"))
    ridges = rng.choice(
        (("#A8D5C2", "#5FB298", "#0B8F6A"), ("#F0C9A0", "#D89A74", "#9C5F50"), ("#BFCFE3", "#86A3C3", "#4F7399"))
    )
    for step, colour in enumerate(ridges):
        peak = rng.uniform(5, 95)
        top = 40 + step * 13 + rng.uniform(-3, 6)
        brush.oval(peak, top + 48, rng.uniform(58, 74), 48, rgb(colour))


def _flower(brush: Brush, rng: random.Random) -> None:
    ground = rng.choice((rgb("#DDEFE6"), rgb("#FBEBDD"), rgb("#E4ECF5")))
    petal = rng.choice((rgb("#F19BA9"), rgb("#F6B65C"), rgb("#E77C6C"), rgb("#FFFDF7"), rgb("#B8A1D9")))
    _ground(brush, ground)
    brush.line(((50, 55), (48, 110)), rgb("#3E9B78"), 4)
    brush.oval(62, 86, 15, 6, rgb("#57B08E"))
    brush.oval(35, 92, 14, 6, rgb("#3E9B78"))
    for x, y in ((50, 22), (71, 37), (63, 62), (37, 62), (29, 37)):
        brush.dot(x, y, 17.5, darker(petal, 0.07))
        brush.dot(x - 0.8, y - 0.8, 15.5, petal)
    brush.dot(50, 44, 11, rgb("#F2C14E"))
    brush.dot(49, 43, 8.5, rgb("#F8D77C"))


def _cat(brush: Brush, rng: random.Random) -> None:
    fur = rng.choice((rgb("#F0A860"), rgb("#8C8A94"), rgb("#FFF4E3"), rgb("#4B4650"), rgb("#D9B48F")))
    inner, ink = rgb("#F3A9A0"), rgb("#2B2529") if fur != rgb("#4B4650") else rgb("#F6D97A")
    brush.oval(50, 106, 34, 26, darker(fur, 0.1))
    for side in (-1, 1):
        brush.shape(((50 + side * 31, 16), (50 + side * 33, 52), (50 + side * 6, 34)), fur)
        brush.shape(((50 + side * 27, 25), (50 + side * 28, 42), (50 + side * 15, 34)), inner)
    brush.oval(50, 58, 35, 30, fur)
    if rng.random() < 0.6:
        brush.dome((36, 26, 64, 60), darker(fur, 0.16))
        brush.oval(50, 46, 15, 8, fur)
    brush.oval(50, 70, 14, 10, lighter(fur, 0.55))
    for side in (-1, 1):
        brush.oval(50 + side * 15, 55, 4, 5, ink)
        brush.dot(50 + side * 15 + 1.2, 53.2, 1.4, rgb("#FFFFFF"))
        for lift in (-3, 2):
            brush.line(((50 + side * 20, 68 + lift / 2), (50 + side * 38, 66 + lift)), lighter(fur, 0.4), 1)
        brush.arc((50 + min(0, side * 9), 66, 50 + max(0, side * 9), 75), (0, 180), darker(fur, 0.6), 1.4)
    brush.shape(((46.5, 65), (53.5, 65), (50, 69.5)), rgb("#D97B74"))


def _cup(brush: Brush, rng: random.Random) -> None:
    glaze = rng.choice((rgb("#6FB59B"), rgb("#FDFBF5"), rgb("#4A7FA5"), rgb("#C96F4A")))
    brush.oval(50, 84, 36, 7, darker(brush_ground(brush), 0.14))
    brush.ring(76, 58, 11, darker(glaze, 0.08), 5)
    brush.dome((24, 12, 76, 88), glaze, 0, 180)
    brush.pill((38, 80, 62, 87), 2, darker(glaze, 0.12))
    brush.oval(50, 50, 26, 8, lighter(glaze, 0.35))
    brush.oval(50, 51, 22.5, 6, rgb("#B4712F"))
    for x in (40, 50, 60):
        brush.arc((x - 4, 18, x + 4, 30), (90, 270), rgb("#FFFDF7"), 2.2)
        brush.arc((x - 4, 28, x + 4, 40), (270, 90), rgb("#FFFDF7"), 2.2)


def brush_ground(brush: Brush) -> Colour:
    """Read the colour that the picture stands on."""
    pixel = brush.picture.getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return int(pixel[0]), int(pixel[1]), int(pixel[2])


def _lake(brush: Brush, rng: random.Random) -> None:
    sky = rng.choice((rgb("#FAD9C4"), rgb("#CFE5EC"), rgb("#E5DAF0")))
    _ground(brush, sky)
    brush.dot(66, 36, 12, rgb("#FFF6E0"))
    brush.shape(((-4, 62), (24, 28), (46, 62)), rgb("#7FA8A0"))
    brush.shape(((24, 28), (31.5, 39.5), (24, 42), (17, 37)), rgb("#FFFDF7"))
    brush.shape(((30, 62), (62, 40), (104, 62)), rgb("#5D8E86"))
    brush.pill((-5, 62, 105, 110), 0, rgb("#8DBFC4"))
    for y, left, right in ((70, 52, 82), (78, 40, 66), (86, 58, 90), (92, 14, 38)):
        brush.line(((left, y), (right, y)), rgb("#B6DADB"), 1.8)
    brush.dome((14, 66, 42, 86), rgb("#6B4A3A"), 0, 180)
    brush.line(((28, 76), (28, 54)), rgb("#6B4A3A"), 1.6)
    brush.shape(((29.5, 54), (29.5, 72), (42, 72)), rgb("#FFFDF7"))


def _fish(brush: Brush, rng: random.Random) -> None:
    _ground(brush, rng.choice((rgb("#CFE9E2"), rgb("#D6E6F2"))))
    for x, y, radius in ((20, 26, 9), (84, 78, 12), (26, 84, 6)):
        brush.dot(x, y, radius, lighter(brush_ground(brush), 0.45))
    body = rng.choice((rgb("#EE7B4F"), rgb("#F3B14B"), rgb("#E2605B")))
    brush.shape(((34, 52), (8, 32), (15, 53), (9, 72)), darker(body, 0.08))
    brush.oval(55, 51, 30, 19, body)
    brush.dome((44, 24, 70, 50), darker(body, 0.08))
    brush.oval(60, 56, 22, 12, lighter(body, 0.28))
    brush.dot(72, 47, 4.6, rgb("#FFFFFF"))
    brush.dot(73, 47, 2.6, rgb("#2B2529"))
    brush.arc((70, 50, 84, 60), (60, 150), darker(body, 0.45), 1.6)
    brush.arc((42, 40, 60, 64), (290, 70), darker(body, 0.12), 1.8)
