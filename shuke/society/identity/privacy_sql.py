"""The statements that export, erase, renew and forget."""

from uuid import UUID

from shuke.kit.db import Query, Statement
from shuke.kit.proofs import Finding
from shuke.society.identity.rows import LoginRow, PhoneRow, SealedAddress
from shuke.society.identity.sql import THESE

BEGIN_ERASURE = Query(
    bool,
    """
    update identity.persons set erased_at = $3
    where home = $1 and id = $2 and erased_at is null and merged_into is null
    returning true""",
)

# Whoever merged into the person is held too: what is theirs is the person's.
BEGIN_ERASURE_OF_SELVES = Query(
    UUID,
    f"""
    with held as (
        select p.home, p.id from identity.persons p join {THESE} w on p.home = w.home and p.id = w.id
        order by p.home, p.id
        for no key update of p)
    update identity.persons p set erased_at = $3 from held
    where p.home = held.home and p.id = held.id
    returning p.id""",
)

# Whoever is being erased at this moment is waited for.
ERASED = Query(
    UUID,
    f"""
    with held as (
        select p.id, erased_at from identity.persons p join {THESE} w on p.home = w.home and p.id = w.id
        order by p.home, p.id
        for share of p)
    select id from held where erased_at is not null""",
)

# A home of a person or of a visitor: what is not there is not changed.
ERASE = Statement("""
    with names as (
        update identity.persons set name = $3, avatar = null, bio = '', erased_at = $4 where home = $1 and id = $2),
    phones as (
        delete from identity.phones where home = $1 and person_id = $2),
    addresses as (
        delete from identity.addresses where home = $1 and person_id = $2),
    sessions as (
        update identity.sessions set ended_at = coalesce(ended_at, $4), device = null where home = $1 and person_id = $2),
    consents as (
        update identity.consents set withdrawn_at = coalesce(withdrawn_at, $4) where home = $1 and person_id = $2),
    visitors as (
        delete from identity.visitors where home = $1 and id = $2)
    update identity.grants set ended_at = $4 where home = $1 and person_id = $2 and ended_at is null""")

ERASE_LOGINS = Statement(
    "delete from identity.logins where person_id = $1",
    fan_out="a login is found by its key; all of one person's only when they are erased",
)

LOGINS_OF = Query(
    LoginRow,
    "select {cols} from identity.logins where person_id = $1 order by kind, key limit 200",
    fan_out="a login is found by its key; all of one person's only for their own export",
)

STALE_PHONES = Query(
    PhoneRow,
    """
    select {cols} from identity.phones where substring(sealed from 1 for 4) <> $1
    order by home, person_id limit $2""",
    fan_out="a batch of the renewal after a change of secret",
)

RESEAL_PHONE = Statement("update identity.phones set sealed = $4 where home = $1 and person_id = $2 and sealed = $3")

STALE_ADDRESSES = Query(
    SealedAddress,
    """
    select {cols} from identity.addresses where substring(sealed from 1 for 4) <> $1 and deleted_at is null
    order by home, id limit $2""",
    fan_out="a batch of the renewal after a change of secret",
)

RESEAL_ADDRESS = Statement("update identity.addresses set sealed = $4 where home = $1 and id = $2 and sealed = $3")

FORGET_CODES = Statement(
    "delete from identity.codes where key in (select key from identity.codes where expires_at < $1 limit $2)"
)

FORGET_NETWORKS = Statement(
    "delete from identity.networks where key in (select key from identity.networks where window_at < $1 limit $2)"
)

FORGET_SESSIONS = Statement(
    """
    delete from identity.sessions where (home, id) in (
        select home, id from identity.sessions where ended_at < $1 or seen_at < $2 limit $3)""",
    fan_out="a daily clean-up of every home",
)

FORGET_VISITORS = Statement(
    """
    delete from identity.visitors where (home, id) in (
        select home, id from identity.visitors where person_id is null and created_at < $1 limit $2)""",
    fan_out="a daily clean-up of every home",
)

FORGET_ADDRESSES = Statement(
    """
    delete from identity.addresses where (home, id) in (
        select home, id from identity.addresses where deleted_at < $1 limit $2)""",
    fan_out="a daily clean-up of every home",
)

LOGINS_LEAD_TO_PERSONS = Query(
    Finding,
    """
    select count(*) as checked,
           count(*) filter (where not is_sound) as broken,
           min(person_id::text) filter (where not is_sound) as example
    from (
        select l.person_id, p.id is not null and p.merged_into is null and p.erased_at is null as is_sound
        from identity.logins l left join identity.persons p on p.id = l.person_id) as each""",
    fan_out="a proof reads every person",
)

MERGED_IN_ONE_STEP = Query(
    Finding,
    """
    select count(*) as checked,
           count(*) filter (where not is_sound) as broken,
           min(id::text) filter (where not is_sound) as example
    from (
        select p.id, heir.id is not null and heir.merged_into is null and s.self_id is not null as is_sound
        from identity.persons p
        left join identity.persons heir on heir.id = p.merged_into
        left join identity.selves s on s.person_id = heir.id and s.self_id = p.id
        where p.merged_into is not null) as each""",
    fan_out="a proof reads every person",
)
