"""What this process has just looked up: who acts with a token, for a second.

A page asks for several things at once, and each request would look up the same person. What ends or changes here (a session, a
role, a person) is forgotten at once; what another process changed is known a second late at most.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

from shuke.kit import clock
from shuke.kit.actor import Actor

FOR = timedelta(seconds=1)
NOT_AT_ALL = timedelta()
AT_MOST = 10_000

_known: OrderedDict[str, tuple[datetime, Actor]] = OrderedDict()


def recall(token: str) -> Actor | None:
    """Who acts with this token, if it was looked up a moment ago."""
    found = _known.get(token)
    return found[1] if found is not None and NOT_AT_ALL <= clock.now() - found[0] < FOR else None


def remember(token: str, actor: Actor) -> None:
    """Note who acts with this token."""
    _known.pop(token, None)
    _known[token] = clock.now(), actor
    if len(_known) > AT_MOST:
        _known.popitem(last=False)


def forget() -> None:
    """Look everybody up again: what somebody is, or may do, has changed."""
    _known.clear()
