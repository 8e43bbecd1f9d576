from datetime import timedelta

import asyncpg
import pytest

from shuke.deals import trade
from shuke.deals.trade import DeliveryAsk, LineAsk, PriceChangeAsk, QuoteAsk, Status
from shuke.goods import regulars, stock
from shuke.goods.stock import SoldOut
from shuke.kit import clock
from shuke.kit.db import Db, Pool, borrowed, read
from shuke.kit.ids import home_of
from shuke.kit.money import Money
from shuke.money import ledger, payments
from shuke.money.payments import PaidNotice
from shuke.society import identity
from tests.catalog.builders import a_listed_product, a_sku
from tests.shops.builders import a_person, an_open_shop
from tests.trade.builders import (
    a_cast,
    a_completed_order,
    a_paid_order,
    a_placed_order,
    a_share_of,
    a_shipped_order,
    an_address,
    drain,
    pay,
    placed_by,
)


async def test_a_quote_explains_every_line_and_reserves_nothing(db: Db):
    cast = await a_cast(db)

    quote = await trade.quote(db, cast.ana, QuoteAsk([LineAsk(cast.sku_id, 2), LineAsk(cast.sku_id, 1)]))

    (line,) = quote.lines
    assert (line.quantity, line.unit_price, line.total) == (3, Money(6900, "CNY"), Money(20700, "CNY"))
    assert quote.total == Money(20700, "CNY") + quote.freight
    assert await stock.available(db, [cast.sku_id]) == {cast.sku_id: 100}


async def test_placing_holds_the_goods_and_freezes_the_address(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)

    order = await a_paid_order(db, timeline, cast, 3)

    assert await stock.available(db, [cast.sku_id]) == {cast.sku_id: 97}
    address = await trade.address_of(db, cast.bao, cast.shop.id, order.id)
    assert (address.recipient, address.phone, address.street) == ("林安娜", "+8613800000001", "龙井路 1 号")
    assert order.region == ["浙江省", "杭州市", "西湖区"]


