"""The embedded PostgreSQL: one cluster per data folder, running exactly while somebody uses it.

`ensure` starts the server or joins the one that runs, and `Server.stop` lets go of it: the last to let go stops it.
Whoever is killed lets go too, because every hold is a file lock (`postgres_keeper.py`), so no order of starts, stops
and kills leaves two servers on one folder, a server nobody uses, or a stale lock. Committed work survives all of it.
Connections go over a socket that only the cluster's owner reaches, with a password nobody has to know; there is no TCP.
With `SHUKE_DATABASE_URL` there is nothing to run, and only the address is answered.
"""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import msgspec

from shuke.kit.postgres_cluster import DATABASE, explain, password, prepare, start_command
from shuke.kit.postgres_host import Host, PostgresFailed, bare_environment, lock, settle, wheel_binaries
from shuke.kit.settings import Settings

__all__ = ["PostgresFailed", "Server", "ensure", "erase"]

# Long enough for another process's first start or a crash recovery; after it something is truly wrong.
PATIENCE_S = 120.0
KEEPER = Path(__file__).with_name("postgres_keeper.py")


class Server(msgspec.Struct):
    """A reachable database: its address, the tools that fit it, and our hold on it when it is the embedded one."""

    dsn: str
    bin: Path
    env: dict[str, str]
    owned: bool = False
    pid: int = 0
    home: Path | None = None
    hold: int = -1
    keeper: subprocess.Popen[bytes] | None = None

    def is_alive(self) -> bool:
        """Whether the embedded server still runs. After a kill, `stop` this one and `ensure` another."""
        return self.home is None or _is_running(self.pid, self.home / "cluster")

    def stop(self) -> None:
        """Let go of the server, once. The last user to do so stops it, and returns when nothing of it runs any more."""
        if self.hold < 0 or self.home is None:
            return
        # Not our `pid` when that one was killed and others started the next.
        pid, _, _ = _postmaster(self.home / "cluster")
        # Asking for the exclusive lock gives up the shared one. Who gets it was the last user; who gets neither again
        # was the last too, and the keeper is faster; who gets the shared one back leaves the server to the others.
        is_last = lock(self.hold, fcntl.LOCK_EX) or not lock(self.hold, fcntl.LOCK_SH)
        os.close(self.hold)
        self.hold = -1
        if is_last:
            _wait_until_down(self.home, pid)
            if self.keeper:
                self.keeper.wait()


def ensure(settings: Settings, *, fsync: bool = True) -> Server:
    """Answer a running database, starting the embedded one if nobody has. Blocks for about 0.1 s, 1 s the first time.

    `fsync=False` is for tests: a crash of the machine (not of a process) may then destroy the cluster.
    Raises PostgresFailed.
    """
    if settings.database_url:
        return Server(settings.database_url, wheel_binaries(), _client_environment(settings.database_url))
    with _locked(settings.data):
        host = settle(settings.data)
        try:
            return _join(host, fsync)
        except OSError as error:
            raise explain(host, str(error)) from error


def erase(settings: Settings) -> None:
    """Remove the embedded cluster and all that is in it, wherever it lies. Refuses while anybody uses it."""
    pointer = settings.data / "postgres"
    if settings.database_url or not pointer.exists():
        return
    with _locked(settings.data):
        host = settle(settings.data)
        users, alive = host.open("users.lock"), host.open("alive.lock")
        try:
            if not lock(users, fcntl.LOCK_EX) or not lock(alive, fcntl.LOCK_EX):
                raise PostgresFailed(f"The database in {settings.data} is in use: stop the Shuke that uses it first.")
            shutil.rmtree(host.socket, ignore_errors=True)
            shutil.rmtree(host.home)
            if pointer.is_symlink():
                pointer.unlink()
        finally:
            os.close(users)
            os.close(alive)


@contextmanager
def _locked(data: Path) -> Generator[None]:
    folder = -1
    try:
        data.mkdir(parents=True, exist_ok=True)
        folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        if not lock(folder, fcntl.LOCK_EX, PATIENCE_S):
            raise PostgresFailed(f"Another process has been starting the database in {data} for too long: stop it first.")
        yield
    except OSError as error:
        raise PostgresFailed(
            f"{error.filename or data} cannot be used ({error.strerror}): run as the user who owns it, or choose another "
            "folder with --data."
        ) from error
    finally:
        if folder >= 0:
            os.close(folder)


def _join(host: Host, fsync: bool) -> Server:
    hold, users, alive = host.open("users.lock"), host.open("users.lock"), host.open("alive.lock")
    keeper, ready = None, None
    try:
        while ready is None:
            if not lock(hold, fcntl.LOCK_SH, PATIENCE_S):
                raise PostgresFailed(f"The last PostgreSQL on {host.home} is still stopping; its log is in {host.log}.")
            if _is_ours_to_start(host, alive):
                prepare(host, fsync)
                keeper = _start(host, users, alive, fsync)
            ready = _until_ready(host, keeper)
        pid, socket = ready
        dsn = f"postgresql://{DATABASE}:{password(host)}@/{DATABASE}?host={quote(socket, safe='')}"
    except BaseException:
        os.close(hold)
        raise
    finally:
        os.close(users)
        os.close(alive)
    return Server(dsn, wheel_binaries(), _client_environment(dsn), keeper is not None, pid, host.home, hold, keeper)


