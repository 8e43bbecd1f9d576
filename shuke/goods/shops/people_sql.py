"""The statements of a shop's people: staff, invitations, linked profiles."""

from uuid import UUID

from shuke.goods.shops.people import LinkedProfile, ShopInvitation, Staff, Workplace
from shuke.kit.db import Query, Statement

# The count of owners is kept by the same statement; the table refuses a shop without one.
JOIN_STAFF = Query(
    Staff,
    """
    with joined as (
        insert into shops.staff as had (home, shop_id, person_id, role, given_by, since)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (home, person_id, role) do update set given_by = excluded.given_by, since = excluded.since, ended_at = null
        where had.ended_at is not null
        returning home, shop_id, person_id, role, since),
    counted as (
        update shops.shops s set owners = s.owners + 1
        from joined j
        where j.role = 'shop.owner' and s.home = j.home and s.id = j.shop_id)
    select {cols} from joined""",
)

# An owner is named by the opening itself, which counts one.
FIRST_OWNER = Statement("""
    insert into shops.staff (home, shop_id, person_id, role, given_by, since)
    values ($1, $2, $3, 'shop.owner', $3, $4)""")

# Nobody but an owner lays an owner's role down.
LEAVE_STAFF = Query(
    Staff,
    """
    with gone as (
        update shops.staff set ended_at = $5
        where home = $1 and shop_id = $2 and person_id = $3 and role = $4 and ended_at is null
          and (role <> 'shop.owner' or person_id = any($6::uuid[]))
        returning home, shop_id, person_id, role, since),
    counted as (
        update shops.shops s set owners = s.owners - 1
        from gone g
        where g.role = 'shop.owner' and s.home = g.home and s.id = g.shop_id)
    select {cols} from gone""",
)

STAFF = Query(
    Staff,
    """
    select {cols} from shops.staff
    where home = $1 and shop_id = $2 and ended_at is null
      and ($3::timestamptz is null or (since, person_id, role) > ($3, $4, $5))
    order by since, person_id, role limit $6""",
)

# Shared until the end of the caller's transaction, a former place too: neither a yes nor a no changes meanwhile.
IS_STAFF = Query(
    bool,
    """
    select ended_at is null as is_active from shops.staff
    where home = $1 and shop_id = $2 and person_id = $3 and role = $4
    for share""",
)

ANY_STAFF = Query(
    bool,
    """
    select true from shops.staff
    where home = $1 and shop_id = $2 and person_id = any($3::uuid[]) and ended_at is null limit 1
    for share""",
)

ADD_WORKPLACE = Statement("""
    insert into shops.workplaces (home, person_id, shop_id, role, since)
    values ($1, $2, $3, $4, $5)
    on conflict (home, person_id, shop_id, role) do update set since = excluded.since""")

REMOVE_WORKPLACE = Statement("""
    delete from shops.workplaces
    where home = $1 and person_id = $2 and shop_id = $3 and role = $4""")

INVITE = Query(
    ShopInvitation,
    """
    insert into shops.invitations as had
        (home, id, shop_id, person_id, role, profile_id, phone_masked, invited_by, invited_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    on conflict (home, person_id, role, profile_id) where answered_at is null
    do update set invited_by = excluded.invited_by, invited_at = excluded.invited_at, expires_at = excluded.expires_at
    returning id, shop_id, case when phone_masked is null then person_id end as person_id,
              phone_masked, role, profile_id, invited_by, invited_at, expires_at""",
)

ANSWER = Query(
    ShopInvitation,
    """
    update shops.invitations set answered_at = $4, is_accepted = $5, phone_masked = null
    where home = $1 and id = $2 and person_id = any($3::uuid[]) and answered_at is null and expires_at > $4
    returning {cols}""",
)

WITHDRAW = Query(
    UUID,
    """
    update shops.invitations set answered_at = $4, phone_masked = null
    where home = $1 and shop_id = $2 and id = $3 and answered_at is null
    returning person_id""",
)

# What somebody asked of others for the shop ends with their own place there.
WITHDRAW_THEIRS = Statement("""
    update shops.invitations set answered_at = $4, phone_masked = null
    where home = $1 and shop_id = $2 and invited_by = $3 and answered_at is null""")

INVITATIONS_OF_SHOP = Query(
    ShopInvitation,
    """
    select id, shop_id, case when phone_masked is null then person_id end as person_id,
           phone_masked, role, profile_id, invited_by, invited_at, expires_at
    from shops.invitations
    where home = $1 and shop_id = $2 and answered_at is null and expires_at > $3 and ($4::uuid is null or id > $4)
    order by id limit $5""",
)

NOTE_INVITATION = Statement("""
    insert into shops.my_invitations (home, person_id, invitation_id)
    values ($1, $2, $3)
    on conflict do nothing""")

DROP_INVITATION = Statement("""
    delete from shops.my_invitations
    where home = $1 and person_id = $2 and invitation_id = $3""")

MY_INVITATION_IDS = Query(
    UUID,
    """
    select invitation_id from shops.my_invitations
    where home = any($1::bigint[]) and person_id = any($2::uuid[])
    order by invitation_id desc limit 200""",
)

INVITATIONS = Query(
    ShopInvitation,
    """
    select {cols} from shops.invitations
    where (home, id) in (select h, i from unnest($1::bigint[], $2::uuid[]) as of(h, i))
      and person_id = any($3::uuid[]) and answered_at is null and expires_at > $4
    order by id desc""",
)

# The lowest free slot, under the lock on the shop; the key and the check stand behind it.
LINK_PROFILE = Query(
    LinkedProfile,
    """
    insert into shops.linked_profiles (home, shop_id, slot, kind, profile_id, linked_by, linked_at)
    select $1, $2, slot, $3, $4, $5, $6
    from generate_series(1, $7::int) as free(slot)
    where not exists (select from shops.linked_profiles l where l.home = $1 and l.shop_id = $2 and l.slot = free.slot)
    order by slot limit 1
    returning {cols}""",
)

UNLINK_PROFILE = Query(
    LinkedProfile,
    "delete from shops.linked_profiles where home = $1 and shop_id = $2 and profile_id = $3 returning {cols}",
)

LINKED_PROFILES = Query(
    LinkedProfile,
    "select {cols} from shops.linked_profiles where home = $1 and shop_id = $2 order by slot",
)

WORKPLACES = Query(
    Workplace,
    """
    select {cols} from shops.workplaces
    where home = any($1::bigint[]) and person_id = any($2::uuid[])
    order by since, shop_id limit 1000""",
)
