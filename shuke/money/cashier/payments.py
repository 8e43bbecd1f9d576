"""Decisions and closures of payments: each is one unit of work that also writes its notice, so no news is lost or invented."""

import sqlite3
from datetime import datetime, timedelta

import msgspec

from shuke.money.cashier import notices
from shuke.money.cashier.problems import AlreadyDecided, PaymentClosed, RequestExpired
from shuke.money.cashier.wire import Behaviour, Notice, Outcome, Payment, PayRequest, from_ms, to_ms

LATE_BY = timedelta(seconds=1)

PAYMENT = """
    select id as payment_id, state, asked, amount, currency, transaction_id, decided_at, refunded
    from payments where id = ?"""
INSERT_PAYMENT = """
    insert into payments (id, state, asked, amount, currency, transaction_id, decided_at)
    values (:payment_id, :state, :asked, :amount, :currency, :transaction_id, :decided_at)
    on conflict (id) do nothing"""
CLOSE_PAYMENT = "insert into payments (id, state, decided_at) values (?, 'closed', ?) on conflict (id) do nothing"


def decide(db: sqlite3.Connection, request: PayRequest, asked: Outcome, behaviour: Behaviour | None, at: datetime) -> Payment:
    """Record the payer's decision. The first one stands; the same one again gets the same answer, even after expiry.

    Raises AlreadyDecided, PaymentClosed, RequestExpired.
    """
    if at >= request.expires_at:
        return _decided_before(db, request, asked)
    defaults = notices.read_defaults(db)
    declined = asked == "failed" or notices.is_unlucky(request.payment_id, defaults.payment_fail_bps)
    decided = Payment(
        payment_id=request.payment_id,
        state="failed" if declined else "paid",
        amount=request.amount,
        currency=request.currency,
        transaction_id=notices.new_transaction_id(at),
        decided_at=at,
    )
    row = {
        "payment_id": request.payment_id,
        "state": decided.state,
        "asked": asked,
        "amount": request.amount,
        "currency": request.currency,
        "transaction_id": decided.transaction_id,
        "decided_at": to_ms(at),
    }
    if not db.execute(INSERT_PAYMENT, row).rowcount:
        return _decided_before(db, request, asked)
    travels = behaviour or defaults.payment_notices
    earliest = max(at, request.expires_at + LATE_BY) if travels.late else at
    notices.announce(db, _news(decided, request), request.notify_url, travels, earliest)
    return decided


def close(db: sqlite3.Connection, payment_id: str, at: datetime) -> Payment:
    """Close a payment unless it was decided, and tell what it is now; afterwards it cannot be paid."""
    db.execute(CLOSE_PAYMENT, (payment_id, to_ms(at)))
    return payment_of(db, payment_id)


def payment_of(db: sqlite3.Connection, payment_id: str) -> Payment:
    """The payment as it is known; one that nobody decided or closed is open."""
    row = db.execute(PAYMENT, (payment_id,)).fetchone()
    return Payment(payment_id=payment_id) if row is None else _payment(row)


def _decided_before(db: sqlite3.Connection, request: PayRequest, asked: Outcome) -> Payment:
    row = db.execute(PAYMENT, (request.payment_id,)).fetchone()
    if row is None:
        raise RequestExpired
    if row["state"] == "closed":
        raise PaymentClosed
    if (row["asked"], row["amount"], row["currency"]) != (asked, request.amount, request.currency):
        raise AlreadyDecided
    return _payment(row)


def _news(decided: Payment, request: PayRequest) -> Notice:
    assert decided.decided_at is not None
    assert decided.transaction_id is not None
    return Notice(
        type="payment.paid" if decided.state == "paid" else "payment.failed",
        payment_id=decided.payment_id,
        transaction_id=decided.transaction_id,
        amount=request.amount,
        currency=request.currency,
        decided_at=decided.decided_at,
        paid_at=decided.decided_at if decided.state == "paid" else None,
    )


def _payment(row: sqlite3.Row) -> Payment:
    return msgspec.convert(dict(row) | {"decided_at": from_ms(row["decided_at"])}, Payment)
