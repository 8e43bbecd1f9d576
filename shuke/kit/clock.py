"""Time: `clock.now()` is read once at the edge of a use case and passed into rules.

A town, an import or a test lives in its own time: a *timeline* with a name and an instant that only moves when told to.
Jobs written on a timeline are due by its instant and are claimed by nobody else; `live` is the wall clock.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

LIVE = "live"


class Timeline:
    """A named time of its own. It never goes back, and lives in one process: whatever is due in it was written here."""

    __slots__ = ("_now", "name", "next_at")

    def __init__(self, name: str, start: datetime) -> None:
        assert name != LIVE, "the live timeline is the wall clock"
        assert start.tzinfo is not None, "instants carry a zone"
        self.name = name
        self._now = start.astimezone(UTC)
        self.next_at: datetime | None = None
        """No job is due earlier; None when the queue has to be asked."""

    @property
    def now(self) -> datetime:
        """The instant this timeline has reached."""
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Advance to `instant`; an earlier one leaves the timeline where it is."""
        self._now = max(self._now, instant.astimezone(UTC))

    def expect(self, run_at: datetime) -> None:
        """A job was written for `run_at`."""
        if self.next_at is not None:
            self.next_at = min(self.next_at, run_at)

    def advance(self, **delta: float) -> None:
        """Advance by `timedelta(**delta)`."""
        self.move_to(self._now + timedelta(**delta))


_timeline: ContextVar[Timeline | None] = ContextVar("timeline", default=None)


def now() -> datetime:
    """The instant of the timeline we are on, UTC, in whole microseconds."""
    timeline = _timeline.get()
    return timeline.now if timeline else datetime.now(UTC)


def wall() -> datetime:
    """The instant of the wall clock, whatever timeline we are on."""
    return datetime.now(UTC)


def timeline_name() -> str:
    """The name of the timeline we are on; jobs carry it."""
    timeline = _timeline.get()
    return timeline.name if timeline else LIVE


def expect(run_at: datetime) -> None:
    """Tell the timeline we are on that a job was written for `run_at`."""
    if (timeline := _timeline.get()) is not None:
        timeline.expect(run_at)


@contextmanager
def on(timeline: Timeline) -> Generator[Timeline]:
    """Run the block in `timeline`'s time."""
    token = _timeline.set(timeline)
    try:
        yield timeline
    finally:
        _timeline.reset(token)