async def test_orders_of_two_shops_are_paid_at_once_and_stand_alone(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    other = await an_open_shop(db, "Duo")
    cup = await a_listed_product(db, other, "青瓷杯", price=3900)

    placed = await placed_by(db, cast, lines=[LineAsk(cast.sku_id, 1), LineAsk(cup.skus[0].id, 2)])
    await pay(db, timeline, placed)

    assert placed.payment.amount == Money(6900 + 7800, "CNY")
    assert {order.shop_id: order.total.amount for order in placed.orders} == {cast.shop.id: 6900, other.id: 7800}
    for order in placed.orders:
        assert (await read(db, trade.order(cast.ana, order.id))).status is Status.PAID
        balances = await ledger.balances(db, home_of(order.shop_id))
        assert balances["escrow"] == [order.total]


async def test_nothing_is_written_when_one_shop_is_sold_out(db: Db):
    cast = await a_cast(db)
    scarce = await a_listed_product(db, cast.shop, "限量", stock=1)

    with pytest.raises(SoldOut):
        await placed_by(db, cast, lines=[LineAsk(cast.sku_id, 1), LineAsk(scarce.skus[0].id, 2)])

    assert await stock.available(db, [cast.sku_id, scarce.skus[0].id]) == {cast.sku_id: 100, scarce.skus[0].id: 1}
    assert (await trade.orders_of_buyer(db, cast.ana, None, 10)).items == []


async def test_an_unpaid_order_ends_after_half_an_hour_and_gives_the_goods_back(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    order = await a_placed_order(db, cast, 5)

    await drain(db, timeline, clock.now() + timedelta(minutes=31))

    assert (await read(db, trade.order(cast.ana, order.id))).status is Status.CANCELLED
    assert await stock.available(db, [cast.sku_id]) == {cast.sku_id: 100}


async def test_money_that_comes_after_the_end_goes_back_by_itself(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    placed = await placed_by(db, cast)
    await drain(db, timeline, clock.now() + timedelta(minutes=31))

    await payments.capture(db, "sandbox", PaidNotice(placed.payment.id, 1, "t", placed.payment.amount, "n"))

    assert (await read(db, trade.order(cast.ana, placed.orders[0].id))).status is Status.CANCELLED
    refunds = await db.fetch("select amount, status from payments.refunds where payment_id = $1", placed.payment.id)
    assert [(row["amount"], row["status"]) for row in refunds] == [(6900, "requested")]
    assert await ledger.balances(db, home_of(cast.shop.id)) == {}


async def test_a_notice_that_comes_three_times_changes_the_world_once(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    placed = await placed_by(db, cast)

    for _ in range(3):
        await payments.capture(db, "sandbox", PaidNotice(placed.payment.id, 1, "t", placed.payment.amount, "n"))
        await drain(db, timeline)

    assert (await ledger.balances(db, home_of(cast.shop.id)))["escrow"] == [Money(6900, "CNY")]
    assert await stock.sold(db, [cast.sku_id]) == {cast.sku_id: 1}


async def test_cancelling_one_of_two_unpaid_orders_asks_for_the_rest_only(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    other = await an_open_shop(db, "Duo")
    cup = await a_listed_product(db, other, "青瓷杯", price=3900)
    placed = await placed_by(db, cast, lines=[LineAsk(cast.sku_id, 1), LineAsk(cup.skus[0].id, 1)])
    tea, cups = placed.orders

    await trade.cancel(db, cast.ana, tea.id)

    rest = await read(db, trade.order(cast.ana, cups.id))
    assert (await read(db, trade.order(cast.ana, tea.id))).status is Status.CANCELLED
    assert rest.payment_id != placed.payment.id
    reissued = await payments.payment(db, cast.ana, rest.payment_id)
    assert reissued.amount == Money(3900, "CNY")
    await payments.capture(db, "sandbox", PaidNotice(rest.payment_id, 1, "t", reissued.amount, "n"))
    await drain(db, timeline)
    assert (await read(db, trade.order(cast.ana, cups.id))).status is Status.PAID


async def test_cancelling_a_paid_order_gives_goods_and_money_back(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    order = await a_paid_order(db, timeline, cast, 2)

    await trade.cancel(db, cast.ana, order.id)
    await trade.cancel(db, cast.ana, order.id)

    closed = await read(db, trade.order(cast.ana, order.id))
    assert (closed.status, closed.refunded) == (Status.CLOSED, closed.total)
    assert await stock.available(db, [cast.sku_id]) == {cast.sku_id: 100}
    refunds = await db.fetch("select amount from payments.refunds where payment_id = $1", order.payment_id)
    assert [row["amount"] for row in refunds] == [13800]


async def test_a_shipped_order_cannot_be_cancelled(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    order = await a_completed_order(db, timeline, cast)

    with pytest.raises(trade.OrderNotCancellable):
        await trade.cancel(db, cast.ana, order.id)


@pytest.mark.concurrent
async def test_an_order_is_not_completed_without_the_news_that_it_is(pool: Pool, timeline: clock.Timeline):
    async with borrowed(pool) as db:
        cast = await a_cast(db)
        order = await a_shipped_order(db, timeline, cast)
        await db.execute("alter table kit.jobs add constraint nothing_more check (kind is null) not valid")

        with pytest.raises(asyncpg.CheckViolationError):
            await trade.receive(db, cast.ana, order.id)

        assert (await read(db, trade.order(cast.ana, order.id))).status is Status.SHIPPED
        await db.execute("alter table kit.jobs drop constraint nothing_more")
        await trade.receive(db, cast.ana, order.id)
        assert (await read(db, trade.order(cast.ana, order.id))).status is Status.COMPLETED


async def test_the_first_completed_order_makes_a_regular(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)

    await a_completed_order(db, timeline, cast)

    (regular,) = (await regulars.regulars_of(db, cast.bao, cast.shop.id, None)).items
    assert (regular.person.id, regular.source) == (cast.ana.person, "order")


async def test_an_order_carries_its_path_from_the_link_opened_back_to_the_first(db: Db):
    cast = await a_cast(db, commission_bps=[800, 300])
    dee = await a_person(db, "Dee")
    first = await a_share_of(db, cast.chi, cast.tea)
    second = await a_share_of(db, dee, cast.tea, parent=first)

    order = await a_placed_order(db, cast, share_code=second)

    assert [(step.person_id, step.depth) for step in order.share_path] == [(dee.person, 1), (cast.chi.person, 0)]


async def test_a_circle_and_a_purchase_of_ones_own_share_pay_nobody(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db, commission_bps=[800, 300])
    own = await a_share_of(db, cast.ana, cast.tea)
    back = await a_share_of(db, cast.chi, cast.tea, parent=own)

    order = await a_completed_order(db, timeline, cast, share_code=back)

    settled = await trade.order_for_settlement(db, cast.shop.id, order.id)
    assert settled is not None and settled.attribution.payees == []


async def test_a_shop_lowers_the_price_of_an_unpaid_order_within_limits(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    order = await a_placed_order(db, cast, 2)

    changed = await trade.change_price(db, cast.bao, cast.shop.id, order.id, PriceChangeAsk(12000, "old friend"))

    assert (changed.discount, changed.total) == (Money(1800, "CNY"), Money(12000, "CNY"))
    assert [(each.kind, each.amount.amount, each.funded_by) for each in changed.adjustments] == [("shop_price", -1800, "shop")]
    assert (await payments.payment(db, cast.ana, changed.payment_id)).amount == Money(12000, "CNY")
    for goods in (6899, 12000, 12001):
        with pytest.raises(trade.PriceOutOfLimits):
            await trade.change_price(db, cast.bao, cast.shop.id, order.id, PriceChangeAsk(goods))


async def test_a_free_order_needs_no_channel(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db, price=0)

    placed = await placed_by(db, cast)
    await drain(db, timeline)

    assert (await read(db, trade.order(cast.ana, placed.orders[0].id))).status is Status.PAID


async def test_the_goods_of_a_free_order_are_sold_and_come_back_when_it_is_cancelled(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db, price=0)
    placed = await placed_by(db, cast, 3)
    assert await stock.sold(db, [cast.sku_id]) == {cast.sku_id: 3}

    await trade.cancel(db, cast.ana, placed.orders[0].id)

    assert await stock.sold(db, [cast.sku_id]) == {cast.sku_id: 0}
    assert await stock.available(db, [cast.sku_id]) == {cast.sku_id: 100}


async def test_virtual_goods_go_without_delivery_and_complete_after_two_days(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db, is_virtual=True)

    order = await a_paid_order(db, timeline, cast, delivery=DeliveryAsk("none"))
    assert order.status is Status.SHIPPED
    await drain(db, timeline, clock.now() + timedelta(days=2, minutes=1))

    assert (await read(db, trade.order(cast.ana, order.id))).status is Status.COMPLETED


async def test_somebody_else_finds_no_order(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    order = await a_paid_order(db, timeline, cast)
    stranger, other = await a_person(db, "Eve"), await an_open_shop(db, "Eve")

    for asking in (
        lambda: read(db, trade.order(stranger, order.id)),
        lambda: trade.cancel(db, stranger, order.id),
        lambda: trade.receive(db, stranger, order.id),
        lambda: trade.order_of_shop(db, other.owner, other.id, order.id),
        lambda: trade.address_of(db, other.owner, other.id, order.id),
    ):
        with pytest.raises(trade.OrderMissing):
            await asking()


@pytest.mark.parametrize("delivery", [DeliveryAsk("express"), DeliveryAsk("instant")])
async def test_what_is_carried_needs_an_address(db: Db, delivery: DeliveryAsk):
    cast = await a_cast(db)

    with pytest.raises(trade.AddressNeeded):
        await placed_by(db, cast, delivery=delivery)


async def test_an_address_of_somebody_else_is_not_used(db: Db):
    cast = await a_cast(db)
    theirs = await an_address(db, cast.chi)

    with pytest.raises(identity.AddressUnknown):
        await placed_by(db, cast, delivery=DeliveryAsk("express", theirs))


async def test_placing_takes_few_statements(db: Db, statements):
    cast = await a_cast(db, skus=[a_sku("one"), a_sku("two")])
    lines = [LineAsk(sku.id, 1) for sku in cast.tea.skus]
    await placed_by(db, cast, lines=lines)

    with statements(db, at_most=16):
        await placed_by(db, cast, lines=lines)
