"""Every statement of regulars."""

from uuid import UUID

from shuke.goods.regulars.types import (
    GuideOfShop,
    GuideRow,
    Handover,
    Kept,
    RegularRow,
)
from shuke.kit.db import Query, Statement
from shuke.kit.proofs import Finding

# Who comes back after leaving comes back by a word of their own; an order does not undo a no.
JOIN = Query(
    bool,
    """
    insert into regulars.regulars as had (home, shop_id, person_id, source, since, agreed_at)
    values ($1, $2, $3, 'opt_in', $4, $4)
    on conflict (home, person_id) do update
    set agreed_at = excluded.agreed_at, left_at = null,
        source = case when had.left_at is null then had.source else excluded.source end,
        since = case when had.left_at is null then had.since else excluded.since end
    returning since = $4""",
)

WELCOME = Query(
    bool,
    """
    insert into regulars.regulars (home, shop_id, person_id, source, since)
    values ($1, $2, $3, $4, $5)
    on conflict (home, person_id) do nothing
    returning true""",
)

LEAVE = Query(
    bool,
    """
    insert into regulars.regulars as had (home, shop_id, person_id, left_at)
    values ($1, $2, $3, $4)
    on conflict (home, person_id) do update
    set left_at = excluded.left_at, guide_id = null, bound_at = null, bound_until = null
    where had.left_at is null
    returning since is not null""",
)

NOTE_PATRONAGE = Statement("""
    insert into regulars.patronages (home, person_id, shop_id, since)
    values ($1, $2, $3, $4)
    on conflict do nothing""")

PATRONAGES = Query(
    UUID,
    "select shop_id from regulars.patronages where home = $1 and person_id = $2 order by since desc, shop_id limit 10000",
)

FORGET_PATRONAGES = Statement("delete from regulars.patronages where home = $1 and person_id = $2")
FORGET_REGULAR = Statement("delete from regulars.regulars where home = $1 and person_id = $2")

KEPT = Query(
    Kept,
    "select {cols} from regulars.regulars where home = any($1::bigint[]) and person_id = $2 order by shop_id",
)

# The first guide keeps a person until the binding ends or the guide has gone. The row decides between two at once.
BIND = Query(
    bool,
    """
    insert into regulars.regulars as had (home, shop_id, person_id, source, since, guide_id, bound_at, bound_until)
    select $1, $2, $3, $5, $6, person_id, $6, $6::timestamptz + make_interval(days => binding_days)
    from regulars.guides
    where home = $1 and person_id = $4 and ended_at is null and person_id <> $3
    on conflict (home, person_id) do update
    set guide_id = excluded.guide_id, bound_at = excluded.bound_at, bound_until = excluded.bound_until
    where had.left_at is null and (
        had.guide_id is null or had.guide_id = excluded.guide_id or had.bound_until <= $6
        or not exists (
            select from regulars.guides g
            where g.home = had.home and g.person_id = had.guide_id and g.ended_at is null))
    returning true""",
)

RENEW = Statement("""
    update regulars.regulars r set bound_until = $4::timestamptz + make_interval(days => g.binding_days)
    from regulars.guides g
    where r.home = $1 and r.person_id = $2 and r.guide_id = $3
      and g.home = r.home and g.person_id = r.guide_id and g.ended_at is null""")

# Two accounts that turn out to be one human: one row in each shop, the one they act under, and nobody looks after themselves.
MERGE = Statement("""
    with gone as (
        delete from regulars.regulars where home = any($1::bigint[]) and person_id = $2
        returning home, shop_id, source, level, since, agreed_at, left_at, guide_id, bound_at, bound_until)
    insert into regulars.regulars
        (home, shop_id, person_id, source, level, since, agreed_at, left_at, guide_id, bound_at, bound_until)
    select home, shop_id, $3, source, level, since, agreed_at, left_at,
           nullif(guide_id, $3),
           case when guide_id <> $3 then bound_at end,
           case when guide_id <> $3 then bound_until end
    from gone
    on conflict (home, person_id) do nothing""")

UNBIND = Statement("""
    update regulars.regulars set guide_id = null, bound_at = null, bound_until = null
    where home = any($1::bigint[]) and person_id = $2 and guide_id = $3""")

GUIDE_OF = Query(
    GuideOfShop,
    """
    select r.shop_id, g.person_id, g.rate_bps
    from regulars.regulars r
    join regulars.guides g on g.home = r.home and g.person_id = r.guide_id and g.ended_at is null
    where r.home = any($1::bigint[]) and r.person_id = $2 and r.bound_until > $3""",
)

