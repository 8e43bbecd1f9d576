"""Fetching from addresses that somebody else wrote: bounded in bytes, time and redirects, and kept out of our own network.

Who brings a file chooses what we call, and could make us call what only we can reach: a database, a cloud's metadata, a
neighbour (server-side request forgery, CWE-918). So where it matters every address is looked at when its socket is made: after
names were resolved, and for each redirect anew. Neither a name that changes its mind nor a way around leads inside.
"""

import asyncio
import re
import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import aiohttp
from yarl import URL

MAX_REDIRECTS = 3
MAX_URL = 2000
_CHUNK = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_ONCE_MORE = (408, 425, 429)
# No compression: what is unpacked could be a thousand times what was sent.
_HEADERS = {"accept-encoding": "identity", "user-agent": "Shuke"}
_PLAIN = re.compile(r"[\x21-\x7e]+")
_NAT64 = IPv6Network("64:ff9b::/96")


class FetchFailed(Exception):
    """Nothing was fetched. `reason` never holds the address; when `is_final`, asking again is of no use."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_final = is_final


async def fetch(url: str, *, at_most: int, timeout_s: float, is_public_only: bool) -> bytes:
    """What is at an http(s) address, by GET, at most so many bytes. Calls the outside. Raises FetchFailed.

    At most three redirects; all of it together takes `timeout_s` at most. With `is_public_only` only addresses of the public
    internet are connected to. Final reasons: address_invalid, not_public, too_many_redirects, too_large, status_<4xx>;
    others: unreachable, status_<other>.
    """
    guard = _Guard(is_public_only)
    try:
        async with (
            asyncio.timeout(timeout_s),
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(socket_factory=guard.socket_for, force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            ) as session,
        ):
            address = _checked(url)
            for _ in range(1 + MAX_REDIRECTS):
                async with session.get(address, headers=_HEADERS, allow_redirects=False) as response:
                    if response.status not in _REDIRECTS:
                        return await _body(response, at_most)
                    address = _checked(response.headers.get("location", ""), address)
            raise FetchFailed("too_many_redirects", is_final=True)
    except (aiohttp.ClientError, TimeoutError, OSError):
        if guard.has_refused:
            raise FetchFailed("not_public", is_final=True) from None
        raise FetchFailed("unreachable", is_final=False) from None


def is_public(address: str) -> bool:
    """Whether this address is one of the public internet, and not one that leads elsewhere by another spelling."""
    found = ip_address(address)
    if isinstance(found, IPv6Address) and (inner := _inner(found)) is not None:
        found = inner
    return found.is_global and not found.is_multicast and not found.is_reserved


def _inner(found: IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which one of IPv6 leads: mapped (RFC 4291), 6to4 (RFC 3056), or behind NAT64 (RFC 6052)."""
    return found.ipv4_mapped or found.sixtofour or (IPv4Address(int(found) & 0xFFFFFFFF) if found in _NAT64 else None)


def _checked(url: str, base: URL | None = None) -> URL:
    try:
        # As it is written, if it can be sent so: an address may be signed, and another spelling of it would be another one.
        found = URL(url, encoded=_PLAIN.fullmatch(url) is not None)
        found = found if base is None else base.join(found)
        is_fit = found.scheme in ("http", "https") and found.host and found.user is None and found.password is None
    except ValueError:
        is_fit, found = False, URL()
    if not is_fit or not url or len(str(found)) > MAX_URL:
        raise FetchFailed("address_invalid", is_final=True)
    return found


async def _body(response: aiohttp.ClientResponse, at_most: int) -> bytes:
    status = response.status
    if status != 200:
        raise FetchFailed(f"status_{status}", is_final=400 <= status < 500 and status not in _ONCE_MORE)
    body = bytearray()
    if (response.content_length or 0) <= at_most:
        async for chunk in response.content.iter_chunked(_CHUNK):
            body += chunk
            if len(body) > at_most:
                break
        else:
            return bytes(body)
    raise FetchFailed("too_large", is_final=True)


class _Guard:
    """Makes the sockets of one fetch, and remembers whether it would not make one."""

    __slots__ = ("_is_public_only", "has_refused")

    def __init__(self, is_public_only: bool) -> None:
        self._is_public_only = is_public_only
        self.has_refused = False

    def socket_for(self, found: tuple[Any, ...]) -> socket.socket:
        """A socket for an address that was resolved; raises OSError for one that must not be connected to."""
        family, kind, protocol, _, place = found
        if self._is_public_only and not is_public(str(place[0])):
            self.has_refused = True
            raise OSError("This address is not of the public internet.")
        return socket.socket(family, kind, protocol)
