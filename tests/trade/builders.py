"""Orders to test with, brought to where a test begins by the same use cases as everybody's."""

from datetime import datetime
from uuid import uuid4

import msgspec

from shuke.deals import fulfilment, trade
from shuke.deals.fulfilment import ShipmentAsk
from shuke.deals.trade import DeliveryAsk, LineAsk, Order, OrderAsk, Placed
from shuke.goods.catalog import Product
from shuke.goods.stock import SkuId
from shuke.kit import clock, jobs
from shuke.kit.actor import Actor
from shuke.kit.db import Db, read
from shuke.money import payments
from shuke.money.payments import PaidNotice
from shuke.society import identity, shares
from shuke.society.identity import AddressAsk
from shuke.society.shares import ShareAsk, TargetRef
from tests.catalog.builders import a_listed_product
from tests.shops.builders import AnOpenShop, a_person, an_open_shop


async def drain(db: Db, timeline: clock.Timeline, until: datetime | None = None) -> None:
    """Play what the platform has to do; nobody calls the cashier, which is not there."""
    await jobs.drain(db, timeline, until, leave_outside_of=["payments"])


class Cast(msgspec.Struct, frozen=True):
    """Ana buys, Bao sells tea, Chi shares. The tea costs 69.00 and there are 100 of it."""

    ana: Actor
    ana_home: identity.AddressId
    bao: Actor
    chi: Actor
    shop: AnOpenShop
    tea: Product

    @property
    def sku_id(self) -> SkuId:
        """The tea's only SKU."""
        return self.tea.skus[0].id


async def a_cast(db: Db, *, price: int = 6900, stock: int = 100, **ask: object) -> Cast:
    """A buyer with an address, a shop that sells tea, and somebody who shares it."""
    ana, chi = await a_person(db, "Ana"), await a_person(db, "Chi")
    shop = await an_open_shop(db)
    tea = await a_listed_product(db, shop, price=price, stock=stock, **ask)
    return Cast(ana, await an_address(db, ana), shop.owner, chi, shop, tea)


async def an_address(db: Db, actor: Actor) -> identity.AddressId:
    """Where somebody lives."""
    ask = AddressAsk("林安娜", "13800000001", ["浙江省", "杭州市", "西湖区"], "龙井路 1 号")
    return (await identity.add_address(db, actor, ask)).id


async def placed_by(db: Db, cast: Cast, quantity: int = 1, buyer: Actor | None = None, **ask: object) -> Placed:
    """An order of the tea, not paid yet; `ask` overrides fields of OrderAsk."""
    address = cast.ana_home if buyer is None else await an_address(db, buyer)
    whole = OrderAsk([LineAsk(cast.sku_id, quantity)], DeliveryAsk("express", address))
    whole = msgspec.structs.replace(whole, **ask)
    return await trade.place(db, buyer or cast.ana, uuid4().hex, whole)


async def pay(db: Db, timeline: clock.Timeline, placed: Placed) -> None:
    """The sandbox's notice arrives, and everybody who must hear of it does."""
    notice = PaidNotice(placed.payment.id, 1, uuid4().hex, placed.payment.amount, uuid4().hex)
    await payments.capture(db, "sandbox", notice)
    await drain(db, timeline)


async def a_placed_order(db: Db, cast: Cast, quantity: int = 1, **ask: object) -> Order:
    """Ana's order of the tea, not paid yet."""
    placed = await placed_by(db, cast, quantity, **ask)
    return await read(db, trade.order(cast.ana, placed.orders[0].id))


async def a_paid_order(db: Db, timeline: clock.Timeline, cast: Cast, quantity: int = 1, **ask: object) -> Order:
    """Ana's order of the tea, paid."""
    placed = await placed_by(db, cast, quantity, **ask)
    await pay(db, timeline, placed)
    return await read(db, trade.order(cast.ana, placed.orders[0].id))


async def a_shipped_order(db: Db, timeline: clock.Timeline, cast: Cast, quantity: int = 1, **ask: object) -> Order:
    """Ana's order of the tea, on its way."""
    order = await a_paid_order(db, timeline, cast, quantity, **ask)
    await fulfilment.ship(db, cast.bao, None, cast.shop.id, order.id, ShipmentAsk("express", uuid4().hex))
    await drain(db, timeline)
    return await read(db, trade.order(cast.ana, order.id))


async def a_completed_order(db: Db, timeline: clock.Timeline, cast: Cast, quantity: int = 1, **ask: object) -> Order:
    """Ana's order of the tea, received."""
    order = await a_shipped_order(db, timeline, cast, quantity, **ask)
    await trade.receive(db, cast.ana, order.id)
    await drain(db, timeline)
    return await read(db, trade.order(cast.ana, order.id))


async def a_share_of(db: Db, sharer: Actor, product: Product, parent: str | None = None) -> str:
    """The code of somebody's link to a product."""
    link = await shares.share(db, sharer, ShareAsk(TargetRef("product", product.id), "chat", parent=parent))
    return link.code
