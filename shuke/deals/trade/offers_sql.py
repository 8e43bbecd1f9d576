"""Every statement of offers."""

from shuke.deals.trade.types import Offer
from shuke.kit.db import Query, Statement
from shuke.kit.proofs import Finding

OFFER = Statement("""
    insert into trade.offers
        (home, id, shop_id, sku_id, person_id, price, currency, max_quantity, expires_at, hold, origin, origin_id, made_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)""")

OFFER_FOR = Query(
    Offer,
    """
    select {cols} from trade.offers
    where home = $1 and id = $2 and (person_id is null or person_id = $3)
    and expires_at > $4 and ended_at is null and redeemed < max_quantity""",
)

REDEEM = Query(
    bool,
    """
    with theirs as (
        update trade.offers set redeemed = redeemed + $3
        where home = $1 and id = $2 and redeemed + $3 <= max_quantity and expires_at > $4 and ended_at is null
        returning home, id)
    insert into trade.redemptions (home, offer_id, order_id, quantity)
    select home, id, $5, $3 from theirs
    returning true""",
)

RESTORE = Statement("""
    with given as (
        update trade.redemptions set restored_at = $4
        where home = $1 and offer_id = $2 and order_id = $3 and restored_at is null
        returning quantity)
    update trade.offers set redeemed = redeemed - given.quantity from given where home = $1 and id = $2""")

END = Statement("update trade.offers set ended_at = $3 where home = $1 and id = $2 and ended_at is null")

REDEMPTIONS_AGREE = Query(
    Finding,
    """
    select count(*) as checked,
           count(*) filter (where o.redeemed <> coalesce(r.quantity, 0)) as broken,
           min(o.id::text) filter (where o.redeemed <> coalesce(r.quantity, 0)) as example
    from trade.offers o left join (
        select home, offer_id, sum(quantity) as quantity from trade.redemptions
        where restored_at is null group by home, offer_id) r on r.home = o.home and r.offer_id = o.id""",
    fan_out="a proof reads every shop",
)
