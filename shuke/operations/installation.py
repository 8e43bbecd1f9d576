"""The installation a command works on: its database is started when nobody runs it, and its schema is this version's."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

from shuke.kit import postgres
from shuke.kit.db import Db, connect
from shuke.kit.settings import Settings, use
from shuke.operations import schema


@contextmanager
def database(settings: Settings) -> Generator[postgres.Server]:
    """Hold the database for a block. Raises PostgresFailed."""
    use(settings)
    server = postgres.ensure(settings)
    try:
        yield server
    finally:
        server.stop()


@asynccontextmanager
async def connected(server: postgres.Server) -> AsyncGenerator[Db]:
    """A connection for a block, to a schema that is up to date. Raises Cannot."""
    db = await connect(server.dsn, command_timeout=None)
    try:
        await schema.check(db)
        yield db
    finally:
        await db.close()
