"""Who earns from a sale beside shop and platform: sharers, guides, authors (docs/attribution.md).

The rules are pure, over what was frozen on the order. Always true: at most two sharers of an order are paid, and they are not
its buyer; shares and fees together stay under the ceiling; everything is rounded down by line and payee, and the remainder
stays with the shop; an accrual is swept once, and stands at the shop and at the person alike; nothing accrues to who was
erased, and nobody is erased to whom something is owed.

Commissions moves no money: settlement posts what accrues, and sweeps what is payable into the books of those who earned it.
"""

from shuke.earnings.commissions.accruals import (
    MAX_TAKEN,
    accrue,
    due_homes,
    payable_at,
    shares_of_order,
    take_payable,
    terms_now,
    unswept,
    without_erased,
)
from shuke.earnings.commissions.earnings import erase_person, export_person, my_earnings
from shuke.earnings.commissions.rules import fee_bps, kept_of, shares_of
from shuke.earnings.commissions.types import (
    Earning,
    EarningsTotal,
    EarningsUnpaid,
    MyEarnings,
    Share,
    Taken,
    Terms,
    Unswept,
)
from shuke.society import identity

__all__ = [
    "MAX_TAKEN",
    "Earning",
    "EarningsTotal",
    "EarningsUnpaid",
    "MyEarnings",
    "Share",
    "Taken",
    "Terms",
    "Unswept",
    "accrue",
    "due_homes",
    "fee_bps",
    "kept_of",
    "my_earnings",
    "payable_at",
    "shares_of",
    "shares_of_order",
    "take_payable",
    "terms_now",
    "unswept",
    "without_erased",
]

identity.privacy("commissions", export=export_person, erase=erase_person)
