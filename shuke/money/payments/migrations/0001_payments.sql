create table payments.payments (
    home bigint not null,
    id uuid not null,
    payer_id uuid not null,
    subject text not null,
    amount bigint not null check (amount >= 0),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    status text not null check (status in ('pending', 'captured', 'closed')),
    channel text not null,
    attempt integer not null default 1,
    expires_at timestamptz not null,
    query_at timestamptz not null,
    transaction_id text,
    created_at timestamptz not null,
    captured_at timestamptz,
    closed_at timestamptz,
    primary key (home, id),
    check ((status = 'captured') = (captured_at is not null)),
    check ((status = 'closed') = (closed_at is not null))
) with (fillfactor = 80);
comment on table payments.payments is 'home: the payer; an amount asked for once, through one channel';
create index payments_query on payments.payments (query_at) where status = 'pending';

-- A part has no foreign key to its payment: one statement writes both, nothing deletes, and a proof finds a stray.
create table payments.parts (
    home bigint not null,
    payment_id uuid not null,
    reference uuid not null,
    shop_id uuid not null,
    amount bigint not null check (amount >= 0),
    currency text not null,
    refunded bigint not null default 0,
    primary key (home, payment_id, reference),
    constraint parts_refunded_check check (refunded between 0 and amount)
) with (fillfactor = 90);
comment on table payments.parts is 'home: the payer; whom a payment is for, and what of it was given back';

create table payments.refunds (
    home bigint not null,
    id uuid not null,
    payment_id uuid not null,
    part_reference uuid,
    reference uuid not null,
    channel text not null,
    payment_attempt integer not null,
    transaction_id text,
    amount bigint not null check (amount > 0),
    currency text not null,
    status text not null check (status in ('requested', 'succeeded', 'failed')),
    reason text not null,
    attempts integer not null default 0,
    requested_at timestamptz not null,
    settled_at timestamptz,
    primary key (home, id),
    constraint refunds_once unique (home, reference),
    foreign key (home, payment_id) references payments.payments (home, id),
    check ((status = 'requested') = (settled_at is null)));
comment on table payments.refunds is 'home: the payer; money on its way back, of a part, or (without one) money that should not have come';
create index refunds_payment on payments.refunds (home, payment_id);

create table payments.notices (
    channel text not null,
    notice_id text not null,
    payment_id uuid not null,
    received_at timestamptz not null,
    primary key (channel, notice_id));
comment on table payments.notices is 'by key: the channel and its own number of the notice; each changes the world once';
