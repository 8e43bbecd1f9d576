"""Every statement of stock."""

from shuke.goods.stock.types import OnHand, Returned, Sold, SupplyRow
from shuke.kit.db import Query, Statement, Write
from shuke.kit.proofs import Finding

SET_AVAILABLE = Statement("""
    insert into stock.supplies as had (home, sku_id, location_id, supplied)
    select home, sku_id, location_id, quantity
    from unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::bigint[]) as wanted(home, sku_id, location_id, quantity)
    order by home, sku_id, location_id
    on conflict (home, sku_id, location_id) do update
    set supplied = had.reserved + had.sold + excluded.supplied""")

# A SKU is known here since the catalogue made it, at the home of its shop: nobody supplies what is another's.
PUT_AVAILABLE = Statement("""
    insert into stock.supplies as had (home, sku_id, location_id, supplied)
    select $1, $2, $3, $4::bigint
    where exists (select from stock.supplies where home = $1 and sku_id = $2)
    on conflict (home, sku_id, location_id) do update
    set supplied = had.reserved + had.sold + excluded.supplied""")

ON_HAND = Query(
    OnHand,
    """
    select {cols} from stock.supplies
    where home = any($1::bigint[]) and sku_id = any($2::uuid[])
    order by available desc""",
)

SOLD = Query(
    Sold,
    """
    select sku_id, sum(sold)::bigint as sold from stock.supplies
    where (home, sku_id) in (select home, sku_id from unnest($1::bigint[], $2::uuid[]) as asked(home, sku_id))
    group by sku_id""",
)

SUPPLIES_OF_SHOP = Query(
    SupplyRow,
    """
    select {cols} from stock.supplies
    where home = $1 and ($2::uuid is null or (sku_id, location_id) > ($2, $3))
    order by sku_id, location_id limit $4""",
)

# The rows are locked in one order before they are changed: an update from a list may take them in any.
_LOCKED = """
        select s.home, s.sku_id, s.location_id
        from stock.supplies s join {wanted} w using (home, sku_id, location_id)
        order by s.home, s.sku_id, s.location_id
        for no key update of s"""
_OF_LOCKED = """
        from {locked} l join {wanted} w using (home, sku_id, location_id)
        where (s.home, s.sku_id, s.location_id) = (l.home, l.sku_id, l.location_id)"""

# The constraints are the guard: nothing is available below zero, and what was never supplied is reserved as the nothing that
# no reservation may be.
RESERVE = Write(
    wanted="""
        select home, order_id, sku_id, location_id, quantity
        from unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[])
            as asked(home, order_id, sku_id, location_id, quantity)""",
    locked=_LOCKED,
    held="""
        insert into stock.reservations (home, order_id, sku_id, location_id, quantity, status, made_at)
        select home, order_id, sku_id, location_id, case when l.home is null then 0 else quantity end, 'reserved', $6
        from {wanted} w left join {locked} l using (home, sku_id, location_id)""",
    reserved=f"""
        update stock.supplies s set reserved = s.reserved + w.quantity {_OF_LOCKED}""",
)

SELL = Write(
    wanted="""
        update stock.reservations set status = 'sold'
        where home = $1 and order_id = $2 and status = 'reserved'
        returning home, sku_id, location_id, quantity""",
    locked=_LOCKED,
    sold=f"""
        update stock.supplies s set reserved = s.reserved - w.quantity, sold = s.sold + w.quantity {_OF_LOCKED}""",
)

RELEASE = Write(
    wanted="""
        update stock.reservations set status = 'released'
        where home = $1 and order_id = $2 and status = 'reserved'
        returning home, sku_id, location_id, quantity""",
    locked=_LOCKED,
    released=f"""
        update stock.supplies s set reserved = s.reserved - w.quantity {_OF_LOCKED}""",
)

GIVE_BACK = Query(
    Returned,
    """
    with theirs as (
        update stock.reservations set returned = returned + $4
        where home = $1 and order_id = $2 and sku_id = $3 and status = 'sold' and returned + $4 <= quantity
        returning home, sku_id, location_id, returned)
    update stock.supplies s set sold = s.sold - $4
    from theirs t
    where (s.home, s.sku_id, s.location_id) = (t.home, t.sku_id, t.location_id)
    returning s.sku_id, t.returned""",
)

# History is a fact: where an import sold more than was supplied, the supply must have been larger.
SELL_IMPORTED = Statement("""
    with wanted as (
        select home, order_id, sku_id, location_id, quantity
        from unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[])
            as asked(home, order_id, sku_id, location_id, quantity)),
    held as (
        insert into stock.reservations (home, order_id, sku_id, location_id, quantity, status, made_at)
        select home, order_id, sku_id, location_id, quantity, 'sold', $6 from wanted)
    insert into stock.supplies as had (home, sku_id, location_id, supplied, sold)
    select home, sku_id, location_id, quantity, quantity from wanted
    order by home, sku_id, location_id
    on conflict (home, sku_id, location_id) do update
    set sold = had.sold + excluded.sold,
        supplied = greatest(had.supplied, had.reserved + had.sold + excluded.sold)""")

IDENTITY = Query(
    Finding,
    """
    select count(*) as checked,
           count(*) filter (where not is_sound) as broken,
           min(sku_id::text) filter (where not is_sound) as example
    from (
        select sku_id, available >= 0 and reserved >= 0 and sold >= 0 and reserved + sold + available = supplied as is_sound
        from stock.supplies) as each""",
    fan_out="a proof reads every shop",
)

RESERVATIONS_AGREE = Query(
    Finding,
    """
    select count(*) as checked,
           count(*) filter (where not is_sound) as broken,
           min(sku_id::text) filter (where not is_sound) as example
    from (
        select s.sku_id, s.reserved = coalesce(r.reserved, 0) and s.sold = coalesce(r.sold, 0) as is_sound
        from stock.supplies s left join (
            select home, sku_id, location_id,
                   sum(quantity) filter (where status = 'reserved') as reserved,
                   sum(quantity - returned) filter (where status = 'sold') as sold
            from stock.reservations group by home, sku_id, location_id
        ) r using (home, sku_id, location_id)) as each""",
    fan_out="a proof reads every shop",
)
