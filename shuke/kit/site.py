"""What the requests of one process share: settings, connections, stored objects, the API document."""

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any

from shuke.kit.actor import Actor
from shuke.kit.db import Db, Pool
from shuke.kit.limits import Buckets
from shuke.kit.origins import Proxies
from shuke.kit.settings import Settings
from shuke.kit.storage import ObjectStore

Authenticate = Callable[[Db, str], Awaitable[Actor | None]]
Probe = Callable[[Db], Awaitable[str | None]]
"""Answers what is wrong, or None when all is well."""


class Site:
    """Made by the composition root; `pool` is set while the site is open. A request waits `patience_s` for a connection."""

    __slots__ = ("_pool", "authenticate", "buckets", "document", "patience_s", "probes", "proxies", "settings", "store")

    def __init__(
        self,
        settings: Settings,
        authenticate: Authenticate,
        store: ObjectStore,
        *,
        pool: Pool | None = None,
        probes: Mapping[str, Probe] | None = None,
        document: Callable[[], dict[str, Any]] = dict,
        patience_s: float = 5,
    ) -> None:
        self.settings = settings
        self.authenticate = authenticate
        self.store = store
        self.probes = probes or {}
        self.document = cache(document)
        self.patience_s = patience_s
        self.proxies = Proxies(settings.trusted_proxies)
        self.buckets = Buckets()
        self._pool = pool

    @property
    def pool(self) -> Pool:
        """The connections."""
        assert self._pool is not None, "the site is not open"
        return self._pool

    @pool.setter
    def pool(self, pool: Pool) -> None:
        self._pool = pool
