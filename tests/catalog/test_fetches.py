"""The pictures of an import: fetched after it from a real server, once, and shown in their order."""

import asyncio
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from PIL import Image

from shuke.goods import catalog
from shuke.goods.catalog import ImportReport, Product, ProductPatch, StateAsk, fetches, fetches_sql
from shuke.goods.catalog.rules import with_image
from shuke.kit import clock, fetching, jobs, settings
from shuke.kit.db import Db, Pool, borrowed, read, transaction
from shuke.kit.ids import home_of
from shuke.kit.settings import Profile
from shuke.kit.storage import open_store
from tests.catalog.builders import a_catalog_operator
from tests.catalog.test_cards import assert_cards_agree
from tests.shops.builders import AnOpenShop, an_open_shop
from tests.web_server import WebServer, serving

HEAD = "Handle,Title,Variant SKU,Variant Inventory Qty,Variant Price,Image Src,Image Position\n"


def a_picture(colour: str, kind: str = "PNG") -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, kind)
    return out.getvalue()


@pytest_asyncio.fixture
async def outside() -> AsyncIterator[WebServer]:
    """Where the shop's pictures were before."""
    async with serving() as there:
        there.pages |= {f"/{colour}.png": a_picture(colour) for colour in ("red", "lime", "blue")}
        yield there


async def bring(db: Db, shop: AnOpenShop, tmp_path: Path, *rows: str) -> ImportReport:
    """Import a file with these rows."""
    file = tmp_path / "products.csv"
    file.write_text(HEAD + "".join(f"{row}\n" for row in rows))
    return await catalog.import_products(db, shop.id, file, currency="CNY")


async def fetch_all(db: Db, timeline: clock.Timeline) -> int:
    """Let the time come when pictures are fetched; answers how many jobs ran."""
    return await jobs.drain(db, timeline, clock.now() + fetches.WAIT)


async def the_product(db: Db, shop: AnOpenShop, code: str = "T1") -> Product:
    """The product with this SKU."""
    sku_id = (await catalog.skus_by_code(db, shop.id, [code]))[code]
    return await catalog.product(db, (await read(db, catalog.for_sale([sku_id])))[sku_id].product_id)