_SHOWN = """
    select shop_id, person_id, source, since, level, agreed_at,
           case when bound_until > {now} then guide_id end as guide_id,
           case when bound_until > {now} then bound_until end as bound_until
    from regulars.regulars"""

REGULARS_OF_SHOP = Query(
    RegularRow,
    f"""
    {_SHOWN.format(now="$3")}
    where home = $1 and shop_id = $2 and left_at is null
      and ($4::timestamptz is null or (since, person_id) < ($4, $5))
    order by since desc, person_id desc limit $6""",
)

REGULARS_OF_GUIDE = Query(
    RegularRow,
    f"""
    {_SHOWN.format(now="$3")}
    where home = $1 and shop_id = $2 and guide_id = any($7::uuid[]) and bound_until > $3
      and ($4::timestamptz is null or (since, person_id) < ($4, $5))
    order by since desc, person_id desc limit $6""",
)

REGULARS_OF_PERSON = Query(
    RegularRow,
    f"""
    {_SHOWN.format(now="$3")}
    where home = any($1::bigint[]) and person_id = $2 and left_at is null
    order by since desc, shop_id limit 1000""",
)

# Taken up again after an end, a guide begins with no rate; a binding that still runs is theirs again.
KEEP_GUIDE = Statement("""
    insert into regulars.guides as had (home, id, shop_id, person_id, since)
    values ($1, $2, $3, $4, $5)
    on conflict (home, person_id) do update set since = excluded.since, rate_bps = 0, ended_at = null
    where had.ended_at is not null""")

END_GUIDE = Statement("""
    update regulars.guides set ended_at = $4
    where home = $1 and shop_id = $2 and person_id = $3 and ended_at is null""")

SET_RATE = Query(
    bool,
    """
    update regulars.guides set rate_bps = $4, binding_days = coalesce($5, binding_days)
    where home = $1 and shop_id = $2 and person_id = $3 and ended_at is null
    returning true""",
)

LOWER_RATES = Statement("update regulars.guides set rate_bps = $3 where home = $1 and shop_id = $2 and rate_bps > $3")

GUIDES = Query(
    GuideRow,
    """
    select g.id, g.shop_id, g.person_id, g.rate_bps, g.binding_days, g.since,
           (select count(*) from regulars.regulars r
            where r.home = g.home and r.guide_id = g.person_id and r.bound_until > $3) as regulars
    from regulars.guides g
    where g.home = $1 and g.shop_id = $2 and g.ended_at is null
      and ($4::uuid[] is null or g.person_id = any($4)) and ($5::uuid is null or g.person_id > $5)
    order by g.person_id limit $6""",
)

GUIDE_BY_ID = Query(
    GuideOfShop,
    "select {cols} from regulars.guides where home = $1 and id = $2 and ended_at is null",
)

# Locked in one order before they are changed; whoever was bound elsewhere while we waited is not among them.
HAND_OVER = Query(
    Handover,
    """
    with heir as materialized (
        select home, person_id, binding_days from regulars.guides
        where home = $1 and shop_id = $2 and person_id = $4 and ended_at is null
        for share),
    theirs as materialized (
        select r.home, r.person_id from regulars.regulars r
        where r.home = $1 and r.shop_id = $2 and r.guide_id = $3 and r.bound_until > $6 and r.person_id <> $4
          and ($5::uuid[] is null or r.person_id = any($5))
        order by r.person_id
        for no key update),
    moved as (
        update regulars.regulars r
        set guide_id = heir.person_id, bound_at = $6, bound_until = $6::timestamptz + make_interval(days => heir.binding_days)
        from heir, theirs
        where r.home = theirs.home and r.person_id = theirs.person_id
        returning r.person_id)
    insert into regulars.handovers (home, id, shop_id, from_id, to_id, by_id, at, regulars)
    select home, $7, $2, $3, $4, $8, $6, (select count(*) from moved) from heir
    returning {cols}""",
)

HANDOVERS = Query(
    Handover,
    """
    select {cols} from regulars.handovers
    where home = $1 and shop_id = $2 and ($3::uuid is null or id < $3)
    order by id desc limit $4""",
)

GUIDES_ARE_GUIDES = Query(
    Finding,
    """
    select count(*) as checked, count(*) filter (where g.person_id is null) as broken,
           min(r.person_id::text) filter (where g.person_id is null) as example
    from regulars.regulars r
    left join regulars.guides g on g.home = r.home and g.shop_id = r.shop_id and g.person_id = r.guide_id
    where r.guide_id is not null""",
    fan_out="a proof reads every shop",
)
