"""Builders: people who are signed in, and what they send."""

from itertools import count

from shuke.kit import proofs
from shuke.kit.actor import NOBODY, Actor
from shuke.kit.db import Db
from shuke.society import identity
from shuke.society.identity import AddressAsk, LoginProof, SignInAsk, WeChatProof

_numbers = count(13_800_000_000)


def a_phone() -> str:
    """A number nobody had before in this run."""
    return str(next(_numbers))


async def a_proof(db: Db, phone: str) -> LoginProof:
    """A phone with the code that was just sent to it."""
    await identity.send_code(db, phone)
    return LoginProof(phone=phone, code="000000")


def by_wechat(openid: str, unionid: str | None = None, app: str = "wx1") -> LoginProof:
    """A code of the WeChat simulator."""
    return LoginProof(wechat=WeChatProof(app, f"sim:{openid}:{unionid}" if unionid else f"sim:{openid}"))


async def sign_in(db: Db, proof: LoginProof, actor: Actor = NOBODY, name: str | None = None) -> Actor:
    """Sign in and answer the actor that the token stands for."""
    ask = SignInAsk(phone=proof.phone, code=proof.code, wechat=proof.wechat, name=name)
    return await actor_of(db, (await identity.sign_in(db, actor, ask)).token)


async def actor_of(db: Db, token: str) -> Actor:
    """Who a token stands for."""
    actor = await identity.authenticate(db, token)
    assert actor is not None, "the token is good for nothing"
    return actor


async def a_person(db: Db, name: str = "安娜", phone: str | None = None) -> Actor:
    """A person who is signed in."""
    person_id = await identity.person_by_login(db, identity.PHONE, phone or a_phone(), name)
    return await actor_of(db, await identity.open_session(db, person_id))


async def an_operator(db: Db) -> Actor:
    """A person who runs the platform."""
    person_id = await identity.person_by_login(db, identity.PHONE, a_phone(), "店长")
    await identity.make_operator(db, person_id)
    return await actor_of(db, await identity.open_session(db, person_id))


def an_address(**changes: object) -> AddressAsk:
    """Where Anna lives."""
    fields = {"recipient": "安娜", "phone": "13812345678", "region": ["浙江省", "杭州市", "西湖区"], "street": "文三路 1 号"}
    return AddressAsk(**(fields | changes))  # type: ignore[arg-type]


async def assert_identity_is_sound(db: Db) -> None:
    """What must always be true, as `shuke verify` proves it."""
    for proof, finding in await proofs.verify(db):
        if proof.name.startswith("identity."):
            assert finding.broken == 0, (proof.sentence, finding.example)
