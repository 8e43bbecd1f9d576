"""Lists: what everybody can browse, in four orders or by words."""

from shuke.goods.catalog import cards_sql
from shuke.goods.catalog.cards import Browse, page_of, start_of
from shuke.goods.catalog.categories import branch_of
from shuke.goods.catalog.searches import search
from shuke.goods.catalog.types import Sort
from shuke.kit.db import Db
from shuke.kit.ids import home_of


async def browse(db: Db, ask: Browse) -> bytes:
    """A page of cards as JSON: everything for sale, of a shop, of a category and those below it, or found by words."""
    categories = None if ask.category_id is None else await branch_of(db, ask.category_id)
    if ask.q.strip():
        return await search(db, ask, categories)
    sort = Sort.NEW if ask.sort is None or ask.sort is Sort.RELEVANCE else ask.sort
    after = start_of(sort, ask.cursor)
    match ask.shop_id, categories:
        case None, None:
            rows = await cards_sql.OF_ALL[sort].all(db, *after, ask.limit + 1)
        case shop_id, None:
            rows = await cards_sql.OF_SHOP[sort].all(db, *after, ask.limit + 1, home_of(shop_id))
        case None, _:
            rows = await cards_sql.OF_CATEGORIES[sort].all(db, *after, ask.limit + 1, categories)
        case shop_id, _:
            rows = await cards_sql.OF_SHOP_AND_CATEGORIES[sort].all(db, *after, ask.limit + 1, home_of(shop_id), categories)
    return page_of(rows, ask.limit, sort)
