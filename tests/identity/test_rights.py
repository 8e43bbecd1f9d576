from typing import Any

import msgspec
import pytest

from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.errors import Conflict
from shuke.society import identity
from shuke.society.identity import LoginProof, ProofNotYours, rights
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


class Owed(Conflict):
    """There is money left to pay out."""


@pytest.fixture
def a_module(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A module above that keeps nothing, and remembers for whom it was asked; `[Owed]` makes it refuse."""
    heard: list[Any] = []

    async def export(db: Db, person_id: Any) -> dict[str, Any]:
        return {"orders": [str(person_id)]}

    async def erase(db: Db, person_id: Any) -> None:
        if heard == [Owed]:
            raise Owed()
        heard.append(person_id)

    monkeypatch.setitem(rights.hooks.entries, "above", rights.Hooks(export, erase))
    return heard


async def everything(db: Db) -> str:
    """All rows of the module as text."""
    tables = await db.fetch("select tablename from pg_tables where schemaname = 'identity'")
    rows = [row for (table,) in tables for row in await db.fetch(f"select to_jsonb(t)::text from identity.{table} t")]
    return "\n".join(row[0] for row in rows)


async def a_full_life(db: Db, phone: str) -> tuple[Actor, str]:
    """A person with a visitor, an address, a second login, a consent and a role; and the visitor's token."""
    token = (await identity.begin_visit(db)).token
    ana = await sign_in(db, await a_proof(db, phone), await actor_of(db, token), name="安娜安娜")
    await identity.add_login(db, ana, identity.LoginAsk(wechat=by_wechat("ana-openid").wechat))
    await identity.add_address(db, ana, an_address())
    await identity.give_consent(db, ana, "marketing")
    await identity.make_operator(db, ana.person)
    return ana, token


async def test_an_export_holds_everything_of_every_module_in_plain(db: Db, a_module: list[Any]):
    ana, _ = await a_full_life(db, phone := a_phone())

    found = msgspec.json.decode(msgspec.json.encode(await identity.export_me(db, ana)))

    own = found["modules"]["identity"]
    assert own["person"]["name"] == "安娜安娜"
    assert own["phones"] == [f"+86{phone}"]
    assert own["logins"] == ["phone", "wechat:wx1"]
    assert own["addresses"][0]["street"] == "文三路 1 号"
    assert [each["purpose"] for each in own["consents"]] == ["marketing"]
    assert [each["role"] for each in own["roles"]] == ["operator"]
    assert len(own["sessions"]) == 1
    assert found["modules"]["above"] == {"orders": [str(ana.person)]}
    assert list(found["selves"]) == [str(ana.selves[1])]


async def test_erasure_leaves_no_word_of_who_it_was(db: Db, a_module: list[Any], timeline: clock.Timeline):
    ana, visitor = await a_full_life(db, phone := a_phone())
    token = await identity.open_session(db, ana.person)

    await identity.erase_me(db, ana, await a_proof(db, phone))

    assert a_module == list(ana.selves)
    assert await identity.authenticate(db, token) is None
    assert await identity.authenticate(db, visitor) is None
    assert (await identity.by_ids(db, [ana.person]))[ana.person].name == "已注销用户"
    assert await identity.has_consent(db, ana.person, "marketing") is False
    left = await everything(db)
    for trace in (phone, "安娜", "文三路", "ana-openid", b"ana-openid".hex(), phone[:3] + "****"):
        assert trace not in left
    assert await db.fetchval("select count(*) from kit.events where name = 'identity.PersonErased'") == 1
    again = await sign_in(db, await a_proof(db, phone))
    assert again.person != ana.person
    await assert_identity_is_sound(db)


async def test_erasure_reaches_whom_one_was_before(db: Db, a_module: list[Any]):
    operator, ana = await an_operator(db), await a_person(db, phone=(phone := a_phone()))
    old = await a_person(db, "旧名", old_phone := a_phone())
    await identity.add_address(db, old, an_address(street="旧街"))
    await identity.merge(db, operator, ana.person, old.person)
    both = await actor_of(db, await identity.open_session(db, ana.person))

    await identity.erase_me(db, both, await a_proof(db, phone))

    left = await everything(db)
    assert "旧名" not in left
    assert (await sign_in(db, await a_proof(db, old_phone))).person not in (ana.person, old.person)


async def test_only_a_proof_of_ones_own_erases(db: Db):
    ana, bao_phone = await a_person(db), a_phone()
    await a_person(db, "宝", bao_phone)

    with pytest.raises(identity.CodeWrong):
        await identity.erase_me(db, ana, LoginProof(phone=bao_phone, code="000000"))
    with pytest.raises(ProofNotYours):
        await identity.erase_me(db, ana, await a_proof(db, bao_phone))

    assert (await identity.me(db, ana)).name == "安娜"


async def test_a_module_that_refuses_keeps_the_person_whole(db: Db, a_module: list[Any]):
    ana, _ = await a_full_life(db, phone := a_phone())
    a_module.append(Owed)
    proof = await a_proof(db, phone)
    before = await everything(db)

    with pytest.raises(Owed):
        await identity.erase_me(db, ana, proof)

    after = await everything(db)
    assert "安娜安娜" in after
    assert len(after.splitlines()) == len(before.splitlines())
