from pathlib import Path

import pytest

from shuke.deals import fulfilment, trade
from shuke.goods import catalog, shops, stock
from shuke.kit import clock, proofs
from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.ids import home_of
from shuke.kit.money import Money
from shuke.kit.tables import TableUnreadable
from shuke.money import ledger
from tests.catalog.builders import a_listed_product, a_sku
from tests.datasets import dataset
from tests.shops.builders import AnOpenShop, an_open_shop

HEAD = "Name,Email,Created at,Currency,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Shipping Country,Customer"
GOOD = """
#2,b@example.com,2026-02-01T10:00:00Z,CNY,1,Tea,50.00,TEA,China,
#1,a@example.com,2026-01-01T10:00:00Z,CNY,2,Tea,69.00,TEA,China,7
#1,a@example.com,2026-01-01T10:00:00Z,CNY,3,Tea,60.00,TEA,China,7
"""


async def a_shop_with_tea(db: Db) -> AnOpenShop:
    shop = await an_open_shop(db)
    await a_listed_product(db, shop, skus=[a_sku("TEA", stock=4)])
    return shop


def a_file(folder: Path, rows: str, head: str = HEAD) -> Path:
    file = folder / "orders.csv"
    file.write_text(head + rows)
    return file


async def test_a_history_is_placed_paid_sent_received_and_settled_in_its_own_time(pool: Pool, tmp_path: Path):
    async with borrowed(pool) as db:
        shop = await a_shop_with_tea(db)

        report = await fulfilment.import_orders(db, shop.id, a_file(tmp_path, GOOD))

        assert (report.orders, report.placed, report.bad) == (2, 2, 0)
        second, first = (await trade.orders_of_shop(db, shop.owner, shop.id, None, None, 10)).items
        assert (first.external_number, first.goods, len(first.lines)) == ("#1", Money(31800, "CNY"), 2)
        assert first.lines[1].unit_price == Money(6000, "CNY")
        assert [f"{each:%m-%d}" for each in (first.placed_at, first.shipped_at, first.completed_at)] == [
            "01-01",
            "01-02",
            "01-12",
        ]
        assert second.status is trade.Status.COMPLETED
        assert (await trade.totals(db))[0].goods == 36800
        (tea,) = await stock.sold(db, [first.lines[0].sku_id])
        assert (await stock.sold(db, [tea]))[tea] == 6
        assert "escrow" not in {name for name, held in (await ledger.balances(db, home_of(shop.id))).items() if held[0].amount}
        for proof, finding in await proofs.verify(db):
            assert finding.broken == 0, (proof.sentence, finding.example)


async def test_the_same_file_again_brings_nothing_new(pool: Pool, tmp_path: Path):
    async with borrowed(pool) as db:
        shop = await a_shop_with_tea(db)
        file = a_file(tmp_path, GOOD)
        await fulfilment.import_orders(db, shop.id, file)
        before = await db.fetchval("select count(*) from ledger.entries")

        again = await fulfilment.import_orders(db, shop.id, file)

        assert (again.placed, again.known) == (0, 2)
        assert await db.fetchval("select count(*) from ledger.entries") == before


async def test_a_dry_run_writes_nothing(pool: Pool, tmp_path: Path):
    async with borrowed(pool) as db:
        shop = await a_shop_with_tea(db)

        report = await fulfilment.import_orders(db, shop.id, a_file(tmp_path, GOOD), dry_run=True)

        assert report.placed == 2
        assert await db.fetchval("select count(*) from trade.orders") == 0


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("#3,c@example.com,2026-01-01T10:00:00Z,CNY,1,Tea,69.00,NONE,China,", "Lineitem sku"),
        ("#3,c@example.com,2026-01-01T10:00:00Z,CNY,-1,Tea,69.00,TEA,China,", "Lineitem quantity"),
        ("#3,c@example.com,2026-01-01T10:00:00Z,CNY,1,Tea,6.999,TEA,China,", "Lineitem price"),
        ("#3,c@example.com,yesterday,CNY,1,Tea,69.00,TEA,China,", "Created at"),
        ("#3,c@example.com,2999-01-01T10:00:00Z,CNY,1,Tea,69.00,TEA,China,", "Created at"),
        ("#3,,2026-01-01T10:00:00Z,CNY,1,Tea,69.00,TEA,China,", "Email"),
        ("#3,c@example.com,2026-01-01T10:00:00Z,¥,1,Tea,69.00,TEA,China,", "Currency"),
    ],
)
async def test_a_bad_order_is_told_by_line_and_column_and_the_others_come(pool: Pool, tmp_path: Path, row: str, column: str):
    async with borrowed(pool) as db:
        shop = await a_shop_with_tea(db)

        report = await fulfilment.import_orders(db, shop.id, a_file(tmp_path, GOOD + row + "\n"))

        assert (report.placed, report.refused) == (2, 1)
        assert [(each.line, each.column) for each in report.rejected] == [(5, column)]


