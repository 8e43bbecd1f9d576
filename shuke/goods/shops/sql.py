"""Every statement of shops, but for those of their people."""

from datetime import datetime
from uuid import UUID

from shuke.goods.shops.types import (
    Delivering,
    FreightTemplate,
    Location,
    MerchantRow,
    Shop,
    ShopCard,
    ShopReview,
)
from shuke.kit.db import Query, Statement
from shuke.kit.proofs import Finding

MAKE_MERCHANT = Query(
    MerchantRow,
    """
    insert into shops.merchants (home, id, owner_id, kind, legal_name_sealed, licence_sealed, payout_sealed, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    returning {cols}""",
)

MERCHANT_OF_OWNER = Query(
    MerchantRow,
    "select {cols} from shops.merchants where home = $1 and id = $2 and owner_id = any($3::uuid[])",
)

MERCHANTS_OF_OWNER = Query(
    MerchantRow,
    """
    select {cols} from shops.merchants
    where home = any($1::bigint[]) and owner_id = any($2::uuid[])
    order by id limit 200""",
)

MERCHANT = Query(MerchantRow, "select {cols} from shops.merchants where home = $1 and id = $2")

# Other particulars are another licence: what an operator verified no longer holds.
REVISE_MERCHANT = Query(
    MerchantRow,
    """
    update shops.merchants
    set legal_name_sealed = coalesce($4, legal_name_sealed),
        licence_sealed = coalesce($5, licence_sealed),
        payout_sealed = coalesce($6, payout_sealed),
        verified_at = case when $4 is null and $5 is null then verified_at end,
        verified_by = case when $4 is null and $5 is null then verified_by end
    where home = $1 and id = $2 and owner_id = any($3::uuid[])
    returning {cols}""",
)

VERIFY_MERCHANT = Query(
    MerchantRow,
    """
    update shops.merchants set verified_at = $3, verified_by = $4
    where home = $1 and id = $2 and licence_sealed is not null
    returning {cols}""",
)

STALE_MERCHANTS = Query(
    MerchantRow,
    """
    select {cols} from shops.merchants
    where substring(legal_name_sealed for 4) <> $1 or substring(licence_sealed for 4) <> $1
       or substring(payout_sealed for 4) <> $1
    order by id limit 500""",
    fan_out="the renewal of sealed fields after a rotation reads every home",
)

# Only what was read is replaced: an owner's revision in between wins.
RESEAL_MERCHANT = Statement("""
    update shops.merchants set legal_name_sealed = $6, licence_sealed = $7, payout_sealed = $8
    where home = $1 and id = $2 and legal_name_sealed is not distinct from $3
      and licence_sealed is not distinct from $4 and payout_sealed is not distinct from $5""")

OPEN_SHOP = Query(
    Shop,
    """
    insert into shops.shops
        (home, id, merchant_id, owner_id, name, kind, state, story, cover, city, currency, search, opened_at, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, array_to_tsvector($12::text[]),
            case when $7 = 'open' then $13::timestamptz end, $13)
    returning {cols}""",
)

REVISE_SHOP = Query(
    Shop,
    """
    update shops.shops
    set name = coalesce($3, name), story = coalesce($4, story),
        cover = nullif(coalesce($5, cover), ''), city = coalesce($6, city),
        guide_cap_bps = coalesce($7, guide_cap_bps), search = coalesce(array_to_tsvector($8::text[]), search)
    where home = $1 and id = $2
    returning {cols}""",
)

SHOP = Query(Shop, "select {cols} from shops.shops where home = $1 and id = $2")

# In review a shop is seen by its staff and by operators only; a held or closed one still answers for what it sold.
SHOP_SEEN = Query(
    Shop,
    "select {cols} from shops.shops where home = $1 and id = $2 and (state <> 'in_review' or $3)",
)

CARDS = Query(
    ShopCard,
    "select {cols} from shops.shops where (home, id) in (select h, i from unnest($1::bigint[], $2::uuid[]) as of(h, i))",
)

# Held until the end of the caller's transaction: what is written by a shop's name and state is written before they change.
HELD_CARD = Query(ShopCard, "select {cols} from shops.shops where home = $1 and id = $2 for share")

HAS_OTHER_NAME = Query(bool, "select name <> $3 as is_other from shops.shops where home = $1 and id = $2 for no key update")

OPEN_SHOPS = Query(
    ShopCard,
    """
    select {cols} from shops.shops
    where state = 'open' and ($1::text is null or search @@ $1::text::tsquery)
      and ($2::timestamptz is null or (opened_at, id) < ($2, $3))
    order by opened_at desc, id desc limit $4""",
    fan_out="the public list of shops",
)

SHOPS_IN_STATE = Query(
    Shop,
    """
    select {cols} from shops.shops
    where state = $1 and ($2::uuid is null or id > $2)
    order by id limit $3""",
    fan_out="the operators' list",
)

FIRST_SHOP = Query(
    UUID,
    "select id from shops.shops where currency = $1 and state = 'open' order by id limit 1",
    fan_out="an import that names no shop takes the first",
)

