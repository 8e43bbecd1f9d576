import asyncio

import pytest

from shuke.kit import clock, settings
from shuke.kit.actor import NOBODY
from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.jobs import drain
from shuke.society import identity
from shuke.society.identity import CodesNotPossible, CodeWrong, SignInAsk, TooManyCodes
from tests.identity.people import a_phone, a_proof, sign_in


async def guess(db: Db, phone: str, code: str) -> bool:
    try:
        await identity.sign_in(db, NOBODY, SignInAsk(phone=phone, code=code))
    except CodeWrong:
        return False
    return True


async def test_a_code_signs_in_once(db: Db):
    phone = a_phone()
    await identity.send_code(db, phone)

    assert [await guess(db, phone, "000000") for _ in range(2)] == [True, False]


async def test_a_code_is_forgotten_after_five_minutes(db: Db, timeline: clock.Timeline):
    phone = a_phone()
    await identity.send_code(db, phone)
    timeline.advance(minutes=5)

    assert not await guess(db, phone, "000000")


async def test_after_five_wrong_guesses_the_right_one_is_wrong_too(db: Db):
    phone = a_phone()
    await identity.send_code(db, phone)
    for _ in range(5):
        assert not await guess(db, phone, "999999")

    assert not await guess(db, phone, "000000")


async def test_a_code_is_for_one_phone(db: Db):
    await identity.send_code(db, a_phone())

    assert not await guess(db, a_phone(), "000000")


async def test_a_phone_gets_five_codes_in_any_hour(db: Db, timeline: clock.Timeline):
    phone = a_phone()
    for _ in range(5):
        await identity.send_code(db, phone)
        timeline.advance(minutes=10)

    with pytest.raises(TooManyCodes):
        await identity.send_code(db, phone)
    timeline.advance(minutes=10)
    await identity.send_code(db, f"+86 {phone}")
    with pytest.raises(TooManyCodes):
        await identity.send_code(db, phone)


@pytest.mark.concurrent
async def test_twenty_wrong_guesses_at_once_are_five_attempts(pool: Pool):
    phone = a_phone()
    async with borrowed(pool) as db:
        await identity.send_code(db, phone)

    async def wrong() -> bool:
        async with borrowed(pool) as db:
            return await guess(db, phone, "123456")

    assert not any(await asyncio.gather(*[wrong() for _ in range(20)]))

    async with borrowed(pool) as db:
        assert await db.fetchval("select attempts from identity.codes") == 5
        assert not await guess(db, phone, "000000")


@pytest.mark.concurrent
async def test_twenty_codes_asked_for_at_once_are_five(pool: Pool):
    phone = a_phone()

    async def ask() -> bool:
        async with borrowed(pool) as db:
            try:
                await identity.send_code(db, phone)
            except TooManyCodes:
                return False
            return True

    assert sum(await asyncio.gather(*[ask() for _ in range(20)])) == 5


@pytest.mark.concurrent
async def test_one_code_used_twice_at_once_signs_in_once(pool: Pool):
    phone = a_phone()
    async with borrowed(pool) as db:
        await identity.send_code(db, phone)

    async def enter() -> bool:
        async with borrowed(pool) as db:
            return await guess(db, phone, "000000")

    assert sum(await asyncio.gather(*[enter() for _ in range(8)])) == 1


@pytest.fixture
def production(installation: settings.Settings):
    """Settings of an installation that means it; the test's own come back afterwards."""

    def use(**changes: object) -> None:
        fields = {name: getattr(installation, name) for name in installation.__struct_fields__}
        settings.use(settings.Settings(**(fields | {"profile": settings.Profile.PRODUCTION} | changes)))

    yield use
    settings.use(installation)


async def test_in_production_a_code_is_random_and_a_network_has_its_limit(db: Db, production):
    production(sms_url="http://127.0.0.1:9/", sms_secret="c2VjcmV0", codes_per_network=3)
    phones = [a_phone() for _ in range(4)]
    for phone in phones[:3]:
        await identity.send_code(db, phone, "192.0.2.7")

    with pytest.raises(TooManyCodes) as refused:
        await identity.send_code(db, phones[3], "192.0.2.7")

    assert refused.value.fields == {"at_most": 3}
    assert not all([await guess(db, phone, "000000") for phone in phones[:3]])
    await identity.send_code(db, phones[3], "192.0.2.8")


async def test_production_without_a_gateway_says_so(db: Db, production):
    production()

    with pytest.raises(CodesNotPossible):
        await identity.send_code(db, a_phone())


async def test_no_code_and_no_number_is_stored_readable(db: Db, timeline: clock.Timeline):
    phone = a_phone()
    await sign_in(db, await a_proof(db, phone))
    await identity.send_code(db, phone)

    stored = await db.fetch(
        """
        select to_jsonb(c)::text from identity.codes c union all select to_jsonb(p)::text from identity.phones p
        union all select to_jsonb(l)::text from identity.logins l union all select payload::text from kit.jobs"""
    )
    assert len(stored) == 5
    assert not [row for (row,) in stored if phone in row or "000000" in row.replace(".000000", "")]
    assert await drain(db, timeline) == 2
