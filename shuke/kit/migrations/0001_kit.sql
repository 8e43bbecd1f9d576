-- Homes: one number space for shops and persons. 1 is the platform.
create sequence kit.homes start 1000 maxvalue 68719476735;

create table kit.events (
    id bigint generated always as identity primary key,
    name text not null,
    payload jsonb not null,
    at timestamptz not null,
    timeline text not null,
    xid xid8 not null default pg_current_xact_id());
comment on table kit.events is 'local: what happened, in the order it was written; readers stop below the oldest running transaction';
create index events_name on kit.events (name, id);

create table kit.jobs (
    id bigint generated always as identity primary key,
    kind text not null,
    payload jsonb not null,
    run_at timestamptz not null,
    timeline text not null,
    dedupe text,
    attempts smallint not null default 0,
    error text,
    dead_at timestamptz,
    created_at timestamptz not null);
comment on table kit.jobs is 'local: what is to be done; a job that is done is deleted, one that cannot be done is kept dead';
create index jobs_due on kit.jobs (timeline, run_at, id) where dead_at is null;
create unique index jobs_dedupe on kit.jobs (dedupe) where dedupe is not null and dead_at is null;
create index jobs_dead on kit.jobs (dead_at) where dead_at is not null;
alter table kit.jobs set (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

create table kit.answers (
    home bigint not null,
    actor_id uuid not null,
    key text not null,
    request_hash bytea not null,
    answer jsonb,
    created_at timestamptz not null,
    primary key (home, actor_id, key));
comment on table kit.answers is 'home: the actor; the answers of idempotent requests, kept for a week';
create index answers_created on kit.answers (created_at);
