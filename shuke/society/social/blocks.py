"""Blocks: neither asks, sees nor befriends the other, and a friendship ends."""

from uuid import UUID

from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, transaction
from shuke.kit.ids import home_of
from shuke.kit.pages import Page, decode_cursor, page
from shuke.society.social import sql
from shuke.society.social.people import another, cards_of
from shuke.society.social.types import Block


async def block(db: Db, actor: Actor, person_id: UUID) -> None:
    """Block a person: friendship, requests and their following of one's own profile end. Raises PersonNotFound, NotYourself.

    It takes the lock that befriending takes, so nobody becomes a friend of somebody who blocks them at that moment.
    """
    me, other = actor.person, (await another(db, actor, person_id)).id
    pair = [home_of(me), home_of(other)], [me, other]
    async with transaction(db):
        await sql.LOCK_PAIR.run(db, *pair)
        await sql.BLOCK.run(db, home_of(me), me, other, clock.now())
        await sql.PART.all(db, *pair)
        await sql.CLEAR_REQUESTS.run(db, *pair)
        for mine, theirs in ((me, other), (other, me)):
            for profile_id in await sql.DROP_BLOCKED_FOLLOWER.all(db, home_of(mine), mine, theirs):
                await sql.UNFOLLOW.run(db, home_of(theirs), theirs, profile_id)


async def unblock(db: Db, actor: Actor, person_id: UUID) -> None:
    """Take a block back; what it ended stays ended."""
    await sql.UNBLOCK.run(db, home_of(actor.person), actor.person, person_id)


async def my_blocks(db: Db, actor: Actor, cursor: str | None, limit: int) -> Page[Block]:
    """Whom the signed-in person blocked."""
    me, after = actor.person, decode_cursor(cursor, tuple[UUID])
    rows = await sql.BLOCKS.all(db, home_of(me), me, after[0] if after else None, limit + 1)
    found = page(rows, limit, lambda row: (row.blocked_id,))
    cards = await cards_of(db, [PersonId(row.blocked_id) for row in found.items])
    return Page([Block(cards[row.blocked_id], row.since) for row in found.items if row.blocked_id in cards], found.next_cursor)
