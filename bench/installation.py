"""An installation to measure: started from nothing, known by its processes, and gone afterwards."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from socket import socket

import msgspec
import psutil

from shuke.kit import postgres
from shuke.kit.settings import Profile, Settings, use

ROOT = Path(__file__).parents[1]
PARTS = ("api", "worker", "cashier")
FIRST_PORT, LAST_PORT = 24_000, 32_000


class Installation:
    """A running installation of the test profile. `server` is the bench's own hold on its database."""

    def __init__(self, data: Path, *, workers: int = 1, parts: Iterable[str] = PARTS) -> None:
        self.workers = workers
        self.parts = tuple(parts)
        self.settings = Settings(data=data, port=free_port(), profile=Profile.TEST)
        self._parent: subprocess.Popen[str] | None = None
        self.server: postgres.Server

    def start(self) -> None:
        """Start everything, and return once /health says 200."""
        use(self.settings)
        self.server = postgres.ensure(self.settings)
        self.start_parts()

    def start_parts(self, *, workers: int | None = None) -> None:
        """Start the parts, with as many workers of the API as asked for."""
        data, port = str(self.settings.data), str(self.settings.port)
        words = [str(os.getpid()), data, port, str(workers or self.workers), *self.parts]
        log = self.settings.data / "said.log"
        with log.open("a") as errors:
            command = [sys.executable, "-m", "bench.parent", *words]
            self._parent = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True
            )
        assert self._parent.stdout
        said = self._parent.stdout.readline().strip()
        if said != "ready":
            self.stop()
            raise RuntimeError(f"The installation in {data} does not start: {said}\n{log.read_text()[-3000:]}")

    def stop_parts(self) -> None:
        """Stop the parts as Ctrl-C does."""
        if self._parent is None:
            return
        with suppress(ProcessLookupError):
            self._parent.send_signal(signal.SIGTERM)
        self._parent.wait()
        self._parent = None

    def stop(self) -> None:
        """Stop everything."""
        self.stop_parts()
        self.server.stop()

    @property
    def parent(self) -> int:
        """The process that watches the parts."""
        assert self._parent
        return self._parent.pid

    @property
    def postmaster(self) -> int:
        """The first process of PostgreSQL, also after it was killed and started anew."""
        assert self.server.home
        return int((self.server.home / "cluster" / "postmaster.pid").read_text().split()[0])

    def pids(self, part: str) -> list[int]:
        """The processes of a part (`postgres` is one too), the first of them its own parent."""
        if part == "postgres":
            first = self.postmaster
            return [first, *(each.pid for each in psutil.Process(first).children(recursive=True))]
        for child in psutil.Process(self.parent).children():
            with suppress(psutil.NoSuchProcess):
                if f"shuke.processes.{part}" in child.cmdline():
                    return [child.pid, *(each.pid for each in child.children(recursive=True))]
        return []

    def cpu_s(self) -> "Cpu":
        """What each part has used so far."""
        return Cpu(**{part: sum(map(_cpu_of, self.pids(part))) for part in (*self.parts, "postgres")})

    def api_memory_mb(self) -> list[float]:
        """The resident memory of each worker of the API."""
        first, *others = self.pids("api")
        return [psutil.Process(pid).memory_info().rss / 2**20 for pid in others or [first]]


class Cpu(msgspec.Struct, frozen=True):
    """Seconds of CPU by part."""

    api: float = 0
    worker: float = 0
    postgres: float = 0
    cashier: float = 0

    def since(self, before: "Cpu") -> "Cpu":
        """What was used between two readings."""
        return self._by_field(lambda name: getattr(self, name) - getattr(before, name))

    def ms_per(self, count: int) -> "Cpu":
        """Milliseconds for each of `count`."""
        return self._by_field(lambda name: getattr(self, name) * 1000 / max(count, 1))

    @property
    def ours(self) -> float:
        """API, worker and PostgreSQL: the cashier plays the outside."""
        return self.api + self.worker + self.postgres

    def _by_field(self, value: Callable[[str], float]) -> "Cpu":
        return Cpu(*(value(name) for name in self.__struct_fields__))


def _cpu_of(pid: int) -> float:
    """The CPU time of a process and of its children that ended (autovacuum comes and goes)."""
    try:
        return sum(psutil.Process(pid).cpu_times()[:4])
    except psutil.NoSuchProcess:
        return 0.0


_asked = count(FIRST_PORT + os.getpid() % 500 * 10, 10)


def free_port() -> int:
    """A port that nobody uses, the next one for the cashier; never the same twice."""
    for port in _asked:
        place = FIRST_PORT + (port - FIRST_PORT) % (LAST_PORT - FIRST_PORT)
        with suppress(OSError), socket() as first, socket() as second:
            first.bind(("127.0.0.1", place))
            second.bind(("127.0.0.1", place + 1))
            return place
    raise AssertionError("unreachable")


@contextmanager
def installed(*, workers: int = 1, parts: Iterable[str] = PARTS) -> Generator[Installation]:
    """A new installation for a block; nothing of it is left afterwards."""
    with folder() as data:
        made = Installation(data, workers=workers, parts=parts)
        try:
            made.start()
            yield made
        finally:
            made.stop()


@contextmanager
def folder() -> Generator[Path]:
    """A folder for a block, which the database's system user can reach."""
    path = Path(tempfile.mkdtemp(prefix="shuke-bench-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
