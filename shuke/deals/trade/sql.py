"""Every statement of orders; carts and offers have their own files."""

from datetime import datetime
from uuid import UUID

import msgspec

from shuke.deals.trade.types import Order, OrderForSettlement, OrderId, Status
from shuke.goods.shops import ShopId
from shuke.kit.actor import PersonId
from shuke.kit.db import Query, Statement, Write
from shuke.kit.money import Money
from shuke.kit.proofs import Finding
from shuke.money.payments import PaymentId
from shuke.society.shares import LinkId


class Turned(msgspec.Struct, frozen=True):
    """An order that changed its state just now."""

    id: OrderId
    shop_id: ShopId
    buyer_id: PersonId
    payment_id: PaymentId
    status: Status
    total: Money
    held_for: str | None
    offer_id: UUID | None
    link_id: LinkId | None
    delivery_mode: str


class Paid(Turned, frozen=True):
    """An order whose payment has come, as it is from then on, and how much of which products it holds."""

    product_ids: list[UUID]
    quantities: list[int]


class Received(msgspec.Struct, frozen=True):
    """An order that was completed just now, and the guide who is paid for it."""

    id: OrderId
    shop_id: ShopId
    buyer_id: PersonId
    guide_id: PersonId | None


class SoldLine(msgspec.Struct, frozen=True):
    """How much of a product an order holds."""

    order_id: UUID
    product_id: UUID
    sku_id: UUID
    quantity: int


class LineLeft(msgspec.Struct, frozen=True):
    """How much of a line is still to be shipped."""

    line: int
    quantity: int


class Standing(msgspec.Struct, frozen=True):
    """An unpaid order, as cancelling and price changes need it."""

    id: OrderId
    shop_id: ShopId
    buyer_id: PersonId
    number: str
    payment_id: PaymentId
    channel: str
    status: Status
    goods: Money
    discount: Money
    freight: Money
    total: Money
    offer_id: UUID | None
    pay_by: datetime


class AddressRow(msgspec.Struct, frozen=True):
    """A frozen address, still sealed."""

    buyer_id: PersonId
    address_sealed: bytes | None
    region: list[str]
    country: str


_TURNED = """id, shop_id, buyer_id, payment_id, status, total, held_for, offer_id,
        (attribution->>'link_id')::uuid as link_id, delivery_mode, currency"""

PLACE = Write(
    placed="""
        insert into trade.orders (home, id, number, shop_id, buyer_id, receiver_id, payment_id, channel, status, held_for,
            currency, goods, discount, freight, total, delivery_mode, location_id, region, country, address_sealed, note,
            offer_id, attribution, origin, external_number, placed_at, pay_by)
        select home, id, number, shop_id, buyer_id, receiver_id, payment_id, channel, 'placed', held_for,
            currency, goods, discount, freight, total, delivery_mode, location_id, region, country, $4, note,
            offer_id, attribution, origin, external_number, placed_at, pay_by
        from jsonb_populate_recordset(null::trade.orders, $1)
        returning buyer_id, id, shop_id, placed_at""",
    lined="""
        insert into trade.lines (home, order_id, line, sku_id, product_id, code, title, options, cover, quantity, unit_price,
            list_price, discount, currency, category_id, rate_bps, rate_version, commission_bps, is_virtual)
        select home, order_id, line, sku_id, product_id, code, title, options, cover, quantity, unit_price,
            list_price, discount, currency, category_id, rate_bps, rate_version, commission_bps, is_virtual
        from jsonb_populate_recordset(null::trade.lines, $2)""",
    adjusted="""
        insert into trade.adjustments (home, order_id, place, kind, amount, currency, funded_by, lines)
        select home, order_id, place, kind, amount, currency, funded_by, lines
        from jsonb_populate_recordset(null::trade.adjustments, $3)""",
    bought="""
        insert into trade.purchases (home, buyer_id, order_id, shop_id, placed_at)
        select $5, buyer_id, id, shop_id, placed_at from {placed}""",
)

IMPORTED = Query(
    UUID,
    "select id from trade.orders where home = $1 and origin = $2 and external_number = $3",
)

_MONEY = "jsonb_build_object('amount', {0}, 'currency', l.currency)"
_LINES = f"""
    cross join lateral (
        select jsonb_agg(jsonb_build_object(
            'line', line, 'sku_id', sku_id, 'product_id', product_id, 'title', title, 'options', options, 'cover', cover,
            'quantity', quantity, 'shipped', shipped,
            'unit_price', {_MONEY.format("unit_price")}, 'discount', {_MONEY.format("l.discount")},
            'total', {_MONEY.format("quantity * unit_price - l.discount")}) order by line) as lines
        from trade.lines l where l.home = o.home and l.order_id = o.id) as lined
    cross join lateral (
        select coalesce(jsonb_agg(jsonb_build_object(
            'kind', kind, 'amount', jsonb_build_object('amount', amount, 'currency', a.currency),
            'funded_by', funded_by, 'lines', lines) order by place), '[]') as adjustments
        from trade.adjustments a where a.home = o.home and a.order_id = o.id) as adjusted
    cross join lateral (
        select coalesce(jsonb_agg(jsonb_build_object(
            'person_id', person_id, 'depth', jsonb_array_length(attribution->'path') - place) order by place), '[]')
            as share_path
        from jsonb_array_elements_text(attribution->'path') with ordinality as steps(person_id, place)) as pathed"""

