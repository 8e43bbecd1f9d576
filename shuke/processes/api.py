"""The API as a part: the server and its workers."""

import asyncio
import os
from functools import partial
from typing import Any

from shuke import app
from shuke.kit import serving
from shuke.operations import schema
from shuke.processes.parts import Part, die_with, play


def run(part: Part) -> None:
    """Serve HTTP until told to stop; running requests are answered first."""
    asyncio.run(schema.make_ready(part.dsn, migrates=part.migrates))
    serving.serve(partial(_application, part, os.getpid()), part.settings, part.workers)


def _application(part: Part, server: int) -> Any:
    if os.getpid() != server:
        die_with(server)
    return app.create(part.settings, dsn=part.dsn)


if __name__ == "__main__":
    play(run)
