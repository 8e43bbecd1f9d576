"""A tiny brush over Pillow: shapes on a 100 x 100 grid, drawn large and reduced, so edges come out smooth at any size."""

import io
from collections.abc import Sequence

from PIL import Image, ImageColor, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float]


def rgb(name: str) -> Colour:
    """Read `#0B8F6A` as three channels."""
    red, green, blue = ImageColor.getrgb(name)[:3]
    return red, green, blue


def mix(one: Colour, other: Colour, part: float) -> Colour:
    """Move from `one` towards `other` by `part` (0 to 1)."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(one, other, strict=True))
    return red, green, blue


def lighter(colour: Colour, part: float) -> Colour:
    """Mix with a warm white."""
    return mix(colour, (255, 252, 246), part)


def darker(colour: Colour, part: float) -> Colour:
    """Mix with the ink of the interface, never with pure black."""
    return mix(colour, (40, 30, 34), part)


def webp(picture: Image.Image, quality: int = 82) -> bytes:
    """Encode as WebP with a setting that favours speed: the town draws hundreds."""
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=2)
    return out.getvalue()


class Brush:
    """Draws on a grid of 100 x 100 units, whatever the pixels are."""

    def __init__(self, pixels: int, ground: Colour) -> None:
        self.unit = pixels / 100
        self.picture = Image.new("RGB", (pixels, pixels), ground)
        self.pen = ImageDraw.Draw(self.picture)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        """Fill an ellipse around (x, y)."""
        self.pen.ellipse(self._box(x - rx, y - ry, x + rx, y + ry), fill=fill)

    def dot(self, x: float, y: float, radius: float, fill: Colour) -> None:
        """Fill a circle around (x, y)."""
        self.oval(x, y, radius, radius, fill)

    def pill(self, box: tuple[float, float, float, float], radius: float, fill: Colour) -> None:
        """Fill a rectangle with round corners."""
        self.pen.rounded_rectangle(self._box(*box), radius=radius * self.unit, fill=fill)

    def dome(self, box: tuple[float, float, float, float], fill: Colour, start: float = 180, end: float = 360) -> None:
        """Fill a piece of the ellipse in `box`, by default its upper half; angles in degrees, clockwise from the right."""
        self.pen.pieslice(self._box(*box), start, end, fill=fill)

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        """Fill a polygon."""
        self.pen.polygon([(x * self.unit, y * self.unit) for x, y in points], fill=fill)

    def arc(self, box: tuple[float, float, float, float], angles: tuple[float, float], fill: Colour, width: float) -> None:
        """Stroke a piece of the ellipse in `box`, with round ends."""
        self.pen.arc(self._box(*box), *angles, fill=fill, width=max(1, round(width * self.unit)))

    def line(self, points: Sequence[Point], fill: Colour, width: float) -> None:
        """Stroke a line with round joints and ends."""
        scaled = [(x * self.unit, y * self.unit) for x, y in points]
        self.pen.line(scaled, fill=fill, width=max(1, round(width * self.unit)), joint="curve")
        for x, y in (points[0], points[-1]):
            self.dot(x, y, width / 2, fill)

    def ring(self, x: float, y: float, radius: float, fill: Colour, width: float) -> None:
        """Stroke a circle."""
        box = self._box(x - radius, y - radius, x + radius, y + radius)
        self.pen.ellipse(box, outline=fill, width=max(1, round(width * self.unit)))

    def reduced(self, size: int) -> Image.Image:
        """Give the picture at its final size."""
        return self.picture.resize(
            (size, size), Image.Resampling.BOX if self.unit * 100 % size == 0 else Image.Resampling.LANCZOS
        )

    def _box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        return x0 * self.unit, y0 * self.unit, x1 * self.unit, y1 * self.unit
