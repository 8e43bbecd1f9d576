"""Waiting until the API says that all is well."""

import asyncio
import time

import msgspec

from shuke.kit.settings import Settings

POLL_S = 0.05
PATIENCE_S = 60.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - what others may ask for


class _Health(msgspec.Struct, frozen=True):
    checks: dict[str, str]


async def wait_until_well(settings: Settings) -> str | None:
    """Answer None when /health says 200, or what it says instead once patience ends."""
    give_up = time.monotonic() + PATIENCE_S
    while True:
        wrong = await ask(settings)
        if wrong is None or time.monotonic() > give_up:
            return wrong
        await asyncio.sleep(POLL_S)


async def ask(settings: Settings) -> str | None:
    """What is wrong according to /health, or None."""
    host = EVERYWHERE.get(settings.host, settings.host)
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(host, settings.port)
            try:
                writer.write(f"GET /health HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode())
                head, _, body = (await reader.read(65536)).partition(b"\r\n\r\n")
            finally:
                writer.close()
    except (OSError, TimeoutError) as error:
        return f"nothing answers on {host}:{settings.port} ({type(error).__name__})"
    if head.split(b" ", 2)[1:2] == [b"200"]:
        return None
    try:
        checks = msgspec.json.decode(body, type=_Health).checks
    except msgspec.DecodeError:
        return "what answers there is not Shuke"
    return ", ".join(f"{name}: {found}" for name, found in checks.items() if found != "ok")
