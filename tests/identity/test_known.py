"""Who acts is known for a second, and never longer than it is so in this process."""

import asyncio

import pytest

from shuke.kit import clock
from shuke.kit.actor import ON_PLATFORM
from shuke.kit.db import Db, Pool, borrowed, transaction
from shuke.society import identity
from shuke.society.identity import known
from tests.identity.people import a_person, a_proof, actor_of, an_operator


@pytest.fixture(autouse=True)
def _nobody_is_known(db: Db):
    known.forget(db)


async def test_what_another_process_ended_is_known_a_second_later(db: Db, timeline: clock.Timeline):
    ana = await a_person(db)
    token = await identity.open_session(db, ana.person)
    await actor_of(db, token)
    await db.execute("update identity.sessions set ended_at = now() where person_id = $1", ana.person)

    assert await identity.authenticate(db, token) == await identity.authenticate(db, token) is not None
    timeline.advance(seconds=1)
    assert await identity.authenticate(db, token) is None


@pytest.mark.concurrent
async def test_a_role_taken_away_is_gone_with_the_commit_also_for_who_was_looked_up_before_it(
    pool: Pool, timeline: clock.Timeline
):
    async with borrowed(pool) as db, borrowed(pool) as other:
        dee = await an_operator(db)
        token = await identity.open_session(db, dee.person)
        async with transaction(db):
            assert await identity.end_role(db, dee.person, ON_PLATFORM, "operator")
            still = await actor_of(other, token)

        assert still.can("ops.people")
        assert not (await actor_of(other, token)).can("ops.people")


@pytest.mark.concurrent
@pytest.mark.parametrize("how", ["ends the session", "erases the person"])
async def test_who_was_looked_up_while_they_left_is_nobody_afterwards(pool: Pool, timeline: clock.Timeline, how: str):
    async with borrowed(pool) as db, borrowed(pool) as other:
        ana = await a_person(db, phone="13700000001")
        token = await identity.open_session(db, ana.person)
        here = await actor_of(db, token)
        proof = await a_proof(db, "13700000001")
        leaving = asyncio.create_task(
            identity.end_session(db, here) if how == "ends the session" else identity.erase_me(db, here, proof)
        )
        while not leaving.done():
            await asyncio.sleep(0)
            await identity.authenticate(other, token)
        await leaving

        assert await identity.authenticate(other, token) is None


async def test_what_was_looked_up_before_a_change_is_not_remembered_after_it(db: Db):
    ana = await a_person(db)
    since = known.changes()
    known.forget(db)

    known.remember("looked up before", ana, since)
    known.remember("looked up after", ana, known.changes())

    assert (known.recall("looked up before"), known.recall("looked up after")) == (None, ana)


async def test_only_so_many_are_known(db: Db, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(known, "AT_MOST", 2)
    ana = await a_person(db)
    for token in ("first", "second", "third"):
        known.remember(token, ana, known.changes())

    assert [known.recall(token) for token in ("first", "second", "third")] == [None, ana, ana]
