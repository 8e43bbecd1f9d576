"""The database as every module uses it: connections, transactions, and `Query` (docs/statements.md)."""

from shuke.kit.connections import Db, Overtaken, Refusals, connect
from shuke.kit.pool import Pool, borrowed, open_pool
from shuke.kit.queries import Query, Reading, Statement, Write, first_of, known, read, together
from shuke.kit.transactions import afterwards, at_end, last, refusing, transaction

__all__ = [
    "Db",
    "Overtaken",
    "Pool",
    "Query",
    "Reading",
    "Refusals",
    "Statement",
    "Write",
    "afterwards",
    "at_end",
    "borrowed",
    "connect",
    "first_of",
    "known",
    "last",
    "open_pool",
    "read",
    "refusing",
    "together",
    "transaction",
]
