"""Every statement of identity."""

from uuid import UUID

from shuke.kit.db import Query, Statement
from shuke.society.identity.rows import Acting, AddressRow, CardRow, LoginRow, Person, PhoneRow, Self
from shuke.society.identity.types import Consent, RoleGiven, Session

# Pairs of (home, id), so that one statement reads what several persons have at their homes.
THESE = "(select home, id from unnest($1::bigint[], $2::uuid[]) as these(home, id))"

_ACTING = """
    p.id, p.language, p.merged_into, {stale} as is_stale,
    array(
        select self_id from identity.selves s where s.home = p.home and s.person_id = p.id
        order by is_visitor, since desc limit 50) as selves,
    (
        select jsonb_object_agg(scope, roles)
        from (
            select scope, jsonb_agg(role) as roles from identity.grants g
            where g.home = p.home and g.person_id = p.id and g.ended_at is null
            group by scope) as held) as grants"""

AUTHENTICATE = Query(
    Acting,
    f"""
    select {_ACTING.format(stale="d.seen_at < $4")}
    from identity.sessions d join identity.persons p on p.home = d.home and p.id = d.person_id
    where d.home = $1 and d.id = $2 and d.digest = $3
      and d.ended_at is null and d.seen_at > $5 and p.erased_at is null""",
)

ACTING = Query(
    Acting,
    f"""
    select {_ACTING.format(stale="false")} from identity.persons p
    where home = $1 and id = $2 and erased_at is null""",
)

# A crash may lose the last minutes of seen_at, so on its own this commit does not wait for the disk; $5 tells that it is.
SEE = Statement("""
    with haste as (
        select set_config(
            'synchronous_commit', case when $5 then 'off' else current_setting('synchronous_commit') end, true) as is_set)
    update identity.sessions set seen_at = $3 from haste
    where home = $1 and id = $2 and seen_at < $4 and is_set is not null""")

VISITOR = Query(UUID, "select id from identity.visitors where home = $1 and id = $2 and digest = $3")

BEGIN_VISIT = Statement("insert into identity.visitors (home, id, digest, created_at) values ($1, $2, $3, $4)")

JOIN = Query(
    bool,
    """
    update identity.visitors set person_id = $3, joined_at = $4
    where home = $1 and id = $2 and person_id is null
    returning true""",
)

BECOME = Statement("""
    insert into identity.selves (home, person_id, self_id, is_visitor, since) values ($1, $2, $3, $4, $5)
    on conflict do nothing""")

SELVES = Query(
    Self,
    """
    select {cols} from identity.selves where home = $1 and person_id = $2
    order by is_visitor, since desc limit 1000""",
)

OPEN_SESSION = Statement("""
    insert into identity.sessions (home, id, person_id, digest, device, created_at, seen_at)
    values ($1, $2, $3, $4, $5, $6, $6)""")

SESSIONS_OF = Query(
    Session,
    f"""
    select d.id, device, created_at, seen_at, d.id = $3 as is_current
    from identity.sessions d join {THESE} w on d.home = w.home and d.person_id = w.id
    where ended_at is null and seen_at > $4 and ($5::timestamptz is null or (created_at, d.id) < ($5, $6))
    order by created_at desc, d.id desc limit $7""",
)

END_SESSION = Query(
    bool,
    f"""
    update identity.sessions d set ended_at = $4 from {THESE} w
    where d.home = w.home and d.person_id = w.id and d.id = $3 and ended_at is null
    returning true""",
)

KEEP_CODE = Query(
    bool,
    """
    insert into identity.codes as c (key, digest, attempts, sent_at, expires_at) values ($1, $2, 0, array[$3::timestamptz], $4)
    on conflict (key) do update
    set digest = excluded.digest, attempts = 0, expires_at = excluded.expires_at,
        sent_at = (excluded.sent_at || c.sent_at)[1:5]
    where c.sent_at[5] is null or c.sent_at[5] <= $3 - interval '1 hour'
    returning true""",
)

