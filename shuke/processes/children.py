"""The parts as their parent sees them: started, started again when they die, and stopped with all they have started."""

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from contextlib import suppress

from shuke.kit import logs
from shuke.operations.refusal import Cannot
from shuke.processes.parts import CANNOT_RUN, Part, encode

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 10.0
WELL_AFTER_S = 20.0
MAX_FALSE_STARTS = 3

log = logs.named("processes")


class Child:
    """One part, kept alive until `stop`."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.has_been_well = False
        self._stopping = asyncio.Event()
        self._process: Process | None = None

    async def keep(self) -> None:
        """Run the part, again and again with pauses that grow while it fails. Raises Cannot when it is hopeless."""
        pause_s, failures = FIRST_PAUSE_S, 0
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self._run()
            if self._stopping.is_set():
                return
            if time.monotonic() - started > WELL_AFTER_S:
                pause_s, failures = FIRST_PAUSE_S, 0
            failures += 1
            log.error("part_died", part=self.part.name, exit=code, again_after_s=pause_s)
            if failures >= MAX_FALSE_STARTS and not self.has_been_well:
                raise Cannot(f"The {self.part.name} process does not start: what it said is above, or run shuke doctor.")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    def stop(self) -> None:
        """Ask the part to finish what it has begun and to end."""
        self._stopping.set()
        if self._process and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.terminate()

    def kill(self) -> None:
        """End the part and all that it started, at once."""
        self._stopping.set()
        if self._process and self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    async def _run(self) -> int:
        # In a session of its own: a terminal's Ctrl-C reaches the parent only, who stops all in order.
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", f"shuke.processes.{self.part.name}", stdin=PIPE, stdout=PIPE, start_new_session=True
        )
        if self._stopping.is_set():
            self.stop()
        said, _ = await self._process.communicate(encode(self.part))
        code = await self._process.wait()
        if code == CANNOT_RUN and not self._stopping.is_set():
            raise Cannot(said.decode(errors="replace").strip())
        return code
