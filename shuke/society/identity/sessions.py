"""Sessions: from a token to who asks, signing in, and the list of places where one is signed in."""

from datetime import datetime, timedelta
from uuid import UUID

from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId, VisitorId
from shuke.kit.db import Db, transaction
from shuke.kit.ids import home_of, new_id
from shuke.kit.pages import Page, decode_cursor, page
from shuke.society.identity import known, persons, rules, sql, visitors
from shuke.society.identity.logins import prove, resolve
from shuke.society.identity.roles import capabilities_of
from shuke.society.identity.rows import Acting, Profile
from shuke.society.identity.types import Session, SessionId, SessionUnknown, SignedIn, SignInAsk

UNUSED_FOR = timedelta(days=90)
SEEN_EVERY = timedelta(minutes=10)


async def authenticate(db: Db, token: str) -> Actor | None:
    """Who asks with this token: a person or a visitor with everything they may do, or None. One statement a second.

    Only the session of a merged person takes a second one, at the home of whom they became.
    """
    found = known.recall(token)
    if found is None:
        since = known.changes()
        found = await _look_up(db, token)
        if found is not None:
            known.remember(token, found, since)
    return found


async def _look_up(db: Db, token: str) -> Actor | None:
    read = rules.read_token(token)
    if read is None:
        return None
    id, kind, digest = read
    home = home_of(id)
    if kind == rules.VISITOR:
        visitor = await sql.VISITOR.first(db, home, id, digest)
        return None if visitor is None else Actor(visitor, is_visitor=True, selves=(visitor,))
    now = clock.now()
    acting = await sql.AUTHENTICATE.first(db, home, id, digest, now - SEEN_EVERY, now - UNUSED_FOR)
    if acting is None:
        return None
    if acting.is_stale:
        await sql.SEE.run(db, home, id, now, now - SEEN_EVERY, not db.is_in_transaction())
    if acting.merged_into is not None:
        acting = await sql.ACTING.first(db, home_of(acting.merged_into), acting.merged_into)
    return None if acting is None else _actor(acting, id)


def _actor(acting: Acting, session_id: UUID) -> Actor:
    held = {scope: capabilities_of(roles) for scope, roles in acting.grants.items()} if acting.grants else {}
    return Actor(acting.id, False, (acting.id, *acting.selves), held, acting.language, session_id)


async def sign_in(db: Db, actor: Actor, ask: SignInAsk) -> SignedIn:
    """Sign in by a code; a login nobody has makes a new person, and the visitor who asks becomes part of them.

    Call it outside of a transaction: a wrong code must count. Raises what `logins.prove` raises.
    """
    logins = await prove(db, ask)
    name = rules.tidy(ask.name) if ask.name else rules.new_name()
    async with transaction(db):
        person_id, is_new = await resolve(db, logins, Profile(name, language=actor.language))
        if actor.is_visitor:
            await visitors.join(db, VisitorId(actor.anyone), person_id)
        token = await open_session(db, person_id, ask.device)
        card = (await persons.by_ids(db, [person_id]))[person_id]
    return SignedIn(token, card, is_new)


async def open_session(db: Db, person_id: PersonId, device: str | None = None) -> str:
    """Sign a person in and answer the token. Trusts its caller that it is them."""
    home, now = home_of(person_id), clock.now()
    id = SessionId(new_id(home))
    token, digest = rules.new_token(id, rules.SESSION)
    await sql.OPEN_SESSION.run(db, home, id, person_id, digest, device, now)
    return token


async def sessions_of(db: Db, actor: Actor, cursor: str | None = None, limit: int = 20) -> Page[Session]:
    """Where the signed-in person is signed in, the newest first."""
    _ = actor.person
    after = decode_cursor(cursor, tuple[datetime, UUID]) or (None, None)
    theirs = rules.with_homes(actor.selves)
    rows = await sql.SESSIONS_OF.all(db, *theirs, actor.session_id, clock.now() - UNUSED_FOR, *after, limit + 1)
    return page(rows, limit, lambda row: (row.created_at, row.id))


async def end_session(db: Db, actor: Actor, session_id: UUID | None = None) -> None:
    """Sign out one of one's sessions, by default the one that asks. Raises SessionUnknown."""
    _ = actor.person
    ending = session_id or actor.session_id
    if not await sql.END_SESSION.first(db, *rules.with_homes(actor.selves), ending, clock.now()):
        raise SessionUnknown()
    known.forget(db)
