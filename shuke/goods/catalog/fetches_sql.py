"""Statements on the pictures that an import names by their addresses elsewhere."""

from uuid import UUID

import msgspec

from shuke.goods.catalog.types import ProductId
from shuke.kit.db import Query, Statement


class DueFetch(msgspec.Struct, frozen=True):
    """A picture to fetch now; `attempts` counts this one."""

    product_id: ProductId
    digest: bytes
    place: int
    url: str
    attempts: int


class Placed(msgspec.Struct, frozen=True):
    """A picture that was fetched, and its place among those of its product in the file."""

    key: str
    place: int


# What was fetched stays as it is however often the file comes; what was given up is tried anew.
ASK = Query(
    bool,
    """
    insert into catalog.fetches as had (home, product_id, digest, shop_id, place, url, asked_at, due_at)
    select $1, product_id, sha256(convert_to(url, 'UTF8')), $2, place, url, $6, $7
    from unnest($3::uuid[], $4::smallint[], $5::text[]) as asked(product_id, place, url)
    order by product_id, place
    on conflict (home, product_id, digest) do update
    set due_at = excluded.due_at, asked_at = excluded.asked_at, attempts = 0, failed_at = null, reason = null
    where had.failed_at is not null
    returning true""",
)

# Nobody else fetches for the shop at that time, so that many pictures keep one runner of jobs busy and not all of them. Of two
# who claim at once one waits for the other, and then finds what it saw claimed.
CLAIM = Query(
    DueFetch,
    """
    with due as materialized (
        select home, product_id, digest from catalog.fetches
        where home = $1 and due_at <= $2
          and not exists (select from catalog.fetches busy where busy.home = $1 and busy.claimed_until > $2)
        order by due_at, product_id, place limit $4
        for no key update)
    update catalog.fetches f set claimed_until = $3, attempts = attempts + 1
    from due d
    where (f.home, f.product_id, f.digest) = (d.home, d.product_id, d.digest)
      and f.due_at <= $2 and (f.claimed_until is null or f.claimed_until <= $2)
    returning {cols:f}""",
)

FETCHED = Query(
    bool,
    """
    update catalog.fetches set key = $4, due_at = null, claimed_until = null
    where home = $1 and product_id = $2 and digest = $3 and due_at is not null
    returning true""",
)

PUT_OFF = Statement("""
    update catalog.fetches set due_at = $4, claimed_until = null
    where home = $1 and product_id = $2 and digest = $3 and due_at is not null""")

GIVE_UP = Query(
    bool,
    """
    update catalog.fetches set failed_at = $4, reason = $5, due_at = null, claimed_until = null
    where home = $1 and product_id = $2 and digest = $3 and due_at is not null
    returning true""",
)

PLACES = Query(
    Placed,
    """
    select {cols} from catalog.fetches where home = $1 and product_id = $2 and key is not null
    order by place, asked_at limit 1000""",
)

HAS_DUE = Query(bool, "select exists (select from catalog.fetches where home = $1 and due_at <= $2) as has_due")

DUE_SHOPS = Query(
    UUID,
    "select distinct shop_id from catalog.fetches where due_at <= $1 order by shop_id limit $2",
    fan_out="which shops have pictures to fetch now",
)
