create table ledger.entries (
    home bigint not null,
    id uuid not null,
    kind text not null check (kind <> ''),
    reference text not null check (reference <> ''),
    at timestamptz not null,
    posted_at timestamptz not null,
    primary key (home, id),
    constraint entries_once unique (home, reference, kind));
comment on table ledger.entries is 'home: the owner of the book; why money moved, once per kind and reference, never edited';

-- A posting has no foreign key to its entry: one statement writes both, nothing deletes, and a proof finds a stray.
create table ledger.postings (
    home bigint not null,
    entry_id uuid not null,
    line smallint not null,
    account text not null,
    amount bigint not null,
    currency text not null,
    at timestamptz not null,
    primary key (home, entry_id, line),
    constraint postings_amount_check check (amount <> 0));
comment on table ledger.postings is 'home: the owner of the book; what an entry adds to an account, signed; an entry sums to zero per currency';
create index postings_account on ledger.postings (home, account, currency, at) include (amount);

create table ledger.balances (
    home bigint not null,
    account text not null check (account ~ '^[a-z_]+(:[A-Za-z0-9_-]+)*$'),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    balance bigint not null,
    may_be_negative boolean not null generated always as (starts_with(account, 'clearing:')) stored,
    primary key (home, account, currency),
    constraint balances_balance_check check (balance >= 0 or may_be_negative)
) with (fillfactor = 50);
comment on table ledger.balances is 'home: the owner of the book; the sum of the postings of each account, kept by the statement that writes them';
alter table ledger.balances set (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
