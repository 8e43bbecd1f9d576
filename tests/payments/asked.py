"""Builders of the payments' tests: a payer, what they are asked for, and what the channel tells."""

import itertools
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from shuke.kit import clock, proofs
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db
from shuke.kit.ids import new_id
from shuke.kit.money import Money
from shuke.money import payments
from shuke.money.payments import PaidNotice, Part, Payment

PAYER, SHOP = 8001, 8002
numbers = itertools.count(1)


def cny(amount: int) -> Money:
    """Fen."""
    return Money(amount, "CNY")


def a_part(amount: int, home: int = SHOP) -> Part:
    """What an order of this shop costs."""
    return Part(new_id(home), new_id(home), cny(amount))


def a_person() -> Actor:
    """Somebody who may be asked for money."""
    id = new_id(PAYER)
    return Actor(id=id, selves=(id,))


def in_half_an_hour() -> datetime:
    """When a payment expires unless told otherwise."""
    return clock.now() + timedelta(minutes=30)


async def asked(db: Db, *parts: Part, payer: UUID | None = None) -> Payment:
    """A pending payment through the sandbox, of 100 yuan unless told otherwise."""
    payer_id = PersonId(payer or new_id(PAYER))
    wanted = parts or (a_part(10_000),)
    return await payments.open_payment(db, payer_id, "sandbox", "云南小粒咖啡", wanted, in_half_an_hour())


def paid(payment: Payment, **changes: Any) -> PaidNotice:
    """The sandbox's notice that this payment was made."""
    number = next(numbers)
    notice = PaidNotice(payment.id, payment.attempt, f"transaction-{number}", payment.amount, f"notice-{number}")
    return msgspec.structs.replace(notice, **changes)


async def status_of(db: Db, payment: Payment) -> str:
    """What the payment has become."""
    return await db.fetchval("select status from payments.payments where id = $1", payment.id)


async def news(db: Db, name: str) -> list[dict[str, Any]]:
    """The events of this name, in the order in which they were said."""
    rows = await db.fetch("select payload from kit.events where name = $1 order by id", f"payments.{name}")
    return [msgspec.json.decode(row["payload"]) for row in rows]


async def refunds(db: Db) -> list[Any]:
    """All refunds: (part, amount, status, reason)."""
    rows = await db.fetch("select part_reference, amount, status, reason from payments.refunds order by requested_at, id")
    return [tuple(row) for row in rows]


async def assert_sound(db: Db) -> None:
    """Every proof of payments holds."""
    found = [each for each in await proofs.verify(db) if each[0].name.startswith("payments.")]
    assert len(found) == 2
    for proof, finding in found:
        assert finding.broken == 0, (proof.sentence, finding.example)
