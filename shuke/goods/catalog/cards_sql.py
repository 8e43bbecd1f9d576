"""Statements on cards: what lists and pages show, and the words that products are found by."""

from datetime import datetime
from uuid import UUID

import msgspec

from shuke.goods.catalog.types import ProductId, Sort, State
from shuke.goods.shops import ShopId
from shuke.kit.db import Query, Statement, Write
from shuke.kit.proofs import Finding


class CardRow(msgspec.Struct, frozen=True):
    """A card as it is stored: JSON without what was sold, which stands beside it."""

    product_id: ProductId
    card: bytes
    sold: int
    price: int
    listed_at: datetime


class StaffRow(msgspec.Struct, frozen=True):
    """A card in the shop's own list."""

    product_id: ProductId
    card: bytes
    sold: int
    state: State
    revised_at: datetime


class Shared(msgspec.Struct, frozen=True):
    """A product as the target of a share link."""

    id: UUID
    shop_id: UUID
    title: str
    cover: str | None


class PageRow(msgspec.Struct, frozen=True):
    """A page as it is stored: JSON without what changes by the minute, and its SKUs one by one."""

    shop_id: ShopId
    page: bytes
    sold: int
    sku_ids: list[UUID]
    sku_parts: list[str]


# In the order of ids, as the fold of sales locks them: two writers never wait for each other in a circle.
WRITE_CARDS = Statement("""
    with told as materialized (
        select id, shop_id, category_id, state, price, listed_at, revised_at, card, page, sku_ids, sku_parts
        from jsonb_to_recordset($2) as r(id uuid, shop_id uuid, category_id uuid, state text, price bigint,
             listed_at timestamptz, revised_at timestamptz, card text, page text, sku_ids uuid[], sku_parts text[])
        order by id),
    found as (
        update catalog.words w set category_id = t.category_id, is_listed = (t.state = 'listed'), price = t.price,
                                   listed_at = t.listed_at
        from told t where w.home = $1 and w.product_id = t.id),
    paged as (
        insert into catalog.pages as had (home, product_id, page, sku_ids, sku_parts)
        select $1, id, page::json, sku_ids, sku_parts from told
        on conflict (home, product_id) do update
        set page = excluded.page, sku_ids = excluded.sku_ids, sku_parts = excluded.sku_parts)
    insert into catalog.cards as had (home, product_id, shop_id, category_id, state, is_shop_open, price, listed_at, revised_at,
                                      card)
    select $1, id, shop_id, category_id, state, $3, price, listed_at, revised_at, card::json from told
    on conflict (home, product_id) do update
    set category_id = excluded.category_id, state = excluded.state, price = excluded.price, listed_at = excluded.listed_at,
        revised_at = excluded.revised_at, card = excluded.card""")

WRITE_WORDS = Statement("""
    insert into catalog.words as had (home, product_id, category_id, is_listed, is_shop_open, price, listed_at, words)
    select $1, id, category_id, state = 'listed', $3, price, listed_at, array_to_tsvector(words)
    from jsonb_to_recordset($2) as r(id uuid, category_id uuid, state text, price bigint, listed_at timestamptz, words text[])
    order by id
    on conflict (home, product_id) do update
    set category_id = excluded.category_id, is_listed = excluded.is_listed, price = excluded.price,
        listed_at = excluded.listed_at, words = excluded.words""")

SHOP_TURNED = Statement("""
    with found as (update catalog.words set is_shop_open = $2 where home = $1 and is_shop_open <> $2)
    update catalog.cards set is_shop_open = $2 where home = $1 and is_shop_open <> $2""")

# (what rows are sorted by, and the way on from the last one seen)
_SORTS = {
    Sort.NEW: ("listed_at desc, product_id desc", "(listed_at, product_id) < ($1::timestamptz, $2::uuid)"),
    Sort.SOLD: ("sold desc, product_id desc", "(sold, product_id) < ($1::bigint, $2::uuid)"),
    Sort.CHEAPEST: ("price, product_id", "(price, product_id) > ($1::bigint, $2::uuid)"),
    Sort.DEAREST: ("price desc, product_id desc", "(price, product_id) < ($1::bigint, $2::uuid)"),
}
_ALL = ""
_SHOP = "and home = $4"
_CATEGORIES = "and category_id = any($4::uuid[])"
_BOTH = "and home = $4 and category_id = any($5::uuid[])"


def _lists(scope: str) -> dict[Sort, Query[CardRow]]:
    return {
        sort: Query(
            CardRow,
            f"select {{cols}} from catalog.cards where is_shown and {after} {scope} order by {order} limit $3",
            fan_out="the market shows every shop",
        )
        for sort, (order, after) in _SORTS.items()
    }


