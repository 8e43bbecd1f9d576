"""Sweeps: what shops owe and is payable, in few and large transfers, into the books of those it is owed to.

So the platform's book is written to once for many orders, and no sale ever waits for another shop's.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from shuke.earnings import commissions
from shuke.earnings.commissions import Taken
from shuke.earnings.settlement import sql
from shuke.earnings.settlement.rules import AVAILABLE, OWED, owed_fee, sums
from shuke.earnings.settlement.types import SweepBook, SweptFees
from shuke.kit import clock
from shuke.kit.db import Db, transaction
from shuke.kit.events import Later, emit
from shuke.kit.ids import PLATFORM, home_of, new_id
from shuke.money import ledger
from shuke.money.ledger import Move, Transfer
from shuke.society import identity

MAX_BOOKS = 1000
MAX_FEES = 1000


async def sweep(db: Db, shop_id: UUID, until: datetime) -> int:
    """Pay what a shop owes and is payable by `until`; answers how many debts were paid, each of them once for good.

    The platform's fees are payable when they are settled, a person's share after the return window. Trusts its caller.
    """
    count = 0
    while swept := await sweep_some(db, home_of(shop_id), until):
        count += swept
    return count


async def sweep_some(db: Db, home: int, until: datetime) -> int:
    """Sweep at most 1,000 fees and 1,000 shares of the book of `home`, all or nothing; answers how many."""
    now, sweep_id = clock.now(), new_id(home)
    async with transaction(db):
        fees = await sql.TAKE_FEES.all(db, home, until, now, sweep_id, MAX_FEES)
        shares = await commissions.take_payable(db, home, until, sweep_id, now)
        to_persons = await _to_persons(db, shares, sweep_id, now)
        # Last, because all shops meet in the platform's book.
        transfers = [*_to_platform(fees, sweep_id, now), *to_persons]
        await ledger.transfer_all(db, [(home, target, transfer) for target, transfer in transfers])
    return len(fees) + len(shares)


async def sweep_book(db: Db, home: int) -> None:
    """Sweep one batch of what is payable now, and order the next when there may be more."""
    if await sweep_some(db, home, clock.now()) >= min(MAX_FEES, commissions.MAX_TAKEN):
        await emit(db, SweepBook(home))


async def find_due_books(db: Db) -> None:
    """Order a sweep of every book that owes something payable now; at most 1,000, the others in a minute."""
    now = clock.now()
    homes = {*await sql.DUE_HOMES.all(db, now, MAX_BOOKS), *await commissions.due_homes(db, now, MAX_BOOKS)}
    await emit(db, *(Later(SweepBook(home), now, dedupe=f"settlement.sweep:{home}") for home in sorted(homes)))


def sweep_at(home: int, payable_at: datetime) -> Later:
    """A sweep when the hour of `payable_at` is over: one for all orders of a book and hour, in the time the order lives in."""
    hour = payable_at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return Later(SweepBook(home), hour, dedupe=f"settlement.sweep:{clock.timeline_name()}:{home}:{hour:%Y%m%d%H}")


def _to_platform(swept: Sequence[SweptFees], sweep_id: UUID, at: datetime) -> list[tuple[int, Transfer]]:
    kinds = sorted({fee.kind for each in swept for fee in each.fees})
    moves = [
        Move(owed_fee(kind), f"revenue:{kind}", amount)
        for kind in kinds
        for amount in sums([fee.amount for each in swept for fee in each.fees if fee.kind == kind])
        if amount.amount
    ]
    return [(PLATFORM, Transfer("sweep", f"{sweep_id} platform", moves, at))] if moves else []


async def _to_persons(db: Db, taken: Sequence[Taken], sweep_id: UUID, at: datetime) -> list[tuple[int, Transfer]]:
    # Whoever merged with somebody since is paid as the one they are now.
    people = sorted({each.person_id for each in taken})
    cards = await identity.by_ids(db, people) if people else {}
    transfers: list[tuple[int, Transfer]] = []
    for person_id in people:
        amounts = [amount for amount in sums([each.amount for each in taken if each.person_id == person_id]) if amount.amount]
        if amounts:
            target = home_of(cards[person_id].id if person_id in cards else person_id)
            moves = [Move(f"{OWED}person:{person_id}", AVAILABLE, amount) for amount in amounts]
            transfers.append((target, Transfer("sweep", f"{sweep_id} {person_id}", moves, at)))
    return transfers
