create table commissions.accruals (
    home bigint not null,
    order_id uuid not null,
    role text not null,
    level smallint not null,
    person_id uuid not null,
    base bigint not null check (base > 0),
    rate_bps integer not null,
    amount bigint not null check (amount >= 0),
    reduced bigint not null check (reduced >= 0),
    currency text not null,
    accrued_at timestamptz not null,
    payable_at timestamptz not null,
    swept_at timestamptz,
    sweep_id uuid,
    primary key (home, order_id, role, level),
    -- A legal red line: the key and this leave room for two paid sharers, and no third.
    constraint accruals_level_check check (
        (role = 'sharer' and level in (1, 2)) or (role in ('guide', 'author') and level = 0)),
    constraint accruals_rate_check check (amount::numeric * 10000 < base::numeric * (rate_bps + 1)),
    check (amount + reduced > 0),
    check ((swept_at is null) = (sweep_id is null))
) with (fillfactor = 80);
comment on table commissions.accruals is 'home: the shop; what an order owes to those who brought it about, and when that was swept to them';
create unique index accruals_sharer on commissions.accruals (home, order_id, person_id) where role = 'sharer';
create index accruals_unswept on commissions.accruals (home, payable_at) where swept_at is null;

create table commissions.earnings (
    home bigint not null,
    order_id uuid not null,
    role text not null,
    level smallint not null,
    person_id uuid not null,
    shop_id uuid not null,
    buyer_id uuid not null,
    amount bigint not null check (amount >= 0),
    reduced bigint not null check (reduced >= 0),
    currency text not null,
    accrued_at timestamptz not null,
    payable_at timestamptz not null,
    paid_at timestamptz,
    primary key (home, order_id, role, level)
) with (fillfactor = 80);
comment on table commissions.earnings is 'home: the person; what they earned from sales they brought about';
create index earnings_of_person on commissions.earnings
    (home, person_id, accrued_at desc, order_id desc, role desc, level desc);
