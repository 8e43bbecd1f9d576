"""Accruals: what orders owe to those who brought them about, from completion until it is swept to their books."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from shuke.deals.trade import OrderForSettlement
from shuke.earnings.commissions import sql
from shuke.earnings.commissions.types import Share, Taken, Terms, Unswept
from shuke.kit import settings
from shuke.kit.actor import PersonId
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.society import identity

MAX_TAKEN = 1000


def terms_now() -> Terms:
    """The terms of this installation."""
    current = settings.current()
    return Terms(current.tech_fee_bps, current.commission_ceiling_bps)


async def without_erased(db: Db, order: OrderForSettlement) -> OrderForSettlement:
    """The order without payees who were erased since it was placed: what they would have earned stays with the shop.

    Nobody who is left is erased before the transaction ends, so an erasure finds what accrues to them. Trusts its caller.
    """
    payees = order.attribution.payees
    erased = await identity.erased_among(db, {payee.person_id for payee in payees}) if payees else set[PersonId]()
    if not erased:
        return order
    left = [payee for payee in payees if payee.person_id not in erased]
    return msgspec.structs.replace(order, attribution=msgspec.structs.replace(order.attribution, payees=left))


async def accrue(db: Db, order: OrderForSettlement, shares: Sequence[Share], at: datetime) -> None:
    """Note what an order owes to persons, payable when the return window is over. Trusts its caller to do so once."""
    if not shares:
        return
    await sql.ACCRUE.run(
        db,
        home_of(order.id),
        order.id,
        order.shop_id,
        order.buyer_id,
        order.total.currency,
        at,
        payable_at(order, at),
        [home_of(share.person_id) for share in shares],
        [share.person_id for share in shares],
        [share.role for share in shares],
        [share.level for share in shares],
        [share.base.amount for share in shares],
        [share.rate_bps for share in shares],
        [share.amount.amount for share in shares],
        [share.reduced.amount for share in shares],
    )


def payable_at(order: OrderForSettlement, at: datetime) -> datetime:
    """When what an order earned may be paid: when its buyer can no longer return it."""
    return (order.completed_at or at) + timedelta(days=settings.current().return_window_days)


async def shares_of_order(db: Db, order_id: UUID) -> list[Share]:
    """What a settled order owes or paid, first the sharers. Trusts its caller."""
    return await sql.SHARES_OF_ORDER.all(db, home_of(order_id), order_id)


async def take_payable(db: Db, home: int, until: datetime, sweep_id: UUID, at: datetime) -> list[Taken]:
    """Mark as swept what the shop of `home` owes and is payable by `until`, at most 1,000 accruals, each once for good.

    Trusts its caller to pay what it took in the same transaction.
    """
    taken = await sql.TAKE_PAYABLE.all(db, home, until, at, sweep_id, MAX_TAKEN)
    if taken:
        await sql.MARK_PAID.run(
            db,
            at,
            [home_of(each.person_id) for each in taken],
            [each.order_id for each in taken],
            [each.role for each in taken],
            [each.level for each in taken],
        )
    return taken


async def due_homes(db: Db, until: datetime, limit: int) -> list[int]:
    """The homes of shops that owe something payable by `until`."""
    return await sql.DUE_HOMES.all(db, until, limit)


async def unswept(db: Db) -> list[Unswept]:
    """What every shop still owes to each person, payable or not. Trusts its caller, a proof."""
    return await sql.UNSWEPT.all(db)
