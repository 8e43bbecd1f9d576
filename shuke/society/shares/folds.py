"""Folds: what happened moves into the level counters, in the background and in batches."""

from shuke.kit import clock
from shuke.kit.db import Db, transaction
from shuke.society.shares import levels_sql

BATCH = 5_000
HOMES = 200


async def fold(db: Db) -> int:
    """Fold up to about 5,000 deltas, of the homes that waited longest; answers how many.

    Writers never wait for it: they append. The lock keeps two folders from counting the same visitor twice, so it is taken by a
    statement of its own, before the one that reads.
    """
    count = 0
    for home in sorted(await levels_sql.UNFOLDED.all(db, HOMES)):
        async with transaction(db):
            await levels_sql.LOCK_FOLD.run(db, home, clock.now())
            count += await levels_sql.FOLD.one(db, home, BATCH - count)
        if count >= BATCH:
            break
    return count
