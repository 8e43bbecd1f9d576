"""What happens to an order after it was placed: paid, held, released, shipped, completed. Each is one compare-and-set."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shuke.deals.trade import sql
from shuke.deals.trade.messages import OrderCompleted, OrderHeld, OrderPaid, OrderShipped
from shuke.deals.trade.refusals import OrderMissing, OrderNotReceivable, OrderNotShippable
from shuke.deals.trade.types import Status
from shuke.goods import catalog, regulars, stock
from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, read, transaction
from shuke.kit.events import emit
from shuke.kit.ids import home_of
from shuke.money import ledger
from shuke.money.ledger import Entry, Posting
from shuke.money.payments import PaymentCaptured
from shuke.society import shares

ESCROW = "escrow"


async def mark_paid(db: Db, captured: PaymentCaptured) -> None:
    """The money is there: each order is paid (or held), its goods are sold, its total is in the shop's escrow; once."""
    for paid in await to_pay(db, captured.payment_id, [part.reference for part in captured.parts]):
        await stock.sell(db, paid.id)
        await book_paid(db, paid, captured.channel, captured.captured_at)


async def to_pay(db: Db, payment_id: UUID, order_ids: Sequence[UUID]) -> list[sql.Paid]:
    """Those of the orders that wait for this payment, in the order of the ids."""
    found = await read(db, sql.TO_PAY.reading(list, [home_of(id) for id in order_ids], order_ids, payment_id))
    return sorted(found, key=lambda order: order_ids.index(order.id))


async def book_paid(db: Db, paid: sql.Paid, channel: str, paid_at: datetime) -> None:
    """Turn an order, put its money into escrow, count its sales and say so, before the commit. Trusts its caller.

    The commit raises Overtaken when the order does not wait for its payment any more.
    """
    await sql.MARK_PAID.put_off(db, home_of(paid.id), paid.id, paid.payment_id, paid.total.amount, paid_at)
    if paid.total.amount:
        entry = Entry("payment", str(paid.id), [Posting(f"clearing:{channel}", ESCROW, paid.total)])
        # A shop's escrow is one row that all its sales share.
        await ledger.post_last(db, home_of(paid.shop_id), entry)
    if paid.link_id:
        await shares.convert(db, paid.link_id, paid.id, paid.total)
    await catalog.count_sales(db, list(zip(paid.product_ids, paid.quantities, strict=True)))
    if paid.status is Status.HELD:
        assert paid.offer_id is not None and paid.held_for is not None
        await emit(db, OrderHeld(paid.id, paid.shop_id, paid.buyer_id, paid.held_for, paid.offer_id))
    else:
        await emit(db, OrderPaid(paid.id, paid.shop_id, paid.buyer_id, paid.total, paid.delivery_mode))


async def release(db: Db, order_id: UUID) -> bool:
    """What the order was held for has happened: it is to be shipped. False when it was not held. Trusts its caller, a play."""
    released = await sql.RELEASE.first(db, home_of(order_id), order_id)
    if released is None:
        return False
    await emit(db, OrderPaid(released.id, released.shop_id, released.buyer_id, released.total, released.delivery_mode))
    return True


async def mark_shipped(db: Db, shop_id: UUID, order_id: UUID, lines: Sequence[tuple[int, int]] | None) -> list[tuple[int, int]]:
    """Note what is on its way as (line, quantity); None means all that is left. Raises OrderNotShippable.

    Never more than was bought, whatever is shipped at the same time; held orders are not to be shipped. Trusts its caller.
    """
    home = home_of(order_id)
    if await sql.LOCK_TO_SHIP.first(db, home, order_id, shop_id) is None:
        raise OrderNotShippable(order_id=order_id)
    if lines is None:
        lines = [(left.line, left.quantity) for left in await sql.LINES_LEFT.all(db, home, order_id)]
    numbers, quantities = [line for line, _ in lines], [quantity for _, quantity in lines]
    if not lines or len(set(numbers)) != len(numbers):
        raise OrderNotShippable(order_id=order_id)
    shipped = await sql.MARK_SHIPPED.first(db, home, order_id, numbers, quantities, clock.now(), shop_id)
    if shipped is None:
        raise OrderNotShippable(order_id=order_id)
    is_complete = shipped.status is Status.SHIPPED
    await emit(db, OrderShipped(order_id, shipped.shop_id, shipped.buyer_id, is_complete, shipped.delivery_mode))
    return list(lines)


async def receive(db: Db, actor: Actor, order_id: UUID) -> None:
    """The buyer (or the one it was sent to) has it. Raises OrderMissing, OrderNotReceivable."""
    found = await sql.ORDER_OF_BUYER.first(db, home_of(order_id), order_id, list(actor.selves))
    if found is None:
        raise OrderMissing(order_id=order_id)
    # The news goes with it: an order that is completed and not told of would never be settled.
    async with transaction(db):
        is_new = await complete(db, order_id, clock.now())
    if not is_new and found.status is not Status.COMPLETED:
        raise OrderNotReceivable(order_id=order_id, state=found.status)


async def complete(db: Db, order_id: UUID, at: datetime) -> bool:
    """The sale is done, and the buyer a regular unless they declined. False when it was not on its way. Trusts its caller."""
    done = await sql.COMPLETE.first(db, home_of(order_id), order_id, at)
    if done is None:
        return False
    await regulars.welcome(db, done.shop_id, done.buyer_id, "order", done.guide_id)
    await emit(db, OrderCompleted(done.id, done.shop_id, done.buyer_id, at))
    return True
