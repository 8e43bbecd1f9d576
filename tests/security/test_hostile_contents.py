"""Contents that mean harm: words that would be commands, names that would be markup, pictures that are none."""

import io
import zlib
from uuid import uuid4

import pytest
from PIL import Image

from tests.api import Api
from tests.security.matrix import HOME, a_picture
from tests.security.stage import refused
from tests.security.world import World

SEARCHES = [
    "'",
    '"',
    "%",
    "_",
    "\\",
    "a' or '1'='1",
    "'; drop table catalog.cards; --",
    "a & b | !c",
    "<->",
    ":*",
    "((((",
    "* * *",
    "茶" * 500,
    "𝕿𝖊𝖆",
    "\u202etea",
    "a" * 5_000,
    " ",
    "\t\n",
    "%E8",
    "\u0301" * 200,
    "x" * 255,
    "!!!",
    "🍵",
    "'||pg_sleep(5)||'",
]


@pytest.mark.parametrize("words", SEARCHES, ids=lambda words: ascii(words)[:20])
async def test_words_to_search_are_words_only(gate: Api, words: str):
    for path in ("/products", "/shops"):
        answer = await gate.get(path, params={"q": words})
        assert answer.status_code == 200 or refused(answer, 400, 422), words


NAMES = [
    "\u202eevil",
    "a\u200bb",
    "ﷺ" * 40,
    "e\u0301" * 20,
    "\ufeffx",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}",
    "${jndi:ldap://x}",
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
async def test_a_strange_name_is_kept_as_text_or_refused(gate: Api, world: World, name: str):
    answer = await gate.patch("/me", {"name": name}, token=world.tokens["friend"])

    if answer.is_success:
        shown = await gate.get(f"/people/{world.ids['friend_id']}", token=world.tokens["buyer"])
        assert shown.headers["content-type"] == "application/json"
        assert shown.headers["x-content-type-options"] == "nosniff"
    else:
        refused(answer, 422)


def a_bomb() -> bytes:
    """A PNG of 40,000 by 40,000 pixels in two kilobytes."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")

    head = (40_000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    packed = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


UPLOADS = {
    "nothing": b"",
    "text": b"hello",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": b"<html><script>alert(1)</script>",
    "a bomb": a_bomb(),
    "half a picture": a_picture()[:40],
    "a picture and a script": a_picture() + b"<script>alert(1)</script>",
    "a picture and an archive": a_picture() + b"PK\x05\x06" + b"\0" * 18,
    "gif head only": b"GIF89a",
}


@pytest.mark.parametrize("content", UPLOADS.values(), ids=UPLOADS)
async def test_only_pictures_are_kept(gate: Api, world: World, content: bytes):
    path = f"/shops/{world.ids['shop_id']}/pictures"
    whole = await gate.post(path, token=world.tokens["owner"], content=content, headers={"content-type": "image/png"})
    formed = await gate.post(path, token=world.tokens["owner"], files={"file": ("../../x.png", content, "image/png")})

    assert refused(whole, 400, 422) and refused(formed, 400, 422)


async def test_what_a_photo_tells_of_its_place_is_not_kept(gate: Api, world: World):
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (32, 32), "teal").save(out, "JPEG", exif=exif)

    kept = await gate.post(f"/shops/{world.ids['shop_id']}/pictures", token=world.tokens["owner"], content=out.getvalue())
    served = await gate.get("/" + kept.json()["url"])

    assert (kept.status_code, served.status_code, served.headers["content-type"]) == (201, 200, "image/webp")
    assert b"secret place" not in served.content
    assert served.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "image", ["https://evil.example/x.png", "javascript:alert(1)", "../../etc/passwd", "data:image/png;base64,x"]
)
async def test_a_product_shows_only_pictures_of_ours(gate: Api, world: World, image: str):
    path = f"/shops/{world.ids['shop_id']}/products/{world.ids['product_id']}"

    refused(await gate.patch(path, {"images": [image]}, token=world.tokens["owner"]), 422)


async def test_nobody_fills_the_house_with_one_call(gate: Api, world: World):
    lines = [{"sku_id": str(uuid4()), "quantity": 1} for _ in range(1_000)]
    options = {f"o{number}": "x" for number in range(1_000)}
    sku = {"code": "x", "price": {"amount": 1, "currency": "CNY"}, "options": options}
    path = f"/shops/{world.ids['shop_id']}/products"

    asked = [
        await gate.post("/quotes", {"lines": lines}),
        await gate.post("/orders", {"lines": lines, "delivery": {"mode": "none"}}, token=world.tokens["buyer"]),
        await gate.post(path, {"title": "x", "skus": [sku]}, token=world.tokens["owner"]),
        await gate.post(path, {"title": "x", "skus": [sku | {"options": {}}] * 1_000}, token=world.tokens["owner"]),
        await gate.post("/me/addresses", HOME | {"region": ["x"] * 1_000}, token=world.tokens["buyer"]),
        await gate.get("/products", params={"limit": 10_000}),
        await gate.get("/products?" + "&".join(f"q={number}" for number in range(200))),
    ]

    assert [refused(each, 400, 422) for each in asked]
