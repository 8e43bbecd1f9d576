"""A part of a running installation, as its parent describes it and as it finds itself."""

import ctypes
import logging
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from shuke.kit import logs
from shuke.kit.settings import Settings, SettingsInvalid, use
from shuke.operations.refusal import Cannot

CANNOT_RUN = 2
"""The exit code of a part, or a command, that would fail again for the same reason."""

MAX_LOG = 10 << 20
PR_SET_PDEATHSIG = 1


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What a part is told through its standard input, so that no secret shows in a command line."""

    name: str
    settings: Settings
    dsn: str
    parent: int
    workers: int = 1
    migrates: bool = False
    is_quiet: bool = False


def encode(part: Part) -> bytes:
    """Write down what a part is told."""
    return msgspec.json.encode(part, enc_hook=str)


def play(run: Callable[[Part], None]) -> None:
    """Be the part that the parent describes, until told to stop."""
    part = msgspec.json.decode(sys.stdin.buffer.read(), type=Part, dec_hook=_path)
    die_with(part.parent)
    use(part.settings)
    try:
        log_as(part.settings, part.name, is_quiet=part.is_quiet)
        run(part)
    except (Cannot, SettingsInvalid) as problem:
        sys.stdout.write(str(problem))
        sys.exit(CANNOT_RUN)


def die_with(parent: int) -> None:
    """End at once when our parent does, even by `kill -9`: nobody would stop us then, or know of us."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def log_as(settings: Settings, process: str, *, is_quiet: bool) -> None:
    """Log to stderr; quietly: everything to `logs/<process>.log` in the data folder, and only warnings to stderr."""
    logs.configure(settings, process)
    if not is_quiet:
        return
    root = logging.getLogger()
    terminal = root.handlers[0]
    terminal.setLevel(logging.WARNING)
    logs.configure(settings, process, _log_file(settings.data, process).open("a", buffering=1))
    root.addHandler(terminal)


def _log_file(data: Path, process: str) -> Path:
    file = data / "logs" / f"{process}.log"
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size > MAX_LOG:
        file.replace(file.with_suffix(".log.1"))
    return file


def _path(kind: type, value: Any) -> Any:
    assert kind is Path, f"no part is told a {kind}"
    return Path(value)
