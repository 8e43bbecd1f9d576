"""Uploads: what is accepted comes out as clean WebP, what is not is refused with its reason."""

import io
import struct
import zipfile
import zlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from shuke.kit.pictures import MAX_UPLOAD_BYTES, Picture, PictureInvalid, reencode

pytestmark = [
    pytest.mark.filterwarnings("ignore:Corrupt EXIF"),
    pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning"),
]

RED, BLUE = (220, 20, 20), (20, 20, 220)
ORIENTATION, DESCRIPTION = 0x0112, 0x010E


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def two_halves(size: tuple[int, int] = (80, 40)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def is_near(pixel: Any, colour: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 24 for a, b in zip(pixel, colour, strict=True))


def reason_of(upload: bytes) -> str:
    with pytest.raises(PictureInvalid) as refused:
        reencode(upload)
    return refused.value.reason


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_accepted_format_becomes_webp_in_two_sizes(kind: str):
    picture = reencode(encoded(two_halves((2000, 1000)), kind))

    full, thumb = opened(picture.full), opened(picture.thumb)
    assert (full.format, full.size) == ("WEBP", (1600, 800))
    assert (thumb.format, thumb.size) == ("WEBP", (400, 200))
    assert (picture.width, picture.height, picture.content_type) == (1600, 800, "image/webp")
    assert is_near(full.getpixel((100, 400)), RED)
    assert is_near(full.getpixel((1500, 400)), BLUE)


def test_a_small_picture_is_not_enlarged():
    picture = reencode(encoded(two_halves((30, 20)), "PNG"))

    assert (picture.width, picture.height) == (30, 20)
    assert opened(picture.thumb).size == (30, 20)


def test_a_very_narrow_picture_keeps_at_least_a_pixel():
    picture = reencode(encoded(Image.new("RGB", (9000, 1), RED), "PNG"))

    assert (picture.width, picture.height) == (1600, 1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_held_sideways_is_turned_upright(kind: str):
    held_sideways = Image.Exif()
    held_sideways[ORIENTATION] = 6

    picture = reencode(encoded(two_halves((80, 40)), kind, exif=held_sideways))

    full = opened(picture.full)
    assert full.size == (picture.width, picture.height) == (40, 80)
    assert is_near(full.getpixel((20, 10)), RED)
    assert is_near(full.getpixel((20, 70)), BLUE)


def test_where_a_photo_was_taken_does_not_survive():
    exif = Image.Exif()
    exif[DESCRIPTION] = "No. 7 Harbour Street"
    upload = encoded(two_halves(), "JPEG", exif=exif, comment=b"No. 7 Harbour Street")
    assert upload.count(b"Harbour Street") == 2

    picture = reencode(upload)

    for content in (picture.full, picture.thumb):
        assert b"Harbour" not in content
        assert not any(chunk in content for chunk in (b"EXIF", b"XMP ", b"ICCP"))
        assert not opened(content).getexif()


def test_damaged_metadata_does_not_refuse_a_sound_picture():
    upload = encoded(two_halves(), "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")

    assert reencode(upload).width == 80


@pytest.mark.parametrize(
    ("image", "kind", "colour"),
    [
        (Image.new("CMYK", (20, 20), (0, 255, 255, 0)), "JPEG", (255, 0, 0)),
        (Image.new("L", (20, 20), 90), "JPEG", (90, 90, 90)),
        (Image.new("I;16", (20, 20), 0x8080), "PNG", (128, 128, 128)),
        (Image.new("1", (20, 20), 1), "PNG", (255, 255, 255)),
        (Image.new("RGB", (20, 20), RED).quantize(4), "PNG", RED),
        (Image.new("RGBA", (20, 20), (*RED, 128)), "PNG", (*RED, 128)),
        (Image.new("LA", (20, 20), (90, 128)), "PNG", (90, 90, 90, 128)),
    ],
    ids=lambda value: value.mode if isinstance(value, Image.Image) else None,
)
def test_every_kind_of_colour_is_kept(image: Image.Image, kind: str, colour: tuple[int, ...]):
    picture = reencode(encoded(image, kind))

    assert is_near(opened(picture.full).getpixel((10, 10)), colour)


def test_a_palette_with_a_transparent_colour_stays_transparent():
    image = Image.new("P", (20, 20), 0)
    image.putpalette([*RED, *BLUE])
    image.paste(1, (10, 0, 20, 20))

    picture = reencode(encoded(image, "PNG", transparency=0))

    full = opened(picture.full).convert("RGBA")
    assert full.getchannel("A").getextrema() == (0, 255)
    assert full.getchannel("A").getpixel((3, 10)) == 0
    assert is_near(full.getpixel((16, 10)), (*BLUE, 255))


def test_colours_of_another_profile_are_converted_to_srgb():
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    plain = reencode(encoded(Image.new("RGB", (20, 20), RED), "PNG"))

    converted = reencode(encoded(Image.new("RGB", (20, 20), RED), "PNG", icc_profile=_swapped_primaries()))
    unusable = reencode(encoded(Image.new("RGB", (20, 20), RED), "PNG", icc_profile=lab[:90]))

    assert is_near(opened(converted.full).getpixel((10, 10)), BLUE)
    assert unusable.full == plain.full


def _swapped_primaries() -> bytes:
    """The sRGB profile with its red and blue primaries exchanged, so that a conversion cannot be missed."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"tmp?").replace(b"bXYZ", b"rXYZ").replace(b"tmp?", b"bXYZ")


def test_of_an_animation_the_first_frame_is_taken():
    first, second = Image.new("RGB", (20, 20), RED), Image.new("RGB", (20, 20), BLUE)
    upload = encoded(first, "GIF", save_all=True, append_images=[second], duration=100)

    picture = reencode(upload)

    full = opened(picture.full)
    assert getattr(full, "n_frames", 1) == 1
    assert is_near(full.getpixel((10, 10)), RED)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_a_picture_cut_short_is_damaged(kind: str, part: float):
    upload = encoded(Image.effect_noise((200, 200), 90).convert("RGB"), kind)

    assert reason_of(upload[: int(len(upload) * part)]) == "damaged"


@pytest.mark.parametrize(
    "upload",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b" " + encoded(two_halves(), "PNG"),
        encoded(two_halves(), "BMP"),
        encoded(two_halves(), "TIFF"),
        encoded(two_halves(), "ICO"),
    ],
    ids=["empty", "text", "svg", "pdf", "not at the start", "bmp", "tiff", "ico"],
)
def test_what_does_not_begin_as_an_accepted_format_is_no_picture(upload: bytes):
    assert reason_of(upload) == "not_a_picture"


@pytest.mark.parametrize("head", [b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x10\0\0\0WEBP"])
def test_a_true_beginning_with_rubbish_behind_is_damaged(head: bytes):
    assert reason_of(head + b"rubbish " * 100) == "damaged"


def test_a_picture_that_is_also_an_archive_a_script_or_a_document_is_refused():
    jpeg, archive = encoded(two_halves(), "JPEG"), io.BytesIO()
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("applet.class", "x")

    assert reason_of(jpeg + archive.getvalue()) == "two_files_in_one"
    assert reason_of(encoded(two_halves(), "JPEG", comment=b"<ScRipt>alert(1)</script>")) == "two_files_in_one"
    assert reason_of(encoded(two_halves(), "GIF") + b"<?php system($_GET[0]);") == "two_files_in_one"
    assert reason_of(jpeg + b"%PDF-1.4") == "two_files_in_one"


def test_what_a_camera_appends_to_a_photo_is_left_behind():
    motion_photo = encoded(two_halves(), "JPEG") + b"\0\0\0\x18ftypmp42" + b"film" * 1000

    picture = reencode(motion_photo)

    assert picture == reencode(encoded(two_halves(), "JPEG"))


def test_an_upload_of_more_than_ten_megabytes_is_too_large():
    upload = encoded(two_halves(), "JPEG")
    padding = b"\0" * (MAX_UPLOAD_BYTES - len(upload))

    assert isinstance(reencode(upload + padding), Picture)
    assert reason_of(upload + padding + b"\0") == "too_large"


@pytest.mark.parametrize(("width", "height"), [(50_000_001, 1), (7100, 7100), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_decompression_bomb_is_refused_by_its_header(width: int, height: int):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"\0" * 10_000_000))

    assert reason_of(bomb + _chunk(b"IEND", b"")) == "too_many_pixels"


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


_SOUND = [encoded(two_halves(), kind, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0") for kind in ("JPEG", "PNG", "WEBP")] + [
    encoded(two_halves(), "GIF")
]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(_SOUND), st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=8))
def test_whatever_is_altered_it_is_a_picture_or_a_refusal(upload: bytes, changes: list[tuple[float, int]]):
    altered = bytearray(upload)
    for place, byte in changes:
        altered[int(place * len(altered))] = byte

    with suppress(PictureInvalid):
        assert opened(reencode(bytes(altered)).full).format == "WEBP"
