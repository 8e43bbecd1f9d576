create table shops.merchants (
    home bigint not null,
    id uuid not null,
    owner_id uuid not null,
    kind text not null check (kind in ('personal', 'company')),
    legal_name_sealed bytea,
    licence_sealed bytea,
    payout_sealed bytea,
    verified_at timestamptz,
    verified_by uuid,
    created_at timestamptz not null,
    primary key (home, id));
comment on table shops.merchants is 'home: the owner; the legal subject behind shops, its particulars sealed';

create table shops.shops (
    home bigint not null,
    id uuid not null,
    merchant_id uuid not null,
    owner_id uuid not null,
    name text not null,
    kind text not null check (kind in ('personal', 'company')),
    state text not null check (state in ('open', 'in_review', 'held', 'closed')),
    story text not null default '',
    cover text,
    city text,
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    guide_cap_bps smallint not null default 500 check (guide_cap_bps between 0 and 500),
    owners integer not null default 1,
    standing smallint check (standing between 0 and 100),
    search tsvector not null,
    opened_at timestamptz,
    appealed_at timestamptz,
    created_at timestamptz not null,
    primary key (home, id),
    constraint shops_opened_check check (state <> 'open' or opened_at is not null),
    constraint shops_owners_check check (owners >= 1 or (state = 'closed' and owners = 0)));
comment on table shops.shops is 'home: the shop; one in each home';
create index shops_open on shops.shops (opened_at desc, id desc) where state = 'open';
create index shops_search on shops.shops using gin (search) where state = 'open';
create index shops_by_state on shops.shops (state, id);
create index shops_by_currency on shops.shops (currency, id);

create table shops.reviews (
    home bigint not null,
    id uuid not null,
    shop_id uuid not null,
    kind text not null check (kind in ('state', 'appeal')),
    state text not null,
    by_id uuid,
    why text not null,
    at timestamptz not null,
    primary key (home, id));
comment on table shops.reviews is 'home: the shop; who set its state or appealed, when and why';

create table shops.staff (
    home bigint not null,
    shop_id uuid not null,
    person_id uuid not null,
    role text not null,
    given_by uuid not null,
    since timestamptz not null,
    ended_at timestamptz,
    primary key (home, person_id, role));
comment on table shops.staff is 'home: the shop; who works there, in which role';
create index staff_active on shops.staff (home, since, person_id, role) where ended_at is null;

create table shops.workplaces (
    home bigint not null,
    person_id uuid not null,
    shop_id uuid not null,
    role text not null,
    since timestamptz not null,
    primary key (home, person_id, shop_id, role));
comment on table shops.workplaces is 'home: the person; where they work, as staff of each shop says';

create table shops.invitations (
    home bigint not null,
    id uuid not null,
    shop_id uuid not null,
    person_id uuid not null,
    role text,
    profile_id uuid,
    phone_masked text,
    invited_by uuid not null,
    invited_at timestamptz not null,
    expires_at timestamptz not null,
    answered_at timestamptz,
    is_accepted boolean not null default false,
    primary key (home, id),
    check (num_nonnulls(role, profile_id) = 1));
comment on table shops.invitations is 'home: the shop; asked to join its staff, or to link a profile';
create unique index invitations_waiting on shops.invitations (home, person_id, role, profile_id)
    nulls not distinct where answered_at is null;

create table shops.my_invitations (
    home bigint not null,
    person_id uuid not null,
    invitation_id uuid not null,
    primary key (home, person_id, invitation_id));
comment on table shops.my_invitations is 'home: the person; which shops'' invitations wait for an answer';

create table shops.locations (
    home bigint not null,
    id uuid not null,
    shop_id uuid not null,
    name text not null,
    kind text not null check (kind in ('warehouse', 'store')),
    region text[] not null default '{}',
    street text not null default '',
    country text not null default 'CN',
    pickup boolean not null default false,
    is_default boolean not null default false,
    created_at timestamptz not null,
    closed_at timestamptz,
    primary key (home, id),
    constraint locations_default_is_open check (not (is_default and closed_at is not null)));
comment on table shops.locations is 'home: the shop; where its stock is and where goods are picked up';
create unique index locations_default on shops.locations (home, shop_id) where is_default;

create table shops.freight_templates (
    home bigint not null,
    id uuid not null,
    shop_id uuid not null,
    name text not null,
    is_default boolean not null default false,
    rules jsonb not null,
    created_at timestamptz not null,
    primary key (home, id));
comment on table shops.freight_templates is 'home: the shop; what delivery costs, by region';
create unique index freight_templates_default on shops.freight_templates (home, shop_id) where is_default;

create table shops.linked_profiles (
    home bigint not null,
    shop_id uuid not null,
    slot smallint not null check (slot between 1 and 100),
    kind text not null,
    profile_id uuid not null,
    linked_by uuid not null,
    linked_at timestamptz not null,
    primary key (home, slot),
    unique (home, profile_id),
    constraint linked_profiles_personal_check check (slot = 1 or kind = 'company'));
comment on table shops.linked_profiles is 'home: the shop; the profiles that speak for it, each in a slot of its own';
