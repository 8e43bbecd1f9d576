"""The embedded PostgreSQL, started, joined, raced and killed."""

import fcntl
import os
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from shuke.kit import postgres
from shuke.kit.postgres import PostgresFailed, ensure
from shuke.kit.settings import Settings
from tests.kit.embedded import (
    ask,
    first_words,
    folder,
    keeper_of,
    leave,
    processes_in,
    settings,
    stopped,
    user_process,
    wait_for,
)

__all__ = ["folder", "settings", "stopped"]

pytestmark = pytest.mark.slow


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

    # The keeper may be the other one's, and then nobody waits for its last moment.
    wait_for(lambda: processes_in(settings.data) == [])


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


def test_a_cluster_used_where_we_cannot_see_it_is_not_started_twice(stopped: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(postgres, "PATIENCE_S", 0.2)

    with (stopped.data / "postgres" / "alive.lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(PostgresFailed, match="another container"):
            ensure(stopped, fsync=False)

    assert processes_in(stopped.data) == []
