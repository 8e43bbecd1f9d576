"""How what was paid is divided, and which postings say so: pure, to the fen (docs/attribution.md)."""

from collections.abc import Sequence

from shuke.deals.trade import OrderForSettlement, Status
from shuke.earnings import commissions
from shuke.earnings.commissions import Share, Terms
from shuke.earnings.settlement.types import Division, Fee
from shuke.kit.money import Money, total
from shuke.money.ledger import Posting

ESCROW = "escrow"
PENDING = "pending"
AVAILABLE = "available"
WITHDRAWN = "withdrawn"
OWED = "owed:"

UNPAID = (Status.PLACED, Status.CANCELLED)


def divide(order: OrderForSettlement, terms: Terms) -> Division:
    """Divide what was paid: fees and shares rounded down, refunds, and all the rest to the shop, freight included.

    The category's commission is on each line of goods, the tech fee on everything that was paid and not refunded.
    """
    nothing = Money(0, order.total.currency)
    if order.status in UNPAID:
        return Division(nothing, nothing, nothing, [], [])
    kept = order.total - order.refunded
    bases = commissions.kept_of(order)
    commission = sum(base * commissions.fee_bps(line, terms) // 10_000 for base, line in zip(bases, order.lines, strict=True))
    fees = [Fee("commission", Money(commission, nothing.currency)), Fee("tech_fee", kept.share(terms.tech_fee_bps))]
    shares = commissions.shares_of(order, terms)
    taken = total([*(fee.amount for fee in fees), *(share.amount for share in shares)], nothing.currency)
    assert taken.amount <= kept.amount, f"{order.id} gives away more than was paid for it"
    return Division(order.total, order.refunded, kept - taken, fees, shares)


def postings_of(division: Division) -> list[Posting]:
    """Out of escrow: what is owed to the platform and to each person, and what is the shop's; nothing for a total of zero."""
    moves = [
        *((owed_fee(fee.kind), fee.amount) for fee in division.fees),
        *((owed_share(share), share.amount) for share in division.shares),
        (PENDING, division.shop),
    ]
    return [Posting(ESCROW, target, amount) for target, amount in moves if amount.amount]


def owed_fee(kind: str) -> str:
    """The account of a shop's book that holds what it owes the platform."""
    return f"{OWED}platform:{kind}"


def owed_share(share: Share) -> str:
    """The account of a shop's book that holds what it owes a person."""
    return f"{OWED}person:{share.person_id}"


def sums(amounts: Sequence[Money]) -> list[Money]:
    """The amounts by currency, in the order of the codes."""
    found: dict[str, int] = {}
    for each in amounts:
        found[each.currency] = found.get(each.currency, 0) + each.amount
    return [Money(amount, currency) for currency, amount in sorted(found.items())]
