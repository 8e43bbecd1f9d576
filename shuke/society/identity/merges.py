"""Merging: two persons turn out to be one human. Nothing is re-keyed; the one who remains reads as both."""

from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, transaction
from shuke.kit.events import emit
from shuke.kit.ids import home_of
from shuke.society.identity import known, sql
from shuke.society.identity.rules import with_homes
from shuke.society.identity.types import MergeNotPossible, PersonsMerged


async def merge(db: Db, actor: Actor, into: PersonId, other: PersonId) -> None:
    """Make `other` part of `into`, as an operator. Raises MergeNotPossible."""
    actor.require("ops.people")
    await merge_persons(db, into, other)


async def merge_persons(db: Db, into: PersonId, other: PersonId) -> None:
    """Make `other` part of `into`. Trusts its caller that they are one human. Raises MergeNotPossible.

    Logins lead to `into`, sessions of `other` act as `into`, roles move, and whoever was merged into `other` before is now
    merged into `into`: no chain is ever longer than one step.
    """
    now, home, other_home = clock.now(), home_of(into), home_of(other)
    async with transaction(db):
        # Locked in one order, so that two merges of the same pair meet in a queue and not in a deadlock.
        if into == other or len(await sql.LOCK.all(db, *with_homes([into, other]))) != 2:
            raise MergeNotPossible()
        before = [each.self_id for each in await sql.SELVES.all(db, other_home, other) if not each.is_visitor]
        await sql.MERGE.run(db, *with_homes([other, *before]), into)
        await sql.HEIR.run(db, home, into, other_home, other, now)
        await sql.LEAD_LOGINS.run(db, other, into)
        await sql.INHERIT_ROLES.run(db, home, into, other_home, other, now)
        await emit(db, PersonsMerged(into, other))
        known.forget(db)
