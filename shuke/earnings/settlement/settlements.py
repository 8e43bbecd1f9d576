"""Settlements: escrow is divided when a sale is done, and the shop's part is released a day later."""

from datetime import timedelta
from uuid import UUID

from shuke.deals import trade
from shuke.deals.trade import OrderForSettlement, Status
from shuke.earnings import commissions
from shuke.earnings.settlement import sql, sweeps
from shuke.earnings.settlement.rules import AVAILABLE, PENDING, divide, postings_of
from shuke.earnings.settlement.types import ReleaseOrder
from shuke.kit import clock, logs, settings
from shuke.kit.db import Db, transaction
from shuke.kit.events import Later, emit
from shuke.kit.ids import home_of
from shuke.kit.money import total
from shuke.money import ledger
from shuke.money.ledger import Entry, Posting

log = logs.named("settlement")


async def settle(db: Db, shop_id: UUID, order_id: UUID) -> bool:
    """Divide what was paid for a completed order, once; False when it is not completed or was settled. Trusts its caller."""
    order = await trade.order_for_settlement(db, shop_id, order_id)
    return order is not None and order.status is Status.COMPLETED and await settle_order(db, order)


async def settle_order(db: Db, order: OrderForSettlement) -> bool:
    """Divide what was paid for this order, once; False when that was done. Trusts its caller that it is completed."""
    now, terms, home = clock.now(), commissions.terms_now(), home_of(order.id)
    release_at = now + timedelta(days=settings.current().release_after_days)
    async with transaction(db):
        division = divide(await commissions.without_erased(db, order), terms)
        shared = total((share.amount for share in division.shares), division.paid.currency)
        settled = await sql.SETTLE.first(
            db,
            home,
            order.id,
            order.shop_id,
            division.paid.amount,
            division.refunds.amount,
            division.shop.amount,
            division.fees,
            shared.amount,
            division.paid.currency,
            terms.tech_fee_bps,
            terms.ceiling_bps,
            now,
            release_at,
        )
        if settled is None:
            return False
        await commissions.accrue(db, order, division.shares, now)
        payable_at = commissions.payable_at(order, now)
        await emit(
            db,
            Later(ReleaseOrder(order.id), release_at),
            sweeps.sweep_at(home, now),
            *([sweeps.sweep_at(home, payable_at)] if division.shares else []),
        )
        # Last, because all orders of a shop meet in its escrow.
        if postings := postings_of(division):
            await ledger.post(db, home, Entry("settlement", str(order.id), postings, now))
    for share in division.shares:
        if share.reduced.amount:
            log.warning("share_reduced", order_id=order.id, role=share.role, level=share.level, by=share.reduced.amount)
    return True


async def release(db: Db, order_id: UUID) -> bool:
    """Let the shop have its part of a settled order, once its time has come; False when it is not time, or was done."""
    home, now = home_of(order_id), clock.now()
    async with transaction(db):
        released = await sql.RELEASE.first(db, home, order_id, now)
        if released is not None and released.shop.amount:
            await ledger.post(db, home, Entry("release", str(order_id), [Posting(PENDING, AVAILABLE, released.shop)], now))
    return released is not None
