"""The client of the whole application in process, for tests over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import msgspec

from shuke.kit.db import Pool
from shuke.kit.problems import CONTENT_TYPE, Problem
from shuke.kit.web import API


class Api:
    """Calls the application as a client would: `response = await api.post("/orders", json=ask, token=ana, key="k")`.

    Paths are below the base path unless they begin with `//` (`//health`). A struct is sent as its JSON.
    """

    def __init__(self, client: httpx.AsyncClient, pool: Pool) -> None:
        self.client = client
        self.pool = pool

    async def get(self, path: str, *, token: str | None = None, **more: Any) -> httpx.Response:
        """GET; `params=` are the query."""
        return await self._send("GET", path, token, None, more)

    async def post(self, path: str, json: Any = None, *, token: str | None = None, key: str | None = None, **more: Any) -> Any:
        """POST; without `key` a fresh Idempotency-Key is sent."""
        return await self._send("POST", path, token, key or uuid4().hex, more | {"json": json})

    async def put(self, path: str, json: Any = None, *, token: str | None = None, key: str | None = None, **more: Any) -> Any:
        """PUT."""
        return await self._send("PUT", path, token, key, more | {"json": json})

    async def patch(self, path: str, json: Any = None, *, token: str | None = None, key: str | None = None, **more: Any) -> Any:
        """PATCH."""
        return await self._send("PATCH", path, token, key, more | {"json": json})

    async def delete(self, path: str, *, token: str | None = None, **more: Any) -> httpx.Response:
        """DELETE."""
        return await self._send("DELETE", path, token, None, more)

    async def _send(self, method: str, path: str, token: str | None, key: str | None, more: dict[str, Any]) -> httpx.Response:
        headers = dict(more.pop("headers", {}))
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        if key is not None:
            headers.setdefault("idempotency-key", key)
        json = more.pop("json", None)
        if json is not None:
            more["content"] = msgspec.json.encode(json)
            headers.setdefault("content-type", "application/json")
        url = path[1:] if path.startswith("//") else API + path
        return await self.client.request(method, url, headers=headers, **more)


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """Assert that this is the problem `code`, and answer its fields."""
    assert response.headers["content-type"] == CONTENT_TYPE, response.text
    found = msgspec.json.decode(response.content, type=Problem)
    assert (response.status_code, found.code) == (status, code), response.text
    assert found.status == status and found.title and found.detail and found.type == f"/problems/{code}"
    return found.fields
