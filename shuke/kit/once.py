"""Idempotency: the same request, sent again, is answered and not done again (docs/idempotency.md)."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
from asyncpg.exceptions import DeadlockDetectedError, IntegrityConstraintViolationError

from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, Query, Reading, Statement, Write, first_of, known, read, together, transaction
from shuke.kit.errors import Conflict, Invalid, Refusal
from shuke.kit.ids import home_of

T = TypeVar("T")
F = TypeVar("F")
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
    answer: msgspec.Raw


FIND = Query(
    Answer,
    "select {cols} from kit.answers where home = $1 and actor_id = $2 and key = $3",
)
KEEP = Write(
    kept="""
        insert into kit.answers (home, actor_id, key, request_hash, answer, created_at)
        values ($1, $2, $3, $4, $5, $6)""",
)
FORGET = Statement("delete from kit.answers where created_at < $1", fan_out="a daily clean-up of every home")


async def once(db: Db, actor: Actor, key: str | None, request: Any, returns: type[T], work: Callable[[], Awaitable[T]]) -> T:
    """Do `work` once per (actor, key) and replay its answer afterwards, all in one transaction.

    The unique index is the lock: what is done is kept together with its answer, or not at all. Of two duplicates at the same
    time one waits for the other's commit, is undone, and answers the same. A refusal keeps nothing, so the key is free. The
    same key with another body raises KeyReused.
    """
    return await once_knowing(db, actor, key, request, returns, known(None), lambda _: work())


async def once_knowing(
    db: Db, actor: Actor, key: str | None, request: Any, returns: type[T], facts: Reading[F], work: Callable[[F], Awaitable[T]]
) -> T:
    """As `once`, for work that must know facts beforehand: they are read in the round trip that looks for the answer."""
    if not key or len(key) > MAX_KEY_LENGTH:
        raise KeyMissing()
    me = actor.anyone
    mine = (home_of(me), me, key)
    digest = hashlib.sha256(msgspec.json.encode((returns.__name__, request))).digest()
    for left in reversed(range(_TRIES)):
        try:
            kept, given = await read(db, together(FIND.reading(first_of, *mine), facts.postponed()))
            if kept is None:
                async with transaction(db):
                    answer = await work(given())
                    await KEEP.put_off(db, *mine, digest, answer, clock.now())
                return answer
        except DeadlockDetectedError:
            # Everything was rolled back, so the work may be done again.
            if not left:
                raise
            continue
        except (Refusal, IntegrityConstraintViolationError):
            # A request that was done already may stand in its own way, and is answered all the same.
            kept = await FIND.first(db, *mine)
            if kept is None:
                raise
        if kept.request_hash != digest:
            raise KeyReused()
        return msgspec.json.decode(kept.answer, type=returns)
    raise AssertionError("unreachable")
