"""Orders that were placed elsewhere: the same writes, with agreed prices, in their own time."""

from uuid import UUID

from shuke.deals.trade import placements, rules, sql
from shuke.deals.trade.refusals import SkuUnknown
from shuke.deals.trade.rules import ShopBasket
from shuke.deals.trade.transitions import book_paid, to_pay
from shuke.deals.trade.types import Adjustment, Attribution, ImportedOrder, OrderId, QuoteLine
from shuke.goods import catalog, shops, stock
from shuke.goods.catalog import ForSale
from shuke.goods.shops import Delivering
from shuke.goods.stock import Hold, LocationId, SkuId
from shuke.kit.db import Db, last, read, together, transaction
from shuke.kit.ids import home_of, new_id
from shuke.kit.money import Money, total
from shuke.money import payments
from shuke.money.payments import Part

CHANNEL = "imported"


async def is_imported(db: Db, shop_id: UUID, source: str, external_number: str) -> bool:
    """Whether an order of another system is here already. Trusts its caller."""
    return await sql.IMPORTED.first(db, home_of(shop_id), source, external_number) is not None


async def place_imported(db: Db, ask: ImportedOrder) -> OrderId | None:
    """Record an order that was placed and paid elsewhere; None when it is here already. Trusts its caller.

    Unique by (shop, source, external number). Line prices are the agreed ones and may differ from the list price; a SKU may
    stand in several lines. The address is a country. Raises SkuUnknown.
    """
    home = home_of(ask.shop_id)
    if await sql.IMPORTED.first(db, home, ask.source, ask.external_number):
        return None
    sku_ids = {line.sku_id for line in ask.lines}
    skus, open_shops = await read(db, together(catalog.for_sale(sku_ids), shops.delivering([ask.shop_id])))
    for line in ask.lines:
        if line.sku_id not in skus:
            raise SkuUnknown(sku_id=line.sku_id)
    basket = _basket(ask, open_shops[ask.shop_id], skus)
    order_id = OrderId(new_id(home))
    async with transaction(db):
        parts = [Part(order_id, ask.shop_id, basket.total)]
        payment_id = await payments.record_imported(db, ask.buyer_id, parts, ask.paid_at)
        common = {
            "buyer_id": ask.buyer_id,
            "payment_id": payment_id,
            "channel": CHANNEL,
            "delivery_mode": "express",
            "region": [],
            "country": ask.country,
            "note": "",
            "origin": ask.source,
            "external_number": ask.external_number,
            "placed_at": ask.placed_at,
            "pay_by": ask.placed_at,
        }
        row = placements.order_row(common, order_id, basket, Attribution(entry=CHANNEL), ask.placed_at)
        await placements.write(db, ask.buyer_id, [row], {order_id: basket}, skus, None)
        (paid,) = await to_pay(db, payment_id, [order_id])
        await book_paid(db, paid, CHANNEL, ask.paid_at)
        await last(db, lambda: stock.sell_imported(db, _holds(order_id, basket)))
    return order_id


def _basket(ask: ImportedOrder, shop: Delivering, skus: dict[UUID, ForSale]) -> ShopBasket:
    nothing = Money(0, ask.currency)
    plain = [
        QuoteLine(
            number,
            line.sku_id,
            shop.id,
            skus[line.sku_id].title,
            skus[line.sku_id].options,
            skus[line.sku_id].cover,
            line.quantity,
            Money(line.unit_price, ask.currency),
            skus[line.sku_id].price,
            nothing,
            Money(line.unit_price * line.quantity, ask.currency),
        )
        for number, line in enumerate(ask.lines, 1)
    ]
    goods, discount = total((line.total for line in plain), ask.currency), Money(ask.discount, ask.currency)
    parts = rules.spread([line.total.amount for line in plain], ask.discount)
    lines = [rules.discounted(line, part) for line, part in zip(plain, parts, strict=True)]
    adjustments = [Adjustment(CHANNEL, nothing - discount, "shop", [line.line for line in lines])] if ask.discount else []
    return ShopBasket(shop, shop.default_location_id, lines, adjustments, goods, discount, Money(ask.freight, ask.currency))


def _holds(order_id: OrderId, basket: ShopBasket) -> list[Hold]:
    quantities: dict[UUID, int] = {}
    for line in basket.lines:
        quantities[line.sku_id] = quantities.get(line.sku_id, 0) + line.quantity
    return [Hold(order_id, SkuId(sku_id), LocationId(basket.location_id), quantity) for sku_id, quantity in quantities.items()]
