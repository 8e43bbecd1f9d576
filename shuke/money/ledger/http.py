"""Routes of the ledger."""

from shuke.kit.pages import Page, PageLimit
from shuke.kit.web import Actor, Db, get
from shuke.money.ledger.balances import book_balances, my_balances
from shuke.money.ledger.entries import book_entries
from shuke.money.ledger.types import Balance, EntryView


@get("/ops/ledger/books/{home:int}/balances")
async def list_book_balances(home: int, db: Db, actor: Actor) -> Page[Balance]:
    """What each account of a book holds, for operators."""
    return Page(await book_balances(db, actor, home))


@get("/ops/ledger/books/{home:int}/entries")
async def list_book_entries(
    home: int, db: Db, actor: Actor, cursor: str | None = None, limit: PageLimit = 20
) -> Page[EntryView]:
    """The entries of a book, newest first, for operators."""
    return await book_entries(db, actor, home, cursor, limit)


@get("/me/balances")
async def list_my_balances(db: Db, actor: Actor) -> Page[Balance]:
    """What each account of your own book holds."""
    return Page(await my_balances(db, actor))


routes = [list_book_balances, list_book_entries, list_my_balances]
