from datetime import timedelta

from shuke.deals import trade
from shuke.kit import clock
from shuke.kit.db import Db, Pool, borrowed
from shuke.society import identity
from tests.trade.builders import a_cast, a_completed_order, drain


async def test_a_person_takes_their_orders_away(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    order = await a_completed_order(db, timeline, cast, note="please knock")
    await trade.put_in_cart(db, cast.ana, cast.sku_id, 2)

    export = await identity.export_me(db, cast.ana)

    kept = export.modules["trade"]
    assert [(each["number"], each["note"]) for each in kept["orders"]] == [(order.number, "please knock")]
    assert [each["quantity"] for each in kept["cart"]] == [2]


async def test_an_erased_persons_orders_keep_what_the_law_asks_and_lose_the_rest_after_three_years(
    pool: Pool, timeline: clock.Timeline
):
    from shuke.deals.trade import privacy

    async with borrowed(pool) as db:
        cast = await a_cast(db)
        order = await a_completed_order(db, timeline, cast, note="please knock")
        await trade.put_in_cart(db, cast.ana, cast.sku_id, 2)

        await privacy.erase_person(db, cast.ana.person)
        await drain(db, timeline, clock.now() + timedelta(days=3 * 365))
        kept = await db.fetchrow("select note, address_sealed, total from trade.orders where id = $1", order.id)
        assert (kept["note"], kept["address_sealed"] is not None) == ("please knock", True)
        assert await trade.cart_of(db, cast.ana) == []

        await drain(db, timeline, clock.now() + timedelta(days=5))
        left = await db.fetchrow("select note, address_sealed, total from trade.orders where id = $1", order.id)
        assert (left["note"], left["address_sealed"], left["total"]) == ("", None, kept["total"])
