"""`shuke verify`: what must always be true, proved on the live database."""

import msgspec

from shuke.deals import trade
from shuke.kit import proofs
from shuke.kit.settings import Settings
from shuke.operations.installation import connected, database


class Proved(msgspec.Struct, frozen=True):
    """One invariant: how many things were looked at, how many break it, and one of those."""

    name: str
    sentence: str
    checked: int
    broken: int
    example: str | None


class Sales(msgspec.Struct, frozen=True):
    """Completed orders of one currency, and what was paid for their goods in minor units."""

    currency: str
    orders: int
    goods: int


class Verdict(msgspec.Struct, frozen=True):
    """`is_valid` says whether every invariant holds."""

    is_valid: bool
    proofs: list[Proved]
    completed: list[Sales]


async def verify(settings: Settings) -> Verdict:
    """Run every proof on one snapshot of the database, while it works on. Raises PostgresFailed, Cannot."""
    with database(settings) as server:
        async with connected(server) as db, db.transaction(isolation="repeatable_read", readonly=True):
            found = [
                Proved(proof.name, proof.sentence, seen.checked, seen.broken, seen.example)
                for proof, seen in await proofs.verify(db)
            ]
            completed = [Sales(each.currency, each.orders, each.goods) for each in await trade.totals(db)]
            return Verdict(not any(each.broken for each in found), found, completed)
