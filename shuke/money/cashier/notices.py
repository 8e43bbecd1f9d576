"""The outbox: news is written with the decision it tells, and stays due until the receiver has accepted it."""

import hashlib
import secrets
import sqlite3
from datetime import datetime

import msgspec
from msgspec import Struct

from shuke.money.cashier.wire import Behaviour, Defaults, Notice, to_ms

INSERT_NOTICE = """
    insert into notices (public_id, url, body, copies, drop_first, forge_first, due_at) values (?, ?, ?, ?, ?, ?, ?)"""
DUE = """
    select id, public_id, url, body, copies, drop_first, forge_first, attempts
    from notices where delivered_at is null and due_at <= ? order by due_at limit ?"""
NEXT_DUE = "select min(due_at) from notices where delivered_at is null and due_at > ?"
DELIVERED = """
    update notices set delivered_at = ?, attempts = attempts + 1, last_answer = ? where id = ?"""
NOT_DELIVERED = "update notices set due_at = ?, attempts = attempts + 1, last_answer = ? where id = ?"
COUNTS = """
    select count(due_at), count(*) - count(due_at)
    from notices where delivered_at is null"""
DEFAULTS = "select rules from defaults where one = 1"
SET_DEFAULTS = "insert into defaults (one, rules) values (1, ?) on conflict (one) do update set rules = excluded.rules"


class Parcel(Struct, frozen=True):
    """One notice on its way."""

    id: int
    public_id: str
    url: str
    body: bytes
    copies: int
    drop_first: int
    forge_first: int
    attempts: int


class Backlog(Struct, frozen=True):
    """How many notices are still on their way, and how many were given up."""

    undelivered: int
    given_up: int


def announce(db: sqlite3.Connection, news: Notice, url: str, travels: Behaviour, earliest: datetime) -> None:
    """Write the news to the outbox, in the transaction of what it tells."""
    due_at = to_ms(earliest) + travels.delay_ms
    public_id = f"msg_{secrets.token_hex(12)}"
    body = msgspec.json.encode(news)
    db.execute(INSERT_NOTICE, (public_id, url, body, travels.copies, travels.drop_first, travels.forge_first, due_at))


def due(db: sqlite3.Connection, at_ms: int, limit: int) -> list[Parcel]:
    """What should be delivered by now, the longest due first."""
    return [Parcel(*row) for row in db.execute(DUE, (at_ms, limit))]


def next_due(db: sqlite3.Connection, at_ms: int) -> int | None:
    """When, after `at_ms`, the next delivery is due."""
    return db.execute(NEXT_DUE, (at_ms,)).fetchone()[0]


def mark_delivered(db: sqlite3.Connection, parcel_id: int, at_ms: int, answer: str) -> None:
    """Take the notice off the outbox."""
    db.execute(DELIVERED, (at_ms, answer, parcel_id))


def mark_undelivered(db: sqlite3.Connection, parcel_id: int, again_ms: int | None, answer: str) -> None:
    """Remember a failed attempt and when to try again; never again if `again_ms` is None."""
    db.execute(NOT_DELIVERED, (again_ms, answer, parcel_id))


def backlog(db: sqlite3.Connection) -> Backlog:
    """What is not delivered."""
    return Backlog(*db.execute(COUNTS).fetchone())


def read_defaults(db: sqlite3.Connection) -> Defaults:
    """How the sandbox behaves unless a decision says otherwise."""
    row = db.execute(DEFAULTS).fetchone()
    return Defaults() if row is None else msgspec.json.decode(row[0], type=Defaults)


def set_defaults(db: sqlite3.Connection, defaults: Defaults) -> Defaults:
    """Replace how the sandbox behaves from now on."""
    db.execute(SET_DEFAULTS, (msgspec.json.encode(defaults),))
    return defaults


def is_unlucky(name: str, rate_bps: int) -> bool:
    """Whether this payment or refund is of the share that fails; by its name, so that a second run chooses the same."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") % 10_000 < rate_bps


def new_transaction_id(at: datetime) -> str:
    """The cashier's own number: the second, and enough chance that the unique constraint never speaks."""
    return f"{at:%Y%m%d%H%M%S}{secrets.randbelow(10**14):014d}"
