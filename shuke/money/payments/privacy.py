"""What payments knows of a person, for them to take away."""

from typing import Any
from uuid import UUID

import msgspec

from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.money.payments import sql


async def export_person(db: Db, person_id: UUID) -> dict[str, Any]:
    """The payments and refunds of a person, the newest 10,000 of each."""
    home = home_of(person_id)
    return {
        "payments": msgspec.to_builtins(await sql.PAYMENTS_OF.all(db, home, person_id)),
        "refunds": msgspec.to_builtins(await sql.REFUNDS_OF.all(db, home, person_id)),
    }


async def erase_person(db: Db, person_id: UUID) -> None:
    """Erase nothing: a payment is a record of trade, kept for three years by law, and knows its payer by a number only."""
