"""Ports: taken early and for as long as we run, so that a second start says so at once instead of sharing them."""

import errno
import os
import socket
from pathlib import Path

from shuke.operations.refusal import Cannot

LISTENING = "0A"


def claim(host: str, port: int, purpose: str) -> socket.socket:
    """Answer our claim on a port, which ends with the process. Raises Cannot, which says whose it is.

    Workers share the port among themselves, so the system would let another installation share it too. The claim is an
    abstract socket named after the port; whether somebody else listens is tried out.
    """
    held = socket.socket(socket.AF_UNIX)
    try:
        held.bind(f"\0shuke:{port}")
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        held.close()
        raise Cannot(_explain(error, host, port, purpose)) from None
    return held


def holder(port: int) -> str:
    """Who listens on a port, as far as we may know: `python (process 12: shuke up)`, or nothing."""
    inodes = {
        line[9]
        for table in ("tcp", "tcp6")
        if (file := Path("/proc/net") / table).exists()
        for line in map(str.split, file.read_text().splitlines()[1:])
        if line[3] == LISTENING and int(line[1].rpartition(":")[2], 16) == port
    }
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").iterdir() if wanted else ():
        if process.name.isdigit() and _has_open(process, wanted):
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
            return f"process {process.name}: {command[:80]}"
    return ""


def _has_open(process: Path, wanted: set[str]) -> bool:
    try:
        return any(os.readlink(descriptor) in wanted for descriptor in (process / "fd").iterdir())  # noqa: PTH115 - a link to no path
    except OSError:
        return False


def _explain(error: OSError, host: str, port: int, purpose: str) -> str:
    if error.errno != errno.EADDRINUSE:
        return f"{host}:{port} cannot be used for {purpose} ({error.strerror}): choose another with --port or SHUKE_HOST."
    who = holder(port)
    return (
        f"Port {port} is needed for {purpose} and is taken{f' by {who}' if who else ''}. "
        f"Stop that one, or choose another: --port {port + 100}"
    )
