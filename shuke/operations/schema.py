"""The database's schema: brought up to date, or refused when it is not."""

from shuke import modules
from shuke.kit.db import Db, connect
from shuke.kit.migrate import Migration, MigrationChanged, migrate, pending
from shuke.operations.refusal import Cannot

OTHERS = """
    select count(*) from pg_stat_activity
    where datname = current_database() and application_name = 'shuke' and pid <> pg_backend_pid()"""


async def make_ready(dsn: str, *, migrates: bool) -> list[Migration]:
    """Migrate, or check that nothing is left to migrate; answers what was applied. Raises Cannot."""
    db = await connect(dsn)
    try:
        if migrates:
            return await migrate(db, modules.load())
        await check(db)
        return []
    except MigrationChanged as changed:
        raise Cannot(f"{changed}: this database was made by another version. Start the Shuke that wrote it.") from None
    finally:
        await db.close()


async def check(db: Db) -> None:
    """Raises Cannot unless the schema is this version's."""
    left = await pending(db, modules.load())
    if left:
        first = f"{left[0].module}/{left[0].name}"
        raise Cannot(f"The database is {len(left)} migrations behind this Shuke (first: {first}): run shuke migrate.")


async def is_used(db: Db) -> bool:
    """Whether anything has happened here: whoever or whatever is somebody gets a home, so before the first one nothing has."""
    if not await db.fetchval("select to_regclass('kit.homes') is not null"):
        return False
    return bool(await db.fetchval("select is_called from kit.homes"))
