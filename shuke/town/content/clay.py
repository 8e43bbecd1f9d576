"""Soft solid shapes on a clear ground, lit from the upper left: what the drawn still lifes are modelled from.

The grid is 100 x 100 with y downwards. Everything is drawn at twice its size and reduced once, which is all the smoothing
that is needed.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from shuke.town.content.brush import Colour, Point, darker, lighter

Box = tuple[float, float, float, float]

_SONG = (
    "NotoSerifCJK-Bold.ttc",
    "NotoSerifCJK-Regular.ttc",
    "NotoSerifCJKsc-Bold.otf",
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJK-Regular.ttc",
    "Songti.ttc",
    "PingFang.ttc",
    "STSong.ttf",
    "simsun.ttc",
    "msyh.ttc",
    "wqy-zenhei.ttc",
    "wqy-microhei.ttc",
)
_FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)


@cache
def chinese_font() -> Path | None:
    """Find a font for labels; without one, labels carry lines instead of characters."""
    found = {path.name: path for folder in _FONT_FOLDERS for path in Path(folder).expanduser().rglob("*.[to]t[cf]")}
    return next((found[name] for name in _SONG if name in found), None)


@cache
def _lettering(pixels: int) -> ImageFont.FreeTypeFont | None:
    path = chinese_font()
    if path is None:
        return None
    # A Noto collection begins with the Japanese shapes; the third face has the Chinese ones.
    return ImageFont.truetype(str(path), pixels, index=2 if path.name.startswith("Noto") and path.suffix == ".ttc" else 0)


def _ramp(value: Callable[[float, float], float]) -> Image.Image:
    side = 48
    points = [max(0, min(255, round(255 * value(x / (side - 1), y / (side - 1))))) for y in range(side) for x in range(side)]
    ramp = Image.new("L", (side, side))
    ramp.putdata(points)
    return ramp


# How dark each part of a shape is: round like a barrel, round like a ball, or flat and tilted to the light.
_BARREL = _ramp(lambda x, y: 0.1 + 0.95 * abs(x - 0.3) ** 1.35 + 0.08 * y)
_BALL = _ramp(lambda x, y: 1.05 * math.hypot(x - 0.33, y - 0.28) ** 1.25)
_FLAT = _ramp(lambda x, y: 0.12 + 0.3 * x + 0.34 * y)


class Clay:
    """A clear square on which shapes are stacked from back to front."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.unit = size * 2 / 100
        self.picture = Image.new("RGBA", (size * 2, size * 2))

    def finished(self) -> Image.Image:
        """Give the still life at its final size."""
        return self.picture.resize((self.size, self.size), Image.Resampling.BOX)

    def ball(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """Model an ellipsoid around (x, y)."""
        self._fill((x - rx, y - ry, x + rx, y + ry), colour, _BALL, lambda pen, box: pen.ellipse(box, fill=255))

    def disc(self, x: float, y: float, rx: float, ry: float, colour: Colour) -> None:
        """Lay a flat ellipse around (x, y): a rim, a surface of tea."""
        self._fill((x - rx, y - ry, x + rx, y + ry), colour, None, lambda pen, box: pen.ellipse(box, fill=255))

    def slab(self, box: Box, radius: float, colour: Colour, barrel: bool = False) -> None:
        """Model a block with round corners; with `barrel` its sides turn away from the light."""
        corner = radius * self.unit
        self._fill(box, colour, _BARREL if barrel else _FLAT, lambda pen, inner: pen.rounded_rectangle(inner, corner, fill=255))

    def sheet(self, points: Sequence[Point], colour: Colour, smooth: bool = False, barrel: bool = False) -> None:
        """Model a flat or bulging outline through `points`."""
        outline = smoothed(points) if smooth else list(points)
        xs, ys = [x for x, _ in outline], [y for _, y in outline]
        bounds = (min(xs), min(ys), max(xs), max(ys))
        left, top, unit = bounds[0], bounds[1], self.unit
        path = [((x - left) * unit, (y - top) * unit) for x, y in outline]
        self._fill(bounds, colour, _BARREL if barrel else _FLAT, lambda pen, _: pen.polygon(path, fill=255))

    def turned(self, x: float, profile: Sequence[Point], colour: Colour) -> None:
        """Turn a vessel on the wheel: `profile` lists (y, radius) from the rim down."""
        right = [(x + radius, y) for y, radius in profile]
        left = [(x - radius, y) for y, radius in reversed(profile)]
        side = smoothed(right, closed=False)
        self.sheet(
            [*side, *[(2 * x - a, b) for a, b in reversed(side)]] if len(left) > 2 else [*right, *left], colour, barrel=True
        )

    def stroke(self, points: Sequence[Point], colour: Colour, width: float, smooth: bool = True) -> None:
        """Draw a cord, stem or seam with round ends."""
        pen = ImageDraw.Draw(self.picture)
        path = smoothed(points, closed=False) if smooth and len(points) > 2 else list(points)
        radius = width * self.unit / 2
        scaled = [(px * self.unit, py * self.unit) for px, py in path]
        pen.line(scaled, fill=(*colour, 255), width=max(1, round(width * self.unit)), joint="curve")
        for px, py in (scaled[0], scaled[-1]):
            pen.ellipse((px - radius, py - radius, px + radius, py + radius), fill=(*colour, 255))

    def ring(self, x: float, y: float, rx: float, ry: float, colour: Colour, width: float) -> None:
        """Draw a hoop or handle."""
        box = tuple(v * self.unit for v in (x - rx, y - ry, x + rx, y + ry))
        ImageDraw.Draw(self.picture).ellipse(box, outline=(*colour, 255), width=round(width * self.unit))

    def leaf(self, x: float, y: float, length: float, angle: float, colour: Colour) -> None:
        """Add a leaf that starts at (x, y) and points to `angle` degrees."""
        turn = math.radians(angle)
        along, across = (math.cos(turn), math.sin(turn)), (-math.sin(turn), math.cos(turn))
        outline = [(0.0, 0.0), (0.35, 0.24), (0.7, 0.18), (1.0, 0.0), (0.7, -0.18), (0.35, -0.24)]
        self.sheet(
            [(x + length * (a * along[0] + b * across[0]), y + length * (a * along[1] + b * across[1])) for a, b in outline],
            colour,
            smooth=True,
        )
        tip = (x + length * 0.85 * along[0], y + length * 0.85 * along[1])
        self.stroke([(x, y), tip], darker(colour, 0.18), 0.7, smooth=False)

    def shine(self, box: Box, radius: float, strength: int = 90) -> None:
        """Lay a soft highlight, as a window would."""
        layer = Image.new("L", self.picture.size)
        corner = radius * self.unit
        ImageDraw.Draw(layer).rounded_rectangle(tuple(v * self.unit for v in box), corner, fill=strength)
        light = Image.new("RGBA", self.picture.size, (255, 255, 255, 0))
        light.putalpha(ImageChops.multiply(layer, self.picture.getchannel("A")))
        self.picture.alpha_composite(light)

    def label(self, x: float, y: float, text: str, size: float, colour: Colour) -> None:
        """Write up to four characters downwards around (x, y), or short lines where no Chinese font is installed."""
        font = _lettering(max(8, round(size * self.unit)))
        pen = ImageDraw.Draw(self.picture)
        signs = text[:4] or "熟客"
        top = y - (len(signs) - 1) * size * 0.56
        for row, sign in enumerate(signs):
            line_y = top + row * size * 1.12
            if font is None:
                reach = size * (0.42 if row % 2 == 0 else 0.28)
                self.stroke([(x - reach, line_y), (x + reach, line_y)], colour, size * 0.13, smooth=False)
            else:
                pen.text((x * self.unit, line_y * self.unit), sign, fill=(*colour, 255), font=font, anchor="mm")

    def _fill(
        self, box: Box, colour: Colour, ramp: Image.Image | None, draw: Callable[[ImageDraw.ImageDraw, Box], object]
    ) -> None:
        x0, y0, x1, y1 = (round(v * self.unit) for v in box)
        width, height = max(2, x1 - x0), max(2, y1 - y0)
        mask = Image.new("L", (width, height))
        draw(ImageDraw.Draw(mask), (0, 0, width - 1, height - 1))
        body = Image.new("RGB", (width, height), colour)
        if ramp is not None:
            bright = Image.new("RGB", (width, height), lighter(colour, 0.3))
            dark = Image.new("RGB", (width, height), _shade(colour))
            body = Image.composite(dark, bright, ramp.resize((width, height), Image.Resampling.BILINEAR))
        self.picture.paste(body, (x0, y0), mask)


def _shade(colour: Colour) -> Colour:
    # Shade keeps its colour: blue and green fall faster than red, as under warm light.
    red, green, blue = colour
    return round(red * 0.8), round(green * 0.735), round(blue * 0.74)


def smoothed(points: Sequence[Point], closed: bool = True, steps: int = 10) -> list[Point]:
    """Round off a polygon: a Catmull-Rom curve through its points."""
    count = len(points)
    curve: list[Point] = []
    for at in range(count if closed else count - 1):
        a, b, c, d = (points[(at + k) % count] if closed else points[min(max(at + k, 0), count - 1)] for k in (-1, 0, 1, 2))
        for step in range(steps):
            t = step / steps
            curve.append((_between(a[0], b[0], c[0], d[0], t), _between(a[1], b[1], c[1], d[1], t)))
    return curve if closed else [*curve, points[-1]]


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def soft_shadow(shape: Image.Image, spread: int, strength: float) -> Image.Image:
    """Give the blurred silhouette of a picture, larger by `spread` on each side: its shadow's opacity."""
    small = 4
    silhouette = shape.getchannel("A").resize(
        (max(1, shape.width // small), max(1, shape.height // small)), Image.Resampling.BOX
    )
    padded = Image.new("L", (silhouette.width + 2 * spread // small, silhouette.height + 2 * spread // small))
    padded.paste(silhouette.point([round(at * strength) for at in range(256)]), (spread // small, spread // small))
    blurred = padded.filter(ImageFilter.GaussianBlur(spread / small / 2.2))
    return blurred.resize((shape.width + 2 * spread, shape.height + 2 * spread), Image.Resampling.BILINEAR)
