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
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import msgspec

from shuke.kit.postgres_host import MAJOR, Host, PostgresFailed, bare_environment, lock, settle, wheel_binaries
from shuke.kit.settings import Settings

__all__ = ["Host", "PostgresFailed", "Server", "ensure", "erase"]

DATABASE = "shuke"
# Long enough for another process's first start or a crash recovery, after which something is truly wrong.
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
        """Whether the embedded server still runs; a killed one comes back with a new `ensure`."""
        return self.home is None or _is_running(self.pid, self.home / "cluster")

    def stop(self) -> None:
        """Let go of the server, once. The last user to do so stops it and returns when nothing of it runs any more."""
        if self.hold < 0 or self.home is None:
            return
        # Changing to the exclusive lock gives up the shared one. If we cannot have it and then the shared one neither,
        # the keeper was faster, and is stopping the server. If we can, others still use it.
        is_last = lock(self.hold, fcntl.LOCK_EX) or not lock(self.hold, fcntl.LOCK_SH)
        os.close(self.hold)
        self.hold = -1
        if is_last:
            alive = os.open(self.home / "alive.lock", os.O_RDWR | os.O_CLOEXEC)
            is_down = lock(alive, fcntl.LOCK_EX, PATIENCE_S)
            os.close(alive)
            if not is_down:
                raise PostgresFailed(f"PostgreSQL (process {self.pid}) does not stop; its log is in {self.home / 'log'}.")
            if self.keeper:
                self.keeper.wait()


def ensure(settings: Settings, *, fsync: bool = True) -> Server:
    """Answer a running database, starting the embedded one if nobody has. Blocks for about 0.1 s, 1 s the first time.

    `fsync=False` is for tests: a crash of the machine (not of a process) may then destroy the cluster.
    """
    if settings.database_url:
        return Server(settings.database_url, wheel_binaries(), _client_environment(settings.database_url))
    with _locked(settings.data):
        host = settle(settings.data)
        try:
            return _join(host, fsync)
        except OSError as error:
            raise PostgresFailed(_explain(host, str(error))) from error


def erase(settings: Settings) -> None:
    """Remove the embedded cluster and all that is in it. Refuses while anybody uses it."""
    pointer = settings.data / "postgres"
    if not pointer.exists():
        return
    with _locked(settings.data):
        host = settle(settings.data)
        users, alive = host.open("users.lock"), host.open("alive.lock")
        try:
            if not lock(users, fcntl.LOCK_EX) or not lock(alive, fcntl.LOCK_EX):
                raise PostgresFailed(f"The database in {settings.data} is in use: stop the Shuke that uses it first.")
            shutil.rmtree(host.home)
            if host.socket.parent != host.home:
                shutil.rmtree(host.socket, ignore_errors=True)
            if pointer.is_symlink():
                pointer.unlink()
        finally:
            os.close(users)
            os.close(alive)


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    try:
        data.mkdir(parents=True, exist_ok=True)
        folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise PostgresFailed(f"{data} cannot be used ({error.strerror}): choose another folder with --data.") from error
    try:
        if not lock(folder, fcntl.LOCK_EX, PATIENCE_S):
            raise PostgresFailed(f"Another process has been starting the database in {data} for too long: stop it first.")
        yield
    except PermissionError as error:
        raise PostgresFailed(
            f"{error.filename or data} is not ours to use: run as the user who made it, or choose another folder with --data."
        ) from error
    finally:
        os.close(folder)


def _join(host: Host, fsync: bool) -> Server:
    hold, users, alive = host.open("users.lock"), host.open("users.lock"), host.open("alive.lock")
    keeper = None
    try:
        if not lock(hold, fcntl.LOCK_SH, PATIENCE_S):
            raise PostgresFailed(f"The last PostgreSQL on {host.home} is still stopping; its log is in {host.log}.")
        if _is_ours_to_start(host, alive):
            _prepare(host, fsync)
            keeper = _start(host, users, alive, fsync)
        pid, socket = _until_ready(host, keeper)
        dsn = f"postgresql://{DATABASE}:{_password(host)}@/{DATABASE}?host={quote(str(socket), safe='')}"
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
        pid, _, _ = _postmaster(host)
        if pid and _is_running(pid, host.cluster):
            if _is_kept(pid):
                return False
            # Its keeper was killed, so it has been told to stop.
        else:
            _end_orphans(host)
        if time.monotonic() >= give_up:
            raise PostgresFailed(
                f"The database in {host.home} is in use by processes we cannot see, perhaps in another container: stop them first."
            )
        time.sleep(0.01)
    return True


def _start(host: Host, users: int, alive: int, fsync: bool) -> subprocess.Popen[bytes]:
    options = [word for name, value in _options(host, fsync).items() for word in ("-c", f"{name}={value}")]
    command = [str(host.bin / "postgres"), "-D", str(host.cluster), *options]
    said = host.open("start.log", os.O_TRUNC)
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(KEEPER), str(users), str(alive), str(host.uid), str(host.gid), *command],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd="/",
            env=bare_environment(),
            pass_fds=(users, alive),
            # Away from the terminal: its Ctrl-C is for us, and we stop the server after the last request.
            start_new_session=True,
        )
    finally:
        os.close(said)


def _until_ready(host: Host, keeper: subprocess.Popen[bytes] | None) -> tuple[int, str]:
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up:
        pid, socket, status = _postmaster(host)
        if pid and status == "ready" and _is_running(pid, host.cluster):
            return pid, socket
        if keeper is not None and keeper.poll() is not None:
            raise PostgresFailed(_explain(host, host.start_log.read_text(errors="replace")))
        if keeper is None and pid and not _is_running(pid, host.cluster):
            raise PostgresFailed("PostgreSQL died while it was starting: try once more.")
        time.sleep(0.005)
    raise PostgresFailed(f"PostgreSQL was not ready after {PATIENCE_S:.0f} s; its log is in {host.log}.")


def _client_environment(dsn: str) -> dict[str, str]:
    """The `PG*` variables for psql, pg_dump and pgbench, so that no password shows in a process list."""
    parts = urlsplit(dsn)
    known = {"user": "PGUSER", "password": "PGPASSWORD", "host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE"}
    found = {"user": parts.username, "password": parts.password, "host": parts.hostname, "port": parts.port}
    found["dbname"] = parts.path.lstrip("/")
    env = {known[name]: unquote(str(value)) for name, value in found.items() if value}
    extra = {name: value for name, value in parse_qsl(parts.query)}
    env |= {known.get(name, f"PG{name.upper()}"): value for name, value in extra.items()}
    return env
