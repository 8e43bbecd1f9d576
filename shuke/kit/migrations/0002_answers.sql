-- An answer is written once, together with its request: no row waits for its answer any more.
delete from kit.answers where answer is null;
alter table kit.answers alter column answer set not null;
