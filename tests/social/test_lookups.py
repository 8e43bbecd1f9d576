"""Finding somebody by phone: with the whole number, few a day, and without a word on why nobody is found."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from shuke.kit import clock
from shuke.kit.actor import NOBODY, Actor
from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.errors import NotSignedIn
from shuke.society import identity, social
from shuke.society.identity import PersonCard
from shuke.society.social import FOUND_BY_PHONE, LookupAsk, TooManyLookups, lookups
from tests.api import Api, problem
from tests.identity.people import a_person, a_phone, a_proof, actor_of, an_operator


async def found(db: Db, actor: Actor, phone: str) -> PersonCard | None:
    """Whom the actor finds under a number."""
    return (await social.find_by_phone(db, actor, LookupAsk(phone))).person


@pytest.mark.parametrize("spelled", ["{}", "+86 {}", "0086{}", " {} ", "86-{}"])
async def test_the_whole_number_finds_name_picture_and_id_and_nothing_else(db: Db, spelled: str):
    ana, bo = await a_person(db), await a_person(db, "小博", phone := a_phone())
    await identity.revise_me(db, bo, identity.MeAsk(avatar="/media/bo.webp", bio="secret"))

    assert await found(db, ana, spelled.format(phone)) == PersonCard(bo.person, "小博", "/media/bo.webp")


async def test_a_part_of_a_number_finds_nobody(db: Db):
    ana = await a_person(db)
    await a_person(db, "小博", phone := a_phone())

    for part in (phone[:-1], phone[1:], phone[-4:], f"{phone[:7]}****"):
        with pytest.raises(identity.PhoneInvalid):
            await found(db, ana, part)
    assert await found(db, ana, a_phone()) is None
    assert (await found(db, ana, phone)) is not None


async def test_who_does_not_want_to_be_found_is_not(db: Db):
    ana, bo = await a_person(db), await a_person(db, "小博", phone := a_phone())

    await identity.withdraw_consent(db, bo, FOUND_BY_PHONE)
    assert await found(db, ana, phone) is None
    await identity.give_consent(db, bo, FOUND_BY_PHONE)

    assert (await found(db, ana, phone)) is not None


async def test_of_two_of_whom_one_blocked_the_other_neither_finds_the_other(db: Db):
    ana, bo = await a_person(db, phone=(hers := a_phone())), await a_person(db, "小博", his := a_phone())

    await social.block(db, bo, ana.person)

    assert (await found(db, ana, his), await found(db, bo, hers)) == (None, None)


async def test_whoever_merged_is_found_as_who_they_are_now_and_who_left_is_not(db: Db):
    ana, bo = await a_person(db), await a_person(db, "小博", now := a_phone())
    old = await a_person(db, "旧名", before := a_phone())
    await identity.merge(db, await an_operator(db), bo.person, old.person)
    both = await actor_of(db, await identity.open_session(db, bo.person))

    assert await found(db, ana, before) == await found(db, ana, now) == PersonCard(bo.person, "小博", None)
    await identity.erase_me(db, both, await a_proof(db, now))

    assert (await found(db, ana, before), await found(db, ana, now)) == (None, None)


async def test_nobody_walks_through_all_numbers(db: Db, timeline: clock.Timeline):
    ana, bo = await a_person(db), await a_person(db, "小博", phone := a_phone())
    for number in range(lookups.PER_DAY):
        await found(db, ana, phone if number % 2 else a_phone())

    for each in (phone, a_phone()):
        with pytest.raises(TooManyLookups) as refused:
            await found(db, ana, each)
        assert refused.value.at_most == lookups.PER_DAY
    assert await found(db, bo, phone) is not None
    timeline.advance(days=1)

    assert await found(db, ana, phone) is not None


@pytest.mark.concurrent
async def test_the_limit_holds_for_many_at_once(pool: Pool):
    async with borrowed(pool) as db:
        ana = await a_person(db)

    async def look() -> bool:
        async with borrowed(pool) as db:
            try:
                await found(db, ana, "13800138000")
            except TooManyLookups:
                return False
        return True

    assert sum(await asyncio.gather(*[look() for _ in range(lookups.PER_DAY + 12)])) == lookups.PER_DAY


async def test_whether_there_is_somebody_does_not_show_in_what_is_asked(db: Db, statements: Callable[..., Any]):
    ana, bo = await a_person(db), await a_person(db, "小博", hidden := a_phone())
    await a_person(db, "小陈", open_one := a_phone())
    await identity.withdraw_consent(db, bo, FOUND_BY_PHONE)
    asked: list[list[str]] = []

    for phone in (open_one, hidden, a_phone()):
        with statements(db, at_most=10) as seen:
            await found(db, ana, phone)
        asked.append(list(seen))

    assert asked[0]
    assert asked[0] == asked[1] == asked[2]


async def test_only_who_is_signed_in_asks(db: Db):
    with pytest.raises(NotSignedIn):
        await found(db, NOBODY, "13800138000")


async def test_lookups_over_http(api: Api):
    async with borrowed(api.pool) as db:
        ana, bo = await a_person(db), await a_person(db, "小博", phone := a_phone())
        token = await identity.open_session(db, ana.person)

    somebody = await api.post("/people/lookups", {"phone": phone}, token=token)
    nobody = await api.post("/people/lookups", {"phone": a_phone()}, token=token)

    assert (somebody.status_code, nobody.status_code) == (200, 200)
    assert somebody.json() == {"person": {"id": str(bo.person), "name": "小博", "avatar": None}}
    assert nobody.json() == {"person": None}
    problem(await api.post("/people/lookups", {"phone": phone[:-1]}, token=token), 422, "identity.phone_invalid")
    problem(await api.post("/people/lookups", {"phone": phone}), 401, "errors.not_signed_in")
