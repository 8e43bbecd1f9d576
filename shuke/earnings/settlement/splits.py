"""Splits: how one order's money is divided, as its shop sees it."""

from uuid import UUID

from shuke.deals import trade
from shuke.earnings import commissions
from shuke.earnings.commissions import Share
from shuke.earnings.settlement import sql
from shuke.earnings.settlement.rules import divide
from shuke.earnings.settlement.types import Split, SplitShare
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.money import ledger, payments
from shuke.money.ledger import EntryView


async def split(db: Db, actor: Actor, shop_id: UUID, order_id: UUID) -> Split:
    """How the money of an order is divided, or will be; with its entries in the shop's book. Raises trade.OrderMissing."""
    actor.require("money.read", shop_id)
    order = await trade.order_for_settlement(db, shop_id, order_id)
    if order is None:
        raise trade.OrderMissing(order_id=order_id)
    entries = await _entries(db, order)
    settled = await sql.SETTLEMENT.first(db, home_of(order_id), order_id, shop_id)
    if settled is None:
        will_be = divide(await commissions.without_erased(db, order), commissions.terms_now())
        shares = _shown(will_be.shares)
        return Split(will_be.paid, will_be.shop, will_be.fees, shares, will_be.refunds, False, None, None, None, entries)
    return Split(
        paid=settled.paid,
        shop=settled.shop,
        fees=settled.fees,
        shares=_shown(await commissions.shares_of_order(db, order_id)),
        refunds=settled.refunds,
        settled=True,
        settled_at=settled.settled_at,
        release_at=settled.release_at,
        released_at=settled.released_at,
        entries=entries,
    )


def _shown(shares: list[Share]) -> list[SplitShare]:
    return [SplitShare(share.role, share.level, share.person_id, share.amount) for share in shares]


async def _entries(db: Db, order: trade.OrderForSettlement) -> list[EntryView]:
    refunds = await payments.refunds_of_part(db, order.payment_id, order.id) if order.refunded.amount else []
    references = [str(order.id), *(str(refund.id) for refund in refunds)]
    return await ledger.entries_of(db, home_of(order.id), references)
