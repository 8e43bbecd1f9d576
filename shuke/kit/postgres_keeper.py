"""The parent of one embedded PostgreSQL: a small process of its own, so that commands may come and go in any order.

It is run as a script with the standard library only, never imported. Everybody who uses the server holds a shared lock
on one file. The keeper waits for the exclusive one: it gets it when the last user has left, by whatever way, `kill -9`
included, and then stops the server. Should the keeper itself be killed, the kernel tells the server to stop. The other
lock it was given passes on to every process of the server: while it is held, the cluster is in use by somebody.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import threading
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def keep(users: int, alive: int, uid: int, gid: int, command: list[str]) -> int:
    """Run the server until nobody uses it any more, and answer its exit code."""
    libc, keeper, other = ctypes.CDLL(None), os.getpid(), os.geteuid() != uid
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)

    def stop_with_keeper() -> None:
        # The signal is bound to the thread that forks: this is the main one, which lives as long as the keeper.
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != keeper:
            os._exit(1)

    server = subprocess.Popen(  # noqa: S603 (the caller made the command)
        command,
        stdin=subprocess.DEVNULL,
        cwd="/",
        pass_fds=(alive,),
        preexec_fn=stop_with_keeper,
        user=uid if other else None,
        group=gid if other else None,
        extra_groups=[] if other else None,
    )
    os.close(alive)

    def stop(*_: Any) -> None:
        server.send_signal(signal.SIGINT)

    def wait_for_last_user() -> None:
        fcntl.flock(users, fcntl.LOCK_EX)
        stop()

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stop)
    threading.Thread(target=wait_for_last_user, daemon=True).start()
    code = server.wait()
    # The server's own children may outlive it a moment. They are ours then: a container's first process often reaps nobody.
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return code


if __name__ == "__main__":
    users, alive, uid, gid, *command = sys.argv[1:]
    os._exit(abs(keep(int(users), int(alive), int(uid), int(gid), command)) & 0xFF)