DELIVERING = Query(
    Delivering,
    """
    select s.id, s.owner_id, s.name, s.state, s.currency, l.id as default_location_id,
           array(
               select p.id from shops.locations p
               where p.home = s.home and p.shop_id = s.id and p.pickup and p.closed_at is null
               order by p.id limit 200) as pickup_location_ids,
           f.rules as freight
    from shops.shops s
    join shops.locations l on l.home = s.home and l.shop_id = s.id and l.is_default
    join shops.freight_templates f on f.home = s.home and f.shop_id = s.id and f.is_default
    where s.home = any($1::bigint[])""",
)

# Held until the end of the caller's transaction: the cap cannot sink below a rate that is being set.
GUIDE_CAP = Query(int, "select guide_cap_bps from shops.shops where home = $1 and id = $2 for share")

SET_STATE = Query(
    datetime,
    """
    with changed as (
        update shops.shops
        set state = $3, appealed_at = null,
            opened_at = case when $3 = 'open' then coalesce(opened_at, $8) else opened_at end
        where home = $1 and id = $2 and state = any($4::text[])
        returning home, id, state)
    insert into shops.reviews (home, id, shop_id, kind, state, by_id, why, at)
    select home, $5, id, 'state', state, $6, $7, $8 from changed
    returning at""",
)

APPEAL = Query(
    datetime,
    """
    with appealed as (
        update shops.shops set appealed_at = $6
        where home = $1 and id = $2 and state in ('held', 'closed') and appealed_at is null
        returning home, id, state)
    insert into shops.reviews (home, id, shop_id, kind, state, by_id, why, at)
    select home, $3, id, 'appeal', state, $4, $5, $6 from appealed
    returning at""",
)

REVIEWS = Query(
    ShopReview,
    """
    select {cols} from shops.reviews
    where home = $1 and shop_id = $2 and ($3::timestamptz is null or (at, id) < ($3, $4))
    order by at desc, id desc limit $5""",
)

SET_STANDING = Query(int, "update shops.shops set standing = $3 where home = $1 and id = $2 returning standing")

ADD_LOCATION = Query(
    Location,
    """
    insert into shops.locations (home, id, shop_id, name, kind, region, street, country, pickup, is_default, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    returning {cols}""",
)

REVISE_LOCATION = Query(
    Location,
    """
    update shops.locations
    set name = coalesce($4, name), region = coalesce($5::text[], region), street = coalesce($6, street),
        country = coalesce($7, country), pickup = coalesce($8, pickup), is_default = is_default or $9
    where home = $1 and shop_id = $2 and id = $3 and closed_at is null
    returning {cols}""",
)

CLOSE_LOCATION = Query(
    UUID,
    """
    update shops.locations set closed_at = $4
    where home = $1 and shop_id = $2 and id = $3 and closed_at is null and not is_default
    returning id""",
)

HAS_LOCATION = Query(
    bool,
    "select true from shops.locations where home = $1 and id = $3 and shop_id = $2 and closed_at is null",
)

LOCATIONS = Query(
    Location,
    """
    select {cols} from shops.locations
    where home = $1 and shop_id = $2 and closed_at is null and ($3::uuid is null or id > $3)
    order by id limit $4""",
)

# Whoever names another default waits here for whoever does the same.
HOLD_SHOP = Query(str, "select kind from shops.shops where home = $1 and id = $2 for no key update")
NO_DEFAULT_LOCATION = Statement("""
    update shops.locations set is_default = false
    where home = $1 and shop_id = $2 and is_default""")
NO_DEFAULT_TEMPLATE = Statement("""
    update shops.freight_templates set is_default = false
    where home = $1 and shop_id = $2 and is_default""")

ADD_TEMPLATE = Query(
    FreightTemplate,
    """
    insert into shops.freight_templates (home, id, shop_id, name, is_default, rules, created_at)
    values ($1, $2, $3, $4, $5, $6, $7)
    returning {cols}""",
)

REVISE_TEMPLATE = Query(
    FreightTemplate,
    """
    update shops.freight_templates set name = $4, rules = $5, is_default = is_default or $6
    where home = $1 and shop_id = $2 and id = $3
    returning {cols}""",
)

REMOVE_TEMPLATE = Query(
    UUID,
    "delete from shops.freight_templates where home = $1 and shop_id = $2 and id = $3 and not is_default returning id",
)

TEMPLATES = Query(
    FreightTemplate,
    """
    select {cols} from shops.freight_templates
    where home = $1 and shop_id = $2 and ($3::uuid is null or id > $3)
    order by id limit $4""",
)

READY_TO_SELL = Query(
    Finding,
    """
    select count(*) as checked, count(*) filter (where not is_sound) as broken,
           min(id::text) filter (where not is_sound) as example
    from (
        select s.id, exists (
                   select from shops.locations l where l.home = s.home and l.shop_id = s.id and l.is_default)
               and exists (
                   select from shops.freight_templates f where f.home = s.home and f.shop_id = s.id and f.is_default)
               and s.owners = (
                   select count(*) from shops.staff w
                   where w.home = s.home and w.shop_id = s.id and w.role = 'shop.owner' and w.ended_at is null) as is_sound
        from shops.shops s) as each""",
    fan_out="a proof reads every shop",
)
