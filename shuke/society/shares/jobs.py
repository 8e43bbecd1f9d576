"""The fold by the clock."""

from datetime import timedelta

from shuke.kit.db import Db
from shuke.kit.events import cron, emit, on
from shuke.society.shares.folds import BATCH, fold
from shuke.society.shares.types import FoldLevels


@on(FoldLevels)
async def fold_levels(db: Db, _job: FoldLevels) -> None:
    """Fold one batch; when more is left, go on in another transaction, so that none takes long."""
    if await fold(db) >= BATCH:
        await emit(db, FoldLevels())


# A clock instead of a job per share: a job's dedupe key would make everybody in a tree wait for the one who commits first.
cron(FoldLevels, every=timedelta(seconds=2))
