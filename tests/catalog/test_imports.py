import gzip
from pathlib import Path

import msgspec
import pytest

from shuke.goods import catalog, stock
from shuke.goods.catalog import Browse, ImportReport
from shuke.goods.catalog.types import Card
from shuke.goods.shops import ShopId
from shuke.kit.db import Db, read
from shuke.kit.pages import Page
from shuke.kit.tables import TableUnreadable
from tests.catalog.test_cards import assert_cards_agree
from tests.datasets import dataset
from tests.shops.builders import an_open_shop

HEAD = "Handle,Title,Body (HTML),Type,Published,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price\n"
TEA = "tea,Tea,<p>Good &amp; green</p><script>x</script>,Drinks,TRUE,Size,50 g,T50,7,3.90\ntea,,,,,,100 g,T100,2,7.50\n"
CUP = "cup,Cup,,,TRUE,Title,Default Title,C1,1,2\n"


async def bring(db: Db, shop_id: ShopId, tmp_path: Path, text: str | bytes, **how: bool) -> ImportReport:
    """Import a file with this in it."""
    file = tmp_path / "products.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return await catalog.import_products(db, shop_id, file, currency="CNY", **how)


async def titles(db: Db, q: str = "") -> list[str]:
    page = msgspec.json.decode(await catalog.browse(db, Browse(limit=100, q=q)), type=Page[Card])
    return sorted(card.title for card in page.items)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.revised, report.unchanged, report.refused


async def test_a_file_is_imported_and_the_same_file_changes_nothing(db: Db, tmp_path: Path):
    shop = await an_open_shop(db)
    await catalog.put_category(db, catalog.CategoryAsk("drinks", "饮品", "Drinks", 500))

    first = await bring(db, shop.id, tmp_path, HEAD + TEA + CUP)
    again = await bring(db, shop.id, tmp_path, gzip.compress((HEAD + TEA + CUP).encode()))

    assert (counts(first), first.products, first.skus) == ((2, 0, 0, 0), 2, 3)
    assert counts(again) == (0, 0, 2, 0)
    codes = await catalog.skus_by_code(db, shop.id, ["T50", "T100", "C1", "none"])
    assert await stock.available(db, codes.values()) == {codes["T50"]: 7, codes["T100"]: 2, codes["C1"]: 1}
    sale = (await read(db, catalog.for_sale([codes["T100"]])))[codes["T100"]]
    assert (sale.title, sale.price.amount, sale.options) == ("Tea", 750, {"Size": "100 g"})
    product = await catalog.product(db, sale.product_id)
    assert (product.description, product.state, product.category_id is None) == ("Good & green", "listed", False)
    assert await titles(db, "green") == ["Tea"]
    await assert_cards_agree(db)


async def test_a_changed_file_changes_what_it_says_and_leaves_stock_alone(db: Db, tmp_path: Path):
    shop = await an_open_shop(db)
    await bring(db, shop.id, tmp_path, HEAD + TEA + CUP)
    changed = (
        TEA.replace("3.90", "4.10").replace("Tea,", "Oolong,", 1).replace("T50,7", "T50,99") + "tea,,,,,,1 kg,T1000,5,60\n"
    )

    report = await bring(db, shop.id, tmp_path, HEAD + changed)

    assert counts(report) == (0, 1, 0, 0)
    codes = await catalog.skus_by_code(db, shop.id, ["T50", "T100", "T1000"])
    assert await stock.available(db, codes.values()) == {codes["T50"]: 7, codes["T100"]: 2, codes["T1000"]: 5}
    assert (await read(db, catalog.for_sale([codes["T50"]])))[codes["T50"]].price.amount == 410
    assert await titles(db) == ["Cup", "Oolong"]
    assert await titles(db, "oolong") == ["Oolong"] != await titles(db, "tea")
    prices = (await catalog.prices_of(db, shop.owner, shop.id, codes["T50"], None, 10)).items
    assert [(each.old_price.amount, each.price.amount, each.changed_by) for each in prices] == [(390, 410, None)]
    await assert_cards_agree(db)


async def test_a_preview_says_what_an_import_would_do_and_does_nothing(db: Db, tmp_path: Path):
    shop = await an_open_shop(db)
    await bring(db, shop.id, tmp_path, HEAD + CUP)

    report = await bring(
        db, shop.id, tmp_path, HEAD + TEA + CUP.replace("C1,1,2", "C1,1,3") + "x,X,,,,,,C1,1,1\n", dry_run=True
    )

    assert counts(report) == (1, 1, 0, 1)
    assert await titles(db) == ["Cup"]


async def test_rows_of_a_handle_that_comes_again_later_are_part_of_it(db: Db, tmp_path: Path):
    shop = await an_open_shop(db)

    report = await bring(db, shop.id, tmp_path, HEAD + TEA + CUP + "tea,,,,,Size,1 kg,T1000,5,60\n")

    assert counts(report) == (2, 1, 0, 0)
    codes = await catalog.skus_by_code(db, shop.id, ["T50", "T1000"])
    sales = await read(db, catalog.for_sale(codes.values()))
    assert len({sale.product_id for sale in sales.values()}) == 1


