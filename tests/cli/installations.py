"""An installation as its owner has it: a data folder, a port, and the command `shuke` in processes of its own."""

import asyncio
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx
import psutil
from typer.testing import CliRunner, Result

from shuke import cli
from shuke.kit import postgres, settings
from shuke.kit.settings import Profile, Settings
from tests.kit.embedded import open_folder

SHUKE = [sys.executable, "-c", "from shuke.cli import app; app()"]
START_WITHIN_S = 60
"""Generous, because other tests share the machine; the bar of the start is measured by `make bench`."""


@dataclass
class Installation:
    """A data folder with a port, and what runs on it."""

    data: Path
    port: int
    processes: list[subprocess.Popen[str]] = field(default_factory=list["subprocess.Popen[str]"])

    @property
    def settings(self) -> Settings:
        return Settings(data=self.data, port=self.port, profile=Profile.TEST)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def run(self, *words: str | Path, **environment: str) -> Result:
        """Run a command to its end, in this process: most of what a command costs is importing everything."""
        before = settings._Installation.settings
        try:
            return CliRunner().invoke(
                cli.app, list(map(str, words)), env=self._environment(environment), catch_exceptions=False
            )
        finally:
            settings._Installation.settings = before

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command that stays; what it says is in `<data>/said`."""
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "said").open("a") as said:
            environment = {name: value for name, value in (os.environ | self._environment({})).items() if value is not None}
            process = subprocess.Popen([*SHUKE, *words], env=environment, stdout=said, stderr=said, text=True)
        self.processes.append(process)
        return process

    def up(self, *words: str) -> subprocess.Popen[str]:
        """`shuke up`, healthy."""
        process = self.start("up", *words)
        wait_for(lambda: self.is_healthy() or process.poll() is not None, START_WITHIN_S)
        assert process.poll() is None, self.said()
        return process

    def is_healthy(self) -> bool:
        try:
            return httpx.get(f"{self.origin}/health", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def said(self) -> str:
        return (self.data / "said").read_text()

    def family(self) -> dict[str, list[psutil.Process]]:
        """The living processes below the parent, by what they are."""
        found: dict[str, list[psutil.Process]] = {}
        for process in psutil.Process(self.processes[-1].pid).children(recursive=True):
            try:
                line = " ".join(process.cmdline())
            except psutil.Error:
                continue
            for kind in ("processes.api", "processes.worker", "processes.cashier", "postgres_keeper", "bin/postgres -D"):
                if kind in line:
                    found.setdefault(kind.rpartition(".")[2], []).append(process)
        return found

    def ask(self, statement: str) -> object:
        """One value of the database, which is started for it when nobody runs it."""

        async def talk() -> object:
            connection = await asyncpg.connect(server.dsn)
            try:
                return await connection.fetchval(statement)
            finally:
                await connection.close()

        server = postgres.ensure(self.settings)
        try:
            return asyncio.run(talk())
        finally:
            server.stop()

    def _environment(self, more: dict[str, str]) -> dict[str, str | None]:
        foreign = {name: None for name in os.environ if name.startswith("SHUKE_")}
        own = {"SHUKE_DATA": str(self.data), "SHUKE_PORT": str(self.port), "SHUKE_PROFILE": "test"}
        return foreign | own | more


@contextmanager
def an_installation() -> Generator[Installation]:
    """An installation that does not exist yet; all of it is gone afterwards."""
    folder = open_folder()
    installation = Installation(folder / "data", _free_port())
    try:
        yield installation
    finally:
        for process in installation.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        wait_for(lambda: _erased(installation), 30)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(happened: Callable[[], bool], seconds: float) -> float:
    """Wait, fail when it never happens, and answer how long it took."""
    started = time.monotonic()
    while not happened():
        assert time.monotonic() - started < seconds, f"it did not happen within {seconds} s"
        time.sleep(0.02)
    return time.monotonic() - started


def is_gone(process: psutil.Process) -> bool:
    """A zombie that nobody has reaped yet is gone too."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def interrupt(process: subprocess.Popen[str]) -> float:
    """Ctrl-C; answers how long the stop took."""
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.wait(20)
    return time.monotonic() - started


def _erased(installation: Installation) -> bool:
    try:
        postgres.erase(installation.settings)
    except postgres.PostgresFailed:
        return False
    return True


def _free_port() -> int:
    while True:
        port = random.randrange(25_000, 31_000, 2)
        try:
            for candidate in (port, port + 1):
                with socket.create_server(("127.0.0.1", candidate)):
                    pass
        except OSError:
            continue
        return port
