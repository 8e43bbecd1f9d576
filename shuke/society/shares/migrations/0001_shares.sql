-- No foreign keys inside a tree: each would lock the parent's row for every child, and a viral link has 100,000 of them. Links
-- are never deleted, a child is inserted from its parent's row, and `shuke verify` proves the tree.
create table shares.links (
    home bigint not null,
    id uuid not null,
    root_id uuid not null,
    parent_id uuid,
    skip_id uuid,
    depth int not null check (depth >= 0),
    sharer_id uuid not null,
    target_kind text not null,
    target_id uuid not null,
    owner_id uuid not null,
    medium text not null,
    group_id uuid,
    created_at timestamptz not null,
    primary key (home, id),
    constraint links_root_check check ((parent_id is null) = (depth = 0) and (id = root_id) = (depth = 0)));
comment on table shares.links is 'home: the first sharer of the tree; a link and the link it was re-shared from';
comment on column shares.links.skip_id is 'the ancestor 64 levels above, for links that deep';
create unique index links_children on shares.links (home, parent_id, sharer_id, medium, group_id)
    nulls not distinct where parent_id is not null;
create unique index links_roots on shares.links (home, sharer_id, target_kind, target_id, medium, group_id)
    nulls not distinct where parent_id is null;
create index links_skips on shares.links (home, skip_id) where skip_id is not null;

create table shares.my_links (
    home bigint not null,
    sharer_id uuid not null,
    link_id uuid not null,
    target_kind text not null,
    target_id uuid not null,
    owner_id uuid not null,
    medium text not null,
    created_at timestamptz not null,
    primary key (home, sharer_id, link_id));
comment on table shares.my_links is 'home: the sharer; where their links are';

create table shares.visits (
    home bigint not null,
    link_id uuid not null,
    visitor_id uuid not null,
    root_id uuid not null,
    depth int not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    times int not null default 1 check (times > 0),
    primary key (home, link_id, visitor_id)
) with (fillfactor = 90);
comment on table shares.visits is 'home: the first sharer of the tree; who opened a link, by person or visitor';
create index visits_level on shares.visits (home, root_id, visitor_id, depth);

create table shares.touches (
    home bigint not null,
    visitor_id uuid not null,
    link_id uuid not null,
    sharer_id uuid not null,
    owner_id uuid not null,
    target_kind text not null,
    target_id uuid not null,
    first_at timestamptz not null,
    last_at timestamptz not null,
    primary key (home, visitor_id, link_id));
comment on table shares.touches is 'home: the visitor or person; the links they opened, so that an order finds its path at the buyer';
create index touches_last on shares.touches (home, visitor_id, last_at);

create table shares.conversions (
    home bigint not null,
    order_id uuid not null,
    link_id uuid not null,
    root_id uuid not null,
    depth int not null,
    amount bigint not null check (amount >= 0),
    currency text not null,
    at timestamptz not null,
    undone_at timestamptz,
    primary key (home, order_id));
comment on table shares.conversions is 'home: the first sharer of the tree; the orders that came by a link';
create index conversions_link on shares.conversions (home, link_id);

create table shares.deltas (
    home bigint not null,
    id bigint generated always as identity,
    link_id uuid not null,
    root_id uuid not null,
    depth int not null,
    visitor_id uuid,
    shares smallint not null default 0,
    orders smallint not null default 0,
    amount bigint not null default 0,
    currency text not null default '',
    primary key (home, id));
comment on table shares.deltas is 'home: the first sharer of the tree; what happened and is not in the level counters yet';
alter table shares.deltas set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

create table shares.levels (
    home bigint not null,
    link_id uuid not null,
    below smallint not null check (below between 0 and 63),
    currency text not null,
    shares bigint not null default 0,
    visitors bigint not null default 0,
    orders bigint not null default 0,
    amount bigint not null default 0,
    primary key (home, link_id, below, currency)
) with (fillfactor = 80);
comment on table shares.levels is
    'home: the first sharer of the tree; what happened so many levels below a link; the currency is empty for shares and visitors';

create table shares.ranks (
    home bigint not null,
    link_id uuid not null,
    parent_id uuid,
    visitors bigint not null,
    orders bigint not null,
    primary key (home, link_id)
) with (fillfactor = 80);
comment on table shares.ranks is 'home: the first sharer of the tree; the links somebody opened, the busiest of each parent first';
create index ranks_busiest on shares.ranks (home, parent_id, visitors desc);

create table shares.folds (
    home bigint not null,
    folded_at timestamptz not null,
    primary key (home));
comment on table shares.folds is 'home: the first sharer of the tree; locked by whoever folds, so that two never fold the same';
