"""Every statement of payments."""

from uuid import UUID

from shuke.kit.db import Query, Statement, Write
from shuke.kit.proofs import Finding
from shuke.money.payments.types import Payment, PaymentParts, RefundOrder, RefundRow, ToCapture

OPEN = Write(
    opened="""
        insert into payments.payments (
            home, id, payer_id, subject, amount, currency, status, channel, expires_at, query_at, created_at, captured_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)""",
    divided="""
        insert into payments.parts (home, payment_id, reference, shop_id, amount, currency)
        select $1, $2, reference, shop_id, amount, $6
        from unnest($13::uuid[], $14::uuid[], $15::bigint[]) as given(reference, shop_id, amount)""",
)

PAYMENT = Query(Payment, "select {cols} from payments.payments where home = $1 and id = $2")

PAYMENT_OF_PAYER = Query(
    Payment,
    "select {cols} from payments.payments where home = $1 and id = $2 and payer_id = any($3::uuid[])",
)

_AS_PART = "'reference', reference, 'shop_id', shop_id, 'amount', jsonb_build_object('amount', amount, 'currency', currency)"

PARTS = Query(
    PaymentParts,
    f"""
    select jsonb_agg(
        jsonb_build_object({_AS_PART}, 'refunded', jsonb_build_object('amount', refunded, 'currency', currency))
        order by reference) as parts
    from payments.parts where home = $1 and payment_id = $2""",
)

TO_CAPTURE = Query(
    ToCapture,
    f"""
    select payer_id, (
        select jsonb_agg(jsonb_build_object({_AS_PART}) order by reference)
        from payments.parts where home = $1 and payment_id = $2) as parts
    from payments.payments
    where home = $1 and id = $2 and status = 'pending' and channel = $3 and amount = $4 and currency = $5
      and not exists (select from payments.notices where channel = $3 and notice_id = $6::text)""",
)

# Nothing is captured twice: a notice that is not new changes nothing, and neither does a payment that is not pending.
CAPTURE = Write(
    must="captured",
    noticed="""
        insert into payments.notices (channel, notice_id, payment_id, received_at)
        select $3, $4, $2, $9 where $4::text is not null
        on conflict do nothing
        returning true""",
    captured="""
        update payments.payments set status = 'captured', attempt = $5, transaction_id = $6, captured_at = $9
        where home = $1 and id = $2 and status = 'pending' and channel = $3 and amount = $7 and currency = $8
          and ($4::text is null or exists (select from {noticed}))
        returning true""",
)

FAIL_ATTEMPT = Query(
    UUID,
    """
    with noticed as (
        insert into payments.notices (channel, notice_id, payment_id, received_at)
        select $3, $4, $2, $6 where $4::text is not null
        on conflict do nothing
        returning true)
    update payments.payments set attempt = attempt + 1
    where home = $1 and id = $2 and status = 'pending' and channel = $3 and attempt = $5 and attempt < $7
      and ($4::text is null or exists (select from noticed))
    returning payer_id""",
)

CLOSE = Query(
    str,
    """
    update payments.payments set status = 'closed', closed_at = $3
    where home = $1 and id = $2 and status = 'pending'
    returning channel""",
)

# A payment is asked about again when it is half as old again: after 3 minutes, 4.5, 7, 10, 15, ...
CLAIM_UNANSWERED = Query(
    UUID,
    """
    update payments.payments set query_at = $1::timestamptz + greatest($1 - created_at, interval '2 minutes') / 2
    where status = 'pending' and (home, id) in (
        select home, id from payments.payments
        where status = 'pending' and query_at <= $1
        order by query_at limit $2)
    returning id""",
    fan_out="the clock finds what is overdue at any home",
)

