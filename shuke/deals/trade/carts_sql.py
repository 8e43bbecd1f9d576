"""Every statement of carts."""

from shuke.deals.trade.types import CartLine
from shuke.kit.db import Query, Statement

# The first free of 200 places; two that race for one place meet at the unique index, and the later one updates nothing.
PUT = Query(
    bool,
    """
    with changed as (
        update trade.carts set quantity = $4, put_at = $5
        where home = $1 and person_id = $2 and sku_id = $3
        returning true as done),
    put as (
        insert into trade.carts (home, person_id, sku_id, quantity, place, put_at)
        select $1, $2, $3, $4, min(free.place), $5
        from generate_series(1, 200) as free(place)
        where not exists (select from changed) and not exists (
            select from trade.carts c where c.home = $1 and c.person_id = $2 and c.place = free.place)
        having min(free.place) is not null
        on conflict do nothing
        returning true as done)
    select done from changed union all select done from put""",
)
TAKE = Statement("delete from trade.carts where home = $1 and person_id = $2 and sku_id = any($3::uuid[])")
CART = Query(
    CartLine,
    "select {cols} from trade.carts where home = $1 and person_id = $2 order by put_at desc, sku_id limit 200",
)
