create table identity.persons (
    home bigint not null,
    id uuid not null,
    name text not null check (char_length(name) between 1 and 80),
    avatar text,
    language text not null default 'zh-CN',
    bio text not null default '',
    merged_into uuid,
    created_at timestamptz not null,
    erased_at timestamptz,
    primary key (home, id),
    check (merged_into <> id)
);
comment on table identity.persons is 'home: the person; one human, whatever they sign in with';

create table identity.logins (
    kind text not null,
    key bytea not null,
    person_id uuid not null,
    created_at timestamptz not null,
    primary key (kind, key)
);
comment on table identity.logins is 'by key: who signs in with a phone (keyed index), an openid, a unionid or an id elsewhere';
create index logins_person on identity.logins (person_id);

create table identity.selves (
    home bigint not null,
    person_id uuid not null,
    self_id uuid not null,
    is_visitor boolean not null,
    since timestamptz not null,
    primary key (home, person_id, self_id),
    foreign key (home, person_id) references identity.persons (home, id)
);
comment on table identity.selves is 'home: the person; the other ids they acted under: visitors that joined, persons that were merged';

create table identity.phones (
    home bigint not null,
    person_id uuid not null,
    sealed bytea not null,
    masked text not null,
    created_at timestamptz not null,
    primary key (home, person_id, sealed),
    foreign key (home, person_id) references identity.persons (home, id)
);
comment on table identity.phones is 'home: the person; their numbers, sealed and bound to the person';

create table identity.codes (
    key bytea primary key,
    digest bytea not null,
    attempts smallint not null check (attempts between 0 and 5),
    sent_at timestamptz[] not null check (cardinality(sent_at) between 1 and 5),
    expires_at timestamptz not null
) with (fillfactor = 80);
comment on table identity.codes is 'by key: the last code sent to a phone (keyed index), and when codes were sent';

create table identity.networks (
    key bytea primary key,
    window_at timestamptz not null,
    sent integer not null
) with (fillfactor = 80);
comment on table identity.networks is 'by key: how many codes a network address (keyed index) asked for within the hour';

create table identity.sessions (
    home bigint not null,
    id uuid not null,
    person_id uuid not null,
    digest bytea not null,
    device text,
    created_at timestamptz not null,
    seen_at timestamptz not null,
    ended_at timestamptz,
    primary key (home, id),
    foreign key (home, person_id) references identity.persons (home, id)
) with (fillfactor = 80);
comment on table identity.sessions is 'home: the person; a token is known by its digest only';
create index sessions_person on identity.sessions (home, person_id, created_at);

create table identity.visitors (
    home bigint not null,
    id uuid not null,
    digest bytea not null,
    person_id uuid,
    joined_at timestamptz,
    created_at timestamptz not null,
    primary key (home, id),
    check ((person_id is null) = (joined_at is null))
);
comment on table identity.visitors is 'home: the visitor itself; somebody without a name, until they sign in';

create table identity.grants (
    home bigint not null,
    person_id uuid not null,
    scope uuid not null,
    role text not null,
    given_by uuid,
    given_at timestamptz not null,
    ended_at timestamptz,
    foreign key (home, person_id) references identity.persons (home, id)
);
comment on table identity.grants is 'home: the person; the roles they hold and held, by scope';
create unique index grants_active on identity.grants (home, person_id, scope, role) where ended_at is null;

create table identity.addresses (
    home bigint not null,
    id uuid not null,
    person_id uuid not null,
    slot smallint not null check (slot between 1 and 50),
    sealed bytea not null,
    region text[] not null check (cardinality(region) between 1 and 5),
    country text not null default 'CN' check (country ~ '^[A-Z]{2}$'),
    is_default boolean not null default false,
    created_at timestamptz not null,
    deleted_at timestamptz,
    primary key (home, id),
    foreign key (home, person_id) references identity.persons (home, id)
);
comment on table identity.addresses is 'home: the person; recipient, phone and street are sealed and bound to the address';
create unique index addresses_slot on identity.addresses (home, person_id, slot) where deleted_at is null;
create unique index addresses_default on identity.addresses (home, person_id) where is_default and deleted_at is null;

create table identity.consents (
    home bigint not null,
    id uuid not null,
    person_id uuid not null,
    purpose text not null,
    scope_id uuid,
    version integer not null,
    given_at timestamptz,
    withdrawn_at timestamptz,
    primary key (home, id),
    foreign key (home, person_id) references identity.persons (home, id),
    check (given_at is not null or withdrawn_at is not null)
);
comment on table identity.consents is 'home: the person; what they agreed to and when, and when no longer; without given_at they declined';
create unique index consents_active on identity.consents (home, person_id, purpose, scope_id) nulls not distinct
    where withdrawn_at is null;
create index consents_person on identity.consents (home, person_id, purpose);
