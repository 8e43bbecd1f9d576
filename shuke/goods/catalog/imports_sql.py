"""Statements of imports: many products of one shop at a time."""

from uuid import UUID

import msgspec

from shuke.kit.db import Query, Statement


class Known(msgspec.Struct, frozen=True):
    """An imported SKU code, and the handle of its product."""

    source_code: str
    source_handle: str


# One import of a shop after the other: what a batch finds is still so when it writes.
LOCK = Statement(
    "select pg_advisory_xact_lock(hashtextextended('catalog.import', $1::bigint))",
    fan_out="one import of a shop at a time",
)

LOCK_HANDLES = Query(
    UUID,
    """
    select id from catalog.products where home = $1 and source_handle = any($2::text[])
    order by id for no key update""",
)

KNOWN = Query(
    Known,
    """
    select s.source_code, p.source_handle
    from catalog.skus s join catalog.products p on p.home = s.home and p.id = s.product_id
    where s.home = $1 and s.source_code = any($2::text[])""",
)

REVISE_PRODUCTS = Statement("""
    update catalog.products p
    set title = r.title, description = r.description, category_id = r.category_id, is_virtual = r.is_virtual,
        options = r.options, revised_at = $3
    from jsonb_to_recordset($2) as r(id uuid, title text, description text, category_id uuid, is_virtual boolean,
         options text[])
    where p.home = $1 and p.id = r.id""")

REVISE_SKUS = Statement("""
    update catalog.skus s
    set price = r.price, weight_g = r.weight_g, options = r.options
    from jsonb_to_recordset($2) as r(id uuid, price bigint, weight_g integer, options jsonb)
    where s.home = $1 and s.id = r.id""")
