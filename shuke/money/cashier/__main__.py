"""Runs the cashier: one process, one event loop, one file.

`python -m shuke.money.cashier` reads the same settings as `shuke up`, which calls `serve` in a process of its own.
"""

import asyncio
import fcntl
import logging
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import uvloop

from shuke.kit.serving import Server, listen
from shuke.kit.settings import Settings, SettingsInvalid, load
from shuke.money.cashier.delivery import Courier
from shuke.money.cashier.http import Cashier, create_app
from shuke.money.cashier.store import Store
from shuke.money.cashier.wire import keys_of

HOST = "127.0.0.1"

log = logging.getLogger("shuke.cashier")


class CannotServe(Exception):
    """The cashier must not or cannot run here; the message is the mend."""


def serve(settings: Settings) -> None:
    """Serve on `settings.cashier_port` until SIGINT or SIGTERM. Raises CannotServe."""
    if not settings.is_sandbox:
        raise CannotServe("The sandbox cashier pays with play money: it runs in the demo and test profiles only.")
    with _alone(settings.data / "cashier"):
        uvloop.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    keys = keys_of(settings.secret)
    store = Store(settings.data / "cashier" / "cashier.sqlite")
    courier = Courier(store, keys.notice)
    app = create_app(Cashier(keys, store, courier))
    try:
        server = Server(app, listen(HOST, settings.cashier_port))
    except OSError as error:
        await store.close()
        raise CannotServe(f"The cashier cannot listen on {settings.cashier_origin}: {error.strerror}.") from None
    delivering = asyncio.create_task(courier.run())
    serving = asyncio.create_task(server.serve())
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    waiting = asyncio.create_task(stopping.wait())
    log.info("The sandbox cashier opens at %s", settings.cashier_origin)
    try:
        done, _ = await asyncio.wait({delivering, serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        server.stop()
        delivering.cancel()
        waiting.cancel()
        await asyncio.wait({delivering, serving}, timeout=5)
        await store.close()


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """Hold the folder: two cashiers would deliver every notice twice. The lock dies with the process."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise CannotServe(f"Another cashier already works in {folder}.") from None
        yield


def main() -> None:
    """The command `python -m shuke.money.cashier`."""
    try:
        settings = load()
        logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
        serve(settings)
    except (CannotServe, SettingsInvalid) as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
