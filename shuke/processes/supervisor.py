"""The parent: holds the database, starts the parts, watches all of them, and stops them in order."""

import asyncio
import fcntl
import os
import signal
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager, suppress

import msgspec

from shuke.kit import logs, postgres
from shuke.kit.settings import Settings
from shuke.operations.refusal import Cannot
from shuke.processes import ports, readiness
from shuke.processes.children import Child
from shuke.processes.parts import Part

STOP_WITHIN_S = 8.5
LOOK_EVERY_S = 0.25

Ready = Callable[[str | None], None]

log = logs.named("processes")


def _nothing(_: str) -> None:
    return None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Which parts to run, and how."""

    parts: Sequence[str]
    workers: int = 1
    migrates: bool = False
    is_quiet: bool = False
    is_alone: bool = False


def supervise(settings: Settings, plan: Plan, on_ready: Ready, prepare: Callable[[str], None] = _nothing) -> None:
    """Run the plan until SIGINT or SIGTERM, and let go of the database; a second signal ends everything at once.

    `prepare` gets the database's address before any part starts. `on_ready` hears None once /health says 200, or what is
    wrong when it does not for a minute. Raises Cannot, PostgresFailed.
    """
    with _claims(settings, plan):
        server = postgres.ensure(settings)
        try:
            prepare(server.dsn)
            supervisor = _Supervisor(settings, server, plan)
        except BaseException:
            server.stop()
            raise
        try:
            asyncio.run(supervisor.run(on_ready))
        finally:
            supervisor.server.stop()


class _Supervisor:
    def __init__(self, settings: Settings, server: postgres.Server, plan: Plan) -> None:
        self.settings = settings
        self.server = server
        self.plan = plan
        self.stop = asyncio.Event()
        self.children = [Child(self._part(name)) for name in plan.parts]

    def _part(self, name: str) -> Part:
        return Part(
            name=name,
            settings=self.settings,
            dsn=self.server.dsn,
            parent=os.getpid(),
            workers=self.plan.workers,
            migrates=self.plan.migrates,
            is_quiet=self.plan.is_quiet,
        )

    async def run(self, on_ready: Ready) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._on_signal)
        keeping = [asyncio.create_task(child.keep()) for child in self.children]
        others = [asyncio.create_task(each) for each in (self._keep_database(), self._announce(on_ready), self.stop.wait())]
        waiting = {*keeping, *others}
        try:
            while not self.stop.is_set():
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            for task in others:
                task.cancel()
            await self._end(keeping)

    async def _end(self, keeping: list[asyncio.Task[None]]) -> None:
        for child in self.children:
            child.stop()
        _, late = await asyncio.wait(keeping, timeout=STOP_WITHIN_S)
        for child in self.children:
            child.kill()
        if late:
            log.warning("stopped_by_force", parts=len(late))
            await asyncio.wait(late)
        for task in keeping:
            # What went wrong is raised once, by whoever saw it first.
            with suppress(asyncio.CancelledError):
                task.exception()

    def _on_signal(self) -> None:
        if self.stop.is_set():
            for child in self.children:
                child.kill()
        self.stop.set()

    async def _announce(self, on_ready: Ready) -> None:
        if "api" not in self.plan.parts:
            wrong = None
        else:
            wrong = await readiness.wait_until_well(self.settings)
        for child in self.children:
            child.has_been_well = True
        on_ready(wrong)

    async def _keep_database(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if self.server.is_alive():
                continue
            log.error("database_died", pid=self.server.pid)
            try:
                # The address stays the same, so the parts find the new one by themselves.
                await asyncio.to_thread(self.server.stop)
                self.server = await asyncio.to_thread(postgres.ensure, self.settings)
                log.info("database_started", pid=self.server.pid)
            except postgres.PostgresFailed as failed:
                log.error("database_not_started", reason=str(failed))
                await asyncio.sleep(LOOK_EVERY_S * 8)


@contextmanager
def _claims(settings: Settings, plan: Plan) -> Generator[None]:
    """Hold what only one may have: the ports, and for a whole installation the data folder."""
    with ExitStack() as held:
        if plan.is_alone:
            held.enter_context(_alone(settings))
        if "api" in plan.parts:
            held.enter_context(ports.claim(settings.host, settings.port, "the API"))
        if "cashier" in plan.parts:
            held.enter_context(ports.claim("127.0.0.1", settings.cashier_port, "the sandbox cashier"))
        yield


@contextmanager
def _alone(settings: Settings) -> Generator[None]:
    file = settings.data / "run" / "shuke.lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Cannot(f"Shuke runs on {settings.data} already ({lock.read().strip()}): there is nothing to start.") from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {settings.origin}")
        lock.flush()
        yield
