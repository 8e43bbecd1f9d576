import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from shuke.deals import fulfilment, trade
from shuke.deals.fulfilment import ShipmentAsk
from shuke.deals.trade import DeliveryAsk, LineAsk, OfferTerms, OfferUnfit, OrderAsk, Status
from shuke.goods import stock
from shuke.goods.stock import SoldOut
from shuke.kit import clock, proofs
from shuke.kit.db import Db, Pool, borrowed, read
from shuke.kit.money import Money
from tests.shops.builders import a_person
from tests.trade.builders import Cast, a_cast, an_address, drain, pay, placed_by


def terms(cast: Cast, **more: object) -> OfferTerms:
    """Tea for 50.00, three of it, for a day."""
    plain: dict[str, object] = {
        "shop_id": cast.shop.id,
        "sku_id": cast.sku_id,
        "price": Money(5000, "CNY"),
        "max_quantity": 3,
        "expires_at": clock.now() + timedelta(days=1),
        "origin": "group_buy",
    }
    return OfferTerms(**(plain | more))  # type: ignore[arg-type]


async def test_an_offer_is_an_adjustment_that_the_shop_pays_for(db: Db):
    cast = await a_cast(db)
    offer_id = await trade.offer(db, terms(cast))

    placed = await placed_by(db, cast, 2, offer_id=offer_id)

    order = await read(db, trade.order(cast.ana, placed.orders[0].id))
    assert (order.goods.amount, order.discount.amount, order.total.amount) == (13800, 3800, 10000)
    (adjustment,) = order.adjustments
    assert (adjustment.kind, adjustment.amount.amount, adjustment.funded_by) == ("group_buy", -3800, "shop")


@pytest.mark.parametrize(
    "unfit",
    [{"max_quantity": 1}, {"expires_at": clock.now() - timedelta(days=9999)}, {"person_id": UUID(int=7)}],
    ids=["too few left", "over", "for somebody else"],
)
async def test_an_offer_that_does_not_fit_is_refused_and_nothing_is_written(db: Db, unfit: dict[str, object]):
    cast = await a_cast(db)
    offer_id = await trade.offer(db, terms(cast, **unfit))

    with pytest.raises(OfferUnfit):
        await placed_by(db, cast, 2, offer_id=offer_id)

    assert await stock.available(db, [cast.sku_id]) == {cast.sku_id: 100}


async def test_an_offer_of_another_shop_is_refused(db: Db):
    cast, other = await a_cast(db), await a_cast(db)
    offer_id = await trade.offer(db, terms(other))

    with pytest.raises(OfferUnfit):
        await placed_by(db, cast, offer_id=offer_id)


