"""The cluster itself: made once, checked before every start, and the settings it runs with."""

import os
import secrets
import shutil
from pathlib import Path

from shuke.kit.postgres_host import Host, PostgresFailed

MAJOR = "18"
DATABASE = "shuke"


def _prepare(host: Host, fsync: bool) -> None:
    # Nothing of the cluster lives, so whatever claims that is left from a crash, and its process number may be another's.
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
            f"The data in {host.cluster} belongs to PostgreSQL {made_by}, and this Shuke brings {MAJOR}: make a backup with the Shuke "
            f"that wrote it (shuke backup FILE) and restore it into a new data folder (shuke restore FILE)."
        )


def _initialise(host: Host, fsync: bool) -> None:
    fresh = host.home / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    host.private_folder(fresh)
    with os.fdopen(host.open("password", os.O_TRUNC), "w") as file:
        file.write(secrets.token_urlsafe(32))
    durable = () if fsync else ("--no-sync",)
    steps = (
        # The password is 256 random bits, so stretching it would only cost each connection its milliseconds.
        (("initdb", "--username", DATABASE, "--pwfile", host.password, "--auth", "scram-sha-256", "--set", "scram_iterations=1",
          "--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C.UTF-8", "--data-checksums", "--no-sync",
          "--pgdata", fresh), ""),
        (("postgres", "--single", "-F", "-c", "exit_on_error=on", "-D", fresh, "template1"), f"create database {DATABASE};\n"),
        (("initdb", "--sync-only", *durable, "--pgdata", fresh), ""),
    )  # fmt: skip
    for (program, *options), text in steps if fsync else steps[:-1]:
        done = host.run(host.bin / program, *options, text=text)
        if done.returncode != 0:
            raise PostgresFailed(_explain(host, done.stderr or done.stdout))
    fresh.rename(host.cluster)


def _options(host: Host, fsync: bool) -> dict[str, str | int]:
    memory_mb = _memory_mb()
    shm = os.statvfs("/dev/shm") if Path("/dev/shm").is_dir() else None  # noqa: S108
    has_shm = shm is not None and shm.f_blocks * shm.f_frsize >= 256 << 20
    return {
        "listen_addresses": "",
        "unix_socket_directories": '"' + str(host.socket).replace('"', '""') + '"',
        "max_connections": 200,
        "shared_buffers": f"{min(max(memory_mb // 8, 128), 2048)}MB",
        "effective_cache_size": f"{memory_mb // 2}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "huge_pages": "off",
        # Containers give /dev/shm 64 MB, which one parallel query can fill.
        "dynamic_shared_memory_type": "posix" if has_shm else "mmap",
        "fsync": "on" if fsync else "off",
        "full_page_writes": "on" if fsync else "off",
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
        # Parameters are people's addresses and phones: they never reach a log.
        "log_parameter_max_length": 0,
    }


def _memory_mb() -> int:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.is_file() and (text := limit.read_text().strip()).isdigit():
        memory = min(memory, int(text))
    return memory >> 20


def _password(host: Host) -> str:
    try:
        return host.password.read_text()
    except FileNotFoundError:
        raise PostgresFailed(
            f"{host.password} is missing, and with it the way into the database: put it back from a copy of the data folder."
        ) from None


def _explain(host: Host, said: str) -> str:
    logs = sorted(host.log.glob("*.log"), key=lambda path: path.stat().st_mtime) if host.log.is_dir() else []
    said = "\n".join([*said.splitlines()[-5:], *(logs[-1].read_text(errors="replace").splitlines()[-5:] if logs else [])])
    mends = (
        ("No space left on device", "The disk is full: free some space, nothing that was committed is lost."),
        ("Cannot allocate memory", "Memory is short: stop other programs, or give this container more."),
        ("error while loading shared libraries", "A system library is missing: install it (apt-get install zlib1g)."),
        ("Read-only file system", "The folder is on a file system without write access: choose another with --data."),
        ("Permission denied", "A file does not belong to the user who runs it: give the folder back to its owner."),
    )
    mend = next((mend for sign, mend in mends if sign in said), "The lines below say why.")
    return f"PostgreSQL in {host.home} does not start as {host.account}. {mend}\n{said}"


