"""Visitors: people without a name, until they sign in."""

from shuke.kit import clock
from shuke.kit.actor import PersonId, VisitorId
from shuke.kit.db import Db
from shuke.kit.homes import new_home
from shuke.kit.ids import home_of, new_id
from shuke.society.identity import known, rules, sql
from shuke.society.identity.types import VisitorToken


async def begin_visit(db: Db) -> VisitorToken:
    """Make a visitor with a home of its own; the token is shown this once."""
    home = await new_home(db)
    id = VisitorId(new_id(home))
    token, digest = rules.new_token(id, rules.VISITOR)
    await sql.BEGIN_VISIT.run(db, home, id, digest, clock.now())
    return VisitorToken(token, id)


async def join(db: Db, visitor_id: VisitorId, person_id: PersonId) -> bool:
    """Make what the visitor did the person's; False when the visitor has joined somebody before. Trusts its caller.

    On a phone that goes from hand to hand the first who signs in keeps the visitor's past.
    """
    now = clock.now()
    if not await sql.JOIN.first(db, home_of(visitor_id), visitor_id, person_id, now):
        return False
    await sql.BECOME.run(db, home_of(person_id), person_id, visitor_id, True, now)
    known.forget(db)
    return True
