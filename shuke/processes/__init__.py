"""What runs: one parent that holds the database and watches its parts, and the parts: API, job worker, cashier.

A part is a process of its own (`python -m shuke.processes.api`). It dies with its parent, by whatever way that ends, so nothing
is left to clean up before the next start. A part that dies is started again, and so is the database. None of them keeps
anything that is not in PostgreSQL, in the objects or in the cashier's file: killing any of them at any moment loses nothing.
"""
