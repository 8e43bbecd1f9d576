"""The statements of the level counters: folding, reading and proving them (docs/share-tree.md)."""

from shuke.kit.db import Query, Statement
from shuke.kit.proofs import Finding
from shuke.society.shares.types import BranchRow, LevelRow, NodeRow

# `offset 0` and `limit 1` in a lateral keep it one: the planner cannot know how few rows a recursion yields, and would rather
# read a whole home than ask its index for each of them.

# What a set of deltas adds to the counters of every link they lie below, at most 63 levels up. A visitor counts once a level of
# each link: not when they had opened another link on that level below it, whose delta is folded already (`is_new` false).
_GAINS = """
    starts as (
        select link_id, null::uuid as visitor_id, true as is_new, currency,
               sum(shares)::bigint as shares, sum(orders)::bigint as orders, sum(amount)::bigint as amount
        from taken where visitor_id is null group by link_id, currency
        union all
        select link_id, visitor_id, true, '', 0, 0, 0 from taken where visitor_id is not null
        union all
        select been.link_id, been.visitor_id, false, '', 0, 0, 0
        from (select distinct root_id, depth, visitor_id from taken where visitor_id is not null) as came
        cross join lateral (
            select link_id, visitor_id from shares.visits
            where home = $1 and root_id = came.root_id and visitor_id = came.visitor_id and depth = came.depth offset 0) been
        where (been.link_id, been.visitor_id) not in (
            select link_id, visitor_id from shares.deltas where home = $1 and visitor_id is not null)),
    up as (
        select starts.*, 0 as below, link.parent_id
        from starts cross join lateral (
            select parent_id from shares.links where home = $1 and id = starts.link_id limit 1) link
        union all
        select above.id, up.visitor_id, up.is_new, up.currency, up.shares, up.orders, up.amount, up.below + 1, above.parent_id
        from up cross join lateral (
            select id, parent_id from shares.links where home = $1 and id = up.parent_id limit 1) above
        where up.below < 63),
    gains as (
        select link_id, below, currency,
               sum(shares)::bigint as shares, sum(visitors)::bigint as visitors,
               sum(orders)::bigint as orders, sum(amount)::bigint as amount
        from (
            select link_id, below, currency, case when below > 0 then shares else 0 end as shares, 0 as visitors, orders, amount
            from up where visitor_id is null
            union all
            select link_id, below, '', 0, 1, 0, 0
            from up where visitor_id is not null
            group by link_id, below, visitor_id having bool_and(is_new)) as each
        group by link_id, below, currency
        having sum(shares) <> 0 or sum(visitors) <> 0 or sum(orders) <> 0 or sum(amount) <> 0)"""

UNFOLDED = Query(
    int,
    "select home from shares.deltas group by home order by min(id) limit $1",
    fan_out="the folding job looks for homes where something happened",
)

# Only folders take this lock: who shares, visits or buys never waits for them.
LOCK_FOLD = Statement("""
    insert into shares.folds (home, folded_at) values ($1, $2)
    on conflict (home) do update set folded_at = excluded.folded_at""")

FOLD = Query(
    int,
    f"""
    with recursive taken as (
        delete from shares.deltas
        where home = $1 and id = any(array(select id from shares.deltas where home = $1 order by id limit $2))
        returning link_id, root_id, depth, visitor_id, shares, orders, amount, currency),
    {_GAINS.strip()},
    counted as (
        insert into shares.levels as had (home, link_id, below, currency, shares, visitors, orders, amount)
        select $1, link_id, below, currency, shares, visitors, orders, amount from gains
        on conflict (home, link_id, below, currency) do update
        set shares = had.shares + excluded.shares, visitors = had.visitors + excluded.visitors,
            orders = had.orders + excluded.orders, amount = had.amount + excluded.amount),
    ranked as (
        insert into shares.ranks as had (home, link_id, parent_id, visitors, orders)
        select $1, own.link_id, link.parent_id, own.visitors, own.orders
        from (
            select link_id, sum(visitors) as visitors, sum(orders) as orders from gains where below = 0 group by link_id) own
        cross join lateral (select parent_id from shares.links where home = $1 and id = own.link_id limit 1) link
        on conflict (home, link_id) do update
        set visitors = had.visitors + excluded.visitors, orders = had.orders + excluded.orders)
    select count(*) from taken""",
)

