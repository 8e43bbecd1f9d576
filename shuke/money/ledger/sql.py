"""Every statement of the ledger."""

from uuid import UUID

from shuke.kit.db import Query, Write
from shuke.kit.proofs import Finding
from shuke.money.ledger.types import Balance, EntryView, Left

# One statement, in which everything follows from the entries that are new: where an entry stood already, `entered` has no row
# and nothing else is written. Entries wait for a racing duplicate in the order of their key, and balances are locked in the
# order of theirs, so two of these statements never wait for each other in a circle.
#
# The table refuses a negative balance. It also looks at the row that is proposed before a conflict is found, so what is
# proposed for an existing account must pass: the change is taken from `sums` once it is known that there is one. An account
# that did not exist and should give is so made with zero; its change is not the sum, and its posting of zero is refused.
POST_LAST = Write(
    given="""
        select home, id, kind, reference, at
        from unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::timestamptz[])
            as given(home, id, kind, reference, at)""",
    entered="""
        insert into ledger.entries (home, id, kind, reference, at, posted_at)
        select home, id, kind, reference, at, $6 from {given} order by home, reference, kind
        on conflict on constraint entries_once do nothing
        returning home, id, at""",
    lines="""
        select e.home, e.id as entry_id, line, account, amount, currency, e.at
        from unnest($7::uuid[], $8::smallint[], $9::text[], $10::bigint[], $11::text[])
            as lines(entry_id, line, account, amount, currency)
        join {entered} e on e.id = lines.entry_id""",
    sums="""
        select home, account, currency, sum(amount)::bigint as change from {lines} group by home, account, currency""",
    kept="""
        insert into ledger.balances as had (home, account, currency, balance)
        select home, account, currency, case when starts_with(account, 'clearing:') then change else greatest(change, 0) end
        from {sums} order by home, account, currency
        on conflict (home, account, currency) do update
        set balance = had.balance + (
            select change from {sums} where (home, account, currency) = (had.home, had.account, had.currency))
        returning home, account, currency, new.balance - coalesce(old.balance, 0) as change""",
    posted="""
        insert into ledger.postings (home, entry_id, line, account, amount, currency, at)
        select home, entry_id, line, account, case when kept.change = sums.change then amount else 0 end, currency, at
        from {lines} join {sums} sums using (home, account, currency) join {kept} kept using (home, account, currency)""",
)
POST = Query(UUID, f"{POST_LAST.sql} id from entered")

BALANCES = Query(
    Balance,
    "select account, balance, currency from ledger.balances where home = $1 order by account, currency",
)

# What was paid out has left by a clearing account, which stands for the world outside the book.
LEFT_IN_BOOK = Query(
    Left,
    """
    select sum(balance)::bigint as amount, currency from ledger.balances
    where home = $1 and not starts_with(account, 'clearing:')
    group by currency having sum(balance) <> 0 order by currency""",
)

BALANCE_AT = Query(
    Balance,
    """
    select account, sum(amount)::bigint as balance, currency from ledger.postings
    where home = $1 and account = $2 and at <= $3
    group by account, currency order by currency""",
)

_VIEW = """
    select id, kind, reference, at, (
        select jsonb_agg(
            jsonb_build_object('account', account, 'amount', jsonb_build_object('amount', amount, 'currency', currency))
            order by line)
        from ledger.postings p where p.home = e.home and p.entry_id = e.id) as postings
    from ledger.entries e"""

ENTRIES_OF = Query(EntryView, f"{_VIEW} where home = $1 and reference = any($2) order by at, id")

ENTRIES_PAGE = Query(EntryView, f"{_VIEW} where home = $1 and ($2::uuid is null or id < $2) order by id desc limit $3")

ENTRIES_SUM_TO_ZERO = Query(
    Finding,
    """
    with sums as (select home, entry_id, sum(amount) as rest from ledger.postings group by home, entry_id, currency),
    entries as (select home, entry_id, bool_and(rest = 0) as is_zero from sums group by home, entry_id)
    select count(*) as checked,
           count(*) filter (where is_zero is not true or e.id is null) as broken,
           min(coalesce(e.id, entry_id)::text) filter (where is_zero is not true or e.id is null) as example
    from ledger.entries e full join entries on entries.home = e.home and entries.entry_id = e.id""",
    fan_out="a proof reads every book",
)

BALANCES_ARE_SUMS = Query(
    Finding,
    """
    with sums as (
        select home, account, currency, sum(amount) as amount from ledger.postings group by home, account, currency)
    select count(*) as checked,
           count(*) filter (where balance is distinct from amount) as broken,
           min(home || ' ' || account || ' ' || currency) filter (where balance is distinct from amount) as example
    from ledger.balances full join sums using (home, account, currency)""",
    fan_out="a proof reads every book",
)

BOOKS_CLEAR = Query(
    Finding,
    """
    with sums as (
        select currency, sum(balance) as rest from ledger.balances where account = 'clearing:books' group by currency)
    select count(*) as checked,
           count(*) filter (where rest <> 0) as broken,
           min(currency || ' ' || rest) filter (where rest <> 0) as example
    from sums""",
    fan_out="a proof reads every book",
)

NOTHING_OVERDRAWN = Query(
    Finding,
    """
    select count(*) as checked,
           count(*) filter (where balance < 0) as broken,
           min(home || ' ' || account || ' ' || currency) filter (where balance < 0) as example
    from ledger.balances where not starts_with(account, 'clearing:')""",
    fan_out="a proof reads every book",
)
