"""What shares keep of a person, and what is left when they go.

A tree stays whole: links and visits carry ids that lead to no name any more, and without them the paths of others' orders would
end in nothing. What the person opened and shared, by their own name, is deleted.
"""

from typing import Any

from shuke.kit.actor import PersonId
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.society.shares import sql


async def export_person(db: Db, person_id: PersonId) -> dict[str, Any]:
    """The links a person shared and the links they opened."""
    home = home_of(person_id)
    return {
        "links": await sql.EXPORT_MINE.all(db, home, person_id),
        "opened": await sql.EXPORT_TOUCHES.all(db, home, person_id),
    }


async def erase_person(db: Db, person_id: PersonId) -> None:
    """Forget what a person shared and opened."""
    home = home_of(person_id)
    await sql.ERASE_MINE.run(db, home, person_id)
    await sql.ERASE_TOUCHES.run(db, home, person_id)