COUNT_NETWORK = Query(
    bool,
    """
    insert into identity.networks as n (key, window_at, sent) values ($1, $2, 1)
    on conflict (key) do update
    set window_at = case when n.window_at <= $2 - interval '1 hour' then $2 else n.window_at end,
        sent = case when n.window_at <= $2 - interval '1 hour' then 1 else n.sent + 1 end
    where n.window_at <= $2 - interval '1 hour' or n.sent < $3
    returning true""",
)

# The right code ends its own life here, so that it signs in once.
TRY_CODE = Query(
    bool,
    """
    update identity.codes set attempts = attempts + 1, expires_at = case when digest = $2 then $3 else expires_at end
    where key = $1 and attempts < 5 and expires_at > $3
    returning digest = $2 as is_right""",
)

MAKE = Statement("""
    insert into identity.persons (home, id, name, avatar, language, bio, created_at) values ($1, $2, $3, $4, $5, $6, $7)""")

LOGINS = Query(
    LoginRow,
    """
    select {cols} from identity.logins
    where (kind, key) in (select kind, key from unnest($1::text[], $2::bytea[]) as these(kind, key))""",
)

CLAIM = Query(
    bool,
    """
    insert into identity.logins (kind, key, person_id, created_at) values ($1, $2, $3, $4)
    on conflict do nothing
    returning true""",
)

RE_INDEX = Statement("""
    with former as (
        delete from identity.logins where kind = $1 and key = $2
        returning kind, person_id, created_at)
    insert into identity.logins (kind, key, person_id, created_at)
    select kind, $3, person_id, created_at from former
    on conflict do nothing""")

KEEP_PHONE = Statement("""
    insert into identity.phones (home, person_id, sealed, masked, created_at) values ($1, $2, $3, $4, $5)""")

CARDS = Query(
    CardRow,
    f"""
    select p.id, name, avatar, merged_into
    from identity.persons p join {THESE} w on p.home = w.home and p.id = w.id""",
)

PERSON = Query(Person, "select {cols} from identity.persons where home = $1 and id = $2")

LOCK = Query(
    UUID,
    f"""
    select p.id from identity.persons p join {THESE} w on p.home = w.home and p.id = w.id
    where merged_into is null and erased_at is null
    order by p.home, p.id
    for no key update of p""",
)

PHONES = Query(
    PhoneRow,
    f"""
    select {{cols:f}} from identity.phones f join {THESE} w on f.home = w.home and f.person_id = w.id
    order by created_at limit 100""",
)

REVISE = Query(
    Person,
    """
    update identity.persons
    set name = coalesce($3, name), avatar = nullif(coalesce($4, avatar), ''), language = coalesce($5, language),
        bio = coalesce($6, bio)
    where home = $1 and id = $2 and erased_at is null
    returning {cols}""",
)

MERGE = Statement(f"""
    update identity.persons p set merged_into = $3 from {THESE} w
    where p.home = w.home and p.id = w.id and erased_at is null""")

HEIR = Statement("""
    insert into identity.selves (home, person_id, self_id, is_visitor, since)
    select $1::bigint, $2::uuid, self_id, is_visitor, since from identity.selves where home = $3 and person_id = $4
    union all select $1, $2, $4, false, $5::timestamptz
    on conflict do nothing""")

LEAD_LOGINS = Statement(
    "update identity.logins set person_id = $2 where person_id = $1",
    fan_out="a login is found by its key; all of one person's only when persons merge",
)

GIVE_ROLE = Statement("""
    insert into identity.grants (home, person_id, scope, role, given_by, given_at)
    select home, id, $3, $4, $5, $6 from identity.persons
    where home = $1 and id = $2 and merged_into is null and erased_at is null
    on conflict (home, person_id, scope, role) where ended_at is null do nothing""")

END_ROLE = Query(
    bool,
    """
    update identity.grants set ended_at = $5
    where home = $1 and person_id = $2 and scope = $3 and role = $4 and ended_at is null
    returning true""",
)

ROLES = Query(
    RoleGiven,
    """
    select {cols} from identity.grants where home = $1 and person_id = $2 and ended_at is null
    order by given_at limit 200""",
)

