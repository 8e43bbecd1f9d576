import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from shuke.deals import fulfilment, trade
from shuke.deals.fulfilment import ParcelLine, ShipmentAsk, TrackingEvent
from shuke.deals.trade import LineAsk, Status
from shuke.kit import clock
from shuke.kit.db import Db, Pool, borrowed, read
from tests.catalog.builders import a_sku
from tests.shops.builders import an_open_shop
from tests.trade.builders import a_cast, a_paid_order, a_shipped_order, drain, placed_by


async def test_an_order_goes_in_several_parcels(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db, skus=[a_sku("one"), a_sku("two")])
    lines = [LineAsk(sku.id, 2) for sku in cast.tea.skus]
    order = await a_paid_order(db, timeline, cast, lines=lines)

    await fulfilment.ship(
        db, cast.bao, None, cast.shop.id, order.id, ShipmentAsk("express", "A1", [ParcelLine(1, 2), ParcelLine(2, 1)])
    )
    assert (await read(db, trade.order(cast.ana, order.id))).status is Status.PARTLY_SHIPPED
    timeline.advance(hours=1)
    await fulfilment.ship(db, cast.bao, None, cast.shop.id, order.id, ShipmentAsk("express", "A2"))

    seen = await fulfilment.order(db, cast.ana, order.id)
    assert seen.status is Status.SHIPPED
    assert [(parcel.tracking_number, [(line.line, line.quantity) for line in parcel.lines]) for parcel in seen.parcels] == [
        ("A1", [(1, 2), (2, 1)]),
        ("A2", [(2, 1)]),
    ]


@pytest.mark.parametrize("line", [ParcelLine(1, 3), ParcelLine(2, 1)], ids=["more than was bought", "no such line"])
async def test_what_was_not_bought_is_not_shipped(db: Db, timeline: clock.Timeline, line: ParcelLine):
    cast = await a_cast(db)
    order = await a_paid_order(db, timeline, cast, 2)

    with pytest.raises(trade.OrderNotShippable):
        await fulfilment.ship(db, cast.bao, None, cast.shop.id, order.id, ShipmentAsk("express", "A1", [line]))

    assert await read(db, fulfilment.parcels_of([order.id])) == []


async def test_an_unpaid_order_and_another_shop_s_order_are_not_shipped(db: Db, timeline: clock.Timeline):
    cast, other = await a_cast(db), await an_open_shop(db, "Eve")
    unpaid = await placed_by(db, cast)
    paid = await a_paid_order(db, timeline, cast)

    for actor, shop_id, order_id in ((cast.bao, cast.shop.id, unpaid.orders[0].id), (other.owner, other.id, paid.id)):
        with pytest.raises(trade.OrderNotShippable):
            await fulfilment.ship(db, actor, None, shop_id, order_id, ShipmentAsk("express", "A1"))


async def test_two_clerks_who_ship_at_once_ship_everything_once(pool: Pool, timeline: clock.Timeline):
    async with borrowed(pool) as db:
        cast = await a_cast(db)
        order = await a_paid_order(db, timeline, cast, 6)

    async def ship() -> bool:
        async with borrowed(pool) as db:
            try:
                ask = ShipmentAsk("express", uuid4().hex, [ParcelLine(1, 1)])
                await fulfilment.ship(db, cast.bao, None, cast.shop.id, order.id, ask)
            except trade.OrderNotShippable:
                return False
            return True

    assert sum(await asyncio.gather(*[ship() for _ in range(12)])) == 6
    async with borrowed(pool) as db:
        seen = await fulfilment.order(db, cast.ana, order.id)
        assert (seen.status, seen.lines[0].shipped, len(seen.parcels)) == (Status.SHIPPED, 6, 6)


async def test_a_parcel_counts_as_received_after_ten_days(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    order = await a_shipped_order(db, timeline, cast)

    await drain(db, timeline, clock.now() + timedelta(days=9, hours=23))
    assert (await read(db, trade.order(cast.ana, order.id))).status is Status.SHIPPED
    await drain(db, timeline, clock.now() + timedelta(hours=2))

    assert (await read(db, trade.order(cast.ana, order.id))).status is Status.COMPLETED


async def test_the_courier_tells_where_a_parcel_is(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    order = await a_shipped_order(db, timeline, cast)

    await drain(db, timeline, clock.now() + timedelta(days=3))

    (parcel,) = (await fulfilment.order(db, cast.ana, order.id)).parcels
    assert [event.kind for event in parcel.timeline] == ["delivered", "out_for_delivery", "in_transit", "in_transit", "shipped"]
    assert parcel.delivered_at == parcel.timeline[0].at


async def test_the_same_number_is_one_parcel_and_the_same_news_is_told_once(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    order = await a_paid_order(db, timeline, cast, 2)
    parcel = await fulfilment.ship(
        db, cast.bao, "key", cast.shop.id, order.id, ShipmentAsk("express", "A1", [ParcelLine(1, 1)])
    )

    again = await fulfilment.ship(db, cast.bao, "key", cast.shop.id, order.id, ShipmentAsk("express", "A1", [ParcelLine(1, 1)]))
    assert again == parcel
    with pytest.raises(fulfilment.ParcelKnown):
        await fulfilment.ship(db, cast.bao, None, cast.shop.id, order.id, ShipmentAsk("express", "A1"))


async def test_news_of_a_parcel_is_told_by_its_shop_only(db: Db, timeline: clock.Timeline):
    cast, other = await a_cast(db), await an_open_shop(db, "Eve")
    order = await a_shipped_order(db, timeline, cast)
    (parcel,) = await read(db, fulfilment.parcels_of([order.id]))
    event = TrackingEvent(clock.now(), "delivered", "杭州")

    with pytest.raises(fulfilment.ParcelMissing):
        await fulfilment.track(db, other.owner, other.id, parcel.id, event)
    for _ in range(2):
        told = await fulfilment.track(db, cast.bao, cast.shop.id, parcel.id, event)

    assert [each.kind for each in told.timeline].count("delivered") == 1
