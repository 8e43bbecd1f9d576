"""What must always be true of the ledger."""

from shuke.kit.proofs import prove
from shuke.money.ledger import sql

prove("ledger.entries", "every entry has postings, and they sum to zero per currency", sql.ENTRIES_SUM_TO_ZERO)
prove("ledger.replay", "every balance is the sum of its postings", sql.BALANCES_ARE_SUMS)
prove("ledger.between_books", "what books sent each other sums to zero per currency", sql.BOOKS_CLEAR)
prove("ledger.overdrafts", "no account that forbids it is negative", sql.NOTHING_OVERDRAWN)