async def test_an_order_that_ends_unpaid_restores_its_offer(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    offer_id = await trade.offer(db, terms(cast))
    await placed_by(db, cast, 3, offer_id=offer_id)

    await drain(db, timeline, clock.now() + timedelta(minutes=31))

    again = await placed_by(db, cast, 3, offer_id=offer_id)
    assert again.orders[0].total == Money(15000, "CNY")


async def test_a_held_order_is_not_shipped_before_it_is_released(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    offer_id = await trade.offer(db, terms(cast, hold="until_released"))
    placed = await placed_by(db, cast, offer_id=offer_id)
    await pay(db, timeline, placed)
    order_id = placed.orders[0].id
    held = await read(db, trade.order(cast.ana, order_id))
    assert (held.status, held.held_for) == (Status.HELD, "group_buy")

    with pytest.raises(trade.OrderNotShippable):
        await fulfilment.ship(db, cast.bao, None, cast.shop.id, order_id, ShipmentAsk("express", "1"))
    assert await trade.release(db, order_id)
    assert not await trade.release(db, order_id)
    assert not await trade.cancel_held(db, order_id, "too late")

    await fulfilment.ship(db, cast.bao, None, cast.shop.id, order_id, ShipmentAsk("express", "1"))


async def test_a_held_order_whose_play_failed_goes_back(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    offer_id = await trade.offer(db, terms(cast, hold="until_released"))
    placed = await placed_by(db, cast, 3, offer_id=offer_id)
    await pay(db, timeline, placed)

    assert await trade.cancel_held(db, placed.orders[0].id, "the team was not full")
    assert not await trade.cancel_held(db, placed.orders[0].id, "again")

    closed = await read(db, trade.order(cast.ana, placed.orders[0].id))
    assert (closed.status, closed.refunded) == (Status.CLOSED, Money(15000, "CNY"))
    await placed_by(db, cast, 3, offer_id=offer_id)


async def test_a_quota_is_not_overrun_by_thirty_buyers(pool: Pool):
    async with borrowed(pool) as db:
        cast = await a_cast(db)
        offer_id = await trade.offer(db, terms(cast, max_quantity=7))
        buyers = [await a_person(db, f"Buyer {number}") for number in range(30)]
        homes = [await an_address(db, buyer) for buyer in buyers]

    async def buy(number: int) -> bool:
        ask = OrderAsk([LineAsk(cast.sku_id, 1)], DeliveryAsk("express", homes[number]), offer_id=offer_id)
        async with borrowed(pool) as db:
            try:
                await trade.place(db, buyers[number], uuid4().hex, ask)
            except OfferUnfit:
                return False
            return True

    assert sum(await asyncio.gather(*[buy(number) for number in range(30)])) == 7
    async with borrowed(pool) as db:
        for proof, finding in await proofs.verify(db):
            assert finding.broken == 0, (proof.sentence, finding.example)


async def test_the_same_key_buys_once_however_often_it_is_sent_at_once(pool: Pool):
    async with borrowed(pool) as db:
        cast = await a_cast(db)
    ask = OrderAsk([LineAsk(cast.sku_id, 1)], DeliveryAsk("express", cast.ana_home))

    async def buy() -> trade.OrderId:
        async with borrowed(pool) as db:
            return (await trade.place(db, cast.ana, "the key", ask)).orders[0].id

    assert len(set(await asyncio.gather(*[buy() for _ in range(8)]))) == 1
    async with borrowed(pool) as db:
        assert await stock.available(db, [cast.sku_id]) == {cast.sku_id: 99}


async def test_sixty_four_buyers_of_ten_leave_ten_orders(pool: Pool):
    async with borrowed(pool) as db:
        cast = await a_cast(db, stock=10)
        buyers = [await a_person(db, f"Buyer {number}") for number in range(64)]
        homes = [await an_address(db, buyer) for buyer in buyers]

    async def buy(number: int) -> bool:
        ask = OrderAsk([LineAsk(cast.sku_id, 1)], DeliveryAsk("express", homes[number]))
        async with borrowed(pool) as db:
            try:
                await trade.place(db, buyers[number], uuid4().hex, ask)
            except SoldOut:
                return False
            return True

    assert sum(await asyncio.gather(*[buy(number) for number in range(64)])) == 10
    async with borrowed(pool) as db:
        assert await stock.available(db, [cast.sku_id]) == {cast.sku_id: 0}
        assert await db.fetchval("select count(*) from trade.orders") == 10


async def test_paying_and_cancelling_at_the_same_moment_has_one_winner(pool: Pool, timeline: clock.Timeline):
    from shuke.money import payments
    from shuke.money.payments import PaidNotice

    async with borrowed(pool) as db:
        cast = await a_cast(db)
        several = [await placed_by(db, cast) for _ in range(12)]

    async def pay_it(placed: trade.Placed) -> None:
        async with borrowed(pool) as db:
            notice = PaidNotice(placed.payment.id, 1, uuid4().hex, placed.payment.amount, uuid4().hex)
            await payments.capture(db, "sandbox", notice)

    async def cancel_it(placed: trade.Placed) -> None:
        async with borrowed(pool) as db:
            try:
                await trade.cancel(db, cast.ana, placed.orders[0].id)
            except trade.OrderNotCancellable:
                return

    await asyncio.gather(*[deed(placed) for placed in several for deed in (pay_it, cancel_it)])

    async with borrowed(pool) as db:
        await drain(db, timeline)
        for placed in several:
            order = await read(db, trade.order(cast.ana, placed.orders[0].id))
            refunds = await db.fetchval("select count(*) from payments.refunds where payment_id = $1", placed.payment.id)
            assert (order.status, refunds) in ((Status.PAID, 0), (Status.CANCELLED, 1), (Status.CLOSED, 1))
        for proof, finding in await proofs.verify(db):
            assert finding.broken == 0, (proof.sentence, finding.example)
