"""Every statement of commissions."""

from shuke.earnings.commissions.types import Earning, EarningsTotal, Share, Taken, Unpaid, Unswept
from shuke.kit.db import Query, Statement
from shuke.kit.proofs import Finding

ACCRUE = Statement("""
    with given as (
        select person_home, person_id, role, level, base, rate_bps, amount, reduced
        from unnest($8::bigint[], $9::uuid[], $10::text[], $11::smallint[],
                    $12::bigint[], $13::integer[], $14::bigint[], $15::bigint[])
            as given(person_home, person_id, role, level, base, rate_bps, amount, reduced)),
    accrued as (
        insert into commissions.accruals (home, order_id, role, level, person_id, base, rate_bps, amount, reduced, currency,
            accrued_at, payable_at)
        select $1, $2, role, level, person_id, base, rate_bps, amount, reduced, $5, $6, $7 from given)
    insert into commissions.earnings (home, order_id, role, level, person_id, shop_id, buyer_id, amount, reduced, currency,
        accrued_at, payable_at)
    select person_home, $2, role, level, person_id, $3, $4, amount, reduced, $5, $6, $7 from given""")

SHARES_OF_ORDER = Query(
    Share,
    """
    select {cols} from commissions.accruals where home = $1 and order_id = $2
    order by role desc, level""",
)

# Two sweeps lock in one order: the second waits for the first, and then finds nothing that is not swept.
TAKE_PAYABLE = Query(
    Taken,
    """
    with due as materialized (
        select home, order_id, role, level from commissions.accruals
        where home = $1 and swept_at is null and payable_at <= $2
        order by payable_at, order_id, role, level limit $5
        for no key update)
    update commissions.accruals a set swept_at = $3, sweep_id = $4
    from due d
    where (a.home, a.order_id, a.role, a.level) = (d.home, d.order_id, d.role, d.level) and a.swept_at is null
    returning {cols:a}""",
)
MARK_PAID = Statement("""
    update commissions.earnings e set paid_at = $1
    from unnest($2::bigint[], $3::uuid[], $4::text[], $5::smallint[]) as swept(home, order_id, role, level)
    where e.home = swept.home and e.order_id = swept.order_id and e.role = swept.role and e.level = swept.level
    and e.paid_at is null""")

DUE_HOMES = Query(
    int,
    """
    select distinct home from commissions.accruals
    where swept_at is null and payable_at <= $1
    order by home limit $2""",
    fan_out="which books owe something now",
)
UNSWEPT = Query(
    Unswept,
    """
    select home, person_id, sum(amount)::bigint as amount, currency from commissions.accruals
    where swept_at is null group by home, person_id, currency""",
    fan_out="a proof reads every shop",
)

_STATE = "case when paid_at is not null then 'paid' when payable_at <= $3 then 'payable' else 'accrued' end"
_EARNINGS = f"""
    select order_id, role, level, shop_id, buyer_id, amount, reduced, {_STATE} as state, accrued_at, payable_at,
           paid_at, currency
    from commissions.earnings
    where home = any($1::bigint[]) and person_id = any($2::uuid[])"""

EARNINGS = Query(
    Earning,
    f"""{_EARNINGS}
    and ($4::timestamptz is null or (accrued_at, order_id, role, level) < ($4, $5::uuid, $6::text, $7::smallint))
    order by accrued_at desc, order_id desc, role desc, level desc limit $8""",
)
TOTALS = Query(
    EarningsTotal,
    """
    select count(distinct order_id) as orders,
           coalesce(sum(amount) filter (where paid_at is null and payable_at > $3), 0)::bigint as accrued,
           coalesce(sum(amount) filter (where paid_at is null and payable_at <= $3), 0)::bigint as payable,
           coalesce(sum(amount) filter (where paid_at is not null), 0)::bigint as paid,
           currency
    from commissions.earnings
    where home = any($1::bigint[]) and person_id = any($2::uuid[])
    group by currency order by currency""",
)

UNPAID = Query(
    Unpaid,
    """
    select sum(amount)::bigint as amount, max(payable_at) as payable_at, currency
    from commissions.earnings
    where home = $1 and person_id = $2 and paid_at is null
    group by currency having sum(amount) > 0 order by currency""",
)

STANDS_AT_BOTH = Query(
    Finding,
    """
    select count(*) as checked,
           count(*) filter (where not is_sound) as broken,
           min(order_id::text) filter (where not is_sound) as example
    from (
        select coalesce(a.order_id, e.order_id) as order_id,
               a.order_id is not null and e.order_id is not null
               and (a.amount, a.reduced, a.currency, a.payable_at) = (e.amount, e.reduced, e.currency, e.payable_at)
               and a.swept_at is not distinct from e.paid_at as is_sound
        from commissions.accruals a
        full join commissions.earnings e using (order_id, role, level, person_id)) as each""",
    fan_out="a proof reads every shop and person",
)

TWO_SHARERS = Query(
    Finding,
    """
    select count(*) as checked,
           count(*) filter (where not is_sound) as broken,
           min(order_id::text) filter (where not is_sound) as example
    from (
        select order_id, count(*) <= 2 and count(distinct person_id) = count(*) and max(level) <= 2 as is_sound
        from commissions.accruals where role = 'sharer' group by home, order_id) as each""",
    fan_out="a proof reads every shop",
)
