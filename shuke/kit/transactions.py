"""Transactions: all or nothing, with as few round trips as the work needs (docs/statements.md).

A transaction begins with its first statement. Where there is only one, made of all the writes that were put, it is its own
transaction, and needs neither begin nor commit.
"""

from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager

from asyncpg.exceptions import IntegrityConstraintViolationError

from shuke.kit.connections import Db, Work
from shuke.kit.errors import Refusal


@asynccontextmanager
async def transaction(db: Db) -> AsyncGenerator[None]:
    """All or nothing. Inside another one it is a savepoint.

    Before the commit come, in this order: what was given to `at_end`, the writes that wait, what was given to `last`, and the
    writes on hot rows.
    """
    is_outermost = db.depth == 0
    savepoint = "" if is_outermost and not db.is_in_transaction() else await _savepoint(db)
    before = [queue[:] for queue in _queues(db)]
    db.depth += 1
    db.is_begun = db.is_begun or bool(savepoint)
    db.is_behind = not db.is_begun
    try:
        yield
        await (_finish(db) if is_outermost else db.catch_up())
    except BaseException:
        db.waiting.clear()
        for queue, kept in zip(_queues(db), before, strict=True):
            queue[:] = kept
        await _undo(db, savepoint)
        raise
    else:
        await _keep(db, savepoint)
    finally:
        db.depth -= 1
        if is_outermost:
            db.is_begun = db.is_behind = False
            afters, db.afters = db.afters, []
            for work in afters:
                work()


async def at_end(db: Db, work: Work) -> None:
    """Run `work` once everything else of this transaction is done, but for what locks hot rows; outside of one, at once."""
    if db.depth == 0:
        await work()
    else:
        db.ends.append(work)


async def last(db: Db, work: Work) -> None:
    """Run `work` as the last thing before the commit, so that a hot row is locked for the commit only.

    A refusal in `work` rolls everything back. Outside a transaction it runs at once.
    """
    if db.depth == 0:
        await work()
    else:
        db.lasts.append(work)


def afterwards(db: Db, work: Callable[[], None]) -> None:
    """Run `work` when this transaction has ended, committed or not; outside of one, at once."""
    if db.depth == 0:
        work()
    else:
        db.afters.append(work)


@contextmanager
def refusing(**refusals: Refusal) -> Generator[None]:
    """Translate the violation of a named constraint into a refusal: `with refusing(supplies_available_check=SoldOut(...))`."""
    try:
        yield
    except IntegrityConstraintViolationError as error:
        refusal = refusals.get(str(getattr(error, "constraint_name", "")))
        if refusal is None:
            raise
        raise refusal from None


def _queues(db: Db) -> "tuple[list[object], ...]":
    return db.ends, db.lasts, db.put_off, db.hot  # type: ignore[return-value]


async def _savepoint(db: Db) -> str:
    # What was put before it is not undone with it.
    await db.catch_up()
    name = f"inner_{db.depth}"
    await db.execute(f"savepoint {name}")
    return name


async def _finish(db: Db) -> None:
    while db.ends or db.lasts:
        if db.ends:
            # What is done at the end sees all that was done: also a hot row, which it may change again.
            db.waiting[:0] = reversed(db.hot)
            db.hot.clear()
            db.is_behind = db.is_behind or bool(db.waiting)
            await db.ends.pop(0)()
        else:
            db.waiting += db.put_off
            db.put_off.clear()
            await db.catch_up()
            await db.lasts.pop(0)()
    # PostgreSQL runs what stands first in a statement last: so a hot row is locked when everything else is done.
    pending = [*reversed(db.hot), *db.waiting, *db.put_off]
    for queue in (db.hot, db.waiting, db.put_off):
        queue.clear()
    if pending:
        await db.do(pending)


async def _keep(db: Db, savepoint: str) -> None:
    if savepoint:
        await db.execute(f"release savepoint {savepoint}")
    elif db.is_begun:
        done = await db.execute("commit")
        assert done == "COMMIT", "a statement failed, and the error was swallowed inside of the transaction"


async def _undo(db: Db, savepoint: str) -> None:
    if db.is_closed():
        return
    db.is_behind = False
    if savepoint:
        await db.execute(f"rollback to savepoint {savepoint}")
    elif db.is_begun:
        await db.execute("rollback")
