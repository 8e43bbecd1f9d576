import asyncio
from uuid import UUID

import pytest

from shuke.kit.actor import NOBODY
from shuke.kit.db import Db, Pool, borrowed
from shuke.kit.ids import home_of
from shuke.society import identity
from shuke.society.identity import LoginProof, MeAsk, PhoneInvalid, ProofMissing, SignInAsk, WeChatProof
from tests.identity.people import a_person, a_phone, a_proof, by_wechat, sign_in


async def test_a_new_login_makes_a_person_and_the_next_finds_them(db: Db):
    phone = a_phone()

    first = await sign_in(db, await a_proof(db, phone), name="安娜")
    again = await sign_in(db, await a_proof(db, f"+86{phone}"), name="别名")

    assert first.person == again.person
    assert first.session_id != again.session_id
    assert (await identity.me(db, again)).name == "安娜"
    assert (await identity.me(db, again)).phones == [f"{phone[:3]}****{phone[-4:]}"]


async def test_who_gives_no_name_gets_one(db: Db):
    signed_in = await identity.sign_in(db, NOBODY, SignInAsk(wechat=WeChatProof("wx1", "sim:nameless")))

    assert signed_in.is_new
    assert signed_in.person.name.startswith("熟客")


async def test_a_unionid_makes_the_openids_of_several_apps_one_person(db: Db):
    shop = await sign_in(db, by_wechat("o-shop", "union", app="wx1"))
    live = await sign_in(db, by_wechat("o-live", "union", app="wx2"))
    shop_without = await sign_in(db, by_wechat("o-shop", app="wx1"))
    stranger = await sign_in(db, by_wechat("o-shop", app="wx2"))

    assert shop.person == live.person == shop_without.person
    assert stranger.person != shop.person


async def test_a_unionid_that_comes_later_joins_two_persons(db: Db):
    early = await sign_in(db, by_wechat("o1", app="wx1"))
    other = await sign_in(db, by_wechat("o2", "union", app="wx2"))

    later = await sign_in(db, by_wechat("o1", "union", app="wx1"))

    assert early.person != other.person
    assert later.person == other.person
    assert set(later.selves) == {early.person, other.person}


@pytest.mark.parametrize(
    "proof",
    [
        LoginProof(),
        LoginProof(phone="13812345678"),
        LoginProof(code="000000"),
        LoginProof(phone="13812345678", code="000000", wechat=WeChatProof("wx1", "sim:x")),
    ],
)
async def test_half_a_proof_or_two_are_refused(db: Db, proof: LoginProof):
    with pytest.raises(ProofMissing):
        await sign_in(db, proof)


async def test_imports_find_or_make_by_an_outside_id_in_one_statement(db: Db, statements):
    first = await identity.person_by_login(db, "external:retail", "12345", "Customer 12345", language="en")

    with statements(db, at_most=1):
        again = await identity.person_by_login(db, "external:retail", "12345", "another name")
    elsewhere = await identity.person_by_login(db, "external:other", "12345", "Customer 12345")

    assert first == again != elsewhere
    cards = await identity.by_ids(db, [first, elsewhere, UUID(int=5)])
    assert cards.keys() == {first, elsewhere}
    assert cards[first].name == "Customer 12345"
    assert len({home_of(first), home_of(elsewhere)}) == 2


async def test_rubbish_makes_no_person(db: Db):
    with pytest.raises(PhoneInvalid):
        await identity.person_by_login(db, identity.PHONE, "call me", "安娜")

    assert await db.fetchval("select count(*) from identity.persons") == 0


async def test_one_changes_what_one_sends_and_nothing_else(db: Db):
    ana = await a_person(db)
    await identity.revise_me(db, ana, MeAsk(avatar="/files/ana.png", bio="喝茶"))

    me = await identity.revise_me(db, ana, MeAsk(name=" 安  娜 ", language="en", avatar=""))

    assert (me.name, me.language, me.bio, me.avatar) == ("安 娜", "en", "喝茶", None)


@pytest.mark.concurrent
@pytest.mark.parametrize("proof", [by_wechat("o1"), by_wechat("o1", "u1")])
async def test_people_who_come_twice_at_once_are_one_person(pool: Pool, proof: LoginProof):
    async def enter(place: int) -> UUID:
        app = f"wx{place % 2}" if "u1" in str(proof) else "wx1"
        again = LoginProof(wechat=WeChatProof(app, proof.wechat.code if proof.wechat else ""))
        async with borrowed(pool) as db:
            return (await sign_in(db, again)).person

    people = await asyncio.gather(*[enter(place) for place in range(12)])

    assert len(set(people)) == 1
    async with borrowed(pool) as db:
        assert await db.fetchval("select count(*) from identity.persons") == 1
        assert await db.fetchval("select count(*) from kit.events where name = 'identity.PersonJoined'") == 1


@pytest.mark.concurrent
async def test_a_phone_seen_twice_at_once_is_one_person(pool: Pool):
    phone = a_phone()

    async def find() -> UUID:
        async with borrowed(pool) as db:
            return await identity.person_by_login(db, identity.PHONE, phone, "安娜")

    assert len(set(await asyncio.gather(*[find() for _ in range(12)]))) == 1
    async with borrowed(pool) as db:
        assert await db.fetchval("select count(*) from identity.phones") == 1
