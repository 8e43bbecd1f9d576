"""Product pictures: the emoji or the drawn still life of a product, set on a soft stage under one light from the upper left.

The picture depends on its inputs only, so it is kept under the hash of them and drawn once. Without the emoji (no network
on the first start) the still lifes carry the whole catalogue.
"""

import hashlib
import io
import random
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageChops

from shuke.town.content import stage
from shuke.town.content.brush import webp
from shuke.town.content.clay import chinese_font, soft_shadow
from shuke.town.content.goods import Look, PictureRef, ProductSeed
from shuke.town.content.stilllife import draw_glyph

SIDE = 800
HERO = 476
EDITION = 1  # Raise it when the drawing changes, so that kept pictures are drawn anew.


def cover(product: ProductSeed, emoji: Path | None, kept: Path | None = None, view: int = 0) -> bytes:
    """Draw the picture of a product, 800 x 800 WebP; other `view`s set the same things differently, for a gallery.

    `emoji` is the folder that `fetch.fetch_emoji` gave, or None; `kept` a folder for finished pictures.
    """
    seed = f"{EDITION}|{product.code}|{product.look}|{view}|{bool(emoji)}|{chinese_font() is not None}"
    digest = hashlib.sha256(seed.encode()).hexdigest()
    place = kept / f"{digest[:32]}.webp" if kept else None
    if place and place.is_file():
        return place.read_bytes()
    rng = random.Random(digest)  # noqa: S311 - a drawing, not a secret
    drawn = draw_product(rng, _emoji_files(product.look, emoji), product.look)
    if place:
        place.parent.mkdir(parents=True, exist_ok=True)
        unfinished = place.with_suffix(".part")
        unfinished.write_bytes(drawn)
        unfinished.replace(place)
    return drawn


def draw_product(rng: random.Random, emoji: Sequence[bytes], look: Look) -> bytes:
    """Compose a picture from emoji files, in the order of `look.pictures`; with none the still life stands alone."""
    things = [_emoji(data, ref) for data, ref in zip(emoji, look.pictures, strict=False)]
    if look.drawn or not things:
        things.insert(0, draw_glyph(look.glyph, look.colour, look.label))
    scene = stage.build(rng, look.palette)
    for thing, spot in zip(things, stage.spots(rng, len(things)), strict=True):
        _put(scene.picture, _fitted(thing, round(HERO * spot.scale)), spot.x, scene.floor + spot.drop)
    return webp(scene.picture.convert("RGB"))


def draw_stand_in(rng: random.Random, look: Look) -> bytes:
    """Compose the picture of a product without any emoji."""
    return draw_product(rng, (), look)


def _emoji_files(look: Look, folder: Path | None) -> list[bytes]:
    if folder is None:
        return []
    files = [folder / f"{ref.code}.webp" for ref in look.pictures]
    return [file.read_bytes() for file in files] if all(file.is_file() for file in files) else []


def _emoji(data: bytes, ref: PictureRef) -> Image.Image:
    picture = Image.open(io.BytesIO(data)).convert("RGBA")
    return _tinted(picture, ref.hue, ref.colourful)


def _tinted(picture: Image.Image, hue: int, colourful: int) -> Image.Image:
    if not hue and colourful == 100:
        return picture
    alpha = picture.getchannel("A")
    shade, colour, value = picture.convert("RGB").convert("HSV").split()
    turned = shade.point([(at + round(hue * 255 / 360)) % 256 for at in range(256)])
    faded = colour.point([at * colourful // 100 for at in range(256)])
    tinted = Image.merge("HSV", (turned, faded, value)).convert("RGB").convert("RGBA")
    tinted.putalpha(alpha)
    return tinted


def _fitted(thing: Image.Image, side: int) -> Image.Image:
    trimmed = thing.crop(thing.getbbox())
    factor = side / max(trimmed.size)
    # Lanczos overshoots at clear edges, which leaves a pale fringe; these two do not.
    kernel = Image.Resampling.HAMMING if factor < 1.15 else Image.Resampling.BICUBIC
    return trimmed.resize((round(trimmed.width * factor), round(trimmed.height * factor)), kernel)


def _put(scene: Image.Image, thing: Image.Image, x: float, foot: float) -> None:
    left, top = round(x - thing.width / 2), round(foot - thing.height)
    spread = 36
    shadow = soft_shadow(thing, spread, 0.3)
    ink = Image.new("RGB", shadow.size, (70, 48, 44))
    scene.paste(ink, (left - spread + 16, top - spread + 20), shadow)
    contact = _contact(thing.width)
    ground = Image.new("RGB", contact.size, (62, 42, 40))
    scene.paste(ground, (round(x - contact.width / 2 + 8), round(foot - contact.height * 0.58)), contact)
    scene.paste(thing, (left, top), thing)


@cache
def _contact(width: int) -> Image.Image:
    oval = Image.radial_gradient("L").resize((round(width * 1.1), round(width * 0.17)), Image.Resampling.BILINEAR)
    # The gradient runs from 0 in the middle to 255 in the corners; the ellipse inside it is what throws the shadow.
    return ImageChops.multiply(*[oval.point([max(0, 200 - at * 200 // 181) for at in range(256)])] * 2)
