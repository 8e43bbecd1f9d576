"""Pictures that people send: sniffed, measured, decoded, and written anew.

Only pixels leave this file. What is stored and served was encoded here, so no metadata (where a photo was taken), no
second file hidden in the first, and no byte chosen by the sender survives; names and content types they claim are never
asked. All of it is CPU work (0.5 s for a 12-megapixel photo, 2 s at the limits): call it as
`await asyncio.to_thread(reencode, upload)`. A picture at the limits takes up to 500 MB while it is open, so whoever
accepts uploads bounds how many run at once.
"""

import io
import re
import struct
import zipfile
import zlib

import msgspec
from PIL import Image, ImageCms, ImageOps

from shuke.kit.errors import Invalid

MAX_UPLOAD_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
_QUALITY = 82

# The guard of the whole process: every other opener of pictures is held to it too.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS

_SIGNATURES = {
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "GIF": re.compile(rb"GIF8[79]a"),
    "WEBP": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
_OTHER_FILE_INSIDE = re.compile(rb"<script|<\?php|%PDF-1", re.IGNORECASE)

# What Pillow's decoders raise on hostile bytes, by its own tests and by fuzzing ours.
_UNDECODABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


class PictureInvalid(Invalid):
    """This is not a picture that can be accepted: a whole JPEG, PNG, WebP or GIF up to 10 MB and 50 megapixels."""

    reason: str


class Picture(msgspec.Struct, frozen=True):
    """A picture as it is stored: WebP in two sizes, upright, in sRGB, without metadata. Sizes are those of `full`."""

    full: bytes
    thumb: bytes
    width: int
    height: int
    content_type: str = "image/webp"


def reencode(upload: bytes, *, edge_px: int = 1600, thumb_px: int = 400) -> Picture:
    """Turn an upload into a picture of ours, its longer edge at most `edge_px`; small ones are not enlarged.

    Blocks for its CPU time. Raises PictureInvalid with a reason: too_large, not_a_picture, two_files_in_one,
    too_many_pixels, damaged.
    """
    kind = _sniffed(upload)
    try:
        with Image.open(io.BytesIO(upload), formats=(kind,)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise PictureInvalid(reason="too_many_pixels")
            full = _reduced(image, edge_px)
    except Image.DecompressionBombError:
        raise PictureInvalid(reason="too_many_pixels") from None
    except _UNDECODABLE:
        raise PictureInvalid(reason="damaged") from None
    thumb = full.copy()
    thumb.thumbnail((thumb_px, thumb_px))
    return Picture(full=_encoded(full), thumb=_encoded(thumb), width=full.width, height=full.height)


def _sniffed(upload: bytes) -> str:
    if len(upload) > MAX_UPLOAD_BYTES:
        raise PictureInvalid(reason="too_large")
    kind = next((kind for kind, signature in _SIGNATURES.items() if signature.match(upload)), None)
    if kind is None:
        raise PictureInvalid(reason="not_a_picture")
    # Cameras append films and depth maps to a JPEG, so a tail is no crime and is left behind. An archive, a document
    # or a script in the same bytes has no honest reason; refusing it is a courtesy to whoever keeps the original.
    if _OTHER_FILE_INSIDE.search(upload) or zipfile.is_zipfile(io.BytesIO(upload)):
        raise PictureInvalid(reason="two_files_in_one")
    return kind


def _reduced(image: Image.Image, edge_px: int) -> Image.Image:
    # JPEG decodes straight to a half, quarter or eighth of its size, which is most of the time saved.
    image.draft(None, (edge_px * 2, edge_px * 2))
    image.load()
    profile: object = image.info.get("icc_profile")
    # A palette cannot be averaged: true colour first, then smaller.
    picture = image if image.mode in ("RGB", "RGBA", "L", "CMYK") else _true_colour(image)
    picture.thumbnail((edge_px, edge_px), reducing_gap=2.0)
    picture = _upright(picture)
    if isinstance(profile, bytes):
        picture = _in_srgb(picture, profile)
    picture = _true_colour(picture)
    picture.info.clear()
    return picture


def _true_colour(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # Pillow clips 16-bit grey instead of scaling it.
        image = image.point(lambda value: value / 257).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except _UNDECODABLE:
        # Broken metadata does not make a broken picture.
        return image


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    # Phones photograph in Display P3; without its profile a red dress would be sold as a brownish one.
    try:
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(
            image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, *_UNDECODABLE):
        return image
    return converted or image


def _encoded(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "WEBP", quality=_QUALITY, method=4)
    return file.getvalue()
