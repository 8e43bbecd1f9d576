"""Rate limits: token buckets in this process, per rule and person or network address.

Exact for one process; with n workers a rule allows up to n times as much, which is what it is for: to blunt floods. Rules
that must hold exactly (codes per phone) are kept in the database by their modules.
"""

import math
import time
from collections import OrderedDict
from typing import Literal

import msgspec

MAX_BUCKETS = 100_000


class Limit(msgspec.Struct, frozen=True):
    """At most `burst` requests at once, refilled at `per_minute`. Routes that share a name share the buckets."""

    name: str
    per_minute: float
    burst: int
    by: Literal["address", "person"] = "address"


class Buckets:
    """The buckets of this process; the one longest unused goes first when there are too many."""

    __slots__ = ("_levels",)

    def __init__(self) -> None:
        self._levels: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()

    def take(self, limit: Limit, who: str, now: float | None = None) -> int:
        """Take a token: 0 when there was one, otherwise in how many seconds there is."""
        at = time.monotonic() if now is None else now
        key = (limit.name, who)
        level, since = self._levels.pop(key, (float(limit.burst), at))
        refill = limit.per_minute / 60
        level = min(float(limit.burst), level + (at - since) * refill)
        is_free = level >= 1
        self._levels[key] = (level - 1 if is_free else level, at)
        if len(self._levels) > MAX_BUCKETS:
            self._levels.popitem(last=False)
        return 0 if is_free else max(1, math.ceil((1 - level) / refill))
