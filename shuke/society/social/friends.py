"""Friends: asking, accepting, parting. A friendship is a row at each side, written together."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, Reading, refusing, transaction
from shuke.kit.ids import home_of
from shuke.kit.pages import Page, decode_cursor, page
from shuke.society.identity import PersonCard
from shuke.society.social import sql
from shuke.society.social.people import another, cards_of
from shuke.society.social.types import (
    MAX_FRIENDS,
    AlreadyFriends,
    Friend,
    FriendAnswer,
    FriendAsk,
    FriendNotFound,
    FriendRequest,
    PersonNotFound,
    RequestNotFound,
    TooManyFriends,
)


async def ask_friend(db: Db, actor: Actor, ask: FriendAsk) -> FriendAnswer:
    """Ask a person to be a friend; if they asked before, both are friends now.

    Raises NotYourself, PersonNotFound (also when one blocked the other), AlreadyFriends, TooManyFriends.
    """
    other = await another(db, actor, ask.person_id)
    async with transaction(db):
        if await sql.TAKE_REQUEST.first(db, home_of(actor.person), actor.person, other.id):
            await _befriend_or_refuse(db, actor.person, other)
            return FriendAnswer("friends", other)
        me = actor.person
        if not await sql.ASK.first(db, home_of(other.id), other.id, me, home_of(me), ask.message, clock.now()):
            if await friends_among(db, me, [other.id]):
                raise AlreadyFriends(person_id=other.id)
            raise PersonNotFound(person_id=ask.person_id)
    return FriendAnswer("asked", other)


async def accept_friend(db: Db, actor: Actor, person_id: PersonId) -> Friend:
    """Become friends with somebody who asked. Raises RequestNotFound, PersonNotFound, TooManyFriends."""
    me = actor.person
    async with transaction(db):
        if not await sql.TAKE_REQUEST.first(db, home_of(me), me, person_id):
            raise RequestNotFound(person_id=person_id)
        other = await another(db, actor, person_id)
        await _befriend_or_refuse(db, me, other)
    return Friend(other, clock.now())


async def drop_request(db: Db, actor: Actor, person_id: PersonId) -> None:
    """Decline what a person asked, or take one's own request back; nothing is said to them."""
    await sql.CLEAR_REQUESTS.run(db, *_pair(actor.person, person_id))


async def befriend(db: Db, a: PersonId, b: PersonId, at: datetime) -> bool:
    """Make two persons friends; False when they are already, or one blocked the other. Trusts its caller.

    Raises TooManyFriends; the count is a constraint, so it holds whoever else befriends them at the same time.
    """
    homes, ids = _pair(a, b)
    async with transaction(db):
        await sql.LOCK_PAIR.run(db, homes, ids)
        with refusing(circles_friends_check=TooManyFriends()):
            made = await sql.BEFRIEND.all(db, homes, ids, ids[::-1], at)
        if made:
            await sql.CLEAR_REQUESTS.run(db, homes, ids)
    return bool(made)


async def end_friendship(db: Db, actor: Actor, person_id: PersonId) -> None:
    """Part, on both sides. Raises FriendNotFound."""
    me = actor.person
    # Locking a pair keeps a row for each: only friends, who have theirs, may cause that.
    if not await friends_among(db, me, [person_id]) or not await part(db, me, person_id):
        raise FriendNotFound(person_id=person_id)


async def part(db: Db, a: PersonId, b: PersonId) -> bool:
    """End a friendship, if there is one. Trusts its caller."""
    async with transaction(db):
        await sql.LOCK_PAIR.run(db, *_pair(a, b))
        return bool(await sql.PART.all(db, *_pair(a, b)))


async def friends_of(db: Db, person_id: PersonId) -> list[PersonId]:
    """A person's friends, 5,000 at most. Trusts its caller."""
    return [row.friend_id for row in await sql.FRIENDS.all(db, home_of(person_id), person_id, None, MAX_FRIENDS)]


async def friends_among(db: Db, person_id: PersonId, ids: Iterable[UUID]) -> set[PersonId]:
    """Those of `ids` who are the person's friends. Trusts its caller."""
    return {PersonId(id) for id in await sql.FRIENDS_AMONG.all(db, home_of(person_id), person_id, list(ids))}


def are_friends(a: PersonId, b: UUID) -> Reading[bool]:
    """Whether two persons are friends. Trusts its caller."""
    return sql.FRIENDS_AMONG.reading(bool, home_of(a), a, [b])


async def my_friends(db: Db, actor: Actor, cursor: str | None, limit: int) -> Page[Friend]:
    """The friends of the signed-in person."""
    me, after = actor.person, decode_cursor(cursor, tuple[UUID])
    rows = await sql.FRIENDS.all(db, home_of(me), me, after[0] if after else None, limit + 1)
    found = page(rows, limit, lambda row: (row.friend_id,))
    cards = await cards_of(db, [row.friend_id for row in found.items])
    return Page([Friend(cards[row.friend_id], row.since) for row in found.items if row.friend_id in cards], found.next_cursor)


async def my_requests(db: Db, actor: Actor, cursor: str | None, limit: int) -> Page[FriendRequest]:
    """Who asks to be a friend of the signed-in person."""
    me, after = actor.person, decode_cursor(cursor, tuple[UUID])
    rows = await sql.REQUESTS.all(db, home_of(me), me, after[0] if after else None, limit + 1)
    found = page(rows, limit, lambda row: (row.asker_id,))
    cards = await cards_of(db, [row.asker_id for row in found.items])
    asked = [FriendRequest(cards[row.asker_id], row.message, row.asked_at) for row in found.items if row.asker_id in cards]
    return Page(asked, found.next_cursor)


async def _befriend_or_refuse(db: Db, me: PersonId, other: PersonCard) -> None:
    if await befriend(db, me, other.id, clock.now()):
        return
    raise AlreadyFriends(person_id=other.id) if await friends_among(db, me, [other.id]) else PersonNotFound(person_id=other.id)


def _pair(a: PersonId, b: PersonId) -> tuple[list[int], list[UUID]]:
    return [home_of(a), home_of(b)], [a, b]
