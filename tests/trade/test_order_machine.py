"""Whatever people do to an order, in whatever order: its state follows the machine, and every book agrees."""

from datetime import timedelta
from uuid import uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuke.deals import fulfilment, trade
from shuke.deals.fulfilment import ParcelLine, ShipmentAsk
from shuke.deals.trade import PriceChangeAsk, Status
from shuke.goods import stock
from shuke.kit import clock, proofs
from shuke.kit.db import Db, read, transaction
from shuke.kit.errors import Refusal
from shuke.kit.ids import home_of
from shuke.money import ledger, payments
from shuke.money.payments import PaidNotice
from tests.trade.builders import Cast, a_cast, drain, placed_by

QUANTITY = 3
MAY_FOLLOW = {
    Status.PLACED: {Status.PAID, Status.CANCELLED},
    Status.PAID: {Status.PARTLY_SHIPPED, Status.SHIPPED, Status.CLOSED},
    Status.PARTLY_SHIPPED: {Status.SHIPPED},
    Status.SHIPPED: {Status.COMPLETED},
    Status.COMPLETED: set[Status](),
    Status.CANCELLED: set[Status](),
    Status.CLOSED: set[Status](),
}
DEEDS = st.sampled_from(["pay", "cancel", "ship one", "ship all", "receive", "half an hour", "ten days", "lower the price"])


async def do(db: Db, timeline: clock.Timeline, cast: Cast, order_id: trade.OrderId, deed: str) -> None:
    """One thing somebody does; a refusal changes nothing."""
    order = await read(db, trade.order(cast.ana, order_id))
    match deed:
        case "pay":
            paying = await payments.payment(db, cast.ana, payments.PaymentId(order.payment_id))
            await payments.capture(db, "sandbox", PaidNotice(paying.id, 1, str(paying.id), paying.amount, str(paying.id)))
            await drain(db, timeline)
        case "cancel":
            await trade.cancel(db, cast.ana, order_id)
        case "ship one":
            ask = ShipmentAsk("express", uuid4().hex, [ParcelLine(1, 1)])
            await fulfilment.ship(db, cast.bao, None, cast.shop.id, order_id, ask)
        case "ship all":
            await fulfilment.ship(db, cast.bao, None, cast.shop.id, order_id, ShipmentAsk("express", uuid4().hex))
        case "receive":
            await trade.receive(db, cast.ana, order_id)
        case "half an hour":
            await drain(db, timeline, clock.now() + timedelta(minutes=31))
        case "ten days":
            await drain(db, timeline, clock.now() + timedelta(days=10, minutes=1))
        case _:
            await trade.change_price(db, cast.bao, cast.shop.id, order_id, PriceChangeAsk(15000))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, min_size=1, max_size=9))
async def test_the_order_machine(db: Db, timeline: clock.Timeline, deeds: list[str]):
    cast = await a_cast(db)
    order_id = (await placed_by(db, cast, QUANTITY)).orders[0].id
    before = Status.PLACED

    for deed in deeds:
        try:
            async with transaction(db):
                await do(db, timeline, cast, order_id, deed)
        except Refusal:
            pass
        order = await read(db, trade.order(cast.ana, order_id))
        assert order.status is before or order.status in MAY_FOLLOW[before] | {
            later for next_one in MAY_FOLLOW[before] for later in MAY_FOLLOW[next_one]
        }
        before = order.status

    await drain(db, timeline)
    available = await stock.available(db, [cast.sku_id])
    is_over = order.status in (Status.CANCELLED, Status.CLOSED)
    assert available == {cast.sku_id: 100 if is_over else 100 - QUANTITY}
    held = (await ledger.balances(db, home_of(cast.shop.id))).get("escrow", [])
    if order.status in (Status.PAID, Status.PARTLY_SHIPPED, Status.SHIPPED):
        assert held == [order.total]
    for proof, finding in await proofs.verify(db):
        assert finding.broken == 0, (proof.sentence, finding.example)
