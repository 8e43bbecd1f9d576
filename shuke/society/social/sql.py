"""The statements between persons: friends, blocks, profiles, follows. Those of groups are in `groups_sql.py`."""

from uuid import UUID

from shuke.kit.db import Query, Statement
from shuke.kit.proofs import Finding
from shuke.society.social.types import BlockRow, FollowerRow, FollowRow, FriendRow, KnownRow, Profile, RequestRow

# Rows are locked in one order, so that two who act on each other at once wait and do not deadlock.
LOCK_PAIR = Statement("""
    insert into social.circles as had (home, person_id)
    select home, person_id from unnest($1::bigint[], $2::uuid[]) as pair(home, person_id) order by home, person_id
    on conflict (home, person_id) do update set friends = had.friends""")

BEFRIEND = Query(
    UUID,
    """
    with made as (
        insert into social.friendships (home, person_id, friend_id, since)
        select home, person_id, friend_id, $4
        from unnest($1::bigint[], $2::uuid[], $3::uuid[]) as pair(home, person_id, friend_id)
        where not exists (
            select from social.blocks where home = any($1) and person_id = any($2) and blocked_id = any($2))
        on conflict do nothing
        returning home, person_id)
    update social.circles had set friends = had.friends + 1
    from made where had.home = made.home and had.person_id = made.person_id
    returning had.person_id""",
)

PART = Query(
    UUID,
    """
    with gone as (
        delete from social.friendships
        where home = any($1::bigint[]) and person_id = any($2::uuid[]) and friend_id = any($2)
        returning home, person_id)
    update social.circles had set friends = had.friends - 1
    from gone where had.home = gone.home and had.person_id = gone.person_id
    returning had.person_id""",
)

CLEAR_REQUESTS = Statement("""
    delete from social.friend_requests
    where home = any($1::bigint[]) and asked_id = any($2::uuid[]) and asker_id = any($2)""")

ASK = Query(
    UUID,
    """
    insert into social.friend_requests (home, asked_id, asker_id, message, asked_at)
    select $1, $2, $3, $5, $6
    where not exists (select from social.friendships where home = $1 and person_id = $2 and friend_id = $3)
        and not exists (
            select from social.blocks
            where home = any(array[$1, $4]) and person_id = any(array[$2, $3]) and blocked_id = any(array[$2, $3]))
    on conflict (home, asked_id, asker_id) do update set message = excluded.message
    returning asked_id""",
)

TAKE_REQUEST = Query(
    UUID,
    "delete from social.friend_requests where home = $1 and asked_id = $2 and asker_id = $3 returning asker_id",
)

REQUESTS = Query(
    RequestRow,
    """
    select {cols} from social.friend_requests
    where home = $1 and asked_id = $2 and ($3::uuid is null or asker_id < $3)
        and not exists (select from social.blocks where home = $1 and person_id = $2 and blocked_id = asker_id)
    order by asker_id desc limit $4""",
)

FRIENDS = Query(
    FriendRow,
    """
    select {cols} from social.friendships
    where home = $1 and person_id = $2 and ($3::uuid is null or friend_id > $3)
    order by friend_id limit $4""",
)

FRIENDS_AMONG = Query(
    UUID,
    "select friend_id from social.friendships where home = $1 and person_id = $2 and friend_id = any($3::uuid[])",
)

KNOWN = Query(
    KnownRow,
    """
    select exists (select from social.friendships where home = $1 and person_id = $2 and friend_id = $4) as is_friend,
           exists (
               select from social.blocks
               where home = any(array[$1, $3]::bigint[]) and person_id = any(array[$2, $4]::uuid[])
                   and blocked_id = any(array[$2, $4])) as is_blocked,
           (select count(*) from social.friendships mine
            join social.friendships theirs on theirs.home = $3 and theirs.person_id = $4 and theirs.friend_id = mine.friend_id
            where mine.home = $1 and mine.person_id = $2) as common_friends""",
)

IS_BLOCKED = Query(
    bool,
    """
    select exists (
        select from social.blocks
        where home = any($1::bigint[]) and person_id = any($2::uuid[]) and blocked_id = any($2)) as is_blocked""",
)

COUNT_LOOKUP = Query(
    bool,
    """
    insert into social.lookups as had (home, person_id, window_at, asked) values ($1, $2, $3, 1)
    on conflict (home, person_id) do update
    set window_at = case when had.window_at <= $3 - interval '1 day' then $3 else had.window_at end,
        asked = case when had.window_at <= $3 - interval '1 day' then 1 else had.asked + 1 end
    where had.window_at <= $3 - interval '1 day' or had.asked < $4
    returning true""",
)

BLOCK = Statement("""
    insert into social.blocks (home, person_id, blocked_id, since) values ($1, $2, $3, $4)
    on conflict do nothing""")

UNBLOCK = Statement("delete from social.blocks where home = $1 and person_id = $2 and blocked_id = $3")

