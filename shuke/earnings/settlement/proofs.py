"""What must always be true of settlement."""

from collections import Counter

from shuke.earnings import commissions
from shuke.earnings.settlement import sql
from shuke.earnings.settlement.rules import OWED, PENDING
from shuke.kit.db import Db
from shuke.kit.proofs import Finding, prove
from shuke.money import ledger

Held = tuple[int, str, str]


class BooksAgree:
    """Compare what settlements and accruals say is still to be done with what the books of shops hold for it."""

    async def one(self, db: Db) -> Finding:
        """Look at every shop's accounts for what is pending and owed."""
        expected = await _expected(db)
        found: Counter[Held] = Counter()
        for home in await sql.HOMES.all(db):
            for account, amounts in (await ledger.balances(db, home)).items():
                if account == PENDING or account.startswith(OWED):
                    found.update({(home, account, each.currency): each.amount for each in amounts})
        held = expected.keys() | found.keys()
        broken = sorted(each for each in held if expected[each] != found[each])
        return Finding(len(held), len(broken), " ".join(map(str, broken[0])) if broken else None)


async def _expected(db: Db) -> Counter[Held]:
    expected = Counter(
        {(each.home, each.account, each.amount.currency): each.amount.amount for each in await sql.EXPECTED.all(db)}
    )
    for debt in await commissions.unswept(db):
        expected[debt.home, f"{OWED}person:{debt.person_id}", debt.amount.currency] += debt.amount.amount
    return expected


prove("settlement.splits", "what was paid = shop + fees + shares + refunds, to the fen", sql.ADDS_UP)
prove("settlement.ceiling", "fees and shares together stay under the ceiling of their day", sql.UNDER_THE_CEILING)
prove("settlement.books", "shops' books hold just what is not yet released and not yet swept", BooksAgree())
