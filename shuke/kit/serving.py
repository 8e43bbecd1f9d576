"""The server process: granian on uvloop, as many workers as asked for, stopped without cutting a request short."""

import logging
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import Interfaces, Loops

from shuke.kit import logs, metrics
from shuke.kit.settings import Settings

STOP_WITHIN_S = 8
"""How long running requests may take to end once the server is told to stop."""


def serve(application: Callable[[], Any], settings: Settings, workers: int = 1) -> None:
    """Serve until SIGINT or SIGTERM; each worker makes its own application, and a worker that dies is replaced."""
    if not logging.getLogger().handlers:
        logs.configure(settings, "api")
    metrics.configure(settings)
    server = Granian(
        "shuke",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=workers,
        websockets=False,
        log_dictconfig=logs.GRANIAN_LOGGING,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN_S,
    )
    server.serve(target_loader=application, wrap_loader=False)
