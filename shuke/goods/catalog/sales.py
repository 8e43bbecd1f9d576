"""Sales: counted by appended rows, told to the cards every two seconds, so that no card is a hot row."""

from collections.abc import Sequence
from uuid import UUID

from shuke.goods.catalog import cards_sql
from shuke.kit.db import Db
from shuke.kit.ids import home_of

MAX_FOLD = 20_000


async def count_sales(db: Db, sold: Sequence[tuple[UUID, int]]) -> None:
    """Count what was sold of products, a row per paid line; what came back counts below zero. Trusts its caller."""
    await cards_sql.COUNT_SALES.put_off(db, [home_of(id) for id, _ in sold], [id for id, _ in sold], [each for _, each in sold])


async def fold_sales(db: Db) -> None:
    """Tell the cards what was sold since the last fold, at most 20,000 lines of it."""
    await cards_sql.FOLD_SALES.run(db, MAX_FOLD)