# What is not folded yet is added on the fly, up to $4 deltas: so a reader sees their own write at once.
LEVELS = Query(
    LevelRow,
    f"""
    with recursive taken as (
        select link_id, root_id, depth, visitor_id, shares, orders, amount, currency
        from shares.deltas where home = $1 and root_id = $3 order by id limit $4),
    {_GAINS.strip()},
    hops as (
        select $2::uuid as id, 0 as hop
        union all
        select below.id, hops.hop + 64
        from hops cross join lateral (
            select id from shares.links where home = $1 and skip_id = hops.id offset 0) below)
    select depth, currency, sum(shares)::bigint as shares, sum(visitors)::bigint as visitors,
           sum(orders)::bigint as orders, sum(amount)::bigint as amount
    from (
        select hop + below as depth, currency, shares, visitors, orders, amount
        from hops cross join lateral (
            select below, currency, shares, visitors, orders, amount from shares.levels
            where home = $1 and link_id = hops.id offset 0) folded
        union all
        select hop + below, currency, shares, visitors, orders, amount from hops join gains on gains.link_id = hops.id
        union all
        select hop, '', 1, 0, 0, 0 from hops) as each
    group by depth, currency order by depth, currency""",
)

# Breadth first, on each level the links most people opened; a link nobody opened has no rank and comes after them.
TREE = Query(
    NodeRow,
    """
    with recursive tree as (
        select id, parent_id, sharer_id, 0 as level, 0::bigint as seen, 1::bigint as total
        from shares.links where home = $1 and id = $2
        union all
        select id, parent_id, sharer_id, level, seen, total + count(*) over ()
        from (
            select link.id, link.parent_id, link.sharer_id, tree.level + 1 as level, child.visitors as seen,
                   max(tree.total) over () as total
            from tree cross join lateral (
                select id, visitors from (
                    (select link_id as id, visitors from shares.ranks
                     where home = $1 and parent_id = tree.id order by visitors desc limit $3)
                    union all
                    (select id, 0 from shares.links quiet
                     where home = $1 and parent_id = tree.id
                        and not exists (select from shares.ranks where home = $1 and link_id = quiet.id) limit $3)) as each
                limit $3) child
            cross join lateral (
                select id, parent_id, sharer_id from shares.links where home = $1 and id = child.id limit 1) link
            where tree.total < $3
            order by child.visitors desc, link.id limit $3) as next)
    select drawn.id, drawn.parent_id, drawn.sharer_id, drawn.level,
           coalesce(ranks.visitors, 0) + count(*) filter (where fresh.visitor_id is not null) as visitors,
           coalesce(ranks.orders, 0) + coalesce(sum(fresh.orders), 0)::bigint as orders
    from (select id, parent_id, sharer_id, level from tree order by level, seen desc, id limit $3) as drawn
    left join shares.ranks on ranks.home = $1 and ranks.link_id = drawn.id
    left join shares.deltas fresh on fresh.home = $1 and fresh.link_id = drawn.id
    group by drawn.id, drawn.parent_id, drawn.sharer_id, drawn.level, ranks.visitors, ranks.orders
    order by drawn.level, visitors desc, drawn.id""",
)

BRANCHES = Query(
    BranchRow,
    """
    select levels.link_id, currency, sum(shares)::bigint as shares, sum(visitors)::bigint as visitors,
           sum(orders)::bigint as orders, sum(amount)::bigint as amount
    from unnest($1::bigint[], $2::uuid[]) as mine(home, link_id)
    join shares.levels on levels.home = mine.home and levels.link_id = mine.link_id
    group by levels.link_id, currency""",
)

