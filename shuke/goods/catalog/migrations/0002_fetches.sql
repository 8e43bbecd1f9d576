create table catalog.fetches (
    home bigint not null,
    product_id uuid not null,
    digest bytea not null,
    shop_id uuid not null,
    place smallint not null,
    url text not null,
    asked_at timestamptz not null,
    due_at timestamptz,
    claimed_until timestamptz,
    attempts integer not null default 0,
    key text,
    failed_at timestamptz,
    reason text,
    primary key (home, product_id, digest),
    foreign key (home, product_id) references catalog.products (home, id),
    check ((due_at is null) = (key is not null or failed_at is not null)),
    check ((failed_at is null) = (reason is null))
);
comment on table catalog.fetches is 'home: the shop; pictures of an import by the address they come from (SHA-256), each fetched once';
create index fetches_due on catalog.fetches (home, due_at) where due_at is not null;
create index fetches_claimed on catalog.fetches (home, claimed_until) where claimed_until is not null;
