"""The pool: who waits, who is cut off, and what becomes of connections that are lost."""

import asyncio
import os
import signal
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from shuke.kit import postgres
from shuke.kit.db import Pool, borrowed, connect, open_pool
from shuke.kit.problems import AWAY
from shuke.kit.settings import Profile, Settings
from tests.conftest import CopyOf
from tests.kit.embedded import folder
from tests.kit.web_routes import small_api

__all__ = ["folder"]

THING = "/things/00000000-0000-8000-8000-000000000001"


async def test_who_waits_longest_is_served_first(copies: CopyOf):
    served: list[int] = []

    async def use(number: int) -> None:
        async with borrowed(pool) as db:
            served.append(number)
            await db.fetchval("select 1")

    async with await open_pool(await copies(), size=1) as pool:
        await asyncio.gather(*(use(number) for number in range(20)))

    assert served == list(range(20))


async def test_the_room_of_a_lost_connection_is_taken_once(copies: CopyOf):
    async with await open_pool(await copies(), size=2) as pool:
        lost, kept = await pool.take(5), await pool.take(5)
        waiting = asyncio.create_task(pool.take(5))
        await asyncio.sleep(0.01)

        came_between = asyncio.create_task(pool.take(5))
        pool.give_back(lost, is_sound=False)
        new = await waiting
        await asyncio.sleep(0.1)

        assert (pool.made, came_between.done()) == (2, False)
        pool.give_back(kept)
        assert await came_between is kept
        pool.give_back(kept)
        pool.give_back(new)
        assert pool.made == pool.idle == 2


async def test_whoever_is_cut_off_leaves_no_connection_behind(copies: CopyOf):
    dsn = await copies()
    watching = await connect(dsn)
    count = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"

    async with await open_pool(dsn, size=3) as pool:
        for pause_ms in range(40):
            users = [asyncio.create_task(_use(pool)) for _ in range(6)]
            await asyncio.sleep(pause_ms / 1000)
            for user in users:
                user.cancel()
            await asyncio.gather(*users, return_exceptions=True)

        assert pool.made == pool.idle <= 3
        for _ in range(100):
            if await watching.fetchval(count) == pool.made:
                break
            await asyncio.sleep(0.02)
        assert await watching.fetchval(count) == pool.made
    await watching.close()


async def _use(pool: Pool) -> None:
    async with borrowed(pool) as db:
        await db.execute("begin; select pg_sleep(0.005)")
        await db.execute("commit")


async def test_whatever_a_lost_connection_says_means_that_the_database_is_away(copies: CopyOf):
    dsn = await copies()

    said = Counter[str]()
    for moments in range(6):
        db = await connect(dsn)
        os.kill(db.get_server_pid(), signal.SIGTERM)
        # The loop stands still, so what the server said last is read in one of the next moments.
        time.sleep(0.1)  # noqa: ASYNC251
        for _ in range(moments):
            await asyncio.sleep(0)
        with pytest.raises(AWAY) as lost:
            await db.fetchval("select 1")
        said[type(lost.value).__name__] += 1

    assert len(said) > 2, said


@pytest.mark.slow
async def test_without_a_database_every_answer_is_503_and_with_it_again_every_answer_is_200(folder: Path):
    settings = Settings(data=folder / "away", profile=Profile.TEST)
    server = await asyncio.to_thread(postgres.ensure, settings, fsync=False)

    async with await open_pool(server.dsn, size=4) as pool, small_api(settings, pool) as api:
        for is_killed in (False, True):
            asking = asyncio.create_task(_ask(api.client, until_ok=False))
            await asyncio.sleep(0.2)
            if is_killed:
                os.kill(server.pid, signal.SIGKILL)
            await asyncio.to_thread(server.stop)
            away = await asking
            server = await asyncio.to_thread(postgres.ensure, settings, fsync=False)
            back_at = time.monotonic()
            back = await _ask(api.client, until_ok=True)

            assert set(away) == set(back) == {(200, None), (503, "1")}
            assert time.monotonic() - back_at < 2
    await asyncio.to_thread(server.stop)


async def _ask(client: httpx.AsyncClient, *, until_ok: bool) -> Counter[tuple[int, str | None]]:
    """Ask all the time: until half a second after the first refusal, or until all is well."""
    seen = Counter[tuple[int, str | None]]({(503, "1"): 1} if until_ok else {})
    end_at = None
    while end_at is None or time.monotonic() < end_at:
        answers = await asyncio.gather(*(client.get(f"/api/v1{THING}") for _ in range(6)))
        seen.update((each.status_code, each.headers.get("retry-after")) for each in answers)
        is_turn = all(each.status_code == 200 for each in answers) if until_ok else answers[-1].status_code != 200
        if end_at is None and is_turn:
            end_at = time.monotonic() + (0 if until_ok else 0.5)
        await asyncio.sleep(0.002)
    return seen
