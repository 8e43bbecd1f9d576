import asyncio

import pytest

from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.ids import home_of, new_id
from shuke.society import identity
from shuke.society.identity import PurposeUnknown, ScopeUnknown, consents
from tests.identity.people import a_person
from tests.shops.builders import an_open_shop


async def test_nobody_is_taken_to_have_agreed(db: Db):
    ana = await a_person(db)

    assert await identity.has_consent(db, ana.person, "marketing") is None


async def test_consent_is_given_withdrawn_and_given_again_and_all_of_it_is_on_record(db: Db):
    ana = await a_person(db)

    first = await identity.give_consent(db, ana, "marketing")
    assert await identity.give_consent(db, ana, "marketing") == first
    assert await identity.has_consent(db, ana.person, "marketing") is True
    await identity.withdraw_consent(db, ana, "marketing")
    assert await identity.has_consent(db, ana.person, "marketing") is False
    await identity.give_consent(db, ana, "marketing")

    assert await identity.has_consent(db, ana.person, "marketing") is True
    assert sorted(each.withdrawn_at is None for each in await identity.consents_of(db, ana)) == [False, True]


async def test_declining_is_an_answer(db: Db):
    ana = await a_person(db)

    for _ in range(2):
        await identity.withdraw_consent(db, ana, "marketing")

    assert await identity.has_consent(db, ana.person, "marketing") is False
    assert [each.given_at for each in await identity.consents_of(db, ana)] == [None]


async def test_a_consent_counts_for_its_scope_and_person_only(db: Db):
    ana, bao, shop = await a_person(db), await a_person(db), (await an_open_shop(db)).id

    await identity.give_consent(db, ana, "regulars", shop)

    assert await identity.has_consent(db, ana.person, "regulars", shop) is True
    assert await identity.has_consent(db, ana.person, "regulars", new_id(71)) is None
    assert await identity.has_consent(db, ana.person, "regulars") is None
    assert await identity.has_consent(db, bao.person, "regulars", shop) is None


async def test_a_new_text_is_agreed_to_anew(db: Db, monkeypatch: pytest.MonkeyPatch):
    ana = await a_person(db)
    await identity.give_consent(db, ana, "marketing")
    monkeypatch.setitem(consents.purposes.entries, "marketing", 2)

    given = await identity.give_consent(db, ana, "marketing")

    assert given.version == 2
    assert {each.version: each.withdrawn_at is None for each in await identity.consents_of(db, ana)} == {1: False, 2: True}


async def test_an_unknown_purpose_is_refused(db: Db):
    with pytest.raises(PurposeUnknown):
        await identity.give_consent(db, await a_person(db), "world domination")


async def test_what_is_no_shop_is_no_scope_to_agree_to_or_to_decline(db: Db):
    ana, shop = await a_person(db), await an_open_shop(db)

    for nothing in (new_id(70), ana.person, new_id(home_of(shop.id))):
        with pytest.raises(ScopeUnknown) as refused:
            await identity.give_consent(db, ana, "marketing", nothing)
        with pytest.raises(ScopeUnknown):
            await identity.withdraw_consent(db, ana, "marketing", nothing)
        assert refused.value.scope_id == nothing

    assert await identity.consents_of(db, ana) == []
    assert (await identity.give_consent(db, ana, "marketing", shop.id)).scope_id == shop.id


async def test_what_was_agreed_to_can_be_taken_back_whatever_became_of_its_scope(db: Db, monkeypatch: pytest.MonkeyPatch):
    ana, shop = await a_person(db), (await an_open_shop(db)).id
    await identity.give_consent(db, ana, "marketing", shop)
    monkeypatch.setattr(consents.scopes, "entries", {})

    await identity.withdraw_consent(db, ana, "marketing", shop)

    assert await identity.has_consent(db, ana.person, "marketing", shop) is False


@pytest.mark.concurrent
async def test_consent_given_many_times_at_once_is_one(pool: Pool):
    async with borrowed(pool) as db:
        ana = await a_person(db)

    async def give() -> object:
        async with borrowed(pool) as db:
            return (await identity.give_consent(db, ana, "marketing")).id

    assert len(set(await asyncio.gather(*[give() for _ in range(10)]))) == 1