def _is_ours_to_start(host: Host, alive: int) -> bool:
    """Take the lock of the living and answer True, or answer False because a kept server holds it."""
    give_up = time.monotonic() + PATIENCE_S
    while not lock(alive, fcntl.LOCK_EX):
        pid, _, _ = _postmaster(host.cluster)
        if not _is_running(pid, host.cluster):
            _end_orphans(host)
        elif _is_kept(pid):
            return False
        # Otherwise its keeper was killed, and the kernel has told it to stop.
        if time.monotonic() >= give_up:
            raise PostgresFailed(
                f"The database in {host.home} is used by a process we cannot end, perhaps in another container: stop it first."
            )
        time.sleep(0.01)
    return True


def _start(host: Host, users: int, alive: int, fsync: bool) -> subprocess.Popen[bytes]:
    said = host.open("start.log", os.O_TRUNC)
    numbers = [str(number) for number in (users, alive, host.uid, host.gid)]
    try:
        return subprocess.Popen(  # noqa: S603 (programs of ours, no shell)
            [sys.executable, "-I", "-S", str(KEEPER), *numbers, *start_command(host, fsync)],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd="/",
            env=bare_environment(),
            pass_fds=(users, alive),
            # Away from the terminal: its Ctrl-C is for us, and we let go of the server after our last request.
            start_new_session=True,
        )
    finally:
        os.close(said)


def _until_ready(host: Host, keeper: subprocess.Popen[bytes] | None) -> tuple[int, str] | None:
    """Process number and socket folder; None when the server we wanted to join has died meanwhile."""
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up:
        pid, socket, status = _postmaster(host.cluster)
        if status == "ready" and _is_running(pid, host.cluster):
            return pid, socket
        if keeper is not None and keeper.poll() is not None:
            raise explain(host, (host.home / "start.log").read_text(errors="replace"))
        if keeper is None and not _is_running(pid, host.cluster):
            return None
        time.sleep(0.005)
    raise PostgresFailed(f"PostgreSQL was not ready after {PATIENCE_S:.0f} s; its log is in {host.log}.")


def _wait_until_down(home: Path, pid: int) -> None:
    alive = os.open(home / "alive.lock", os.O_RDWR | os.O_CLOEXEC)
    give_up = time.monotonic() + PATIENCE_S
    try:
        # Whoever comes at this moment starts a server of their own as soon as ours is down, and holds the lock again.
        while not lock(alive, fcntl.LOCK_EX) and _postmaster(home / "cluster")[0] in (0, pid):
            if time.monotonic() >= give_up:
                raise PostgresFailed(f"PostgreSQL (process {pid}) does not stop; its log is in {home / 'log'}.")
            time.sleep(0.005)
    finally:
        os.close(alive)


def _postmaster(cluster: Path) -> tuple[int, str, str]:
    """Process number, socket folder and status from the file the server keeps; zero and blanks while there is none."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return 0, "", ""
    lines += [""] * 8
    return int(lines[0] or 0), lines[4], lines[7].strip()


def _is_running(pid: int, cluster: Path) -> bool:
    """A process number alone proves nothing: it may be a zombie's, or another program's by now."""
    try:
        program = Path(f"/proc/{pid}/exe").readlink().name
        return program.startswith("postgres") and Path(f"/proc/{pid}/cwd").samefile(cluster)
    except OSError:
        return False


def _is_kept(pid: int) -> bool:
    try:
        parent = re.search(r"^PPid:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
        return parent is not None and KEEPER.name.encode() in Path(f"/proc/{parent[1]}/cmdline").read_bytes()
    except OSError:
        return False


def _end_orphans(host: Host) -> None:
    # After `kill -9` of the server its children end when they notice, which a busy one may not for minutes. What they
    # have not committed is lost already: their shared memory has no owner.
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and _is_running(int(process.name), host.cluster):
            os.kill(int(process.name), signal.SIGKILL)


def _client_environment(dsn: str) -> dict[str, str]:
    """The `PG*` variables for psql, pg_dump and pgbench, so that no password shows in a process list."""
    parts = urlsplit(dsn)
    found = {"user": parts.username, "password": parts.password, "host": parts.hostname, "database": parts.path.lstrip("/")}
    found["port"] = str(parts.port) if parts.port else None
    env = {f"PG{name.upper()}": unquote(value) for name, value in found.items() if value}
    return env | {f"PG{'DATABASE' if name == 'dbname' else name.upper()}": value for name, value in parse_qsl(parts.query)}