ORDER_OF_BUYER = Query(
    Order,
    f"""
    select {{cols}} from trade.orders o {_LINES}
    where home = $1 and id = $2 and (buyer_id = any($3) or receiver_id = any($3))""",
)
ORDER_OF_SHOP = Query(Order, f"select {{cols}} from trade.orders o {_LINES} where home = $1 and id = $3 and shop_id = $2")
PURCHASES = Query(
    UUID,
    """
    select order_id from trade.purchases
    where home = any($1::bigint[]) and buyer_id = any($2::uuid[])
    and ($3::timestamptz is null or (placed_at, order_id) < ($3, $4::uuid))
    order by placed_at desc, order_id desc limit $5""",
)
ORDERS_BY_ID = Query(
    Order,
    f"""
    select {{cols}} from trade.orders o {_LINES}
    where (home, id) in (select home, id from unnest($1::bigint[], $2::uuid[]) as asked(home, id))
    order by placed_at desc, id desc""",
)
ORDERS_OF_SHOP = Query(
    Order,
    f"""
    select {{cols}} from trade.orders o {_LINES}
    where home = $1 and shop_id = $2 and ($3::text is null or status = $3)
    and ($4::timestamptz is null or (placed_at, id) < ($4, $5::uuid))
    order by placed_at desc, id desc limit $6""",
)
ADDRESS = Query(
    AddressRow,
    """
    select {cols} from trade.orders
    where home = $1 and id = $2 and shop_id = $3 and status in ('paid', 'partly_shipped', 'shipped')""",
)

STANDING_OF_BUYER = Query(Standing, "select {cols} from trade.orders where home = $1 and id = $2 and buyer_id = any($3)")
STANDING_OF_SHOP = Query(Standing, "select {cols} from trade.orders where home = $1 and id = $2 and shop_id = $3")
STANDING_OF_PAYMENT = Query(
    Standing,
    """
    select {cols} from trade.orders
    where (home, id) in (select home, id from unnest($1::bigint[], $2::uuid[]) as asked(home, id))
    and payment_id = $3 and status = 'placed'
    order by home, id""",
)

TO_PAY = Query(
    Paid,
    """
    select id, shop_id, buyer_id, payment_id, case when held_for is null then 'paid' else 'held' end as status, total, held_for,
        offer_id, (attribution->>'link_id')::uuid as link_id, delivery_mode,
        array(select product_id from trade.lines l where l.home = o.home and l.order_id = o.id order by line) as product_ids,
        array(select quantity from trade.lines l where l.home = o.home and l.order_id = o.id order by line) as quantities,
        currency
    from trade.orders o
    where (home, id) in (select home, id from unnest($1::bigint[], $2::uuid[]) as asked(home, id))
        and payment_id = $3 and status = 'placed'""",
)
MARK_PAID = Write(
    must="turned",
    turned="""
        update trade.orders set paid_at = $5, status = case when held_for is null then 'paid' else 'held' end
        where home = $1 and id = $2 and payment_id = $3 and total = $4 and status = 'placed'
        returning true""",
)
RELEASE = Query(
    Turned,
    f"""
    update trade.orders set status = 'paid', held_for = null
    where home = $1 and id = $2 and status = 'held'
    returning {_TURNED}""",
)
CANCEL_UNPAID = Query(
    Turned,
    f"""
    update trade.orders set status = 'cancelled', cancelled_at = $3, reason = $4
    where home = $1 and id = $2 and status = 'placed'
    returning {_TURNED}""",
)
CLOSE_PAID = Query(
    Turned,
    f"""
    update trade.orders set status = 'closed', closed_at = $3, reason = $4, refunded = total
    where home = $1 and id = $2 and status = any($5) and refunded = 0
    returning {_TURNED}""",
)
REPAY = Statement("""
    update trade.orders set payment_id = $4
    where (home, id) in (select home, id from unnest($1::bigint[], $2::uuid[]) as asked(home, id))
    and payment_id = $3 and status = 'placed'""")
