"""Logins: the ways by which a person is known, and from a proof of one to the person behind it."""

import hashlib
from collections.abc import Sequence

from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, transaction
from shuke.kit.events import emit
from shuke.kit.homes import new_home
from shuke.kit.ids import home_of, new_id
from shuke.kit.secrets import mask_phone, vault
from shuke.society.identity import codes, merges, sql, wechat
from shuke.society.identity.locks import lock_person
from shuke.society.identity.rows import Login, Profile
from shuke.society.identity.rules import normalise_phone
from shuke.society.identity.types import (
    LoginAsk,
    LoginProof,
    LoginTaken,
    PersonJoined,
    ProofMissing,
    ProofNotYours,
    WeChatProof,
)

PHONE = "phone"
UNIONID = "unionid"
EXTERNAL = "external:"


def login_of(kind: str, key: str) -> Login:
    """A login as it is looked up: phones by keyed index, ids of outside sources by hash, WeChat's ids as they are.

    An openid is needed again to pay, and says nothing outside of its app. Raises PhoneInvalid.
    """
    if kind == PHONE:
        number = normalise_phone(key)
        return Login(kind, tuple(vault().indexes(PHONE, number)), number)
    assert kind == UNIONID or kind.startswith(("wechat:", EXTERNAL)), f"not a kind of login: {kind}"
    raw = key.encode()
    return Login(kind, (hashlib.sha256(raw).digest() if kind.startswith(EXTERNAL) else raw,))


async def prove(db: Db, proof: LoginProof) -> list[Login]:
    """Spend the proof and answer the logins it proves, the widest first. Call it outside of a transaction.

    Raises ProofMissing, PhoneInvalid, CodeWrong, WeChatCodeWrong, WeChatAppUnknown, WeChatSilent.
    """
    match proof:
        case LoginProof(phone=str(phone), code=str(code), wechat=None):
            login = login_of(PHONE, phone)
            assert login.phone is not None
            await codes.use_code(db, login.phone, code)
            return [login]
        case LoginProof(phone=None, code=None, wechat=WeChatProof() as sent):
            known = await wechat.login().exchange(sent.app_id, sent.code)
            here = login_of(f"wechat:{sent.app_id}", known.openid)
            return [login_of(UNIONID, known.unionid), here] if known.unionid else [here]
        case _:
            raise ProofMissing()


async def owners_of(db: Db, logins: Sequence[Login]) -> dict[str, PersonId]:
    """Whose logins these are, by kind; one found under a former key is indexed anew."""
    pairs = [(login.kind, key) for login in logins for key in login.keys]
    found = await sql.LOGINS.all(db, [kind for kind, _ in pairs], [key for _, key in pairs])
    current = {login.kind: login.keys[0] for login in logins}
    for row in found:
        if row.key != current[row.kind]:
            await sql.RE_INDEX.run(db, row.kind, row.key, current[row.kind])
    return {row.kind: row.person_id for row in found}


async def resolve(db: Db, logins: Sequence[Login], profile: Profile) -> tuple[PersonId, bool]:
    """Find the person behind logins that were proven together, or make one; answers whether they are new. Trusts its caller.

    The first login's key is the lock, so people who come twice at once are one person. Logins of several persons, which only
    WeChat can prove to be one human, make them one.
    """
    owners = await owners_of(db, logins)
    if not owners:
        async with transaction(db):
            if made := await _make(db, logins, profile):
                return made, True
        # Somebody else was faster, and has committed.
        owners = await owners_of(db, logins)
    person_id, *others = dict.fromkeys(owners[login.kind] for login in logins if login.kind in owners)
    missing = [login for login in logins if login.kind not in owners]
    if others or missing:
        async with transaction(db):
            for other in others:
                await merges.merge_persons(db, person_id, other)
            await _attach(db, person_id, missing)
    return person_id, False


async def add_login(db: Db, actor: Actor, ask: LoginAsk) -> None:
    """Add a login to the signed-in person. Call it outside of a transaction.

    Another person's login raises LoginTaken; with a proof of one's own besides (`ask.own`) that person is merged into this
    one. Raises what `prove` raises, and ProofNotYours.
    """
    me = actor.person
    own = await prove(db, ask.own) if ask.own else []
    if ask.own and me not in (await owners_of(db, own)).values():
        raise ProofNotYours()
    logins = await prove(db, ask)
    async with transaction(db):
        owners = await owners_of(db, logins)
        for kind, other in owners.items():
            if other != me and not own:
                raise LoginTaken(kind=kind)
        for other in dict.fromkeys(owners.values()):
            if other != me:
                await merges.merge_persons(db, me, other)
        await _attach(db, me, [login for login in logins if login.kind not in owners], is_strict=True)


async def _make(db: Db, logins: Sequence[Login], profile: Profile) -> PersonId | None:
    now, home = clock.now(), await new_home(db)
    person_id = PersonId(new_id(home))
    first = logins[0]
    if not await sql.CLAIM.first(db, first.kind, first.keys[0], person_id, now):
        return None
    await sql.MAKE.run(db, home, person_id, profile.name, profile.avatar, profile.language, profile.bio, now)
    await _keep_phone(db, person_id, first)
    await _attach(db, person_id, logins[1:])
    await emit(db, PersonJoined(person_id))
    return person_id


async def _attach(db: Db, person_id: PersonId, logins: Sequence[Login], *, is_strict: bool = False) -> None:
    if not logins:
        return
    # Under the person's lock, so that an erasure or a merge finds every login.
    await lock_person(db, person_id)
    for login in logins:
        if await sql.CLAIM.first(db, login.kind, login.keys[0], person_id, clock.now()):
            await _keep_phone(db, person_id, login)
        elif is_strict:
            raise LoginTaken(kind=login.kind)


async def _keep_phone(db: Db, person_id: PersonId, login: Login) -> None:
    if login.phone is not None:
        sealed = vault().seal(login.phone, person_id.bytes)
        await sql.KEEP_PHONE.run(db, home_of(person_id), person_id, sealed, mask_phone(login.phone), clock.now())
