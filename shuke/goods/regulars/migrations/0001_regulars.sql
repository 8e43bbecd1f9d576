create table regulars.regulars (
    home bigint not null,
    shop_id uuid not null,
    person_id uuid not null,
    source text check (source in ('opt_in', 'order', 'share', 'import')),
    guide_id uuid,
    bound_at timestamptz,
    bound_until timestamptz,
    level smallint not null default 0 check (level >= 0),
    since timestamptz,
    agreed_at timestamptz,
    left_at timestamptz,
    primary key (home, person_id),
    constraint regulars_not_own_guide check (guide_id <> person_id),
    constraint regulars_bound_check check (num_nulls(guide_id, bound_at, bound_until) in (0, 3)),
    constraint regulars_gone_check check (left_at is null or guide_id is null),
    constraint regulars_since_check check (left_at is not null or (since is not null and source is not null)));
comment on table regulars.regulars is 'home: the shop; who comes back, and who said no: without since they never were one';
create index regulars_newest on regulars.regulars (home, since desc, person_id desc) where left_at is null;
create index regulars_guide on regulars.regulars (home, guide_id, since desc, person_id desc) where guide_id is not null;

create table regulars.patronages (
    home bigint not null,
    person_id uuid not null,
    shop_id uuid not null,
    since timestamptz not null,
    primary key (home, person_id, shop_id));
comment on table regulars.patronages is 'home: the person; the shops that have a row about them';

create table regulars.guides (
    home bigint not null,
    id uuid not null,
    shop_id uuid not null,
    person_id uuid not null,
    rate_bps smallint not null default 0 check (rate_bps between 0 and 500),
    binding_days smallint not null default 180 check (binding_days between 1 and 730),
    since timestamptz not null,
    ended_at timestamptz,
    primary key (home, person_id),
    unique (home, id));
comment on table regulars.guides is 'home: the shop; staff who look after regulars, and what they get of their orders';

create table regulars.handovers (
    home bigint not null,
    id uuid not null,
    shop_id uuid not null,
    from_id uuid not null,
    to_id uuid not null,
    by_id uuid not null,
    at timestamptz not null,
    regulars integer not null,
    primary key (home, id),
    check (from_id <> to_id));
comment on table regulars.handovers is 'home: the shop; when one guide''s regulars were given to another, by whom, and how many';
