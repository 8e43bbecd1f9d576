import asyncio

import pytest

from shuke.kit import clock
from shuke.kit.actor import NOBODY, NotSignedIn
from shuke.kit.db import Db, Pool, borrowed
from shuke.society import identity
from shuke.society.identity import SessionUnknown
from tests.identity.people import a_person, a_phone, a_proof, actor_of, by_wechat, sign_in


async def test_a_token_is_known_in_one_statement(db: Db, statements):
    ana = await a_person(db)
    token = await identity.open_session(db, ana.person)

    with statements(db, at_most=1):
        actor = await actor_of(db, token)

    assert actor.person == ana.person
    assert actor.selves == (ana.person,)
    assert actor.grants == {}
    assert actor.language == "zh-CN"


async def test_a_token_with_one_letter_changed_is_nobody(db: Db):
    ana = await a_person(db)
    token = await identity.open_session(db, ana.person)
    visitor = (await identity.begin_visit(db)).token

    for good in (token, visitor):
        for place in (0, 21, 22, 23, 60, 65):
            forged = good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :]
            assert await identity.authenticate(db, forged) is None
    assert await identity.authenticate(db, "") is None


async def test_only_digests_of_tokens_are_stored(db: Db):
    ana = await a_person(db)
    tokens = [await identity.open_session(db, ana.person), (await identity.begin_visit(db)).token]

    stored = await db.fetch(
        """
        select to_jsonb(s)::text from identity.sessions s
        union all select to_jsonb(v)::text from identity.visitors v"""
    )

    assert not [row for (row,) in stored for token in tokens if token[23:] in row]


async def test_an_ended_session_is_nobody_and_ends_once(db: Db):
    phone = a_phone()
    ana = await a_person(db, phone=phone)
    token = await identity.open_session(db, ana.person, "手机")
    phone_session = await actor_of(db, token)
    await identity.end_session(db, ana, phone_session.session_id)

    assert await identity.authenticate(db, token) is None
    with pytest.raises(SessionUnknown):
        await identity.end_session(db, ana, phone_session.session_id)


async def test_a_session_unused_for_ninety_days_has_ended(db: Db, timeline: clock.Timeline):
    ana = await a_person(db)
    token = await identity.open_session(db, ana.person)
    timeline.advance(days=80)
    await actor_of(db, token)
    timeline.advance(days=80)
    await actor_of(db, token)
    timeline.advance(days=90)

    assert await identity.authenticate(db, token) is None


async def test_when_a_session_was_seen_is_written_once_in_ten_minutes(db: Db, timeline: clock.Timeline, statements):
    ana = await a_person(db)
    token = await identity.open_session(db, ana.person)
    timeline.advance(minutes=9)
    with statements(db, at_most=1):
        await actor_of(db, token)
    timeline.advance(minutes=2)
    await actor_of(db, token)
    with statements(db, at_most=1):
        await actor_of(db, token)

    sessions = await identity.sessions_of(db, await actor_of(db, token))

    assert {each.is_current: each.seen_at == timeline.now for each in sessions.items} == {True: True, False: False}


@pytest.mark.concurrent
async def test_seeing_a_session_never_makes_the_rest_of_a_transaction_hasty(pool: Pool, timeline: clock.Timeline):
    async with borrowed(pool) as db:
        token = await identity.open_session(db, (await a_person(db)).person)
        timeline.advance(minutes=11)
        async with db.transaction():
            await actor_of(db, token)
            inside = await db.fetchval("show synchronous_commit")
        timeline.advance(minutes=11)
        await actor_of(db, token)

        assert inside == await db.fetchval("show synchronous_commit") == "on"
        assert await db.fetchval("select seen_at from identity.sessions order by seen_at desc limit 1") == timeline.now


async def test_sessions_are_listed_page_by_page(db: Db, timeline: clock.Timeline):
    ana = await a_person(db)
    for place in range(4):
        timeline.advance(minutes=1)
        await identity.open_session(db, ana.person, f"手机 {place}")

    first = await identity.sessions_of(db, ana, limit=3)
    rest = await identity.sessions_of(db, ana, first.next_cursor, limit=3)

    assert [each.device for each in [*first.items, *rest.items]] == ["手机 3", "手机 2", "手机 1", "手机 0", None]
    assert rest.next_cursor is None


async def test_somebody_elses_session_is_not_there(db: Db):
    ana, bao = await a_person(db), await a_person(db, "宝")

    with pytest.raises(SessionUnknown):
        await identity.end_session(db, bao, ana.session_id)
    assert len((await identity.sessions_of(db, bao)).items) == 1
    with pytest.raises(NotSignedIn):
        await identity.sessions_of(db, NOBODY)


async def test_a_visitor_joins_who_signs_in_and_stays_a_visitor(db: Db):
    token = (await identity.begin_visit(db)).token
    visitor = await actor_of(db, token)

    ana = await sign_in(db, await a_proof(db, a_phone()), visitor)

    assert visitor.is_visitor
    assert set(ana.selves) == {ana.person, visitor.anyone}
    assert (await actor_of(db, token)) == visitor
    with pytest.raises(NotSignedIn):
        await identity.me(db, visitor)


async def test_a_visitor_joins_one_person_only(db: Db):
    visitor = await actor_of(db, (await identity.begin_visit(db)).token)
    ana = await sign_in(db, by_wechat("ana"), visitor)

    bao = await sign_in(db, by_wechat("bao"), visitor)
    again = await sign_in(db, by_wechat("ana"), visitor)

    assert bao.selves == (bao.person,)
    assert again.selves == ana.selves


@pytest.mark.concurrent
async def test_a_visitor_two_people_sign_in_from_at_once_joins_one(pool: Pool):
    async with borrowed(pool) as db:
        visitor = await actor_of(db, (await identity.begin_visit(db)).token)

    async def enter(openid: str) -> bool:
        async with borrowed(pool) as db:
            return visitor.anyone in (await sign_in(db, by_wechat(openid), visitor)).selves

    assert sum(await asyncio.gather(*[enter(f"o{place}") for place in range(8)])) == 1
