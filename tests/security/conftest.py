"""One world for all attacks of a file, and the application in front of it."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from shuke import app
from shuke.kit import clock, settings
from shuke.kit.db import Pool, borrowed, open_pool
from tests.api import Api
from tests.conftest import START, CopyOf
from tests.security.stage import Stage, on_stage
from tests.security.world import World, a_world


@pytest_asyncio.fixture(scope="module")
async def town(copies: CopyOf) -> AsyncIterator[tuple[Pool, World]]:
    """A database with the world in it, for a file; what a test commits stays for the next."""
    pool = await open_pool(await copies(), size=8)
    timeline = clock.Timeline("test", START)
    with clock.on(timeline):
        async with borrowed(pool) as db:
            world = await a_world(db, timeline)
    yield pool, world
    await pool.close()


@pytest.fixture
def world(town: tuple[Pool, World], timeline: clock.Timeline) -> World:
    """Who and what there is."""
    return town[1]


@pytest_asyncio.fixture(scope="module")
async def stage(town: tuple[Pool, World], installation: settings.Settings) -> AsyncIterator[Stage]:
    """The application in process, in front of the world, whose rows no call can change for good."""
    async with on_stage(town[0], installation) as stage:
        yield stage


@pytest_asyncio.fixture
async def gate(town: tuple[Pool, World], installation: settings.Settings, timeline: clock.Timeline) -> AsyncIterator[Api]:
    """The application in process, in front of the world: what it does is committed."""
    transport = httpx.ASGITransport(app.create(installation, town[0]), client=("192.0.2.1", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://shuke.test") as client:
        yield Api(client, town[0])
