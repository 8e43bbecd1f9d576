"""Balances: kept with every posting, and computed again for any instant."""

from datetime import datetime

from shuke.kit.actor import ON_PLATFORM, Actor
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.kit.money import Money
from shuke.money.ledger import sql
from shuke.money.ledger.types import Balance


async def balances(db: Db, home: int) -> dict[str, list[Money]]:
    """What each account of a book holds, by currency; an account that was never used is not there. Trusts its caller."""
    found: dict[str, list[Money]] = {}
    for row in await sql.BALANCES.all(db, home):
        found.setdefault(row.account, []).append(row.balance)
    return found


async def balance_at(db: Db, home: int, account: str, instant: datetime) -> list[Money]:
    """What an account held at `instant`, by currency, summed from its postings. Trusts its caller."""
    return [row.balance for row in await sql.BALANCE_AT.all(db, home, account, instant)]


async def book_balances(db: Db, actor: Actor, home: int) -> list[Balance]:
    """What each account of any book holds, for operators."""
    actor.require("ops.ledger", ON_PLATFORM)
    return await sql.BALANCES.all(db, home)


async def my_balances(db: Db, actor: Actor) -> list[Balance]:
    """What each account of the person's own book holds."""
    return await sql.BALANCES.all(db, home_of(actor.person))
