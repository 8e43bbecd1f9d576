"""Refunds and the daily statement. What is given back of a payment never exceeds what was captured."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec
from msgspec import structs

from shuke.money.cashier import notices
from shuke.money.cashier.problems import NotRefundable, RefundDiffers
from shuke.money.cashier.wire import Notice, Refund, RefundAsk, from_ms, to_ms

STATEMENT_HEADER = "kind,transaction_id,payment_id,refund_id,amount,currency,at\r\n"
LINES_AT_A_TIME = 1000

REFUND = """
    select id as refund_id, payment_id, amount, currency, reason, notify_url, state, transaction_id, decided_at
    from refunds where id = ?"""
INSERT_REFUND = """
    insert into refunds (id, payment_id, amount, currency, reason, notify_url, state, transaction_id, decided_at)
    select :refund_id, id, :amount, :currency, :reason, :notify_url, :state, :transaction_id, :decided_at
    from payments
    where id = :payment_id and state = 'paid' and currency = :currency and refunded + :amount <= amount
    on conflict (id) do nothing"""
GIVE_BACK = "update payments set refunded = refunded + ? where id = ?"
STATEMENT = """
    select 'capture', transaction_id, id, '', amount, currency, decided_at
    from payments where state = 'paid' and decided_at >= ?1 and decided_at < ?2
    union all
    select 'refund', transaction_id, payment_id, id, amount, currency, decided_at
    from refunds where state = 'succeeded' and decided_at >= ?1 and decided_at < ?2
    order by 7, 2"""


def refund(db: sqlite3.Connection, ask: RefundAsk, at: datetime) -> Refund:
    """Give back part of a captured payment, once per refund id. Raises NotRefundable, RefundDiffers."""
    defaults = notices.read_defaults(db)
    fails = notices.is_unlucky(ask.refund_id, defaults.refund_fail_bps)
    asked = structs.asdict(ask)
    answer = {"state": "failed" if fails else "succeeded", "transaction_id": notices.new_transaction_id(at)}
    if not db.execute(INSERT_REFUND, asked | answer | {"decided_at": to_ms(at)}).rowcount:
        return _asked_before(db, ask)
    if not fails:
        db.execute(GIVE_BACK, (ask.amount, ask.payment_id))
    news = Notice(
        type="refund.failed" if fails else "refund.succeeded",
        payment_id=ask.payment_id,
        transaction_id=answer["transaction_id"],
        amount=ask.amount,
        currency=ask.currency,
        decided_at=at,
        refund_id=ask.refund_id,
    )
    notices.announce(db, news, ask.notify_url, defaults.refund_notices, at)
    return _asked_before(db, ask)


def refund_of(db: sqlite3.Connection, refund_id: str) -> Refund | None:
    """The refund, if it was ever accepted."""
    row = db.execute(REFUND, (refund_id,)).fetchone()
    return None if row is None else _refund(row)


def statement(db: sqlite3.Connection, day: date) -> Iterator[str]:
    """Captures and refunds of a UTC day as CSV, some lines at a time. No field can hold a comma or a quote. Closes `db`."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        lines = db.execute(STATEMENT, (to_ms(start), to_ms(start + timedelta(days=1))))
        yield STATEMENT_HEADER
        while some := lines.fetchmany(LINES_AT_A_TIME):
            yield "".join(f"{','.join(map(str, line[:6]))},{from_ms(line[6]).isoformat()}\r\n" for line in some)
    finally:
        db.close()


def _asked_before(db: sqlite3.Connection, ask: RefundAsk) -> Refund:
    row = db.execute(REFUND, (ask.refund_id,)).fetchone()
    if row is None:
        raise NotRefundable
    if any(row[name] != wanted for name, wanted in structs.asdict(ask).items()):
        raise RefundDiffers
    return _refund(row)


def _refund(row: sqlite3.Row) -> Refund:
    return msgspec.convert(dict(row) | {"decided_at": from_ms(row["decided_at"])}, Refund)
