"""The agenda of the town: deeds in order of time, and between them whatever the platform itself has to do."""

import heapq
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from shuke.kit import clock, jobs
from shuke.kit.db import Db

OUTSIDE = ("payments",)
"""No cashier is called while the town lives its month: what it should hear, it hears from the live workers afterwards."""

Deed = Callable[[], Awaitable[None]]


class Agenda:
    """What people will do and when. Their deeds put more deeds on it."""

    def __init__(self, db: Db, rng: random.Random, timeline: clock.Timeline) -> None:
        self.db, self.rng, self.timeline = db, rng, timeline
        self._deeds: list[tuple[datetime, int, Deed]] = []
        self._count = 0

    def at(self, instant: datetime, deed: Deed) -> None:
        """Do it then; deeds of the same instant in the order they were put."""
        self._count += 1
        heapq.heappush(self._deeds, (instant, self._count, deed))

    def after(self, minutes: float, deed: Deed) -> None:
        """Do it in about so many minutes, as people do: mostly sooner, sometimes much later."""
        self.at(self.timeline.now + timedelta(minutes=self.rng.expovariate(1 / minutes)), deed)

    async def live(self, until: datetime) -> int:
        """Work off everything due by `until`, jobs of the platform in their turn; answers how many deeds were done."""
        done = 0
        while self._deeds and self._deeds[0][0] <= until:
            instant, _, deed = heapq.heappop(self._deeds)
            await jobs.drain(self.db, self.timeline, instant, leave_outside_of=OUTSIDE)
            with clock.on(self.timeline):
                await deed()
            done += 1
        await jobs.drain(self.db, self.timeline, until, leave_outside_of=OUTSIDE)
        return done