async def colours(product: Product) -> list[str]:
    """What its pictures show, as they are stored."""
    store = open_store(settings.current())
    found: list[str] = []
    for key in product.images:
        picture = Image.open(io.BytesIO(await store.get(key)))
        assert picture.format == "WEBP"
        red, green, blue = picture.convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
        found.append(max((red, "red"), (green, "lime"), (blue, "blue"))[1])
    return found


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the log was told of pictures."""
    heard: list[dict[str, Any]] = []

    class Listening:
        def warning(self, event: str, **fields: Any) -> None:
            assert event == "picture_not_fetched"
            heard.append(fields)

    monkeypatch.setattr(fetches, "log", Listening())
    return heard


async def test_pictures_come_after_the_import_in_their_order_and_once(
    db: Db, timeline: clock.Timeline, outside: WebServer, tmp_path: Path
):
    shop = await an_open_shop(db)
    rows = (
        f"tea,Tea,T1,5,2,{outside.url('/lime.png')},2",
        f"tea,,,,,{outside.url('/red.png')},1",
        f"tea,,,,,{outside.url('/blue.png')},3",
        f"tea,,,,,{outside.url('/red.png')},4",
        f"cup,Cup,C1,5,2,{outside.url('/red.png')},1",
        "pot,Pot,P1,5,2,,",
    )

    first = await bring(db, shop, tmp_path, *rows)
    assert outside.asked == []
    await fetch_all(db, timeline)
    asked = list(outside.asked)
    again = await bring(db, shop, tmp_path, *rows)
    await fetch_all(db, timeline)

    assert (first.pictures, again.pictures, again.unchanged) == (4, 0, 3)
    assert sorted(asked) == sorted(outside.asked) == ["/blue.png", "/lime.png", "/red.png", "/red.png"]
    tea = await the_product(db, shop)
    assert await colours(tea) == ["red", "lime", "blue"]
    assert await colours(await the_product(db, shop, "C1")) == ["red"]
    assert (await the_product(db, shop, "P1")).images == []
    page = msgspec.json.decode(await catalog.product_page(db, tea.id))
    assert page["images"] == [f"/media/{key}" for key in tea.images] and page["cover"] == page["images"][0]
    await assert_cards_agree(db)


async def test_what_fails_is_told_and_left_out_and_tried_by_the_next_import(
    db: Db, timeline: clock.Timeline, outside: WebServer, tmp_path: Path, told: list[dict[str, Any]]
):
    shop = await an_open_shop(db)
    outside.pages |= {"/text.png": b"not a picture", "/bomb.png": a_picture("red") + b"<script>"}
    paths = ("/gone.png?secret=1", "/text.png", "/bomb.png", "/blue.png")
    rows = [f"tea,Tea,T1,5,2,{outside.url(paths[0])},1", *(f"tea,,,,,{outside.url(path)}," for path in paths[1:])]

    await bring(db, shop, tmp_path, *rows)
    await fetch_all(db, timeline)

    tea = await the_product(db, shop)
    assert await colours(tea) == ["blue"]
    assert {(each["place"], each["reason"]) for each in told} == {
        (1, "status_404"),
        (2, "not_a_picture"),
        (3, "two_files_in_one"),
    }
    assert {each["product_id"] for each in told} == {tea.id}
    assert "secret" not in str(told)
    outside.pages[paths[0]] = a_picture("red")
    assert (await bring(db, shop, tmp_path, *rows)).pictures == 3
    await fetch_all(db, timeline)
    assert await colours(await the_product(db, shop)) == ["red", "blue"]
    assert outside.asked.count("/blue.png") == 1


async def test_what_stumbles_is_tried_again_and_given_up_after_five_times(
    db: Db, timeline: clock.Timeline, outside: WebServer, tmp_path: Path, told: list[dict[str, Any]]
):
    shop = await an_open_shop(db)
    outside.pages |= {"/busy.png": (503, b""), "/down.png": (500, b"")}
    await bring(db, shop, tmp_path, f"tea,Tea,T1,5,2,{outside.url('/busy.png')},1", f"tea,,,,,{outside.url('/down.png')},2")
    await fetch_all(db, timeline)
    assert (told, outside.asked.count("/busy.png")) == ([], 1)
    outside.pages["/busy.png"] = a_picture("red")

    for pause in (timedelta(), *fetches.PAUSES, timedelta(days=1)):
        timeline.advance(seconds=pause.total_seconds())
        await fetches.find_due_fetches(db)
        await jobs.drain(db, timeline)

    assert await colours(await the_product(db, shop)) == ["red"]
    assert (outside.asked.count("/busy.png"), outside.asked.count("/down.png")) == (2, 5)
    assert [(each["place"], each["reason"], each["attempts"]) for each in told] == [(2, "status_500", 5)]


async def test_many_pictures_are_fetched_a_few_at_a_time(
    db: Db, timeline: clock.Timeline, outside: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(fetches, "AT_ONCE", 2)
    shop = await an_open_shop(db)
    rows = [
        f"tea,Tea,T1,5,2,{outside.url('/red.png?0')},1",
        *(f"tea,,,,,{outside.url(f'/red.png?{n}')}," for n in range(1, 25)),
    ]
    outside.pages |= {f"/red.png?{number}": a_picture("red") for number in range(25)}

    report = await bring(db, shop, tmp_path, *rows)
    ran = await fetch_all(db, timeline)

    assert (report.pictures, len(outside.asked)) == (20, 20)
    assert ran >= 10
    # They show the same, so they are one picture.
    assert len((await the_product(db, shop)).images) == 1


async def test_what_the_shop_took_out_or_added_itself_stays_so(
    db: Db, timeline: clock.Timeline, outside: WebServer, tmp_path: Path
):
    shop = await an_open_shop(db)
    rows = (f"tea,Tea,T1,5,2,{outside.url('/red.png')},1",)
    await bring(db, shop, tmp_path, *rows)
    await fetch_all(db, timeline)
    own = await catalog.keep_picture(open_store(settings.current()), a_picture("blue"))
    tea = await the_product(db, shop)
    await catalog.revise_product(db, shop.owner, shop.id, tea.id, ProductPatch(images=[own.key]))

    await bring(db, shop, tmp_path, *rows, f"tea,,,,,{outside.url('/lime.png')},2")
    await fetch_all(db, timeline)

    assert await colours(await the_product(db, shop)) == ["blue", "lime"]
    assert outside.asked == ["/red.png", "/lime.png"]


@pytest.mark.parametrize("src", ["ftp://x/a.png", "a.png", "javascript:alert(1)", "http://x/" + "y" * 2000, "http://x/ a.png"])
async def test_what_is_no_address_is_not_asked_for(db: Db, tmp_path: Path, src: str):
    shop = await an_open_shop(db)

    report = await bring(db, shop, tmp_path, f"tea,Tea,T1,5,2,{src},1")

    assert (report.created, report.pictures) == (1, 0)
    assert await db.fetchval("select count(*) from catalog.fetches") == 0


@pytest.fixture
def production(installation: settings.Settings) -> Any:
    """An installation that serves people."""
    settings.use(msgspec.structs.replace(installation, profile=Profile.PRODUCTION, secret="s" * 32))
    yield
    settings.use(installation)


@pytest.mark.usefixtures("production")
async def test_in_production_our_own_network_is_not_called(
    db: Db, timeline: clock.Timeline, outside: WebServer, tmp_path: Path, told: list[dict[str, Any]]
):
    shop = await an_open_shop(db)

    await bring(
        db, shop, tmp_path, f"tea,Tea,T1,5,2,{outside.url('/red.png')},1", f"tea,,,,,{outside.url('/red.png', 'localhost')},"
    )
    await fetch_all(db, timeline)

    assert outside.asked == []
    assert [each["reason"] for each in told] == ["not_public"] * 2


@pytest.mark.usefixtures("production")
async def test_in_production_a_picture_that_comes_late_is_looked_at(
    db: Db, timeline: clock.Timeline, outside: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shop = await an_open_shop(db)
    await bring(db, shop, tmp_path, f"tea,Tea,T1,5,2,{outside.url('/red.png')},1")
    tea = await the_product(db, shop)
    await catalog.set_state(db, a_catalog_operator(shop.owner), tea.id, StateAsk("listed"))

    monkeypatch.setattr(fetching, "is_public", lambda _: True)
    await fetch_all(db, timeline)

    seen = await the_product(db, shop)
    assert (len(seen.images), seen.state) == (1, "in_review")


@pytest.mark.concurrent
async def test_who_fetches_at_the_same_time_fetches_each_picture_once(
    pool: Pool, outside: WebServer, tmp_path: Path, timeline: clock.Timeline
):
    outside.pages |= {f"/{number}.png": a_picture("red" if number % 2 else "blue") for number in range(18)}
    async with borrowed(pool) as db:
        shop = await an_open_shop(db)
        rows = [f"tea{n},Tea,T{n},5,2,{outside.url(f'/{n}.png')},1" for n in range(18)]
        await bring(db, shop, tmp_path, *rows)
    timeline.advance(seconds=fetches.WAIT.total_seconds())

    async def fetch() -> None:
        async with borrowed(pool) as db:
            for _ in range(10):
                await fetches.fetch_some(db, shop.id)
                await asyncio.sleep(0.05)

    await asyncio.gather(*[fetch() for _ in range(6)])

    assert sorted(outside.asked) == sorted(f"/{number}.png" for number in range(18))
    async with borrowed(pool) as db:
        assert [len((await the_product(db, shop, f"T{n}")).images) for n in range(18)] == [1] * 18
        await assert_cards_agree(db)


@pytest.mark.concurrent
async def test_of_two_who_claim_at_once_one_waits_and_gets_nothing(
    pool: Pool, outside: WebServer, tmp_path: Path, timeline: clock.Timeline
):
    async with borrowed(pool) as db, borrowed(pool) as other:
        shop = await an_open_shop(db)
        await bring(db, shop, tmp_path, *[f"tea{n},Tea,T{n},5,2,{outside.url(f'/{n}.png')},1" for n in range(9)])
        timeline.advance(seconds=fetches.WAIT.total_seconds())
        claim = (home_of(shop.id), clock.now(), clock.now() + fetches.CLAIM_FOR, fetches.AT_ONCE)

        async with transaction(db):
            first = await fetches_sql.CLAIM.all(db, *claim)
            waiting = asyncio.create_task(fetches_sql.CLAIM.all(other, *claim))
            assert not (await asyncio.wait([waiting], timeout=0.3))[0]

        assert (len(first), await waiting) == (fetches.AT_ONCE, [])


async def test_who_was_killed_leaves_pictures_that_are_fetched_a_minute_later(
    db: Db, timeline: clock.Timeline, outside: WebServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shop = await an_open_shop(db)
    await bring(db, shop, tmp_path, f"tea,Tea,T1,5,2,{outside.url('/red.png')},1")
    timeline.advance(seconds=fetches.WAIT.total_seconds())

    async def killed(*_: Any, **__: Any) -> None:
        raise ConnectionAbortedError

    with monkeypatch.context() as patch:
        patch.setattr(fetches, "_fetched", killed)
        with pytest.raises(ExceptionGroup):
            await fetches.fetch_some(db, shop.id)
    await fetches.fetch_some(db, shop.id)
    assert outside.asked == []
    timeline.advance(seconds=fetches.CLAIM_FOR.total_seconds())
    await fetches.fetch_some(db, shop.id)

    assert await colours(await the_product(db, shop)) == ["red"]


def test_a_picture_takes_its_place_among_those_of_the_file():
    places = {"a": 1, "b": 2, "c": 3}

    assert with_image([], "b", places) == ["b"]
    assert with_image(["own", "a", "c"], "b", places) == ["own", "a", "b", "c"]
    assert with_image(["c", "own"], "a", places) == ["a", "c", "own"]
    assert with_image(["b", "own"], "c", places) == ["b", "own", "c"]
    assert with_image(["own", "b"], "b", places) == ["own", "b"]
