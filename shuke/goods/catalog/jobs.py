"""What the catalogue does by the clock and on news, what it lets others know, and what must always be true of it."""

from datetime import timedelta

from shuke.goods.catalog import cards_sql
from shuke.goods.catalog.cards import shared_products, show_shop
from shuke.goods.catalog.fetches import fetch_some, find_due_fetches
from shuke.goods.catalog.privacy import erase_person, export_person
from shuke.goods.catalog.rewordings import reword_goods
from shuke.goods.catalog.sales import fold_sales
from shuke.goods.catalog.types import FetchPictures, FindDueFetches, FoldSales, RewordGoods
from shuke.goods.shops import ShopId, ShopRenamed, ShopStateChanged
from shuke.kit.db import Db
from shuke.kit.events import cron, on
from shuke.kit.proofs import prove
from shuke.society import identity, shares


@on(FoldSales)
async def tell_sales(db: Db, _job: FoldSales) -> None:
    """Cards show what was sold, two seconds late."""
    await fold_sales(db)


@on(ShopStateChanged)
async def show_goods_of_shop(db: Db, event: ShopStateChanged) -> None:
    """The products of a shop are shown while it is open."""
    await show_shop(db, event.shop_id, is_open=event.state == "open")


@on(ShopRenamed)
async def hear_of_new_name(db: Db, event: ShopRenamed) -> None:
    """The products of a shop are found by the name it has."""
    await reword_goods(db, ShopId(event.shop_id))


@on(RewordGoods)
async def reword_more_goods(db: Db, job: RewordGoods) -> None:
    """The next ones."""
    await reword_goods(db, ShopId(job.shop_id), job.after)


@on(FetchPictures, is_outside=True)
async def fetch_pictures(db: Db, job: FetchPictures) -> None:
    """Bring the pictures that an import named."""
    await fetch_some(db, ShopId(job.shop_id))


@on(FindDueFetches)
async def find_fetches(db: Db, _job: FindDueFetches) -> None:
    """Try again what stumbled, a minute after it is due at the latest."""
    await find_due_fetches(db)


cron(FoldSales, every=timedelta(seconds=2))
cron(FindDueFetches, every=timedelta(minutes=1))
prove("catalog.cards", "a card agrees with its product: state, title, lowest price, SKUs, sales", cards_sql.CARDS_AGREE)
shares.target_kind("product", shared_products)
identity.privacy("catalog", export=export_person, erase=erase_person)
