"""Starting: `shuke up` on data that is there, the first `shuke demo` after the install; and what a worker weighs."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.installation import ROOT, folder, free_port
from bench.report import Line
from bench.stage import Stage
from shuke.kit.settings import Profile, Settings
from shuke.processes import readiness

MAX_START_S, MAX_DEMO_S, MAX_MEMORY_MB = 3, 40, 200
SHUKE = Path(sys.executable).with_name("shuke")


def run(stage: Stage) -> Iterator[Line]:
    """Start an empty installation twice, a demo once, and weigh an idle worker."""
    yield from _weigh(stage)
    with folder() as data:
        with _running("up", data, Profile.TEST) as first_s:
            pass
        with _running("up", data, Profile.TEST) as again_s:
            pass
    told = f"{again_s:.1f} s; the very first start {first_s:.1f} s"
    yield Line(
        "start with existing data", f"<= {MAX_START_S} s", told, again_s <= MAX_START_S, {"s": again_s, "first_s": first_s}
    )
    with folder() as data, _running("demo", data, Profile.DEMO) as demo_s:
        pass
    yield Line("first demo after the install", f"<= {MAX_DEMO_S} s", f"{demo_s:.1f} s", demo_s <= MAX_DEMO_S, {"s": demo_s})


def _weigh(stage: Stage) -> Iterator[Line]:
    stage.with_workers(1)
    time.sleep(2)
    heaviest = max(stage.installation.api_memory_mb())
    holds = heaviest <= MAX_MEMORY_MB
    yield Line("memory of a worker, idle", f"<= {MAX_MEMORY_MB} MB", f"{heaviest:.0f} MB", holds, {"mb": heaviest})


@contextmanager
def _running(command: str, data: Path, profile: Profile) -> Generator[float]:
    """Run `shuke COMMAND` for a block; gives the seconds until /health said 200."""
    settings = Settings(data=data, port=free_port(), profile=profile)
    words = [command, "--data", str(data), "--port", str(settings.port), "--profile", profile.value]
    started = time.perf_counter()
    process = subprocess.Popen(
        [str(SHUKE), *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ,
    )
    try:
        while (wrong := asyncio.run(readiness.ask(settings))) is not None:
            assert process.poll() is None, f"shuke {command} ended by itself"
            assert time.perf_counter() - started < 300, wrong
            time.sleep(0.02)
        yield time.perf_counter() - started
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
