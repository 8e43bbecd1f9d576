"""The statements of links, visits, paths and conversions; those of the level counters are in `levels_sql.py`."""

from uuid import UUID

from shuke.kit.db import Query, Statement, Write
from shuke.society.shares.types import LinkRow, MyLinkRow, OpenedRow, PathRow, TouchRow

LINK = Query(LinkRow, "select {cols} from shares.links where home = $1 and id = $2")

LINK_TO_READ = Query(
    LinkRow,
    """
    select {cols} from shares.links
    where home = $1 and id = $2 and (sharer_id = any($3::uuid[]) or owner_id = any($4::uuid[]) or $5)""",
)

PLANT = Query(
    LinkRow,
    """
    insert into shares.links (
        home, id, root_id, depth, sharer_id, target_kind, target_id, owner_id, medium, group_id, created_at)
    values ($1, $2, $2, 0, $3, $4, $5, $6, $7, $8, $9)
    on conflict (home, sharer_id, target_kind, target_id, medium, group_id) where parent_id is null do nothing
    returning {cols}""",
)

# The ancestor to skip to is walked to only from links that have so many above them.
GROW = Query(
    LinkRow,
    """
    with made as (
        insert into shares.links (
            home, id, root_id, parent_id, skip_id, depth, sharer_id,
            target_kind, target_id, owner_id, medium, group_id, created_at)
        select $1, $2, parent.root_id, parent.id,
               case when parent.depth >= 63 then (
                   with recursive up as (
                       select parent.parent_id as id, 1 as steps
                       union all
                       select above.parent_id, up.steps + 1
                       from up join shares.links above on above.home = $1 and above.id = up.id
                       where up.steps < 63)
                   select up.id from up where up.steps = 63) end,
               parent.depth + 1, $4, parent.target_kind, parent.target_id, $5, $6, $7, $8
        from shares.links parent where parent.home = $1 and parent.id = $3
        on conflict (home, parent_id, sharer_id, medium, group_id) where parent_id is not null do nothing
        returning {cols}),
    noted as (
        insert into shares.deltas (home, link_id, root_id, depth, shares)
        select $1, id, root_id, depth, 1 from made)
    select {cols} from made""",
)

SAME_ROOT = Query(
    LinkRow,
    """
    select {cols} from shares.links
    where home = $1 and sharer_id = $2 and target_kind = $3 and target_id = $4 and medium = $5
        and group_id is not distinct from $6 and parent_id is null""",
)

SAME_CHILD = Query(
    LinkRow,
    """
    select {cols} from shares.links
    where home = $1 and parent_id = $2 and sharer_id = $3 and medium = $4 and group_id is not distinct from $5""",
)

NOTE_MINE = Statement("""
    insert into shares.my_links (home, sharer_id, link_id, target_kind, target_id, owner_id, medium, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict do nothing""")

MY_LINKS = Query(
    MyLinkRow,
    """
    select {cols} from shares.my_links
    where home = any($1::bigint[]) and sharer_id = any($2::uuid[]) and ($3::uuid is null or link_id < $3)
    order by link_id desc limit $4""",
)

CAME_BY = Query(
    UUID,
    """
    select link_id from shares.touches
    where home = any($1::bigint[]) and visitor_id = any($2::uuid[])
        and target_kind = $3 and target_id = $4 and last_at >= $5 and last_at <= $6 and sharer_id <> all($2)
    order by last_at desc, link_id limit 1""",
)

# Whoever opened the link before, under any of their ids, opens it again; nobody is counted twice on a link.
VISIT = Write(
    again="""
        update shares.visits set last_at = greatest(last_at, $5), times = times + 1
        where home = $1 and link_id = $2 and visitor_id = any($4::uuid[])
        returning 1""",
    first="""
        insert into shares.visits as had (home, link_id, visitor_id, root_id, depth, first_at, last_at)
        select $1, $2, $3, $6, $7, $5, $5
        where not exists (select from {again})
        on conflict (home, link_id, visitor_id) do update set times = had.times + 1
        returning times""",
    counted="""
        insert into shares.deltas (home, link_id, root_id, depth, visitor_id)
        select $1, $2, $6, $7, $3 from {first} where times = 1""",
)

