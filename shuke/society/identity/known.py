"""What this process has just looked up: who acts with a token, for a second.

A page asks for several things at once, and each request would look up the same person. What ends or changes here (a session, a
role, a person) is forgotten when it is committed; what another process changed is known a second late at most.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, afterwards

FOR = timedelta(seconds=1)
NOT_AT_ALL = timedelta()
AT_MOST = 10_000

_known: OrderedDict[str, tuple[datetime, Actor]] = OrderedDict()
_changes = 0


def recall(token: str) -> Actor | None:
    """Who acts with this token, if it was looked up a moment ago."""
    found = _known.get(token)
    return found[1] if found is not None and NOT_AT_ALL <= clock.now() - found[0] < FOR else None


def changes() -> int:
    """How often something changed: asked before looking up, and told to `remember`."""
    return _changes


def remember(token: str, actor: Actor, since: int) -> None:
    """Note who acts with this token, unless something changed since it began to be looked up."""
    if since != _changes:
        return
    _known.pop(token, None)
    _known[token] = clock.now(), actor
    if len(_known) > AT_MOST:
        _known.popitem(last=False)


def forget(db: Db) -> None:
    """Look everybody up again, once this transaction is committed: what somebody is, or may do, was just changed."""
    afterwards(db, _forget)


def _forget() -> None:
    global _changes
    _changes += 1
    _known.clear()
