"""What identity does by itself: sends codes, renews seals, forgets what has no more use."""

from datetime import timedelta

from shuke.kit import clock
from shuke.kit.db import Db
from shuke.kit.events import cron, emit, on
from shuke.society.identity import codes, privacy_sql, rotation
from shuke.society.identity.sessions import UNUSED_FOR
from shuke.society.identity.types import Forget, Reseal, SendCode

AT_ONCE = 10_000
ENDED_FOR = timedelta(days=30)
VISITOR_FOR = timedelta(days=400)


@on(SendCode, is_outside=True, max_attempts=5)
async def send_code(db: Db, message: SendCode) -> None:
    """Hand the code to the SMS gateway."""
    await codes.deliver(message)


@on(Reseal)
async def reseal_fields(db: Db, _job: Reseal) -> None:
    """Renew a batch, and the next one as long as there are any."""
    if await rotation.reseal_batch(db):
        await emit(db, Reseal())


@on(Forget)
async def forget_old(db: Db, _job: Forget) -> None:
    """Delete what is past its time, a bounded number of rows a day of each kind."""
    now = clock.now()
    yesterday = now - timedelta(days=1)
    await privacy_sql.FORGET_CODES.run(db, yesterday, AT_ONCE)
    await privacy_sql.FORGET_NETWORKS.run(db, yesterday, AT_ONCE)
    await privacy_sql.FORGET_SESSIONS.run(db, now - ENDED_FOR, now - UNUSED_FOR, AT_ONCE)
    await privacy_sql.FORGET_VISITORS.run(db, now - VISITOR_FOR, AT_ONCE)
    await privacy_sql.FORGET_ADDRESSES.run(db, yesterday, AT_ONCE)


cron(Reseal, every=timedelta(days=1))
cron(Forget, every=timedelta(days=1))
