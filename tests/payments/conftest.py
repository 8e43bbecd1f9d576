"""The whole sandbox channel: the application on its port, a worker, and the cashier as its own process."""

import asyncio
from collections.abc import AsyncIterator, Generator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from shuke import app
from shuke.kit import jobs, settings
from shuke.kit.db import open_pool
from shuke.kit.serving import Server, listen
from shuke.money.payments import channels
from tests.cashier.till import Till, wait_until
from tests.conftest import CopyOf
from tests.payments.market import Market


@pytest.fixture
def till(installation: settings.Settings, tmp_path: Path) -> Generator[Till]:
    """The cashier of the test's installation; the test may kill it."""
    till = Till(tmp_path, installation.port)
    till.start()
    yield till
    if till.process is not None and till.process.poll() is None:
        till.process.kill()
        till.process.wait()


@pytest_asyncio.fixture
async def market(copies: CopyOf, installation: settings.Settings, till: Till) -> AsyncIterator[Market]:
    """An installation that lives by the wall clock."""
    pool = await open_pool(await copies(), size=10)
    server = Server(app.create(installation, pool), listen("127.0.0.1", installation.port))
    serving = asyncio.create_task(server.serve())
    stop = asyncio.Event()
    working = asyncio.create_task(jobs.work(pool, stop))
    async with httpx.AsyncClient(base_url=f"{installation.origin}/api/v1") as client:
        await asyncio.to_thread(wait_until, lambda: _answers(installation.origin), 10, "the application to answer")
        yield Market(pool, client, till)
    stop.set()
    await working
    server.stop()
    with suppress(TimeoutError, asyncio.CancelledError):
        await asyncio.wait_for(serving, 5)
    await channels.stop()
    await pool.close()


def _answers(origin: str) -> bool:
    try:
        return httpx.get(f"{origin}/health").status_code in (200, 503)
    except httpx.TransportError:
        return False
