"""The statements of groups, their members and invitations."""

from uuid import UUID

from shuke.kit.db import Query, Statement
from shuke.kit.proofs import Finding
from shuke.society.social.types import Group, GroupRow, InvitationRow, MemberRow

OPEN_GROUP = Query(
    Group,
    """
    with opened as (
        insert into social.groups (home, id, name, owner_id, secret, members, created_at)
        values ($1, $2, $3, $4, $5, 1, $6)
        returning {cols}),
    joined as (
        insert into social.group_members (home, group_id, person_id, role, joined_at)
        select $1, id, owner_id, 'owner', created_at from opened)
    select {cols} from opened""",
)

GROUP_OF_MEMBER = Query(
    GroupRow,
    """
    select id, name, owner_id, members, max_members, created_at, secret, role
    from social.groups join social.group_members member
        on member.home = $1 and member.group_id = id and member.person_id = $3
    where groups.home = $1 and id = $2""",
)

GROUPS = Query(
    Group,
    """
    select {cols} from social.groups
    where (home, id) in (select home, id from unnest($1::bigint[], $2::uuid[]) as asked(home, id))""",
)

RENAME = Query(
    Group,
    """
    update social.groups set name = $4
    where home = $1 and id = $2 and exists (
        select from social.group_members
        where home = $1 and group_id = $2 and person_id = $3 and role in ('owner', 'admin'))
    returning {cols}""",
)

RENEW_SECRET = Query(
    UUID,
    """
    update social.groups set secret = $4
    where home = $1 and id = $2 and exists (
        select from social.group_members
        where home = $1 and group_id = $2 and person_id = $3 and role in ('owner', 'admin'))
    returning id""",
)

# The count is raised before the member is written: its row is the lock, and a member who is there already takes it back.
JOIN = Query(
    Group,
    """
    with counted as (
        update social.groups set members = members + 1
        where home = $1 and id = $2 and members < max_members and ($4::text is null or secret = $4)
        returning {cols}),
    joined as (
        insert into social.group_members (home, group_id, person_id, role, joined_at)
        select $1, id, $3, 'member', $5 from counted)
    select {cols} from counted""",
)

LEAVE = Query(
    UUID,
    """
    with counted as (
        update social.groups set members = members - 1
        where home = $1 and id = $2 and exists (
            select from social.group_members gone
            where gone.home = $1 and gone.group_id = $2 and gone.person_id = $3 and gone.role <> 'owner'
                and ($3 = $4 or exists (
                    select from social.group_members by
                    where by.home = $1 and by.group_id = $2 and by.person_id = $4
                        and (by.role = 'owner' or by.role = 'admin' and gone.role = 'member'))))
        returning id)
    delete from social.group_members
    where home = $1 and group_id = (select id from counted) and person_id = $3 and role <> 'owner'
    returning person_id""",
)

END_GROUP = Query(
    UUID,
    """
    with ended as (
        delete from social.groups where home = $1 and id = $2 and owner_id = $3 and members = 1 returning id),
    gone as (
        delete from social.group_members where home = $1 and group_id = (select id from ended))
    select id from ended""",
)

SET_ROLE = Query(
    UUID,
    """
    update social.group_members set role = $5
    where home = $1 and group_id = $2 and person_id = $3 and role <> 'owner' and exists (
        select from social.groups where home = $1 and id = $2 and owner_id = $4)
    returning person_id""",
)

# Who was the owner is an admin first: a group has one owner at every instant.
STEP_DOWN = Query(
    UUID,
    """
    with handed as (
        update social.groups set owner_id = $4
        where home = $1 and id = $2 and owner_id = $3 and exists (
            select from social.group_members where home = $1 and group_id = $2 and person_id = $4)
        returning id)
    update social.group_members set role = 'admin'
    where home = $1 and group_id = (select id from handed) and person_id = $3
    returning group_id""",
)

STEP_UP = Query(
    UUID,
    """
    update social.group_members set role = 'owner'
    where home = $1 and group_id = $2 and person_id = $3
    returning person_id""",
)

MEMBERS = Query(
    MemberRow,
    """
    select {cols} from social.group_members
    where home = $1 and group_id = $2 and ($3::uuid is null or person_id > $3)
    order by person_id limit $4""",
)

IS_MEMBER = Query(
    bool,
    """
    select exists (
        select from social.group_members where home = $1 and group_id = $2 and person_id = $3) as is_member""",
)

NOTE_MEMBERSHIP = Statement("""
    insert into social.memberships (home, person_id, group_id, since) values ($1, $2, $3, $4) on conflict do nothing""")
DROP_MEMBERSHIP = Statement("delete from social.memberships where home = $1 and person_id = $2 and group_id = $3")

GROUPS_OF = Query(
    UUID,
    """
    select group_id from social.memberships
    where home = $1 and person_id = $2 and ($3::uuid is null or group_id > $3)
    order by group_id limit $4""",
)

INVITE = Statement("""
    insert into social.invitations (home, person_id, group_id, invited_by, invited_at) values ($1, $2, $3, $4, $5)
    on conflict do nothing""")

TAKE_INVITATION = Query(
    UUID,
    "delete from social.invitations where home = $1 and person_id = $2 and group_id = $3 returning group_id",
)

INVITATIONS = Query(
    InvitationRow,
    """
    select {cols} from social.invitations
    where home = $1 and person_id = $2 and ($3::uuid is null or group_id > $3)
    order by group_id limit $4""",
)

ERASE_INVITATIONS = Statement("delete from social.invitations where home = $1 and person_id = $2")

HEIRS = Query(
    UUID,
    """
    select person_id from social.group_members
    where home = $1 and group_id = $2 and person_id <> $3
    order by role = 'admin' desc, joined_at, person_id limit 1""",
)

MEMBERS_AGREE = Query(
    Finding,
    """
    select count(*) as checked, count(*) filter (where is_sound is not true) as broken,
           min(id::text) filter (where is_sound is not true) as example
    from (
        select id, members = (select count(*) from social.group_members where home = groups.home and group_id = id)
                   and exists (
                       select from social.group_members
                       where home = groups.home and group_id = id and person_id = owner_id and role = 'owner')
                   and not exists (
                       select from social.group_members member
                       where member.home = groups.home and member.group_id = id and not exists (
                           select from social.memberships
                           where group_id = member.group_id and person_id = member.person_id)) as is_sound
        from social.groups) as each""",
    fan_out="a proof reads every group",
)
