"""One writer per person at a time, where a question is asked before the answer is written."""

from shuke.kit.actor import PersonId
from shuke.kit.db import Db
from shuke.society.identity import sql
from shuke.society.identity.rules import with_homes
from shuke.society.identity.types import PersonUnknown


async def lock_person(db: Db, person_id: PersonId) -> None:
    """Hold the person until the transaction ends; raises PersonUnknown when they were merged or erased meanwhile."""
    if not await sql.LOCK.all(db, *with_homes([person_id])):
        raise PersonUnknown()