TOUCH = Write(
    touched="""
        insert into shares.touches as had
            (home, visitor_id, link_id, sharer_id, owner_id, owner_home, target_kind, target_id, first_at, last_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
        on conflict (home, visitor_id, link_id) do update set last_at = greatest(had.last_at, excluded.last_at)"""
)

# A link of one's own leads nobody to a shop: who opened it before signing in is known as its sharer by now.
TOUCHES = Query(
    TouchRow,
    """
    with alive as (
        select owner_id, link_id, first_at, last_at from shares.touches
        where home = any($1::bigint[]) and visitor_id = any($2::uuid[]) and owner_home = any($3::bigint[])
            and last_at >= $4 and last_at <= $5 and sharer_id <> all($2)),
    first as (
        select distinct on (owner_id) owner_id, link_id, first_at from alive order by owner_id, first_at, link_id)
    select distinct on (owner_id)
        owner_id, alive.link_id, alive.last_at, first.link_id as first_link_id, first.first_at
    from alive join first using (owner_id)
    order by owner_id, alive.last_at desc, alive.link_id""",
)

# One index probe a step: `lateral ... limit 1` keeps the planner from hashing the whole table for a long path.
PATHS = Query(
    PathRow,
    """
    with recursive up as (
        select link.home, link.id as link_id, link.parent_id, link.depth, link.sharer_id
        from unnest($1::bigint[], $2::uuid[]) as asked(home, id)
        cross join lateral (
            select home, id, parent_id, depth, sharer_id from shares.links
            where home = asked.home and id = asked.id limit 1) link
        union all
        select up.home, up.link_id, above.parent_id, above.depth, above.sharer_id
        from up cross join lateral (
            select parent_id, depth, sharer_id from shares.links
            where home = up.home and id = up.parent_id limit 1) above)
    select link.id, link.root_id, link.owner_id, link.medium, link.depth, steps.sharer_ids
    from (
        select home, link_id, array_agg(sharer_id order by depth desc) as sharer_ids
        from up group by home, link_id) steps
    join shares.links link on link.home = steps.home and link.id = steps.link_id""",
)

CONVERT = Write(
    converted="""
        insert into shares.conversions (home, order_id, link_id, root_id, depth, amount, currency, at)
        select home, $3, id, root_id, depth, $4, $5, $6 from shares.links where home = $1 and id = $2
        on conflict (home, order_id) do nothing
        returning link_id, root_id, depth, amount, currency""",
    noted="""
        insert into shares.deltas (home, link_id, root_id, depth, orders, amount, currency)
        select $1, link_id, root_id, depth, 1, amount, currency from {converted}""",
)

UNDO_CONVERSION = Statement("""
    with undone as (
        update shares.conversions set undone_at = $4
        where home = $1 and order_id = $3 and link_id = $2 and undone_at is null
        returning link_id, root_id, depth, amount, currency)
    insert into shares.deltas (home, link_id, root_id, depth, orders, amount, currency)
    select $1, link_id, root_id, depth, -1, -amount, currency from undone""")

# Of a sharer's own links, those below none of their others: the rest is counted in them already.
TOPMOST = Query(
    UUID,
    """
    with recursive up as (
        select mine.home, link_id, link.parent_id, false as is_below
        from unnest($1::bigint[], $2::uuid[]) as mine(home, link_id)
        cross join lateral (
            select parent_id from shares.links where home = mine.home and id = mine.link_id limit 1) link
        union all
        select up.home, up.link_id, above.parent_id, above.sharer_id = any($3::uuid[])
        from up cross join lateral (
            select parent_id, sharer_id from shares.links
            where home = up.home and id = up.parent_id limit 1) above
        where not up.is_below)
    select link_id from up group by link_id having not bool_or(is_below)""",
)

EXPORT_MINE = Query(
    MyLinkRow,
    "select {cols} from shares.my_links where home = $1 and sharer_id = $2 order by link_id limit 100000",
)
ERASE_MINE = Statement("delete from shares.my_links where home = $1 and sharer_id = $2")
ERASE_TOUCHES = Statement("delete from shares.touches where home = $1 and visitor_id = $2")
EXPORT_TOUCHES = Query(
    OpenedRow,
    "select {cols} from shares.touches where home = $1 and visitor_id = $2 order by link_id limit 100000",
)
