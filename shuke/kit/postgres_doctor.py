"""What is wrong with this installation's database, and the mend: the part of `shuke doctor` that needs no schema."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec

from shuke.kit.postgres import PostgresFailed, Server, ensure
from shuke.kit.postgres_cluster import MAJOR
from shuke.kit.postgres_host import wheel_binaries
from shuke.kit.settings import Settings

ENOUGH_DISK = 2 << 30


class Finding(msgspec.Struct, frozen=True):
    """One thing looked at; `mend` says what to do when it is not well."""

    ok: bool
    what: str
    mend: str = ""


def diagnose(settings: Settings) -> list[Finding]:
    """Look at the data folder, the binaries and the server, starting it for as long as that takes. Raises nothing."""
    found = [*_folder(settings.data)]
    if not settings.database_url:
        found += [*_binaries(), *_left_over(settings.data)]
    try:
        server = ensure(settings)
    except PostgresFailed as failed:
        return [*found, Finding(False, "The database does not start", str(failed))]
    try:
        return [*found, *_server(settings, server)]
    finally:
        server.stop()


def _folder(data: Path) -> Iterator[Finding]:
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        yield Finding(False, f"{data} cannot be written ({error.strerror})", "Run as its owner, or choose another with --data.")
        return
    yield Finding(True, f"{data} can be written")
    postgres = data / "postgres"
    for place in {(postgres if postgres.exists() else data).resolve(), data.resolve()}:
        free = shutil.disk_usage(place).free
        what = f"{free / (1 << 30):.1f} GiB free for {place}"
        yield Finding(
            free >= ENOUGH_DISK, what, "" if free >= ENOUGH_DISK else "Free some space: a full disk stops all orders."
        )


def _binaries() -> Iterator[Finding]:
    try:
        version = _run(wheel_binaries() / "postgres", "--version")
    except PostgresFailed as failed:
        yield Finding(False, "The PostgreSQL binaries do not run", str(failed))
        return
    yield Finding(True, version)


def _left_over(data: Path) -> Iterator[Finding]:
    claim = data / "postgres" / "cluster" / "postmaster.pid"
    if not os.access(claim, os.R_OK):
        return
    pid = claim.read_text().partition("\n")[0]
    if not Path(f"/proc/{pid}/cwd").exists():
        yield Finding(True, f"PostgreSQL (process {pid}) was killed last time; this start has cleared its lock and recovered")


def _server(settings: Settings, server: Server) -> Iterator[Finding]:
    asked = "select current_setting('server_version'), current_setting('data_checksums'), current_setting('fsync')"
    try:
        version, checksums, fsync = _run(server.bin / "psql", "-XAtc", asked, env=server.env).split("|")
    except PostgresFailed as failed:
        mend = "Check SHUKE_DATABASE_URL and whether that server lets us in." if settings.database_url else str(failed)
        yield Finding(False, f"The database does not answer: {failed}", mend)
        return
    is_current = int(version.split(".")[0]) >= int(MAJOR)
    yield Finding(
        is_current, f"The database answers, version {version}", "" if is_current else f"Shuke needs PostgreSQL {MAJOR}."
    )
    mend = "A disk that lies will not be noticed: stop the server and run pg_checksums --enable."
    yield Finding(checksums == "on", f"Data checksums are {checksums}", "" if checksums == "on" else mend)
    if fsync != "on":
        yield Finding(False, "fsync is off: a crash of the machine can destroy the data", "Only tests do that: start it anew.")


def _run(program: Path, *options: str, env: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(  # noqa: S603 (programs of ours, no shell)
            [program, *options], capture_output=True, text=True, timeout=15, check=False, env={**os.environ, **(env or {})}
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PostgresFailed(f"{program} does not run: {error}") from error
    if done.returncode != 0:
        raise PostgresFailed(done.stderr.strip() or f"{program} failed")
    return done.stdout.strip()
