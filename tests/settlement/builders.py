"""Settled orders, and what must be true of the books around them."""

from uuid import UUID

from shuke.deals.trade import OrderForSettlement
from shuke.earnings import settlement
from shuke.kit import proofs
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.kit.money import Money
from shuke.money import ledger
from shuke.money.ledger import Entry, Posting


async def into_escrow(db: Db, order: OrderForSettlement) -> None:
    """The buyer paid, and what was refunded went back."""
    entries = [Entry("payment", str(order.id), [Posting("clearing:sandbox", "escrow", order.total)])]
    if order.refunded.amount:
        entries.append(Entry("refund", f"refund of {order.id}", [Posting("escrow", "clearing:sandbox", order.refunded)]))
    await ledger.post_all(db, [(home_of(order.id), entry) for entry in entries if order.total.amount])


async def a_settled_order(db: Db, order: OrderForSettlement) -> OrderForSettlement:
    """The order, paid and settled."""
    await into_escrow(db, order)
    assert await settlement.settle_order(db, order)
    return order


async def held(db: Db, owner: UUID) -> dict[str, int]:
    """What the accounts of a book hold in fen; empty ones are left out."""
    balances = await ledger.balances(db, home_of(owner))
    return {account: fen for account, amounts in balances.items() if (fen := cny_of(amounts))}


def cny_of(amounts: list[Money]) -> int:
    """The fen among amounts."""
    return sum(each.amount for each in amounts if each.currency == "CNY")


async def assert_money_adds_up(db: Db) -> None:
    """Every proof of ledger and earnings holds, and those of settlement had something to look at."""
    found = [each for each in await proofs.verify(db) if each[0].name.startswith(("ledger.", "commissions.", "settlement."))]
    assert len(found) == 9
    for proof, finding in found:
        assert finding.broken == 0, (proof.sentence, finding.example)
        assert finding.checked or not proof.name.startswith("settlement."), proof.name
