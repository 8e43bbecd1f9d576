"""Where the money of a sale goes: to the platform, to those who brought the sale about, and to the shop (docs/attribution.md).

When an order is completed, what was paid for it is divided inside the shop's book, once and in one entry, and
paid = shop + fees + shares + refunds to the fen. The shop's part is released a day later. What the shop owes is swept, many
orders at a time, into the books of those it is owed to, each debt once; so no order alone writes to the platform's book.

Who earns how much is for commissions to say; settlement pays nobody out of the house.
"""

from shuke.earnings.settlement.balances import shop_balances
from shuke.earnings.settlement.settlements import release, settle, settle_order
from shuke.earnings.settlement.splits import split
from shuke.earnings.settlement.sweeps import sweep
from shuke.earnings.settlement.types import Fee, Settlement, ShopBalances, Split

__all__ = [
    "Fee",
    "Settlement",
    "ShopBalances",
    "Split",
    "release",
    "settle",
    "settle_order",
    "shop_balances",
    "split",
    "sweep",
]
