"""Routes of identity."""

from uuid import UUID

from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db
from shuke.kit.once import once
from shuke.kit.pages import Page, PageLimit
from shuke.kit.web import Address, Anyone, IdempotencyKey, Limit, delete, get, patch, post, put
from shuke.society import identity
from shuke.society.identity import (
    AddressAsk,
    AddressCard,
    AddressRevision,
    CodeAsk,
    Consent,
    ConsentAsk,
    Export,
    LoginAsk,
    LoginProof,
    Me,
    MeAsk,
    MergeAsk,
    PersonView,
    RoleAsk,
    RoleGiven,
    Session,
    SignedIn,
    SignInAsk,
    VisitorToken,
)

PROOF = (
    identity.ProofMissing,
    identity.PhoneInvalid,
    identity.CodeWrong,
    identity.WeChatCodeWrong,
    identity.WeChatAppUnknown,
    identity.WeChatSilent,
)
VISITS = Limit("visitors", per_minute=60, burst=120)
SIGN_INS = Limit("sign-ins", per_minute=30, burst=60)
EXPORTS = Limit("exports", per_minute=2, burst=5, by="person")


@post("/visitors", limit=VISITS)
async def create_visitor(db: Db) -> VisitorToken:
    """Begin as a visitor; signing in with this token joins what the visitor did."""
    return await identity.begin_visit(db)


@post("/sessions/codes", status_code=202, limit=SIGN_INS, raises=(identity.PhoneInvalid, identity.TooManyCodes))
async def create_code(data: CodeAsk, db: Db, address: Address) -> None:
    """Send a sign-in code to a phone; it lives five minutes."""
    await identity.send_code(db, data.phone, address)


@post("/sessions", limit=SIGN_INS, raises=PROOF)
async def create_session(data: SignInAsk, db: Db, actor: Anyone) -> SignedIn:
    """Sign in; a new login makes a new person.

    A lost answer cannot be replayed, because tokens are not kept: ask for another code.
    """
    return await identity.sign_in(db, actor, data)


@get("/sessions")
async def list_sessions(db: Db, actor: Actor, cursor: str | None = None, limit: PageLimit = 20) -> Page[Session]:
    """Where I am signed in."""
    return await identity.sessions_of(db, actor, cursor, limit)


@delete("/sessions/current")
async def end_current_session(db: Db, actor: Actor) -> None:
    """Sign out here."""
    await identity.end_session(db, actor)


@delete("/sessions/{session_id:uuid}", raises=(identity.SessionUnknown,))
async def end_session(session_id: UUID, db: Db, actor: Actor) -> None:
    """Sign out somewhere."""
    await identity.end_session(db, actor, session_id)


@get("/me")
async def read_me(db: Db, actor: Actor) -> Me:
    """Me."""
    return await identity.me(db, actor)


@patch("/me")
async def revise_me(data: MeAsk, db: Db, actor: Actor) -> Me:
    """Change my name, avatar, language or bio."""
    return await identity.revise_me(db, actor, data)


@post("/me/logins", status_code=204, limit=SIGN_INS, raises=(*PROOF, identity.LoginTaken, identity.ProofNotYours))
async def create_login(data: LoginAsk, db: Db, actor: Actor) -> None:
    """Add a login to me.

    If it is another person's, that is me too, or it is not: to become one person, send it again with a fresh code and
    with `own`, a proof of one of my logins.
    """
    await identity.add_login(db, actor, data)


@post("/me/addresses", raises=(identity.PhoneInvalid, identity.TooManyAddresses))
async def create_address(data: AddressAsk, db: Db, actor: Actor, key: IdempotencyKey | None) -> AddressCard:
    """Keep an address."""
    if key is None:
        return await identity.add_address(db, actor, data)
    return await once(db, actor, key, data, AddressCard, lambda: identity.add_address(db, actor, data))


@get("/me/addresses")
async def list_addresses(db: Db, actor: Actor) -> Page[AddressCard]:
    """My addresses, all of them: the default first, then the newest."""
    return Page(await identity.addresses_of(db, actor))