CHANGE_PRICE = Query(
    Turned,
    f"""
    with changed as (
        update trade.orders set discount = $3, total = goods - $3 + freight
        where home = $1 and id = $2 and status = 'placed' and discount = $4
        returning {_TURNED}),
    lined as (
        update trade.lines l set discount = new.discount
        from unnest($5::smallint[], $6::bigint[]) as new(line, discount), changed c
        where l.home = $1 and l.order_id = $2 and l.line = new.line),
    adjusted as (
        insert into trade.adjustments (home, order_id, place, kind, amount, currency, funded_by, lines)
        select $1, $2, (select count(*) from trade.adjustments where home = $1 and order_id = $2),
               'shop_price', $7, currency, 'shop', $5 from changed),
    noted as (
        insert into trade.price_changes (home, order_id, changed_at, changed_by, before, after, currency, reason)
        select $1, $2, $8, $9, $10, $11, currency, $12 from changed)
    select id, shop_id, buyer_id, payment_id, status, total, held_for, offer_id, link_id, delivery_mode, currency
    from changed""",
)

MARK_SHIPPED = Query(
    Turned,
    f"""
    with shipped as (
        update trade.lines l set shipped = l.shipped + wanted.quantity
        from unnest($3::smallint[], $4::bigint[]) as wanted(line, quantity)
        where l.home = $1 and l.order_id = $2 and l.line = wanted.line and l.shipped + wanted.quantity <= l.quantity
        returning l.line),
    rest as (
        select sum(l.quantity - l.shipped - coalesce(wanted.quantity, 0)) as quantity
        from trade.lines l left join unnest($3::smallint[], $4::bigint[]) as wanted(line, quantity) using (line)
        where l.home = $1 and l.order_id = $2)
    update trade.orders set
        status = case when rest.quantity = 0 then 'shipped' else 'partly_shipped' end,
        shipped_at = case when rest.quantity = 0 then $5::timestamptz end
    from rest
    where home = $1 and id = $2 and shop_id = $6 and status in ('paid', 'partly_shipped')
    and (select count(*) from shipped) = cardinality($3::smallint[])
    returning {_TURNED}""",
)
LOCK_TO_SHIP = Query(
    Status,
    """
    select status from trade.orders
    where home = $1 and id = $2 and shop_id = $3 and status in ('paid', 'partly_shipped')
    for no key update""",
)
COMPLETE = Query(
    Received,
    """
    update trade.orders set status = 'completed', completed_at = $3
    where home = $1 and id = $2 and status = 'shipped'
    returning id, shop_id, buyer_id, (
        select (payee->>'person_id')::uuid from jsonb_array_elements(attribution->'payees') as payee
        where payee->>'role' = 'guide') as guide_id""",
)
CHANNEL_OF_PAID = Query(
    str,
    "select channel from trade.orders where home = $1 and id = $2 and payment_id = $3 and paid_at is not null",
)
LINES_LEFT = Query(
    LineLeft,
    """
    select line, quantity - shipped as quantity from trade.lines
    where home = $1 and order_id = $2 and shipped < quantity order by line""",
)
SOLD_LINES = Query(
    SoldLine,
    """
    select order_id, product_id, sku_id, sum(quantity)::bigint as quantity from trade.lines
    where home = $1 and order_id = $2 group by order_id, product_id, sku_id order by sku_id""",
)

TO_SETTLE = Query(
    OrderForSettlement,
    """
    select {cols} from trade.orders o
    cross join lateral (
        select jsonb_agg(jsonb_build_object(
            'line', line, 'paid', quantity * unit_price - l.discount, 'rate_bps', rate_bps, 'rate_version', rate_version,
            'commission_bps', commission_bps) order by line) as lines
        from trade.lines l where l.home = o.home and l.order_id = o.id) as lined
    where home = $1 and id = $2 and shop_id = $3""",
)


class Totals(msgspec.Struct, frozen=True):
    """Completed orders of one currency; `goods` is what was paid for goods, in minor units."""

    currency: str
    orders: int
    goods: int


TOTALS = Query(
    Totals,
    """
    select currency, count(*) as orders, sum(goods - discount)::bigint as goods from trade.orders
    where status = 'completed' group by currency order by currency""",
    fan_out="the sum of all shops, for `shuke verify`",
)

HOLDING = Query(
    Finding,
    """
    select count(*) as checked,
           count(*) filter (where not is_sound) as broken,
           min(id::text) filter (where not is_sound) as example
    from (
        select coalesce(o.id, l.order_id) as id, coalesce(
            o.goods = l.goods and o.discount = l.discount and o.total = o.goods - o.discount + o.freight
            and (o.status <> 'completed' or l.to_ship = 0)
            and (o.status in ('placed', 'cancelled') or o.paid_at is not null), false) as is_sound
        from trade.orders o full join (
            select home, order_id, sum(quantity * unit_price) as goods,
                   sum(discount) as discount, sum(quantity - shipped) as to_ship
            from trade.lines group by home, order_id) l on l.home = o.home and l.order_id = o.id) as each""",
    fan_out="a proof reads every shop",
)
