"""Rewordings: a renamed shop's products are found by its new name, in batches: a shop may have 100,000 of them."""

from uuid import UUID

from shuke.goods.catalog import sql
from shuke.goods.catalog.categories import facts_of
from shuke.goods.catalog.products import by_ids
from shuke.goods.catalog.projections import word
from shuke.goods.catalog.types import RewordGoods
from shuke.goods.shops import ShopId
from shuke.kit.db import Db, transaction
from shuke.kit.events import emit
from shuke.kit.ids import home_of

BATCH = 200


async def reword_goods(db: Db, shop_id: ShopId, after: UUID | None = None) -> None:
    """Write the words of the next 200 products of a shop by its present name, and order the next batch. Trusts its caller.

    Whoever changes one of them at the same moment does so before or after; both know the present name.
    """
    async with transaction(db):
        ids = await sql.LOCK_NEXT.all(db, home_of(shop_id), shop_id, after, BATCH)
        if not ids:
            return
        products = await by_ids(db, ids)
        facts = await facts_of(db, {product.category_id for product in products if product.category_id})
        await word(db, shop_id, products, facts)
        if len(ids) == BATCH:
            await emit(db, RewordGoods(shop_id, ids[-1]))