@patch("/me/addresses/{address_id:uuid}", raises=(identity.AddressUnknown, identity.PhoneInvalid))
async def revise_address(address_id: UUID, data: AddressRevision, db: Db, actor: Actor) -> AddressCard:
    """Change an address of mine, or make it the default."""
    return await identity.revise_address(db, actor, address_id, data)


@delete("/me/addresses/{address_id:uuid}", raises=(identity.AddressUnknown,))
async def remove_address(address_id: UUID, db: Db, actor: Actor) -> None:
    """Remove an address of mine."""
    await identity.remove_address(db, actor, address_id)


@get("/me/consents")
async def list_consents(db: Db, actor: Actor) -> Page[Consent]:
    """What I agreed to, and what no longer."""
    return Page(await identity.consents_of(db, actor))


@put("/me/consents/{purpose}", raises=(identity.PurposeUnknown, identity.ScopeUnknown))
async def give_consent(purpose: str, data: ConsentAsk | None, db: Db, actor: Actor) -> Consent:
    """Agree to a purpose, for all or for one shop."""
    return await identity.give_consent(db, actor, purpose, data.scope_id if data else None)


@delete("/me/consents/{purpose}", raises=(identity.PurposeUnknown, identity.ScopeUnknown))
async def withdraw_consent(purpose: str, db: Db, actor: Actor, scope_id: UUID | None = None) -> None:
    """Agree to a purpose no longer, or decline it."""
    await identity.withdraw_consent(db, actor, purpose, scope_id)


@post("/me/export", status_code=200, limit=EXPORTS)
async def export_me(db: Db, actor: Actor) -> Export:
    """Everything that is kept about me."""
    return await identity.export_me(db, actor)


@post("/me/erasure", status_code=204, limit=SIGN_INS, raises=(*PROOF, identity.ProofNotYours, identity.ErasureNotPossible))
async def erase_me(data: LoginProof, db: Db, actor: Actor) -> None:
    """Erase me, with a fresh proof of one of my logins. It cannot be undone.

    It is refused while a shop has no other owner, and while I have money that was not paid out or am still to get some.
    """
    await identity.erase_me(db, actor, data)


@get("/ops/people/{person_id:uuid}", raises=(identity.PersonUnknown,))
async def inspect_person(person_id: UUID, db: Db, actor: Actor) -> PersonView:
    """A person, for operators."""
    return await identity.view_person(db, actor, PersonId(person_id))


@post("/ops/people/{person_id:uuid}/roles", raises=(identity.PersonUnknown, identity.RoleUnknown))
async def give_role(person_id: UUID, data: RoleAsk, db: Db, actor: Actor) -> Page[RoleGiven]:
    """Give a person a role on the platform; answers all that they hold."""
    return Page(await identity.appoint(db, actor, PersonId(person_id), data))


@delete("/ops/people/{person_id:uuid}/roles/{role}", raises=(identity.RoleNotHeld,))
async def end_role(person_id: UUID, role: str, db: Db, actor: Actor) -> None:
    """Take a role on the platform away."""
    await identity.dismiss(db, actor, PersonId(person_id), role)


@post("/ops/people/{person_id:uuid}/merges", status_code=204, raises=(identity.MergeNotPossible,))
async def merge_person(person_id: UUID, data: MergeAsk, db: Db, actor: Actor) -> None:
    """Make another person part of this one; for two accounts of one human."""
    await identity.merge(db, actor, PersonId(person_id), PersonId(data.other_id))


routes = [
    create_visitor,
    create_code,
    create_session,
    list_sessions,
    end_current_session,
    end_session,
    read_me,
    revise_me,
    create_login,
    create_address,
    list_addresses,
    revise_address,
    remove_address,
    list_consents,
    give_consent,
    withdraw_consent,
    export_me,
    erase_me,
    inspect_person,
    give_role,
    end_role,
    merge_person,
]