INHERIT_ROLES = Statement("""
    with theirs as (
        update identity.grants set ended_at = $5
        where home = $3 and person_id = $4 and ended_at is null
        returning scope, role, given_by)
    insert into identity.grants (home, person_id, scope, role, given_by, given_at)
    select $1, $2, scope, role, given_by, $5 from theirs
    on conflict (home, person_id, scope, role) where ended_at is null do nothing""")

ADD_ADDRESS = Query(
    bool,
    """
    insert into identity.addresses (home, id, person_id, slot, sealed, region, country, is_default, created_at)
    select $1, $2, $3, slot, $4, $5, $6, $7, $8
    from generate_series(1, 50) as slot
    where slot not in (select slot from identity.addresses where home = $1 and person_id = $3 and deleted_at is null)
    order by slot limit 1
    returning true""",
)

HAS_ADDRESS = Query(
    bool,
    "select exists (select from identity.addresses where home = $1 and person_id = $2 and deleted_at is null)",
)

NO_DEFAULT = Statement(f"""
    update identity.addresses a set is_default = false from {THESE} w
    where a.home = w.home and a.person_id = w.id and is_default and deleted_at is null""")

ADDRESSES = Query(
    AddressRow,
    f"""
    select {{cols:a}} from identity.addresses a join {THESE} w on a.home = w.home and a.person_id = w.id
    where deleted_at is null
    order by is_default desc, created_at desc, a.id limit 200""",
)

# An address lives with the person who wrote it down, who may have been merged since.
ADDRESS = Query(
    AddressRow,
    """
    select {cols:a} from identity.addresses a join identity.persons p on p.home = a.home and p.id = a.person_id
    where a.home = $1 and a.id = $2 and coalesce(p.merged_into, p.id) = $3 and deleted_at is null""",
)

REVISE_ADDRESS = Query(
    AddressRow,
    """
    update identity.addresses a set sealed = $4, region = $5, country = $6, is_default = is_default or $7
    from identity.persons p
    where a.home = $1 and a.id = $2 and p.home = a.home and p.id = a.person_id
      and coalesce(p.merged_into, p.id) = $3 and deleted_at is null
    returning {cols:a}""",
)

REMOVE_ADDRESS = Query(
    bool,
    """
    update identity.addresses a set deleted_at = $4, sealed = ''
    from identity.persons p
    where a.home = $1 and a.id = $2 and p.home = a.home and p.id = a.person_id
      and coalesce(p.merged_into, p.id) = $3 and deleted_at is null
    returning true""",
)

GIVE_CONSENT = Query(
    Consent,
    """
    insert into identity.consents (home, id, person_id, purpose, scope_id, version, given_at)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict do nothing
    returning {cols}""",
)

ACTIVE_CONSENT = Query(
    Consent,
    """
    select {cols} from identity.consents
    where home = $1 and person_id = $2 and purpose = $3 and scope_id is not distinct from $4 and withdrawn_at is null""",
)

WITHDRAW = Query(
    bool,
    """
    update identity.consents set withdrawn_at = $5
    where home = $1 and person_id = $2 and purpose = $3 and scope_id is not distinct from $4 and withdrawn_at is null
      and version <> $6
    returning true""",
)

# Declining what was never agreed to is an answer too, and is kept once.
DECLINE = Statement("""
    insert into identity.consents (home, id, person_id, purpose, scope_id, version, withdrawn_at)
    select $1, $2, $3, $4, $5, $6, $7
    where not exists (
        select from identity.consents
        where home = $1 and person_id = $3 and purpose = $4 and scope_id is not distinct from $5)""")

HAS_CONSENT = Query(
    bool,
    """
    select withdrawn_at is null as is_given from identity.consents
    where home = $1 and person_id = $2 and purpose = $3 and scope_id is not distinct from $4
    order by is_given desc limit 1""",
)

CONSENTS = Query(
    Consent,
    """
    select {cols} from identity.consents where home = $1 and person_id = $2
    order by coalesce(given_at, withdrawn_at) desc, id limit 500""",
)