# The refund is written first and takes its amount of the part, whose constraint is the limit: a duplicate takes nothing.
REFUND = Query(
    UUID,
    """
    with asked as (
        insert into payments.refunds (
            home, id, payment_id, part_reference, reference, channel, payment_attempt, transaction_id,
            amount, currency, status, reason, requested_at)
        select home, $3, id, part.reference, $5, channel, attempt, transaction_id, $6, $7, 'requested', $8, $9
        from payments.payments join payments.parts part using (home, currency)
        where home = $1 and id = $2 and status = 'captured' and currency = $7
          and part.payment_id = $2 and part.reference = $4
        on conflict on constraint refunds_once do nothing
        returning home, id, payment_id, part_reference, amount)
    update payments.parts part set refunded = refunded + asked.amount
    from asked
    where part.home = asked.home and part.payment_id = asked.payment_id and part.reference = asked.part_reference
    returning asked.id""",
)

REFUNDS_OF_PART = Query(
    RefundRow,
    """
    select {cols} from payments.refunds
    where home = $1 and payment_id = $2 and part_reference = $3
    order by id""",
)

REFUND_BY_REFERENCE = Query(RefundRow, "select {cols} from payments.refunds where home = $1 and reference = $2")

RETURN_STRAY = Query(
    UUID,
    """
    insert into payments.refunds (
        home, id, payment_id, reference, channel, payment_attempt, transaction_id,
        amount, currency, status, reason, requested_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'requested', $10, $11)
    on conflict on constraint refunds_once do nothing
    returning id""",
)

TRY_REFUND = Query(
    RefundOrder,
    """
    update payments.refunds r set attempts = attempts + 1
    from payments.payments p
    where r.home = $1 and r.id = $2 and r.status = 'requested' and p.home = r.home and p.id = r.payment_id
    returning r.id, r.payment_id, r.payment_attempt, r.transaction_id, r.channel, r.amount,
              case when r.part_reference is null then r.amount else p.amount end as paid,
              r.reason, r.attempts, r.currency""",
)

SETTLE_REFUND = Query(
    RefundRow,
    """
    with settled as (
        update payments.refunds set status = $3, settled_at = $4
        where home = $1 and id = $2 and status = 'requested'
        returning home, id, payment_id, part_reference, reference, amount, currency, status, reason, requested_at, settled_at),
    freed as (
        update payments.parts part set refunded = part.refunded - settled.amount
        from settled
        where settled.status = 'failed' and part.home = settled.home
          and part.payment_id = settled.payment_id and part.reference = settled.part_reference)
    select {cols} from settled""",
)

REFUND_EXISTS = Query(UUID, "select payment_id from payments.refunds where home = $1 and id = $2")

NOTE = Statement(
    "insert into payments.notices (channel, notice_id, payment_id, received_at) values ($1, $2, $3, $4) on conflict do nothing"
)

PAYMENTS_OF = Query(
    Payment,
    "select {cols} from payments.payments where home = $1 and payer_id = $2 order by id desc limit 10000",
)

REFUNDS_OF = Query(
    RefundRow,
    "select {cols:r} from payments.refunds r join payments.payments p on p.home = r.home and p.id = r.payment_id "
    "where r.home = $1 and p.payer_id = $2 order by r.id desc limit 10000",
)

PARTS_ADD_UP = Query(
    Finding,
    """
    with sums as (
        select home, payment_id as id, sum(amount) as amount, min(currency) as least, max(currency) as greatest
        from payments.parts group by home, payment_id)
    select count(*) as checked,
           count(*) filter (where not is_sound) as broken,
           min(id::text) filter (where not is_sound) as example
    from (
        select id, coalesce(p.amount = s.amount and p.currency = least and p.currency = greatest, false) as is_sound
        from payments.payments p full join sums s using (home, id)) as each""",
    fan_out="a proof reads every payer",
)

REFUNDS_ADD_UP = Query(
    Finding,
    """
    with sums as (
        select home, payment_id, part_reference as reference, sum(amount) as amount from payments.refunds
        where status <> 'failed' and part_reference is not null group by home, payment_id, part_reference)
    select count(*) as checked,
           count(*) filter (where not is_sound) as broken,
           min(payment_id::text) filter (where not is_sound) as example
    from (
        select payment_id, coalesce(refunded = coalesce(s.amount, 0) and refunded <= p.amount, false) as is_sound
        from payments.parts p full join sums s using (home, payment_id, reference)) as each""",
    fan_out="a proof reads every payer",
)
