create table social.lookups (
    home bigint not null,
    person_id uuid not null,
    window_at timestamptz not null,
    asked integer not null,
    constraint lookups_pkey primary key (home, person_id)
) with (fillfactor = 80);
comment on table social.lookups is 'home: who asks; how many numbers they looked up within the day, and never which';
