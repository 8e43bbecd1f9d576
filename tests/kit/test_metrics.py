"""Metrics: what several processes counted is told as one, whoever dies.

Each test speaks to processes of its own, because sharing metrics is a decision of a whole process.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PREPARE = """
import os, sys
from pathlib import Path
from shuke.kit import metrics
from shuke.kit.settings import Settings
if sys.argv[1]:
    metrics.configure(Settings(data=Path(sys.argv[1])))
for line in sys.stdin:
    exec(line)
    print("done", flush=True)
"""


class Process:
    """A process of an installation that does as it is told, a line at a time."""

    def __init__(self, data: Path | str) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-c", PREPARE, str(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, line: str) -> str:
        """Run a line and answer with what it printed."""
        assert self.popen.stdin
        assert self.popen.stdout
        print(line, file=self.popen.stdin, flush=True)
        told = list(iter(self.popen.stdout.readline, "done\n"))
        return "".join(told)

    def render(self) -> list[str]:
        return self.run("print(metrics.render().decode())").splitlines()

    def kill(self) -> None:
        self.popen.kill()
        self.popen.communicate()


@pytest.fixture
def start() -> Iterator[Callable[[Path | str], Process]]:
    started: list[Process] = []

    def _start(data: Path | str) -> Process:
        started.append(Process(data))
        return started[-1]

    yield _start
    for process in started:
        process.kill()


Start = Callable[[Path | str], Process]
JOB = 'metrics.count_job("trade.expire_order", "done")'


def test_any_process_tells_the_sum_of_all(start: Start, tmp_path: Path):
    api, other, worker = (start(tmp_path) for _ in range(3))
    for process in (api, other):
        process.run('metrics.observe_request("GET", "/products/{product_id}", 200, 0.003)')
    worker.run(JOB)

    told = api.render()

    labels = 'method="GET",route="/products/{product_id}",status="200"'
    assert f"shuke_request_seconds_count{{{labels}}} 2.0" in told
    assert f'shuke_request_seconds_bucket{{le="0.0025",{labels}}} 0.0' in told
    assert f'shuke_request_seconds_bucket{{le="0.005",{labels}}} 2.0' in told
    assert 'shuke_jobs_total{kind="trade.expire_order",outcome="done"} 1.0' in told
    assert worker.render() == told


def test_what_a_killed_process_counted_stays_and_its_successor_counts_on_in_the_same_files(start: Start, tmp_path: Path):
    api, worker = start(tmp_path), start(tmp_path)
    api.run(JOB)
    worker.run(JOB)

    for _ in range(3):
        worker.kill()
        worker = start(tmp_path)
        worker.run(JOB)

    assert 'shuke_jobs_total{kind="trade.expire_order",outcome="done"} 5.0' in api.render()
    assert len(list((tmp_path / "run" / "metrics").glob("counter_*.db"))) == 2


def test_after_a_full_stop_counting_begins_at_zero(start: Start, tmp_path: Path):
    first = start(tmp_path)
    first.run(JOB)
    first.kill()

    second = start(tmp_path)
    second.run(JOB)

    assert 'shuke_jobs_total{kind="trade.expire_order",outcome="done"} 1.0' in second.render()


def test_a_forked_child_counts_beside_its_parent(start: Start, tmp_path: Path):
    parent = start(tmp_path)
    parent.run(JOB)
    forked = f"pid = os.fork(); {JOB}; {JOB}; os._exit(0) if pid == 0 else os.waitpid(pid, 0)"

    parent.run(forked)

    assert 'shuke_jobs_total{kind="trade.expire_order",outcome="done"} 5.0' in parent.render()


def test_of_the_queue_the_last_word_counts(start: Start, tmp_path: Path):
    first, second = start(tmp_path), start(tmp_path)
    first.run('metrics.set_queue_depth("due", 7)')
    second.run('metrics.set_queue_depth("due", 3)')
    assert 'shuke_queue_depth{state="due"} 3.0' in first.render()

    first.run('metrics.set_queue_depth("due", 5)')

    assert 'shuke_queue_depth{state="due"} 5.0' in second.render()


def test_an_invented_method_does_not_make_a_label_of_its_own(start: Start, tmp_path: Path):
    api = start(tmp_path)

    api.run('[metrics.observe_request(f"X{number}", "unmatched", 405, 0.001) for number in range(100)]')

    counts = [line for line in api.render() if line.startswith("shuke_request_seconds_count")]
    assert counts == ['shuke_request_seconds_count{method="OTHER",route="unmatched",status="405"} 100.0']


def test_without_an_installation_a_process_tells_its_own(start: Start):
    alone = start("")
    alone.run(JOB)

    assert 'shuke_jobs_total{kind="trade.expire_order",outcome="done"} 1.0' in alone.render()