BAD = {
    "a negative price": ("x,X,,,,,,X,1,-2\n", "Variant Price", "negative"),
    "no price": ("x,X,,,,,,X,1,\n", "Variant Price", "missing"),
    "a price that is none": ("x,X,,,,,,X,1,NaN\n", "Variant Price", "not a price"),
    "an infinite price": ("x,X,,,,,,X,1,inf\n", "Variant Price", "not a price"),
    "a price finer than a fen": ("x,X,,,,,,X,1,1.999\n", "Variant Price", "finer"),
    "a price beyond all": ("x,X,,,,,,X,1,1" + "0" * 30 + "\n", "Variant Price", "too large"),
    "half a piece": ("x,X,,,,,,X,1.5,2\n", "Variant Inventory Qty", "whole"),
    "a title too long": (f"x,{'X' * 256},,,,,,X,1,2\n", "Title", "256"),
    "no title": ("x,,,,,,,X,1,2\n", "Title", "missing"),
    "no handle": (",X,,,,,,X,1,2\n", "Handle", "missing"),
    "a code twice in a product": ("x,X,,,,S,a,X,1,2\nx,,,,,,b,X,1,2\n", "Variant SKU", "twice"),
    "a code of another product": ("x,X,,,,,,C1,1,2\n", "Variant SKU", "another product"),
    "too many variants": (
        "x,X,,,,S,0,X,1,2\n" + "".join(f"x,,,,,,{n},X{n},1,2\n" for n in range(1, 102)),
        "Variant SKU",
        "100",
    ),
    "too many fields": ("x,X,,,,,,X,1,2,3,4\n", "", "12 fields"),
    "a million fields": ("x" + "," * 1_000_000 + "y\n", "", "fields"),
    "a NUL": ("x,X\0,,,,,,X,1,2\n", "", "NUL"),
    "a field of two megabytes": (f"x,X,{'y' * 2_000_000},,,,,X,1,2\n", "", "longer"),
    "a quote that is never closed": ('x,"X,,,,,,X,1,2\n', "", "quote"),
    "a variant that is bad in a product that is good": ("x,X,,,,S,a,X1,1,2\nx,,,,,,b,X2,1,-1\n", "Variant Price", "negative"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_row_is_named_and_the_rest_is_imported(db: Db, tmp_path: Path, name: str):
    rows, column, reason = BAD[name]
    shop = await an_open_shop(db)

    report = await bring(db, shop.id, tmp_path, HEAD + CUP + rows + TEA)

    assert counts(report) == (2, 0, 0, 1)
    assert await titles(db) == ["Cup", "Tea"]
    assert (report.bad_rows, len(report.rejected)) == (1, 1)
    bad = report.rejected[0]
    assert 3 <= bad.line <= 3 + rows.count("\n")
    assert bad.column == column and reason in bad.reason, bad


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk", "gb18030"])
async def test_chinese_is_read_in_every_encoding_it_is_written_in(db: Db, tmp_path: Path, encoding: str):
    shop = await an_open_shop(db)

    await bring(db, shop.id, tmp_path, (HEAD + 'x,安溪铁观音,"清香，\n耐泡",,,,,X,1,2\n').encode(encoding))

    assert await titles(db, "铁观音") == ["安溪铁观音"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest of an Excel file", "Excel"),
        ((HEAD + "caf\xe9,Th\xe9 fum\xe9 \xe0 la cr\xe8me,,,,,,X,1,2\n").encode("latin-1"), "neither UTF-8"),
        (b"a,b,c\n1,2,3\n", "no product export"),
        (b"," * 1_000_000 + b"\n", "columns"),
        (b"Handle,Title\n", "price"),
        (gzip.compress((HEAD + TEA * 50).encode())[:-20], "damaged"),
        (gzip.compress(HEAD.encode() + b"x" * 200_000_000), "packed"),
        (HEAD.encode() + b"x" * 5_000_000, "longer"),
        (b'"Handle,Title,Variant Price\n', "quote"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_file_that_is_no_export_is_refused_with_the_reason(db: Db, tmp_path: Path, content: bytes, reason: str):
    shop = await an_open_shop(db)

    with pytest.raises(TableUnreadable) as refused:
        await bring(db, shop.id, tmp_path, content)

    assert reason in refused.value.sentence.replace("Price", "price")


async def test_a_price_in_another_currency_than_the_shops_is_refused(db: Db, tmp_path: Path):
    shop = await an_open_shop(db, currency="GBP")

    with pytest.raises(catalog.CurrencyNotOfShop):
        await bring(db, shop.id, tmp_path, HEAD + TEA)


@pytest.mark.slow
async def test_a_real_shop_moves_in_and_moving_in_again_changes_nothing(db: Db):
    file = dataset("retail/products.csv.gz")
    shop = await an_open_shop(db, currency="GBP")
    steps: list[tuple[int, int]] = []

    first = await catalog.import_products(db, shop.id, file, currency="GBP", progress=lambda *step: steps.append(step))
    again = await catalog.import_products(db, shop.id, file, currency="GBP")

    assert (first.products, first.skus, counts(first)) == (3193, 3659, (3193, 0, 0, 0))
    assert (again.products, again.skus, counts(again)) == (3193, 3659, (0, 0, 3193, 0))
    assert steps == sorted(steps) and steps[-1][0] == steps[-1][1]
    codes = await catalog.skus_by_code(db, shop.id, ["15044A", "15044B", "10080"])
    assert await stock.available(db, codes.values()) == {codes["15044A"]: 428, codes["15044B"]: 307, codes["10080"]: 291}
    assert "Groovy Cactus Inflatable" in await titles(db, "cactus inflatables")
    await assert_cards_agree(db)
