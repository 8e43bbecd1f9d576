"""The application on one connection, in a transaction that every call takes back: the world is the same for the next."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx

from shuke import app
from shuke.kit import settings
from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.problems import CONTENT_TYPE

TABLES = """
    select format('%I.%I', schemaname, tablename) from pg_tables
    where schemaname not in ('pg_catalog', 'information_schema') order by 1"""


class OneConnection:
    """A pool of one connection, which its owner may hold in a transaction."""

    def __init__(self, db: Db) -> None:
        self.db = db

    async def take(self, timeout_s: float) -> Db:
        return self.db

    def give_back(self, db: Db, *, is_sound: bool = True) -> None:
        assert is_sound


class Stage:
    """Sends requests that leave nothing behind."""

    def __init__(self, client: httpx.AsyncClient, db: Db) -> None:
        self.client = client
        self.db = db
        self._rows = ""
        self._untouched = ""

    async def note(self) -> None:
        """Remember what is in the database."""
        tables = [row[0] for row in await self.db.fetch(TABLES)]
        each = [f"select md5(string_agg(t::text, ',' order by t::text)) as rows from {table} t" for table in tables]
        self._rows = f"select string_agg(rows, ',' order by rows) from ({' union all '.join(each)}) every"
        self._untouched = await self.db.fetchval(self._rows)

    async def tries(self, method: str, url: str, token: str | None, **more: Any) -> tuple[httpx.Response, bool]:
        """Send a request, and take back what it did; answers the response, and whether it was refused and changed rows."""
        headers = httpx.Headers(more.pop("headers", {}))
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        undo = self.db.transaction()
        await undo.start()
        try:
            found = await self.client.request(method, url, headers=headers, **more)
            is_touched = await self.db.fetchval("select pg_current_xact_id_if_assigned() is not null")
            return found, bool(is_touched and not found.is_success and await self.db.fetchval(self._rows) != self._untouched)
        finally:
            await undo.rollback()


@asynccontextmanager
async def on_stage(pool: Pool, installation: settings.Settings) -> AsyncGenerator[Stage]:
    """The application of an installation in front of one of the pool's connections."""
    async with borrowed(pool) as db:
        served = app.create(installation, cast("Pool", OneConnection(db)))
        transport = httpx.ASGITransport(served, client=("192.0.2.1", 40_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://shuke.test") as client:
            stage = Stage(client, db)
            await stage.note()
            yield stage


def refused(answer: httpx.Response, *statuses: int) -> str:
    """Assert that it is a problem with one of these statuses, and answer its code."""
    assert answer.status_code in statuses, f"{answer.status_code} {answer.text[:300]}"
    assert answer.headers["content-type"] == CONTENT_TYPE, answer.text[:300]
    told = answer.json()
    for leak in ("Traceback", "asyncpg", "site-packages", "shuke/", ".py", "select ", "insert into"):
        assert leak not in answer.text, answer.text[:500]
    return told["code"]
