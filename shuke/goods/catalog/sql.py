"""Statements on products and SKUs."""

from uuid import UUID

from shuke.goods.catalog.rules import MEDIA
from shuke.goods.catalog.types import DEFAULT_RATE_BPS, ForSale, PriceChange, Product, SkuCode
from shuke.kit.db import Query, Statement

# The rate in effect is the highest version whose instant has come.
_RATE = """
    left join lateral (
        select r.rate_bps, r.version from catalog.category_rates r
        where r.category_id = p.category_id and r.effective_at <= {now}
        order by r.version desc limit 1) r on true"""

FOR_SALE = Query(
    ForSale,
    f"""
    select s.id, p.shop_id, p.id as product_id, s.code, p.title, s.options, '{MEDIA}' || p.images[1] as cover, s.price,
           s.weight_g, p.category_id, coalesce(r.rate_bps, {DEFAULT_RATE_BPS}) as rate_bps,
           coalesce(r.version, 0) as rate_version, p.commission_bps, p.is_virtual,
           p.state = 'listed' and s.retired_at is null as is_listed, s.currency
    from unnest($1::bigint[], $2::uuid[]) as asked(home, id)
    join catalog.skus s using (home, id)
    join catalog.products p on p.home = s.home and p.id = s.product_id
    {_RATE.format(now="$3")}""",
)

_SKUS = """
    (select coalesce(jsonb_agg(jsonb_build_object(
         'id', s.id, 'code', s.code, 'options', s.options,
         'price', jsonb_build_object('amount', s.price, 'currency', s.currency),
         'weight_g', s.weight_g, 'is_retired', s.retired_at is not null) order by s.position), '[]')
     from catalog.skus s where s.home = p.home and s.product_id = p.id) as skus"""
_PRODUCT = f"""
    p.id, p.shop_id, p.title, p.description, p.category_id, p.state, p.images, p.options, p.commission_bps, p.is_virtual,
    p.source_handle, p.created_at, p.revised_at, p.listed_at, {_SKUS}"""

PRODUCTS = Query(
    Product,
    f"""
    select {_PRODUCT}
    from unnest($1::bigint[], $2::uuid[]) as asked(home, id)
    join catalog.products p using (home, id)
    order by p.id""",
)

# Whoever changes a product or one of its SKUs holds its row first, and reads it in a statement after this one: so its card is
# always made from what was committed last.
LOCK_PRODUCT = Query(
    UUID,
    "select id from catalog.products where home = $1 and id = $2 and shop_id = $3 for no key update",
)

LOCK_NEXT = Query(
    UUID,
    """
    select id from catalog.products where home = $1 and shop_id = $2 and ($3::uuid is null or id > $3)
    order by id limit $4 for no key update""",
)

ADD_PRODUCTS = Statement("""
    with added as (
        insert into catalog.products (home, id, shop_id, title, description, category_id, state, images, options,
                                      commission_bps, is_virtual, source_handle, created_at, revised_at, listed_at)
        select $1, id, $2, title, description, category_id, state, images, options,
               commission_bps, is_virtual, source_handle, $5::timestamptz, $5, case when state = 'listed' then $5 end
        from jsonb_to_recordset($3) as r(id uuid, title text, description text, category_id uuid, state text, images text[],
             options text[], commission_bps integer[], is_virtual boolean, source_handle text))
    insert into catalog.skus (home, id, product_id, code, options, price, currency, weight_g, position, source_code, created_at)
    select $1, id, product_id, code, options, price, currency, weight_g, position, source_code, $5
    from jsonb_to_recordset($4) as r(id uuid, product_id uuid, code text, options jsonb, price bigint, currency text,
         weight_g integer, position integer, source_code text)""")

REVISE_PRODUCT = Statement("""
    update catalog.products
    set title = $3, description = $4, category_id = $5, images = $6, commission_bps = $7, is_virtual = $8, state = $9,
        listed_at = case when $9 = 'listed' then coalesce(listed_at, $10) else listed_at end, revised_at = $10
    where home = $1 and id = $2""")

REVISE_SKU = Statement("""
    update catalog.skus set price = $3, weight_g = $4, retired_at = case when $5::timestamptz is null then null
                                                                        else coalesce(retired_at, $5) end
    where home = $1 and id = $2""")

TOUCH_PRODUCT = Statement("update catalog.products set revised_at = $3 where home = $1 and id = $2")

PRODUCT_OF_SKU = Query(
    UUID,
    """
    select p.id from catalog.skus s join catalog.products p on p.home = s.home and p.id = s.product_id
    where s.home = $1 and s.id = $2 and p.shop_id = $3""",
)

NOTE_PRICES = Statement("""
    insert into catalog.price_history (home, id, sku_id, old_price, price, currency, changed_by, changed_at)
    select $1, id, sku_id, old_price, price, currency, $3, $4
    from jsonb_to_recordset($2) as r(id uuid, sku_id uuid, old_price bigint, price bigint, currency text)""")

PRICES_OF_SKU = Query(
    PriceChange,
    """
    select {cols} from catalog.price_history
    where home = $1 and sku_id = $2 and ($3::timestamptz is null or (changed_at, id) < ($3, $4))
    order by changed_at desc, id desc limit $5""",
)

SKUS_BY_CODE = Query(
    SkuCode,
    """
    select distinct on (code) code, id from catalog.skus
    where home = $1 and (code = any($2) or source_code = any($2))
    order by code, source_code nulls last, retired_at nulls first, created_at, id""",
)
