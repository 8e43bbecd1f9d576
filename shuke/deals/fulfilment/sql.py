"""Every statement of fulfilment."""

from datetime import datetime
from uuid import UUID

import msgspec

from shuke.deals.fulfilment.types import Parcel
from shuke.kit.db import Query, Write


class Followed(msgspec.Struct, frozen=True):
    """A parcel as its courier knows it."""

    id: UUID
    order_id: UUID
    carrier: str
    tracking_number: str
    shipped_at: datetime
    delivered_at: datetime | None


PACK = Query(
    bool,
    """
    with packed as (
        insert into fulfilment.parcels (home, id, order_id, carrier, tracking_number, shipped_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (home, order_id, carrier, tracking_number) do nothing
        returning home, id, shipped_at),
    lined as (
        insert into fulfilment.parcel_lines (home, parcel_id, line, quantity)
        select home, id, line, quantity from packed, unnest($7::smallint[], $8::bigint[]) as packing(line, quantity))
    insert into fulfilment.tracking (home, parcel_id, at, kind, place, text)
    select home, id, shipped_at, 'shipped', '', '' from packed
    returning true""",
)

_PARCELS = """
    from fulfilment.parcels p
    cross join lateral (
        select jsonb_agg(jsonb_build_object('line', line, 'quantity', quantity) order by line) as lines
        from fulfilment.parcel_lines l where l.home = p.home and l.parcel_id = p.id) as lined
    cross join lateral (
        select coalesce(jsonb_agg(jsonb_build_object('at', at, 'kind', kind, 'place', place, 'text', text)
            order by at desc), '[]') as timeline
        from fulfilment.tracking t where t.home = p.home and t.parcel_id = p.id) as tracked"""

PARCELS_OF_ORDERS = Query(
    Parcel,
    f"""
    select {{cols}} {_PARCELS}
    where (home, order_id) in (select home, order_id from unnest($1::bigint[], $2::uuid[]) as asked(home, order_id))
    order by shipped_at, id limit 1000""",
)
PARCEL = Query(Parcel, f"select {{cols}} {_PARCELS} where home = $1 and id = $2")
FOLLOWED = Query(Followed, "select {cols} from fulfilment.parcels where home = $1 and id = $2")
TRACK = Write(
    told="""
        insert into fulfilment.tracking (home, parcel_id, at, kind, place, text)
        select $1, $2, at, kind, place, text
        from unnest($3::timestamptz[], $4::text[], $5::text[], $6::text[]) as stop(at, kind, place, text)
        on conflict do nothing""",
    arrived="""
        update fulfilment.parcels set delivered_at = $7
        where home = $1 and id = $2 and delivered_at is null and $7::timestamptz is not null""",
)

# A lock of the session, so that it outlives the transactions of an import and ends with its process.
LOCK_IMPORT = Query(
    bool, "select pg_try_advisory_lock(hashtextextended('fulfilment.imports', $1::bigint))", fan_out="a lock is no table"
)
UNLOCK_IMPORT = Query(
    bool, "select pg_advisory_unlock(hashtextextended('fulfilment.imports', $1::bigint))", fan_out="a lock is no table"
)
