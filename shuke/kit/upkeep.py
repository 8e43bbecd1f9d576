"""The kit's own upkeep: answers of idempotent requests are forgotten after a week, events stay."""

from datetime import timedelta

from shuke.kit import clock, once
from shuke.kit.db import Db
from shuke.kit.events import Job, cron, on


class ForgetAnswers(Job, frozen=True):
    """Forget the answers older than a week."""


@on(ForgetAnswers)
async def forget_answers(db: Db, _job: ForgetAnswers) -> None:
    """A key may be used again after a week."""
    await once.FORGET.run(db, clock.now() - timedelta(days=once.KEEP_DAYS))


cron(ForgetAnswers, every=timedelta(hours=1))