BRANCH_LEVELS = Query(
    LevelRow,
    """
    select below as depth, currency, sum(shares)::bigint as shares, sum(visitors)::bigint as visitors,
           sum(orders)::bigint as orders, sum(amount)::bigint as amount
    from unnest($1::bigint[], $2::uuid[]) as mine(home, link_id)
    join shares.levels on levels.home = mine.home and levels.link_id = mine.link_id
    group by below, currency order by below, currency""",
)

TREES = Query(
    Finding,
    """
    select count(*) as checked, count(*) filter (where is_sound is not true) as broken,
           min(id::text) filter (where is_sound is not true) as example
    from (
        select link.id,
               case when link.parent_id is null then link.root_id = link.id and link.depth = 0
                    else above.id is not null and (link.root_id, link.depth) = (above.root_id, above.depth + 1)
                        and (link.target_kind, link.target_id) = (above.target_kind, above.target_id) end as is_sound
        from shares.links link
        left join shares.links above on above.home = link.home and above.id = link.parent_id) as each""",
    fan_out="a proof reads every tree",
)

SKIPS = Query(
    Finding,
    """
    select count(*) as checked, count(*) filter (where is_sound is not true) as broken,
           min(id::text) filter (where is_sound is not true) as example
    from (
        select link.id,
               case when link.depth < 64 then link.skip_id is null
                    when link.depth = 64 then skip.id = link.root_id
                    else skip.depth = link.depth - 64 and skip.parent_id = above.skip_id end as is_sound
        from shares.links link
        left join shares.links above on above.home = link.home and above.id = link.parent_id
        left join shares.links skip on skip.home = link.home and skip.id = link.skip_id) as each""",
    fan_out="a proof reads every tree",
)

# By induction: each counter is what happened at the link, or the sum of its children's one level up.
COUNTERS = Query(
    Finding,
    """
    with expected as (
        select home, parent_id as link_id, 1 as below, '' as currency, count(*) as shares, 0 as orders, 0 as amount
        from shares.links where parent_id is not null group by home, parent_id
        union all
        select home, link_id, 0, currency, 0, count(*), sum(amount)
        from shares.conversions where undone_at is null group by home, link_id, currency
        union all
        select below.home, link.parent_id, below.below + 1, below.currency,
               sum(below.shares), sum(below.orders), sum(below.amount)
        from shares.levels below join shares.links link on link.home = below.home and link.id = below.link_id
        where link.parent_id is not null and below.below < 63
        group by below.home, link.parent_id, below.below, below.currency),
    recounted as (
        select home, link_id, below, currency, sum(shares) as shares, sum(orders) as orders, sum(amount) as amount
        from expected group by home, link_id, below, currency)
    select count(*) as checked, count(*) filter (where is_sound is not true) as broken,
           min(link_id::text) filter (where is_sound is not true) as example
    from (
        select link_id,
               (coalesce(had.shares, 0), coalesce(had.orders, 0), coalesce(had.amount, 0))
               = (coalesce(now.shares, 0), coalesce(now.orders, 0), coalesce(now.amount, 0)) as is_sound
        from shares.levels had full join recounted now using (home, link_id, below, currency)
        where home not in (select home from shares.deltas)) as each""",
    fan_out="a proof reads every tree",
)

VISITORS = Query(
    Finding,
    """
    with recounted as (
        select home, link_id, 0 as below, count(*) as visitors from shares.visits group by home, link_id
        union
        select home, root_id, depth, count(distinct visitor_id)
        from shares.visits where depth < 64 group by home, root_id, depth)
    select count(*) as checked, count(*) filter (where is_sound is not true) as broken,
           min(link_id::text) filter (where is_sound is not true) as example
    from (
        select link_id, coalesce(had.visitors, 0) = coalesce(now.visitors, 0) as is_sound
        from (
            select home, link_id, below, visitors from shares.levels had
            where currency = '' and (below = 0 or exists (
                select from shares.links where home = had.home and id = had.link_id and parent_id is null))) had
        full join recounted now using (home, link_id, below)
        where home not in (select home from shares.deltas)) as each""",
    fan_out="a proof reads every tree",
)
