"""The job worker as a part: it does what is due, and tells how much waits."""

import asyncio
import signal

import asyncpg
import uvloop

from shuke import modules
from shuke.kit import clock, jobs, logs, metrics
from shuke.kit.db import Pool, borrowed, open_pool
from shuke.money import payments
from shuke.operations import schema
from shuke.processes.parts import Part, play

# One connection for each runner, one that watches the queue, one that measures it.
POOL_SIZE = jobs.CONCURRENCY + 2
MEASURE_EVERY_S = 5
AGAIN_AFTER_S = 0.2
LONGEST_PAUSE_S = 5.0
AWAY = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
)

log = logs.named("worker")


def run(part: Part) -> None:
    """Do jobs until told to stop; a job that has begun is finished."""
    metrics.configure(part.settings)
    modules.load()
    uvloop.run(_run(part))


async def _run(part: Part) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await schema.make_ready(part.dsn, migrates=part.migrates)
    pause_s = AGAIN_AFTER_S
    while not stop.is_set():
        try:
            async with await open_pool(part.dsn, size=POOL_SIZE) as pool:
                pause_s = AGAIN_AFTER_S
                await _work(pool, stop)
        except* AWAY as gone:
            # Killed or started anew: what was being done was rolled back, and is due again.
            log.warning("database_away", reason=str(gone.exceptions[0]), again_after_s=pause_s)
            await _sleep(pause_s, stop)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
    await payments.channels.stop()


async def _work(pool: Pool, stop: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as group:
        measuring = group.create_task(_measure(pool, stop))
        await jobs.work(pool, stop)
        measuring.cancel()


async def _measure(pool: Pool, stop: asyncio.Event) -> None:
    while not stop.is_set():
        async with borrowed(pool) as db:
            waiting = await jobs.WAITING.one(db, clock.now())
        metrics.set_queue_depth("due", waiting.due)
        metrics.set_queue_depth("dead", waiting.dead)
        await _sleep(MEASURE_EVERY_S, stop)


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


if __name__ == "__main__":
    play(run)
