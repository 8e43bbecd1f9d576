"""What shops keep of their regulars, for those who ask, and what is left when they go: nothing."""

from typing import Any

from shuke.goods.regulars import sql
from shuke.kit.actor import PersonId
from shuke.kit.db import Db
from shuke.kit.ids import home_of


async def export_person(db: Db, person_id: PersonId) -> dict[str, Any]:
    """What each shop keeps of a person, those they left or declined too."""
    theirs = await sql.PATRONAGES.all(db, home_of(person_id), person_id)
    kept = await sql.KEPT.all(db, [home_of(id) for id in theirs], person_id)
    return {"regular_of": kept} if kept else {}


async def erase_person(db: Db, person_id: PersonId) -> None:
    """Forget a person in every shop. What a guide got is in the books, and stays."""
    for shop_id in await sql.PATRONAGES.all(db, home_of(person_id), person_id):
        await sql.FORGET_REGULAR.run(db, home_of(shop_id), person_id)
    await sql.FORGET_PATRONAGES.run(db, home_of(person_id), person_id)
