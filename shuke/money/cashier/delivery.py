"""Delivers what is due in the outbox: at once, then with growing pauses until the receiver accepts it.

At least once: a notice leaves the outbox only after its acceptance is on disk. The file is the queue; memory holds only
what is in flight.
"""

import asyncio
import logging
import random
import time

from shuke.money.cashier import notices
from shuke.money.cashier.notices import Parcel
from shuke.money.cashier.posting import NotAnHttpAnswer, Poster
from shuke.money.cashier.store import Store
from shuke.money.cashier.wire import sign_notice

MAX_IN_FLIGHT = 32
LONGEST_SLEEP_S = 60
# After these pauses the cashier gives up: 72 hours in which a shop can mend its receiver.
PAUSES_S = (0.2, 1, 5, 15, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 24 * 3600, 24 * 3600)
JITTER = 0.2

log = logging.getLogger("shuke.cashier")


class Courier:
    """Carries notices from the outbox to their receivers."""

    def __init__(self, store: Store, key: bytes) -> None:
        self._store = store
        self._key = key
        self._poster = Poster()
        self._in_flight: set[int] = set()
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """There may be something new in the outbox."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until cancelled. What cannot be written to disk ends the cashier rather than its promises."""
        try:
            async with asyncio.TaskGroup() as tasks:
                while True:
                    self._woken.clear()
                    pause_s = self._send_due(tasks)
                    try:
                        async with asyncio.timeout(pause_s):
                            await self._woken.wait()
                    except TimeoutError:
                        continue
        finally:
            self._poster.close()

    def _send_due(self, tasks: asyncio.TaskGroup) -> float:
        """Start what is due as far as there is room, and tell for how many seconds nothing else will be."""
        now_ms = _now_ms()
        room = MAX_IN_FLIGHT - len(self._in_flight)
        parcels = notices.due(self._store.reading, now_ms, 2 * MAX_IN_FLIGHT) if room else []
        for parcel in [one for one in parcels if one.id not in self._in_flight][:room]:
            self._in_flight.add(parcel.id)
            tasks.create_task(self._deliver(parcel))
        next_ms = notices.next_due(self._store.reading, now_ms)
        return LONGEST_SLEEP_S if next_ms is None else min(LONGEST_SLEEP_S, max(0, next_ms - _now_ms()) / 1000)

    async def _deliver(self, parcel: Parcel) -> None:
        accepted, answer = await self._attempt(parcel)
        if accepted:
            await self._store.write(lambda db: notices.mark_delivered(db, parcel.id, _now_ms(), answer))
        else:
            again_ms = _again_ms(parcel.attempts)
            log.info("notice %s: attempt %d: %s", parcel.public_id, parcel.attempts + 1, answer)
            await self._store.write(lambda db: notices.mark_undelivered(db, parcel.id, again_ms, answer))
        was_full = len(self._in_flight) == MAX_IN_FLIGHT
        self._in_flight.discard(parcel.id)
        if was_full or not accepted:
            self.wake()

    async def _attempt(self, parcel: Parcel) -> tuple[bool, str]:
        if parcel.attempts < parcel.drop_first:
            return False, "dropped on request"
        forged = parcel.attempts < parcel.drop_first + parcel.forge_first
        answers = await asyncio.gather(*(self._post(parcel, forged) for _ in range(parcel.copies)))
        accepted = not forged and all(answer.startswith("2") for answer in answers)
        return accepted, f"{'forged on request: ' if forged else ''}{', '.join(answers)}"

    async def _post(self, parcel: Parcel, forged: bool) -> str:
        key = self._key[::-1] if forged else self._key
        headers = sign_notice(key, parcel.public_id, int(time.time()), parcel.body)
        headers["content-type"] = "application/json"
        try:
            return str(await self._poster.post(parcel.url, headers, parcel.body))
        except (OSError, NotAnHttpAnswer, ValueError) as error:
            return f"{type(error).__name__} {error}"[:200].strip()


def _again_ms(attempts: int) -> int | None:
    if attempts >= len(PAUSES_S):
        return None
    return _now_ms() + round(PAUSES_S[attempts] * random.uniform(1 - JITTER, 1 + JITTER) * 1000)  # noqa: S311


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