BLOCKS = Query(
    BlockRow,
    """
    select {cols} from social.blocks
    where home = $1 and person_id = $2 and ($3::uuid is null or blocked_id > $3)
    order by blocked_id limit $4""",
)

OPEN_PROFILE = Query(
    Profile,
    """
    insert into social.profiles (home, id, owner_kind, owner_id, kind, name, avatar, bio, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    returning {cols}""",
)

REVISE_PROFILE = Query(
    Profile,
    """
    update social.profiles
    set name = coalesce($4, name), avatar = nullif(coalesce($5, avatar), ''), bio = coalesce($6, bio)
    where home = $1 and id = $2 and owner_id = any($3::uuid[])
    returning {cols}""",
)

PROFILES = Query(
    Profile,
    """
    select {cols} from social.profiles
    where (home, id) in (select home, id from unnest($1::bigint[], $2::uuid[]) as asked(home, id))""",
)

PROFILES_OF = Query(
    Profile,
    """
    select {cols} from social.profiles
    where home = $1 and owner_id = $2 and ($3::uuid is null or id > $3)
    order by id limit $4""",
)

FOLLOW = Statement("""
    insert into social.follows (home, person_id, profile_id, since) values ($1, $2, $3, $4) on conflict do nothing""")
NOTE_FOLLOWER = Statement("""
    insert into social.followers (home, profile_id, person_id, since) values ($1, $2, $3, $4) on conflict do nothing""")
UNFOLLOW = Statement("delete from social.follows where home = $1 and person_id = $2 and profile_id = $3")
DROP_FOLLOWER = Statement("delete from social.followers where home = $1 and profile_id = $2 and person_id = $3")

# Whoever is blocked no longer follows the blocker's own profile.
DROP_BLOCKED_FOLLOWER = Query(
    UUID,
    """
    delete from social.followers
    where home = $1 and person_id = $3
        and profile_id in (select id from social.profiles where home = $1 and owner_id = $2 and owner_kind = 'person')
    returning profile_id""",
)

# Counted to a bound: a popular profile must not make its page slow.
FOLLOWER_COUNT = Query(
    int,
    """
    select count(*) from (
        select from social.followers where home = $1 and profile_id = $2 limit 10000) as counted""",
)

FOLLOWS = Query(
    FollowRow,
    """
    select {cols} from social.follows
    where home = $1 and person_id = $2 and ($3::uuid is null or profile_id > $3)
    order by profile_id limit $4""",
)

FOLLOWERS = Query(
    FollowerRow,
    """
    select {cols} from social.followers
    where home = $1 and profile_id = $2 and ($3::uuid is null or person_id > $3)
    order by person_id limit $4""",
)

IS_FOLLOWED = Query(
    bool,
    """
    select exists (
        select from social.followers where home = $1 and profile_id = $2 and person_id = $3) as is_followed""",
)

ERASE_REQUESTS = Statement(
    "delete from social.friend_requests where asked_id = $1 or asker_id = $1",
    fan_out="a person who goes may have asked anybody",
)
ERASE_BLOCKS = Statement("delete from social.blocks where home = $1 and person_id = $2")
ERASE_LOOKUPS = Statement("delete from social.lookups where home = $1 and person_id = $2")
ERASE_PROFILE = Query(
    UUID,
    """
    update social.profiles set name = '-', avatar = null, bio = ''
    where home = $1 and owner_id = $2 and owner_kind = 'person' returning id""",
)

BOTH_SIDES = Query(
    Finding,
    """
    select count(*) as checked, count(*) filter (where theirs.home is null) as broken,
           min(mine.person_id::text) filter (where theirs.home is null) as example
    from social.friendships mine
    left join social.friendships theirs
        on theirs.person_id = mine.friend_id and theirs.friend_id = mine.person_id and theirs.since = mine.since""",
    fan_out="a proof reads every person",
)

CIRCLES = Query(
    Finding,
    """
    select count(*) as checked, count(*) filter (where had.friends is distinct from counted.friends) as broken,
           min(person_id::text) filter (where had.friends is distinct from counted.friends) as example
    from (select home, person_id, friends from social.circles where friends > 0) had
    full join (
        select home, person_id, count(*) as friends from social.friendships group by home, person_id) counted
        using (home, person_id)""",
    fan_out="a proof reads every person",
)

NOT_BLOCKED = Query(
    Finding,
    """
    select count(*) as checked, count(*) filter (where friendship.home is not null) as broken,
           min(blocks.person_id::text) filter (where friendship.home is not null) as example
    from social.blocks
    left join social.friendships friendship
        on friendship.home = blocks.home and friendship.person_id = blocks.person_id
        and friendship.friend_id = blocks.blocked_id""",
    fan_out="a proof reads every person",
)

FOLLOWS_AGREE = Query(
    Finding,
    """
    select count(*) as checked, count(*) filter (where mine.home is null or theirs.home is null) as broken,
           min(person_id::text) filter (where mine.home is null or theirs.home is null) as example
    from social.follows mine full join social.followers theirs using (person_id, profile_id)""",
    fan_out="a proof reads every person",
)
