"""Where a request comes from: its network address behind proxies, and the language it asks for."""

import ipaddress
from collections.abc import Mapping
from typing import Any

from shuke.kit.actor import Actor
from shuke.kit.settings import SettingsInvalid

LANGUAGES = ("zh-CN", "en")
"""The languages texts are kept in; the first is the default."""


class Proxies:
    """The proxies whose word about a client's address is taken: addresses or networks."""

    __slots__ = ("_networks",)

    def __init__(self, trusted: tuple[str, ...]) -> None:
        try:
            self._networks = tuple(ipaddress.ip_network(each) for each in trusted)
        except ValueError as error:
            raise SettingsInvalid(f"SHUKE_TRUSTED_PROXIES takes addresses and networks: {error}") from None

    def __contains__(self, address: str) -> bool:
        if not self._networks:
            return False
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)


def address_of(proxies: Proxies, scope: Mapping[str, Any]) -> str:
    """The address of the client: the peer's own, or the last one a trusted proxy did not vouch for."""
    client = scope.get("client")
    address = str(client[0]) if client else "local"
    if address not in proxies:
        return address
    said = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    for hop in reversed(",".join(said).split(",")):
        try:
            address = str(ipaddress.ip_address(hop.strip()))
        except ValueError:
            return address
        if address not in proxies:
            return address
    return address


def is_loopback(scope: Mapping[str, Any]) -> bool:
    """Whether a program on this machine asks for itself, and is no proxy that passes on a stranger's request."""
    client = scope.get("client")
    if not client or any(name in (b"x-forwarded-for", b"forwarded", b"x-real-ip") for name, _ in scope["headers"]):
        return False
    try:
        return ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


def language_of(actor: Actor, headers: Mapping[bytes, bytes]) -> str:
    """A person's own language; for others the best of ours that `Accept-Language` asks for (RFC 9110, 12.5.4)."""
    if actor.id is not None and not actor.is_visitor:
        return actor.language
    asked = headers.get(b"accept-language", b"").decode("latin-1")[:200]
    for _, tag in sorted((_weighed(part) for part in asked.split(",") if part.strip()), reverse=True):
        for language in LANGUAGES:
            if tag.partition("-")[0] == language.partition("-")[0].lower():
                return language
    return LANGUAGES[0]


def _weighed(part: str) -> tuple[float, str]:
    tag, _, weight = part.partition(";")
    try:
        quality = float(weight.strip().removeprefix("q=") or 1)
    except ValueError:
        quality = 0.0
    return quality, tag.strip().lower()
