"""Statements on categories and what the platform takes of them."""

from uuid import UUID

import msgspec

from shuke.goods.catalog.types import DEFAULT_RATE_BPS, CategoryId, CategoryRow, ProductId, Rate
from shuke.kit.db import Query, Statement


class CategoryFacts(msgspec.Struct, frozen=True):
    """What a product needs to know of its category: `top_rate_bps` is the highest rate from now on."""

    id: CategoryId
    names: list[str]
    top_rate_bps: int
    is_final: bool


class Breach(msgspec.Struct, frozen=True):
    """A product that would give away too much."""

    id: ProductId
    commission_bps: list[int]


PUT_CATEGORY = Query(
    UUID,
    """
    insert into catalog.categories as had (id, slug, parent_id, name_zh, name_en, is_sensitive, is_perishable,
                                           is_made_to_order, position)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (slug) do update
    set name_zh = excluded.name_zh, name_en = excluded.name_en, is_sensitive = excluded.is_sensitive,
        is_perishable = excluded.is_perishable, is_made_to_order = excluded.is_made_to_order, position = excluded.position
    where had.parent_id is not distinct from excluded.parent_id
    returning id""",
)

BY_SLUG = Query(UUID, "select id from catalog.categories where slug = $1")

TREE = Query(
    CategoryRow,
    f"""
    select c.id, c.slug, c.parent_id, c.name_zh, c.name_en, c.is_sensitive, c.is_perishable, c.is_made_to_order, c.position,
           coalesce(r.rate_bps, {DEFAULT_RATE_BPS}) as rate_bps
    from catalog.categories c
    left join lateral (
        select rate_bps from catalog.category_rates
        where category_id = c.id and effective_at <= $1
        order by version desc limit 1) r on true
    order by c.position, c.slug""",
)

BRANCH = Query(
    UUID,
    """
    with recursive branch as (
        select id from catalog.categories where id = $1
        union select c.id from catalog.categories c join branch b on c.parent_id = b.id)
    select id from branch""",
)

# The lock holds off a new rate until the product that counts on this one is written. It is a statement of its own, so that the
# next one reads what was committed while it waited.
SHARE = Statement("select id from catalog.categories where id = any($1::uuid[]) order by id for share")

FACTS = Query(
    CategoryFacts,
    f"""
    select c.id, array_remove(array[c.name_zh, c.name_en, p.name_zh, p.name_en], null) as names,
           greatest(coalesce((select rate_bps from catalog.category_rates
                              where category_id = c.id and effective_at <= $2
                              order by version desc limit 1), {DEFAULT_RATE_BPS}),
                    (select max(rate_bps) from catalog.category_rates
                     where category_id = c.id and effective_at > $2)) as top_rate_bps,
           c.is_perishable or c.is_made_to_order as is_final
    from catalog.categories c left join catalog.categories p on p.id = c.parent_id
    where c.id = any($1::uuid[])""",
)

LOCK = Query(UUID, "select id from catalog.categories where id = $1 for no key update")

BREACH = Query(
    Breach,
    """
    select {cols} from catalog.products
    where category_id = $1 and (select coalesce(sum(each), 0) from unnest(commission_bps) as each) > $2
    limit 1""",
    fan_out="a category is sold in every shop",
)

SET_RATE = Query(
    Rate,
    """
    insert into catalog.category_rates (category_id, version, rate_bps, effective_at, set_by, set_at)
    select $1, coalesce(max(version), 0) + 1, $2, $3, $4, $5
    from catalog.category_rates where category_id = $1
    having coalesce(max(effective_at), $3) <= $3
    returning {cols}""",
)

RATES = Query(
    Rate,
    "select {cols} from catalog.category_rates where category_id = $1 order by version desc limit 1000",
)

LATEST_RATE = Query(
    int,
    "select rate_bps from catalog.category_rates where category_id = $1 order by version desc limit 1",
)
