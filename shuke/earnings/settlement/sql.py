"""Every statement of settlement."""

from uuid import UUID

from shuke.earnings.settlement.types import Expected, Released, Settlement, SweptFees
from shuke.kit.db import Query
from shuke.kit.proofs import Finding

SETTLE = Query(
    UUID,
    """
    insert into settlement.settlements (home, order_id, shop_id, paid, refunds, shop, fees, shares, currency,
        tech_fee_bps, ceiling_bps, settled_at, release_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    on conflict do nothing
    returning order_id""",
)

SETTLEMENT = Query(
    Settlement,
    "select {cols} from settlement.settlements where home = $1 and order_id = $2 and shop_id = $3",
)

RELEASE = Query(
    Released,
    """
    update settlement.settlements set released_at = $3
    where home = $1 and order_id = $2 and released_at is null and release_at <= $3
    returning {cols}""",
)

# Two sweeps lock in one order: the second waits for the first, and then finds nothing that is not swept.
TAKE_FEES = Query(
    SweptFees,
    """
    with due as materialized (
        select home, order_id from settlement.settlements
        where home = $1 and fees_swept_at is null and settled_at <= $2
        order by settled_at, order_id limit $5
        for no key update)
    update settlement.settlements s set fees_swept_at = $3, sweep_id = $4
    from due d
    where (s.home, s.order_id) = (d.home, d.order_id) and s.fees_swept_at is null
    returning {cols:s}""",
)

DUE_HOMES = Query(
    int,
    """
    select distinct home from settlement.settlements
    where fees_swept_at is null and settled_at <= $1
    order by home limit $2""",
    fan_out="which books owe something now",
)

EXPECTED = Query(
    Expected,
    """
    select home, 'pending' as account, sum(shop)::bigint as amount, currency
    from settlement.settlements where released_at is null group by home, currency
    union all
    select home, 'owed:platform:' || (fee->>'kind'), sum((fee->'amount'->>'amount')::bigint)::bigint, currency
    from settlement.settlements cross join lateral jsonb_array_elements(fees) as fee
    where fees_swept_at is null group by home, fee->>'kind', currency""",
    fan_out="a proof reads every shop",
)

HOMES = Query(int, "select distinct home from settlement.settlements", fan_out="a proof reads every shop")

_FEES = """
    cross join lateral (
        select coalesce(sum((fee->'amount'->>'amount')::bigint), 0)::bigint as fees,
               coalesce(min((fee->'amount'->>'amount')::bigint), 0) as least
        from jsonb_array_elements(s.fees) as fee) as taken"""

ADDS_UP = Query(
    Finding,
    f"""
    select count(*) as checked,
           count(*) filter (where not is_sound) as broken,
           min(order_id::text) filter (where not is_sound) as example
    from (
        select order_id, paid = shop + taken.fees + shares + refunds and least >= 0 as is_sound
        from settlement.settlements s {_FEES}) as each""",
    fan_out="a proof reads every shop",
)

UNDER_THE_CEILING = Query(
    Finding,
    f"""
    select count(*) as checked,
           count(*) filter (where not is_sound) as broken,
           min(order_id::text) filter (where not is_sound) as example
    from (
        select order_id, (taken.fees + shares)::numeric * 10000 <= (paid - refunds)::numeric * ceiling_bps as is_sound
        from settlement.settlements s {_FEES}) as each""",
    fan_out="a proof reads every shop",
)
