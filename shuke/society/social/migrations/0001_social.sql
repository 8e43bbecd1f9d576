create table social.circles (
    home bigint not null,
    person_id uuid not null,
    friends int not null default 0,
    primary key (home, person_id),
    constraint circles_friends_check check (friends between 0 and 5000)
) with (fillfactor = 80);
comment on table social.circles is 'home: the person; how many friends, and the lock of everything between two persons';

create table social.friend_requests (
    home bigint not null,
    asked_id uuid not null,
    asker_id uuid not null,
    message text not null default '',
    asked_at timestamptz not null,
    primary key (home, asked_id, asker_id),
    check (asked_id <> asker_id));
comment on table social.friend_requests is 'home: the person asked; who wants to be a friend';
create index friend_requests_asker on social.friend_requests (asker_id);

create table social.friendships (
    home bigint not null,
    person_id uuid not null,
    friend_id uuid not null,
    since timestamptz not null,
    primary key (home, person_id, friend_id),
    check (person_id <> friend_id));
comment on table social.friendships is 'home: the person; a friendship is a row at each side';

create table social.blocks (
    home bigint not null,
    person_id uuid not null,
    blocked_id uuid not null,
    since timestamptz not null,
    primary key (home, person_id, blocked_id),
    check (person_id <> blocked_id));
comment on table social.blocks is 'home: who blocks; neither sees the other';

create table social.profiles (
    home bigint not null,
    id uuid not null,
    owner_kind text not null check (owner_kind in ('person', 'shop')),
    owner_id uuid not null,
    kind text not null check (kind in ('account', 'channel')),
    name text not null,
    avatar text,
    bio text not null default '',
    created_at timestamptz not null,
    primary key (home, id));
comment on table social.profiles is 'home: the person or shop; a public profile (号)';
create unique index profiles_of_person on social.profiles (home, owner_id) where owner_kind = 'person';
create index profiles_owner on social.profiles (home, owner_id, id);

create table social.follows (
    home bigint not null,
    person_id uuid not null,
    profile_id uuid not null,
    since timestamptz not null,
    primary key (home, person_id, profile_id));
comment on table social.follows is 'home: the follower; whom they follow';

create table social.followers (
    home bigint not null,
    profile_id uuid not null,
    person_id uuid not null,
    since timestamptz not null,
    primary key (home, profile_id, person_id));
comment on table social.followers is 'home: the owner of the profile; who follows it';

create table social.groups (
    home bigint not null,
    id uuid not null,
    name text not null,
    owner_id uuid not null,
    secret text not null,
    members int not null,
    max_members int not null default 500,
    created_at timestamptz not null,
    primary key (home, id),
    constraint groups_members_check check (members between 1 and max_members)
) with (fillfactor = 80);
comment on table social.groups is 'home: whoever opened the group; the count is the lock of who joins and leaves';

create table social.group_members (
    home bigint not null,
    group_id uuid not null,
    person_id uuid not null,
    role text not null check (role in ('owner', 'admin', 'member')),
    joined_at timestamptz not null,
    constraint group_members_pkey primary key (home, group_id, person_id));
comment on table social.group_members is 'home: the group; who is in it';
create unique index group_members_owner on social.group_members (home, group_id) where role = 'owner';

create table social.memberships (
    home bigint not null,
    person_id uuid not null,
    group_id uuid not null,
    since timestamptz not null,
    primary key (home, person_id, group_id));
comment on table social.memberships is 'home: the person; the groups they are in';

create table social.invitations (
    home bigint not null,
    person_id uuid not null,
    group_id uuid not null,
    invited_by uuid not null,
    invited_at timestamptz not null,
    primary key (home, person_id, group_id));
comment on table social.invitations is 'home: the person invited; the groups they may join';
