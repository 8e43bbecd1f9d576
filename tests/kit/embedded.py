"""What the tests of the embedded PostgreSQL share: folders all users reach, and users in processes of their own."""

import asyncio
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from shuke.kit.postgres import Server, ensure
from shuke.kit.settings import Settings

REPO = Path(__file__).parents[2]
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


def wait_for(happened: Callable[[], bool], seconds: float = 10) -> None:
    give_up = time.monotonic() + seconds
    while not happened():
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
