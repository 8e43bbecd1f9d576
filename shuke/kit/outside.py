"""Calls to the world outside that are rare enough for a connection of their own: no redirects, no retries, always a timeout."""

from collections.abc import Mapping

import aiohttp
import msgspec

CONNECT_S = 2


class Reply(msgspec.Struct, frozen=True):
    """What the other side answered."""

    status: int
    content: bytes


class Unreachable(Exception):
    """The other side did not answer in time. Says how, and never the address, which may hold a secret."""


async def call(
    method: str,
    url: str,
    *,
    query: Mapping[str, str] | None = None,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    timeout_s: float = 5,
) -> Reply:
    """Ask once and answer whatever status came; raises Unreachable."""
    timeout = aiohttp.ClientTimeout(total=timeout_s, connect=CONNECT_S)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method, url, params=query, data=body, headers=headers, allow_redirects=False) as response,
        ):
            return Reply(response.status, await response.read())
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unreachable(type(error).__name__) from None
