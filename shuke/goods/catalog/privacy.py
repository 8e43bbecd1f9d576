"""What the catalogue keeps of a person: what they reported. Prices and decisions belong to the shop's trade records."""

from typing import Any

from shuke.goods.catalog import reviews_sql as sql
from shuke.kit.actor import PersonId
from shuke.kit.db import Db


async def export_person(db: Db, person_id: PersonId) -> dict[str, Any]:
    """The person's reports."""
    reports = await sql.REPORTS_OF_PERSON.all(db, person_id)
    return {"reports": reports} if reports else {}


async def erase_person(db: Db, person_id: PersonId) -> None:
    """Forget the words of the person's reports; that there was one stays for whoever decides on it."""
    await sql.FORGET_WORDS.run(db, person_id)
