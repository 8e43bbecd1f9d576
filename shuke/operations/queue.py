"""`shuke revive`: jobs that gave up are tried again, once what stopped them is mended."""

from datetime import UTC, datetime

from shuke.kit import jobs
from shuke.kit.settings import Settings
from shuke.operations.installation import connected, database


async def revive(settings: Settings) -> int:
    """Make every dead job due now, with all its attempts; answers how many."""
    with database(settings) as server:
        async with connected(server) as db:
            return await jobs.REVIVE.run(db, datetime.now(UTC))
