"""Soft stages for product pictures: a wall, a floor and one quiet shape behind, in the palettes of the town."""

import random
from functools import lru_cache

import msgspec
from PIL import Image, ImageDraw, ImageFilter

from shuke.town.content.brush import Colour, darker, lighter, mix, rgb

SIDE = 800
WARM_LIGHT = rgb("#FFF8E8")

# Wall, floor, and the shape on the wall: jade, warm paper and their neighbours, so that a list of goods looks like one street.
PALETTES: dict[str, tuple[Colour, Colour, Colour]] = {
    name: (rgb(wall), rgb(floor), rgb(shape))
    for name, wall, floor, shape in (
        ("jade", "#DCEBE3", "#C8DFD3", "#B2D4C4"),
        ("paper", "#F2EDE2", "#E6DDCC", "#E3D3B8"),
        ("rose", "#F8E3DC", "#F0D2C9", "#F1C4B8"),
        ("honey", "#FAEBCB", "#F3DDB0", "#F3D394"),
        ("sky", "#DFEAF1", "#CCDDE8", "#B9D3E3"),
        ("lilac", "#EAE3F0", "#DBD1E6", "#CFC0DE"),
        ("moss", "#E6ECD6", "#D6DFBF", "#C6D4A8"),
        ("clay", "#F4E0D0", "#E9CCB6", "#E4BA9D"),
    )
}


class Scene(msgspec.Struct):
    """An empty stage and the line on which things stand, in pixels from the top."""

    picture: Image.Image
    floor: int


class Spot(msgspec.Struct, frozen=True):
    """Where a thing stands: middle, how far before the line, and its size against the hero."""

    x: float
    drop: float
    scale: float


def build(rng: random.Random, palette: str) -> Scene:
    """Set an empty stage; the same palette and generator state give the same one."""
    kind = rng.choice(("arch", "sun", "podium", "plain", "steps"))
    return Scene(
        _stage(palette, kind, rng.choice(("dots", "weave", "none", "none"))).copy(),
        {"podium": 606, "steps": 622}.get(kind, 648),
    )


def spots(rng: random.Random, count: int) -> list[Spot]:
    """Place a hero and up to two companions around it, hero first."""
    side = rng.choice((-1, 1))
    match count:
        case 1:
            return [Spot(400, 0, 1.06)]
        case 2:
            return [Spot(400 - side * 40, 0, 1.0), Spot(400 + side * 206, 34, 0.4)]
        case _:
            return [Spot(400, 0, 0.96), Spot(400 + side * 222, 36, 0.4), Spot(400 - side * 226, 26, 0.34)][:count]


@lru_cache(maxsize=16)
def _stage(palette: str, kind: str, pattern: str) -> Image.Image:
    wall, floor, shape = PALETTES[palette]
    picture = _graded(lighter(wall, 0.35), darker(wall, 0.02))
    if pattern != "none":
        _pattern(picture, pattern, mix(wall, shape, 0.55))
    back = Image.new("L", (SIDE * 2, SIDE * 2))
    pen = ImageDraw.Draw(back)
    match kind:
        case "arch":
            pen.rounded_rectangle((400, 220, 1200, 1700), 400, fill=255)
        case "sun":
            pen.ellipse((300, 180, 1300, 1180), fill=255)
        case "steps":
            pen.rounded_rectangle((180, 560, 700, 1700), 40, fill=150)
            pen.rounded_rectangle((560, 300, 1420, 1700), 60, fill=255)
        case _:
            pass
    picture.paste(_graded(lighter(shape, 0.3), shape), (0, 0), back.resize((SIDE, SIDE), Image.Resampling.BOX))
    _lay_floor(picture, floor, 560)
    if kind == "podium":
        _podium(picture, floor, shape)
    _lit(picture)
    return picture


def _graded(top: Colour, bottom: Colour) -> Image.Image:
    ramp = Image.linear_gradient("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    return Image.composite(Image.new("RGB", (SIDE, SIDE), bottom), Image.new("RGB", (SIDE, SIDE), top), ramp)


def _lay_floor(picture: Image.Image, floor: Colour, line: int) -> None:
    ramp = Image.linear_gradient("L").resize((SIDE, SIDE - line), Image.Resampling.BILINEAR)
    near, far = Image.new("RGB", ramp.size, lighter(floor, 0.3)), Image.new("RGB", ramp.size, darker(floor, 0.03))
    picture.paste(Image.composite(near, far, ramp), (0, line))
    edge = Image.new("L", (SIDE, 60))
    ImageDraw.Draw(edge).rectangle((0, 26, SIDE, 34), fill=90)
    picture.paste(Image.new("RGB", edge.size, lighter(floor, 0.6)), (0, line - 30), edge.filter(ImageFilter.GaussianBlur(8)))


def _podium(picture: Image.Image, floor: Colour, shape: Colour) -> None:
    sides, top = Image.new("L", (SIDE * 2, SIDE * 2)), Image.new("L", (SIDE * 2, SIDE * 2))
    pen = ImageDraw.Draw(sides)
    pen.rectangle((230, 1190, 1370, 1330), fill=255)
    pen.ellipse((230, 1200, 1370, 1460), fill=255)
    ImageDraw.Draw(top).ellipse((230, 1060, 1370, 1320), fill=255)
    barrel = Image.linear_gradient("L").rotate(90).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    round_side = Image.composite(
        Image.new("RGB", (SIDE, SIDE), darker(shape, 0.16)), Image.new("RGB", (SIDE, SIDE), lighter(shape, 0.12)), barrel
    )
    shadow = sides.resize((SIDE // 4, SIDE // 4), Image.Resampling.BOX).filter(ImageFilter.GaussianBlur(9))
    dark = Image.new("RGB", (SIDE, SIDE), darker(floor, 0.4))
    picture.paste(dark, (14, 16), shadow.resize((SIDE, SIDE), Image.Resampling.BILINEAR).point([at // 3 for at in range(256)]))
    picture.paste(round_side, (0, 0), sides.resize((SIDE, SIDE), Image.Resampling.BOX))
    picture.paste(_graded(lighter(shape, 0.5), lighter(shape, 0.36)), (0, 0), top.resize((SIDE, SIDE), Image.Resampling.BOX))


def _pattern(picture: Image.Image, pattern: str, tone: Colour) -> None:
    pen = ImageDraw.Draw(picture)
    for row in range(18):
        for column in range(18):
            x, y = column * 46 + (23 if row % 2 else 0), row * 40 + 12
            if pattern == "dots":
                pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=tone)
            else:
                pen.line((x - 7, y, x + 7, y) if (row + column) % 2 else (x, y - 7, x, y + 7), fill=tone, width=2)


def _lit(picture: Image.Image) -> None:
    glow = (
        Image.radial_gradient("L")
        .resize((SIDE * 2, SIDE * 2), Image.Resampling.BILINEAR)
        .crop((SIDE - 240, SIDE - 200, 2 * SIDE - 240, 2 * SIDE - 200))
    )
    picture.paste(
        Image.new("RGB", picture.size, WARM_LIGHT), (0, 0), glow.point([max(0, 120 - at * 3 // 4) for at in range(256)])
    )
