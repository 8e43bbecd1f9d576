"""Idempotency: the same request, sent again, is answered and not done again (docs/idempotency.md)."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from asyncpg.exceptions import DeadlockDetectedError

from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, Query, Statement, transaction
from shuke.kit.errors import Conflict, Invalid
from shuke.kit.ids import home_of

T = TypeVar("T")
MAX_KEY_LENGTH = 200
KEEP_DAYS = 7
_TRIES = 3


class KeyReused(Conflict):
    """This Idempotency-Key was used for another request; a new request needs a new key."""


class KeyMissing(Invalid):
    """This call creates something: send an Idempotency-Key header of 1 to 200 characters."""


class Answer(msgspec.Struct, frozen=True):
    """What is kept of a request: the hash of its body, and the answer as JSON."""

    request_hash: bytes
    answer: msgspec.Raw | None


CLAIM = Query(
    bool,
    """
    insert into kit.answers (home, actor_id, key, request_hash, created_at)
    values ($1, $2, $3, $4, $5)
    on conflict do nothing
    returning true""",
)
FIND = Query(
    Answer,
    "select {cols} from kit.answers where home = $1 and actor_id = $2 and key = $3",
)
KEEP = Statement("update kit.answers set answer = $4 where home = $1 and actor_id = $2 and key = $3")
FORGET = Statement("delete from kit.answers where created_at < $1", fan_out="a daily clean-up of every home")


async def once(db: Db, actor: Actor, key: str | None, request: Any, returns: type[T], work: Callable[[], Awaitable[T]]) -> T:
    """Do `work` once per (actor, key) and replay its answer afterwards, all in one transaction.

    The unique index is the lock: a concurrent duplicate waits on our insert until we commit, then finds the answer. A refusal
    rolls the key back. The same key with another body raises KeyReused.
    """
    if not key or len(key) > MAX_KEY_LENGTH:
        raise KeyMissing()
    me = actor.anyone
    digest = hashlib.sha256(msgspec.json.encode((returns.__name__, request))).digest()
    for left in reversed(range(_TRIES)):
        try:
            async with transaction(db):
                if not await CLAIM.first(db, home_of(me), me, key, digest, clock.now()):
                    return await _replay(db, me, key, digest, returns)
                answer = await work()
                await KEEP.run(db, home_of(me), me, key, answer)
                return answer
        except DeadlockDetectedError:
            # Everything was rolled back, so the work may be done again.
            if not left:
                raise
    raise AssertionError("unreachable")


async def _replay(db: Db, me: Any, key: str, digest: bytes, returns: type[T]) -> T:
    found = await FIND.first(db, home_of(me), me, key)
    if found is None or found.answer is None or found.request_hash != digest:
        raise KeyReused()
    return msgspec.json.decode(found.answer, type=returns)
