"""A real PostgreSQL with a migrated template; each test in a transaction that is rolled back, in a time of its own."""

import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from shuke import app, modules
from shuke.kit import clock, postgres, settings
from shuke.kit.db import Db, Pool, connect, open_pool
from shuke.kit.migrate import migrate
from tests.api import Api


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name long parameters by their place: what is signed or drawn anew in each process must not name a test."""
    return "" if isinstance(val, str | bytes) and len(val) > 40 else None


START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
TEMPLATE = "shuke_template"


@pytest.fixture(scope="session")
def installation() -> Iterator[settings.Settings]:
    """The settings of the test profile, with a data folder of its own."""
    with tempfile.TemporaryDirectory(prefix="shuke-test-") as folder:
        Path(folder).chmod(0o755)
        worker = int("".join(filter(str.isdigit, os.environ.get("PYTEST_XDIST_WORKER", "0"))) or 0)
        used = settings.Settings(data=Path(folder), profile=settings.Profile.TEST, port=21_000 + worker * 40)
        settings.use(used)
        yield used


@pytest.fixture(scope="session")
def server(installation: settings.Settings) -> Iterator[postgres.Server]:
    """An embedded PostgreSQL without fsync, one for each test process."""
    server = postgres.ensure(installation, fsync=False)
    yield server
    server.stop()


def dsn_of(server: postgres.Server, database: str) -> str:
    """The address of another database on the same server."""
    head, _, tail = server.dsn.partition("?")
    return f"{head.rpartition('/')[0]}/{database}" + (f"?{tail}" if tail else "")


@pytest_asyncio.fixture(scope="session")
async def template(server: postgres.Server) -> str:
    """A database with every migration applied; tests get copies."""
    admin = await connect(server.dsn)
    await admin.execute(f"create database {TEMPLATE}")
    await admin.close()
    db = await connect(dsn_of(server, TEMPLATE))
    await migrate(db, modules.load())
    await db.close()
    return TEMPLATE


CopyOf = Callable[[], Awaitable[str]]


@pytest_asyncio.fixture(scope="session")
async def copies(server: postgres.Server, template: str) -> CopyOf:
    """A function that makes a fresh migrated database and answers its address."""
    made = 0

    async def copy() -> str:
        nonlocal made
        made += 1
        admin = await connect(server.dsn)
        await admin.execute(f"create database shuke_{made} template {template} strategy file_copy")
        await admin.close()
        return dsn_of(server, f"shuke_{made}")

    return copy


@pytest_asyncio.fixture(scope="session")
async def shared_connection(copies: CopyOf) -> AsyncIterator[Db]:
    """One connection, and so one cache of prepared statements, for all tests that roll back."""
    db = await connect(await copies())
    yield db
    await db.close()


@pytest.fixture
def timeline() -> Iterator[clock.Timeline]:
    """The time of a test: starts at a fixed instant, moves when told to."""
    with clock.on(clock.Timeline("test", START)) as timeline:
        yield timeline


@pytest_asyncio.fixture
async def db(shared_connection: Db, timeline: clock.Timeline) -> AsyncIterator[Db]:
    """A connection in a transaction that is rolled back."""
    outer = shared_connection.transaction()
    await outer.start()
    yield shared_connection
    await outer.rollback()


@pytest_asyncio.fixture
async def pool(copies: CopyOf, timeline: clock.Timeline) -> AsyncIterator[Pool]:
    """A pool on a database of the test's own: for races, which commit."""
    pool = await open_pool(await copies(), size=16)
    yield pool
    await pool.close()


class Statements(list[str]):
    """The statements that ran in a `statements(db)` block."""


@pytest.fixture
def statements() -> Callable[..., Any]:
    """`with statements(db, at_most=4):` pins the number of statements of a hot path."""
    return _Counting


class _Counting:
    def __init__(self, db: Db, *, at_most: int) -> None:
        self.db, self.at_most, self.seen = db, at_most, Statements()

    def _note(self, query: Any) -> None:
        self.seen.append(query.query)

    def __enter__(self) -> Statements:
        self.db.add_query_logger(self._note)
        return self.seen

    def __exit__(self, kind: object, *_: object) -> None:
        self.db.remove_query_logger(self._note)
        if kind is None:
            assert len(self.seen) <= self.at_most, "\n---\n".join(self.seen)


# --- The HTTP client of the real application in process (tests/api.py) belongs below this line.


@pytest_asyncio.fixture
async def api(pool: Pool, installation: settings.Settings) -> AsyncIterator[Api]:
    """The whole application in process, on a database of the test's own: what it does is committed."""
    transport = httpx.ASGITransport(app.create(installation, pool), client=("192.0.2.1", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://shuke.test") as client:
        yield Api(client, pool)
