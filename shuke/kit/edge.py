"""The outermost layer: request ids, headers that keep browsers safe, one line in the log and one count for each request."""

import os
import re
import time
from typing import Any

from shuke.kit import logs, metrics

log = logs.named("web")

_SANE_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
)
_CSP = b"content-security-policy"
_NOTHING_ALLOWED = (_CSP, b"default-src 'none'; frame-ancestors 'none'")


class Edge:
    """Wraps the application; a route that answers HTML brings a Content-Security-Policy of its own."""

    __slots__ = ("app",)

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        id = _request_id(scope)
        status = 500

        async def send_on(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [*message["headers"], (b"x-request-id", id), *_SAFE]
                if not any(name == _CSP for name, _ in headers):
                    headers.append(_NOTHING_ALLOWED)
                message["headers"] = headers
            await send(message)

        token = logs.request_id.set(id.decode())
        try:
            await self.app(scope, receive, send_on)
        finally:
            seconds = time.perf_counter() - started
            route = scope.get("path_template") or "unmatched"
            metrics.observe_request(scope["method"], route, status, seconds)
            log.debug("request_answered", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 2))
            logs.request_id.reset(token)


def _request_id(scope: Any) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SANE_ID.fullmatch(value):
            return value
    return os.urandom(10).hex().encode()
