"""Prometheus metrics of all processes of an installation, told by any of them.

Each process adds to memory-mapped files of its own under `run/metrics`, and `render` sums them, so it does not matter
which worker is scraped. A process owns its files by a numbered lock that the system releases when it dies, however it
dies; the next process takes the number and counts on. So files do not pile up, counters never fall while anything
runs, and a full stop and start begins at zero: the first to come clears what is left of an earlier run.
Labels come from our own code (route templates, job kinds), never from a request: their number is bounded.
"""

import fcntl
import os
from pathlib import Path
from typing import IO

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess, values

from shuke.kit.settings import Settings

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MAX_PROCESSES = 256

_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_registry = CollectorRegistry()
_requests = Histogram(
    "shuke_request_seconds",
    "Time to answer, by route template.",
    ("method", "route", "status"),
    registry=_registry,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
_series: dict[tuple[str, str, int], Histogram] = {}
_jobs = Counter("shuke_jobs", "Jobs run, by kind and outcome.", ("kind", "outcome"), registry=_registry)
_queue = Gauge("shuke_queue_depth", "Jobs waiting, by state.", ("state",), registry=_registry, multiprocess_mode="mostrecent")


def configure(settings: Settings) -> None:
    """Share this process's metrics with the others of the installation; before, they are its own. Call once, at start.

    Safe before a fork: a child finds that it is another process and takes files of its own.
    """
    directory = settings.data / "run" / "metrics"
    directory.mkdir(parents=True, exist_ok=True)
    for metric in (_requests, _jobs, _queue):
        metric.clear()
    _series.clear()
    # The library reads this variable when a metric is first used, and chooses its kind of value when it is imported,
    # which is too early for us; so the choice is made here.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(directory)
    values.ValueClass = values.MultiProcessValue(_Slot(directory))


def observe_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count an answered request. `route` is the template (`/orders/{order_id}`), or "unmatched"; never a path."""
    series = _series.get((method, route, status))
    if series is None:
        known = method if method in _METHODS else "OTHER"
        series = _series[known, route, status] = _requests.labels(known, route, status)
    series.observe(seconds)


def count_job(kind: str, outcome: str) -> None:
    """Count a run of a job: `outcome` is done, retried or dead."""
    _jobs.labels(kind, outcome).inc()


def set_queue_depth(state: str, depth: int) -> None:
    """Tell how many jobs wait, by `state`: due, scheduled or dead. The process that told last is believed."""
    _queue.labels(state).set(depth)


def render() -> bytes:
    """Write the metrics of all processes in Prometheus' text format.

    Reads files for tens of milliseconds at hundreds of series: call it as `await asyncio.to_thread(render)`.
    """
    directory = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if directory is None:
        return generate_latest(_registry)
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together, directory)
    return generate_latest(together)


class _Slot:
    """The number under which this process writes, asked for at every write and claimed anew after a fork."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._name = ""
        self._lock: IO[bytes] | None = None
        os.register_at_fork(after_in_child=self._forget)

    def __call__(self) -> str:
        if not self._name:
            self._name, self._lock = _claimed(self._directory)
        return self._name

    def _forget(self) -> None:
        self._name = ""


def _claimed(directory: Path) -> tuple[str, IO[bytes]]:
    with (directory / "claims").open("ab") as turn:
        # One at a time: otherwise two that start together could each take the other for dead.
        fcntl.flock(turn, fcntl.LOCK_EX)
        known = sorted(directory.glob("*.lock"))
        free = [(path.stem, lock) for path in known if (lock := _locked(path))]
        if len(free) == len(known):
            for left_over in directory.glob("*.db"):
                left_over.unlink()
        for _, unwanted in free[1:]:
            unwanted.close()
        if free:
            return free[0]
        assert len(known) < MAX_PROCESSES, f"more than {MAX_PROCESSES} processes share {directory}"
        lock = _locked(directory / f"{len(known)}.lock")
        assert lock, "a lock that did not exist is nobody's"
        return str(len(known)), lock


def _locked(path: Path) -> IO[bytes] | None:
    lock = path.open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock
