"""The files of the embedded cluster: made once, checked before every start, and the settings it runs with."""

import os
import secrets
import shutil
from pathlib import Path

from shuke.kit.postgres_host import Host, PostgresFailed

MAJOR = "18"
DATABASE = "shuke"

MENDS = (
    ("No space left on device", "The disk is full: free some space. Nothing that was committed is lost."),
    ("Cannot allocate memory", "Memory is short: stop other programs, or give this container more."),
    ("error while loading shared libraries", "A system library is missing: install it (apt-get install zlib1g)."),
    ("Read-only file system", "The folder cannot be written: choose another with --data."),
    ("Permission denied", "A file does not belong to the user who runs it: give the data folder back to its owner."),
    ("exec format error", "The installed binaries are for another kind of machine: run make install again."),
)


def prepare(host: Host, fsync: bool) -> None:
    """Bring a stopped cluster into a state it can start from, making it if there is none. Raises PostgresFailed."""
    # Nothing of the cluster lives, so whatever says so is left from a crash, and its process number may be another's now.
    (host.cluster / "postmaster.pid").unlink(missing_ok=True)
    host.private_folder(host.socket)
    host.private_folder(host.log)
    for left in host.socket.glob(".s.PGSQL.*"):
        left.unlink()
    if not host.cluster.exists():
        _initialise(host, fsync)
    made_by = (host.cluster / "PG_VERSION").read_text().strip()
    if made_by != MAJOR:
        raise PostgresFailed(
            f"The data in {host.cluster} belongs to PostgreSQL {made_by}, and this Shuke brings {MAJOR}: make a backup with "
            "the Shuke that wrote it (shuke backup FILE) and restore it into a new data folder (shuke restore FILE)."
        )


def password(host: Host) -> str:
    """The password of this cluster's only role."""
    try:
        return (host.home / "password").read_text()
    except FileNotFoundError:
        raise PostgresFailed(
            f"{host.home / 'password'} is missing, and with it the way into the database: put it back from a copy of the data."
        ) from None


def start_command(host: Host, fsync: bool) -> list[str]:
    """The server's command line; every setting is on it, so the cluster's own files stay as they were made."""
    settings = {**_settings(host), **({} if fsync else {"fsync": "off", "full_page_writes": "off"})}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [str(host.bin / "postgres"), "-D", str(host.cluster), *options]


def explain(host: Host, said: str) -> PostgresFailed:
    """A failure with its mend, from what PostgreSQL or the system said and the end of the server's log."""
    logs = sorted(host.log.glob("*.log"), key=lambda path: path.stat().st_mtime) if host.log.is_dir() else []
    logged = logs[-1].read_text(errors="replace").splitlines()[-5:] if logs else []
    said = "\n".join([*said.strip().splitlines()[-5:], *logged])
    mend = next((mend for sign, mend in MENDS if sign.lower() in said.lower()), "What it said:")
    return PostgresFailed(f"PostgreSQL in {host.home} does not start as {host.account}. {mend}\n{said}")


def _initialise(host: Host, fsync: bool) -> None:
    fresh = host.home / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    host.private_folder(fresh)
    with os.fdopen(host.open("password", os.O_TRUNC), "w") as file:
        file.write(secrets.token_urlsafe(32))
    # The password is 256 random bits: stretching it would only cost each connection some milliseconds.
    access = (
        "--username",
        DATABASE,
        "--pwfile",
        host.home / "password",
        "--auth",
        "scram-sha-256",
        "--set",
        "scram_iterations=1",
    )
    locale = ("--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C.UTF-8")
    _run(host, "initdb", *access, *locale, "--data-checksums", "--no-sync", "--pgdata", fresh)
    single = ("--single", "-F", "-c", "exit_on_error=on", "-D", fresh, "template1")
    _run(host, "postgres", *single, text=f"create database {DATABASE};\n")
    if fsync:
        _run(host, "initdb", "--sync-only", "--pgdata", fresh)
    fresh.rename(host.cluster)


def _run(host: Host, program: str, *options: str | Path, text: str = "") -> None:
    done = host.run(host.bin / program, *options, text=text)
    if done.returncode != 0:
        raise explain(host, done.stderr or done.stdout)


def _settings(host: Host) -> dict[str, str | int | float]:
    memory_mb = _memory_mb()
    return {
        "listen_addresses": "",
        "unix_socket_directories": '"' + str(host.socket).replace('"', '""') + '"',
        "max_connections": 200,
        "shared_buffers": f"{min(max(memory_mb // 8, 128), 2048)}MB",
        "effective_cache_size": f"{memory_mb // 2}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "huge_pages": "off",
        "dynamic_shared_memory_type": "posix" if _has_shared_memory() else "mmap",
        "synchronous_commit": "on",
        "wal_compression": "on",
        "random_page_cost": 1.1,
        "jit": "off",
        "timezone": "UTC",
        "shared_preload_libraries": "pg_stat_statements",
        "idle_in_transaction_session_timeout": "60s",
        "client_connection_check_interval": "10s",
        # A queue's table turns over in seconds: little and often, before its dead rows slow the next claim.
        "autovacuum_naptime": "10s",
        "autovacuum_vacuum_scale_factor": 0.05,
        "autovacuum_analyze_scale_factor": 0.02,
        "autovacuum_vacuum_cost_limit": 1000,
        "logging_collector": "on",
        "log_directory": str(host.log),
        "log_filename": "postgres-%a.log",
        "log_truncate_on_rotation": "on",
        "log_rotation_age": "1d",
        "log_rotation_size": 0,
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] %a ",
        "log_lock_waits": "on",
        "log_min_duration_statement": "1s",
        # Parameters are people's phones and addresses: they never reach a log.
        "log_parameter_max_length": 0,
    }


def _memory_mb() -> int:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.is_file() and (text := limit.read_text().strip()).isdigit():
        memory = min(memory, int(text))
    return memory >> 20


def _has_shared_memory() -> bool:
    # Containers give /dev/shm 64 MB, which one parallel query can fill, or nothing at all.
    shared = Path("/dev/shm")  # noqa: S108
    if not os.access(shared, os.W_OK):
        return False
    found = os.statvfs(shared)
    return found.f_blocks * found.f_frsize >= 256 << 20