async def test_cancelled_and_unpaid_orders_are_skipped_and_freight_and_discount_come_along(pool: Pool, tmp_path: Path):
    head = HEAD + ",Financial Status,Cancelled at,Shipping,Discount Amount,Paid at,Fulfilled at"
    tea = "CNY,1,Tea,69.00,TEA,China,"
    rows = f"""
#1,a@b.c,2026-01-01 10:00:00 -0400,{tea},paid,,8.00,9.00,2026-01-01 15:00:00 -0400,2026-01-05 10:00:00 -0400
#2,a@b.c,2026-01-02 10:00:00 -0400,{tea},pending,,,,,
#3,a@b.c,2026-01-03 10:00:00 -0400,{tea},paid,2026-01-03 11:00:00 -0400,,,,
"""
    async with borrowed(pool) as db:
        shop = await a_shop_with_tea(db)

        report = await fulfilment.import_orders(db, shop.id, a_file(tmp_path, rows, head))

        assert (report.placed, report.skipped, report.bad) == (1, 2, 0)
        (order,) = (await trade.orders_of_shop(db, shop.owner, shop.id, None, None, 10)).items
        assert (order.goods.amount, order.discount.amount, order.freight.amount, order.total.amount) == (6900, 900, 800, 6800)
        assert f"{order.paid_at:%d %H:%M} {order.shipped_at:%d %H:%M}" == "01 19:00 05 14:00"


@pytest.mark.parametrize("text", ["Handle,Title\nx,y\n", "", "\0\0\0"])
async def test_what_is_no_order_export_is_refused(pool: Pool, tmp_path: Path, text: str):
    file = tmp_path / "orders.csv"
    file.write_text(text)
    async with borrowed(pool) as db:
        shop = await a_shop_with_tea(db)

        with pytest.raises(TableUnreadable):
            await fulfilment.import_orders(db, shop.id, file)


async def test_two_imports_of_one_shop_do_not_run_at_once(pool: Pool, tmp_path: Path):
    async with borrowed(pool) as one, borrowed(pool) as other:
        shop = await a_shop_with_tea(one)
        await one.execute("select pg_advisory_lock(hashtextextended('fulfilment.imports', $1))", home_of(shop.id))

        with pytest.raises(fulfilment.ImportRunning):
            await fulfilment.import_orders(other, shop.id, a_file(tmp_path, GOOD))


@pytest.mark.slow
async def test_a_gift_shop_from_england_brings_its_whole_history(pool: Pool, timeline: clock.Timeline):
    products, orders = dataset("retail/products.csv.gz"), dataset("retail/orders.csv.gz")
    async with borrowed(pool) as db:
        shop_id = await shops.ensure_import_shop(db, "Gifts", "GBP")
        await catalog.import_products(db, shop_id, products, currency="GBP")

        first = await fulfilment.import_orders(db, shop_id, orders)
        again = await fulfilment.import_orders(db, shop_id, orders)

        assert (first.placed, first.bad, again.placed, again.known) == (3369, 0, 0, 3369)
        (totals,) = await trade.totals(db)
        assert (totals.currency, totals.orders, totals.goods) == ("GBP", 3369, 157_486_338)
        for proof, finding in await proofs.verify(db):
            assert finding.broken == 0, (proof.sentence, finding.example)
