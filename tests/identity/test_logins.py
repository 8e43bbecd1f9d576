import asyncio

import pytest

from shuke.kit import clock
from shuke.kit.actor import ON_PLATFORM, CapabilityMissing, PersonId
from shuke.kit.db import Db, Pool, borrowed, read
from shuke.kit.ids import new_id
from shuke.society import identity
from shuke.society.identity import (
    CodeWrong,
    LoginAsk,
    LoginProof,
    LoginTaken,
    MergeNotPossible,
    ProofNotYours,
    RoleNotHeld,
    RoleUnknown,
)
from shuke.society.identity.types import RoleAsk
from tests.identity.people import (
    a_person,
    a_phone,
    a_proof,
    actor_of,
    an_address,
    an_operator,
    assert_identity_is_sound,
    by_wechat,
    sign_in,
)


def adding(proof: LoginProof, own: LoginProof | None = None) -> LoginAsk:
    return LoginAsk(proof.phone, proof.code, proof.wechat, own)


async def test_a_second_login_leads_to_the_same_person(db: Db):
    ana = await a_person(db)

    await identity.add_login(db, ana, adding(by_wechat("ana", "union")))
    await identity.add_login(db, ana, adding(by_wechat("ana", "union")))

    assert (await sign_in(db, by_wechat("ana"))).person == ana.person
    assert (await sign_in(db, by_wechat("ana-elsewhere", "union", app="wx2"))).person == ana.person


async def test_another_persons_login_is_refused_until_both_are_proven(db: Db, timeline: clock.Timeline):
    mobile, work = a_phone(), a_phone()
    ana, at_work = await a_person(db, phone=mobile), await a_person(db, "安娜在公司", work)

    with pytest.raises(LoginTaken) as refused:
        await identity.add_login(db, ana, adding(await a_proof(db, work)))
    with pytest.raises(ProofNotYours):
        await identity.add_login(db, ana, adding(await a_proof(db, work), own=await a_proof(db, a_phone())))
    with pytest.raises(CodeWrong):
        await identity.add_login(db, ana, adding(await a_proof(db, work), own=LoginProof(phone=mobile, code="111111")))
    assert refused.value.fields == {"kind": "phone"}
    assert (await sign_in(db, await a_proof(db, work))).person == at_work.person

    timeline.advance(hours=1)
    await identity.add_login(db, ana, adding(await a_proof(db, work), own=await a_proof(db, mobile)))

    both = await sign_in(db, await a_proof(db, work))
    assert both.person == ana.person
    assert set(both.selves) == {ana.person, at_work.person}
    assert len((await identity.me(db, both)).phones) == 2


async def test_merging_re_keys_nothing_and_everything_reads_as_one(db: Db):
    operator, ana, old = await an_operator(db), await a_person(db), await a_person(db, "旧")
    visitor = await actor_of(db, (await identity.begin_visit(db)).token)
    await sign_in(db, await a_proof(db, phone := a_phone()), visitor)
    oldest = await sign_in(db, await a_proof(db, phone))
    token = await identity.open_session(db, oldest.person)
    card = await identity.add_address(db, oldest, an_address())

    await identity.merge(db, operator, old.person, oldest.person)
    await identity.merge(db, operator, ana.person, old.person)

    actor = await actor_of(db, token)
    assert actor.person == ana.person
    assert set(actor.selves) == {ana.person, old.person, oldest.person, visitor.anyone}
    assert await db.fetchval("select count(*) from identity.persons where merged_into = $1", ana.person) == 2
    assert [each.id for each in await identity.addresses_of(db, actor)] == [card.id]
    assert (await read(db, identity.address(ana.person, card.id))).phone == "+8613812345678"
    assert (await identity.by_ids(db, [oldest.person]))[oldest.person].id == ana.person
    assert len((await identity.sessions_of(db, actor)).items) == 5
    await identity.end_session(db, actor)
    assert await identity.authenticate(db, token) is None
    await assert_identity_is_sound(db)


async def test_a_merged_persons_roles_move(db: Db):
    operator, ana, old = await an_operator(db), await a_person(db), await a_person(db)
    await identity.make_operator(db, old.person)

    await identity.merge(db, operator, ana.person, old.person)

    assert (await actor_of(db, await identity.open_session(db, old.person))).can("ops.people")
    assert [each.role for each in await identity.roles_of(db, ana.person)] == ["operator"]
    assert await identity.roles_of(db, old.person) == []


async def test_only_two_living_persons_merge_and_only_operators_merge_others(db: Db):
    operator, ana, bao = await an_operator(db), await a_person(db), await a_person(db)
    with pytest.raises(CapabilityMissing):
        await identity.merge(db, ana, ana.person, bao.person)
    await identity.merge(db, operator, ana.person, bao.person)

    for into, other in [(ana, ana), (ana, bao), (bao, ana)]:
        with pytest.raises(MergeNotPossible):
            await identity.merge(db, operator, into.person, other.person)


@pytest.mark.concurrent
async def test_two_who_are_merged_into_each_other_at_once_end_as_one(pool: Pool):
    async with borrowed(pool) as db:
        operator, ana, bao = await an_operator(db), await a_person(db), await a_person(db)

    async def merge(turn: int) -> bool:
        into, other = (ana, bao) if turn % 2 else (bao, ana)
        async with borrowed(pool) as db:
            try:
                await identity.merge(db, operator, into.person, other.person)
            except MergeNotPossible:
                return False
            return True

    assert sum(await asyncio.gather(*[merge(turn) for turn in range(10)])) == 1
    async with borrowed(pool) as db:
        assert await db.fetchval("select count(*) from identity.persons where merged_into is not null") == 1
        await assert_identity_is_sound(db)


async def test_operators_appoint_and_dismiss(db: Db):
    operator, ana = await an_operator(db), await a_person(db)
    with pytest.raises(CapabilityMissing):
        await identity.appoint(db, ana, ana.person, RoleAsk("operator"))
    with pytest.raises(RoleUnknown):
        await identity.appoint(db, operator, ana.person, RoleAsk("emperor"))

    for _ in range(2):
        given = await identity.appoint(db, operator, ana.person, RoleAsk("operator"))
    assert [(each.scope, each.role, each.given_by) for each in given] == [(ON_PLATFORM, "operator", operator.person)]

    await identity.dismiss(db, operator, ana.person, "operator")
    with pytest.raises(RoleNotHeld):
        await identity.dismiss(db, operator, ana.person, "operator")
    assert await identity.roles_of(db, ana.person) == []


async def test_a_role_counts_in_its_scope_only(db: Db):
    ana, shop, other = await a_person(db), new_id(70), new_id(71)
    await identity.give_role(db, None, ana.person, shop, "operator")

    actor = await actor_of(db, await identity.open_session(db, ana.person))

    assert actor.can("ops.people", shop)
    assert not actor.can("ops.people", other)
    with pytest.raises(CapabilityMissing):
        actor.require("ops.people")


async def test_nobody_gives_a_role_to_who_is_not_there(db: Db):
    with pytest.raises(identity.PersonUnknown):
        await identity.give_role(db, None, PersonId(new_id(5)), ON_PLATFORM, "operator")
