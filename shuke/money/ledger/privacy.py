"""What the ledger knows of a person, for them to take away, and what must be settled before they go."""

from typing import Any
from uuid import UUID

import msgspec

from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.money.ledger import sql
from shuke.money.ledger.types import BookHoldsMoney

MAX_ENTRIES = 10_000


async def export_person(db: Db, person_id: UUID) -> dict[str, Any]:
    """The balances of a person's book and its newest 10,000 entries."""
    home = home_of(person_id)
    return {
        "balances": msgspec.to_builtins(await sql.BALANCES.all(db, home)),
        "entries": msgspec.to_builtins(await sql.ENTRIES_PAGE.all(db, home, None, MAX_ENTRIES)),
    }


async def erase_person(db: Db, person_id: UUID) -> None:
    """Erase nothing: entries are never edited, and a book knows its owner by a number only.

    Raises BookHoldsMoney while there is money in it: who is not known any more could never be paid.
    """
    if left := await sql.LEFT_IN_BOOK.all(db, home_of(person_id)):
        raise BookHoldsMoney(amounts=[each.amount for each in left])