# A statement for each kind of list, so that each has a plan of its own.
OF_ALL = _lists(_ALL)
OF_SHOP = _lists(_SHOP)
OF_CATEGORIES = _lists(_CATEGORIES)
OF_SHOP_AND_CATEGORIES = _lists(_BOTH)

_WITHIN = "($4::bigint is null or home = $4) and ($5::uuid[] is null or category_id = any($5))"

FOUND = {
    sort: Query(
        CardRow,
        f"""
        with found as materialized (
            select home, product_id from catalog.words
            where words @@ $6::tsquery and is_shown and {after} and {_WITHIN}
            order by {order} limit $3)
        select {{cols}} from found join catalog.cards using (home, product_id) order by {order}""",
        fan_out="the market shows every shop",
    )
    for sort, (order, after) in _SORTS.items()
}

# How many products have each word, counted to a thousand: more than that is common.
HITS = Query(
    int,
    f"""
    select (select count(*) from (
        select from catalog.words
        where words @@ q.word::tsquery and is_shown and {_WITHIN.replace("$4", "$2").replace("$5", "$3")}
        limit 1000) as hit)
    from unnest($1::text[]) with ordinality as q(word, place)
    order by q.place""",
    fan_out="the market shows every shop",
)

PAGE = Query(
    PageRow,
    """
    select {cols} from catalog.cards join catalog.pages using (home, product_id)
    where home = $1 and product_id = $2 and is_shown""",
)

SHARED = Query(
    Shared,
    """
    select product_id as id, shop_id, card ->> 'title' as title, card ->> 'cover' as cover from catalog.cards
    where (home, product_id) in (select home, id from unnest($1::bigint[], $2::uuid[]) as asked(home, id)) and is_shown""",
)

OF_STAFF = Query(
    StaffRow,
    """
    select {cols} from catalog.cards
    where home = $1 and shop_id = $2 and ($3::text is null or state = $3)
      and ($4::timestamptz is null or (revised_at, product_id) < ($4, $5))
    order by revised_at desc, product_id desc limit $6""",
)

COUNT_SALES = Write(
    counted="""
        insert into catalog.sales (home, product_id, quantity)
        select home, product_id, quantity
        from unnest($1::bigint[], $2::uuid[], $3::bigint[]) as sold(home, product_id, quantity)""",
)

# Only one fold sees a sale: the row is gone for whoever waited for it.
FOLD_SALES = Statement(
    """
    with gone as (
        delete from catalog.sales s
        using (select home, id from catalog.sales order by home, id limit $1) as first
        where (s.home, s.id) = (first.home, first.id)
        returning s.home, s.product_id, s.quantity),
    sums as (
        select home, product_id, sum(quantity)::bigint as quantity from gone group by home, product_id),
    locked as materialized (
        select c.home, c.product_id from catalog.cards c join sums using (home, product_id)
        order by c.home, c.product_id
        for no key update of c),
    found as (
        update catalog.words w set sold = greatest(0, w.sold + s.quantity)
        from locked join sums s using (home, product_id)
        where (w.home, w.product_id) = (s.home, s.product_id))
    update catalog.cards c set sold = greatest(0, c.sold + s.quantity)
    from locked join sums s using (home, product_id)
    where (c.home, c.product_id) = (s.home, s.product_id)""",
    fan_out="a fold of every shop",
)

CARDS_AGREE = Query(
    Finding,
    """
    select count(*) as checked,
           count(*) filter (where not is_sound) as broken,
           min(id::text) filter (where not is_sound) as example
    from (
        select p.id, coalesce(
                   c.state = p.state and c.price = s.price and (c.card::jsonb #>> '{price,amount}')::bigint = s.price
                   and c.card::jsonb ->> 'title' = p.title and c.listed_at is not distinct from p.listed_at
                   and c.category_id is not distinct from p.category_id and w.category_id is not distinct from p.category_id
                   and w.price = s.price and w.sold = c.sold and w.is_shown = c.is_shown
                   and c.sold >= 0 and cardinality(g.sku_ids) = s.skus, false) as is_sound
        from catalog.products p
        join lateral (
            select min(price) as price, count(*) as skus from catalog.skus
            where home = p.home and product_id = p.id and retired_at is null) s on true
        left join catalog.cards c on c.home = p.home and c.product_id = p.id
        left join catalog.pages g on g.home = p.home and g.product_id = p.id
        left join catalog.words w on w.home = p.home and w.product_id = p.id) as each""",
    fan_out="a proof reads every shop",
)
