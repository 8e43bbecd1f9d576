"""What must always be true of commissions."""

from shuke.earnings.commissions import sql
from shuke.kit.proofs import prove

prove("commissions.earnings", "what a shop owes a person stands at both, swept and paid at one instant", sql.STANDS_AT_BOTH)
prove("commissions.sharers", "an order pays at most two sharers, and nobody twice", sql.TWO_SHARERS)
