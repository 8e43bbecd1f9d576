create table settlement.settlements (
    home bigint not null,
    order_id uuid not null,
    shop_id uuid not null,
    paid bigint not null check (paid >= 0),
    refunds bigint not null check (refunds >= 0),
    shop bigint not null check (shop >= 0),
    fees jsonb not null,
    shares bigint not null check (shares >= 0),
    currency text not null,
    tech_fee_bps integer not null,
    ceiling_bps integer not null,
    settled_at timestamptz not null,
    release_at timestamptz not null,
    released_at timestamptz,
    fees_swept_at timestamptz,
    sweep_id uuid,
    primary key (home, order_id),
    check ((fees_swept_at is null) = (sweep_id is null))
) with (fillfactor = 70);
comment on table settlement.settlements is 'home: the shop; how what was paid for an order was divided, once';
create index settlements_unswept on settlement.settlements (home, settled_at) where fees_swept_at is null;
