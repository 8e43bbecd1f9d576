"""Who earns what from a sale: pure, from what was frozen on the order (docs/attribution.md)."""

from collections.abc import Sequence

from shuke.deals.trade import OrderForSettlement, Payee, SettledLine
from shuke.earnings.commissions.types import Share, Terms
from shuke.kit.money import Money

RANKS = {("sharer", 1): 0, ("sharer", 2): 1, ("guide", 0): 2, ("author", 0): 3}
"""Who may earn, and who is served first when rates come to more than the ceiling leaves."""


def kept_of(order: OrderForSettlement) -> list[int]:
    """What stays paid of each line when refunds are taken off in proportion, rounded down, in minor units."""
    total, kept = order.total.amount, order.total.amount - order.refunded.amount
    return [line.paid * kept // total if total else 0 for line in order.lines]


def fee_bps(line: SettledLine, terms: Terms) -> int:
    """The category's commission on a line: its frozen rate, within the ceiling."""
    return min(line.rate_bps, _under_the_ceiling(terms))


def shares_of(order: OrderForSettlement, terms: Terms) -> list[Share]:
    """What each payee earns, first the sharers; who earns nothing is not there.

    On goods paid, without freight and less refunds; rounded down by line and payee, so the remainder stays with the shop.
    Rates that come to more than the ceiling leaves are cut from the author upwards: guide, second sharer, first sharer.
    """
    bases = kept_of(order)
    room = [_under_the_ceiling(terms) - fee_bps(line, terms) for line in order.lines]
    shares: list[Share] = []
    for payee in _payees(order):
        agreed = [_rate(payee, line) for line in order.lines]
        granted = [min(rate, left) for rate, left in zip(agreed, room, strict=True)]
        room = [left - rate for left, rate in zip(room, granted, strict=True)]
        full = _earned(bases, agreed)
        if full:
            base = sum(base for base, rate in zip(bases, agreed, strict=True) if rate)
            rate_bps = sum(base * rate for base, rate in zip(bases, granted, strict=True)) // base
            amount = _earned(bases, granted)
            moneys = [Money(each, order.total.currency) for each in (base, amount, full - amount)]
            shares.append(Share(payee.role, payee.level, payee.person_id, moneys[0], rate_bps, moneys[1], moneys[2]))
    return shares


def _under_the_ceiling(terms: Terms) -> int:
    return max(0, terms.ceiling_bps - terms.tech_fee_bps)


def _payees(order: OrderForSettlement) -> list[Payee]:
    # Whoever froze the attribution said the same; here it is said by the one who pays.
    fit: dict[tuple[str, int], Payee] = {}
    sharers = {order.buyer_id}
    for payee in sorted(order.attribution.payees, key=lambda payee: payee.level):
        place = (payee.role, payee.level)
        if place not in RANKS or place in fit or payee.person_id == order.buyer_id:
            continue
        if payee.role == "sharer":
            if payee.person_id in sharers:
                continue
            sharers.add(payee.person_id)
        fit[place] = payee
    return [fit[place] for place in sorted(fit, key=RANKS.__getitem__)]


def _rate(payee: Payee, line: SettledLine) -> int:
    if payee.role != "sharer":
        return payee.rate_bps or 0
    return line.commission_bps[payee.level - 1] if payee.level <= len(line.commission_bps) else 0


def _earned(bases: Sequence[int], rates: Sequence[int]) -> int:
    return sum(base * rate // 10_000 for base, rate in zip(bases, rates, strict=True))
