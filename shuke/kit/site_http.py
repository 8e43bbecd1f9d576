"""The site's own routes, outside of the base path: health, metrics, stored objects, the API document and its pages."""

import asyncio
import re
from importlib.resources import files

import asyncpg
import msgspec

from shuke.kit import metrics, origins
from shuke.kit.actor import ON_PLATFORM
from shuke.kit.db import borrowed
from shuke.kit.problems import AWAY, RouteUnknown
from shuke.kit.shapes import Anyone, File, Raw, Scope
from shuke.kit.site import Site
from shuke.kit.storage import ObjectMissing, ObjectStore
from shuke.kit.web import get

_FOREVER = "public, max-age=31536000, immutable"
_KEY = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}((?:\.[a-z0-9]{1,8}){0,2})")
_TYPES = {
    "webp": "image/webp",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "avif": "image/avif",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
}
_ASSETS = {"docs.css": "text/css; charset=utf-8", "docs.js": "text/javascript; charset=utf-8"}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'"
)


class Health(msgspec.Struct, frozen=True):
    """`status` is ok or failing; `checks` says of each part that it is ok, or what is wrong."""

    status: str
    checks: dict[str, str]


@get("/health", returns=Health)
async def health(site: Site) -> File:
    """Tell whether the database answers and jobs are done in time: 200, or 503 when not."""
    checks = await _checks(site)
    is_well = all(found == "ok" for found in checks.values())
    body = msgspec.json.encode(Health("ok" if is_well else "failing", checks))
    return File(body, "application/json", {"cache-control": "no-store"}, status=200 if is_well else 503)


async def _checks(site: Site) -> dict[str, str]:
    checks = {"database": "ok"}
    try:
        async with asyncio.timeout(3), borrowed(site.pool, timeout_s=2) as db:
            await db.fetchval("select 1")
            for name, probe in site.probes.items():
                checks[name] = await probe(db) or "ok"
    except (*AWAY, asyncpg.PostgresError) as error:
        checks["database"] = f"does not answer ({type(error).__name__})"
    return checks


@get("/metrics", is_hidden=True)
async def metrics_of_all(actor: Anyone, scope: Scope) -> File:
    """Write the metrics of all processes, for a scraper on this machine or an operator."""
    if not origins.is_loopback(scope):
        actor.require("ops.metrics", ON_PLATFORM)
    return File(await asyncio.to_thread(metrics.render), metrics.CONTENT_TYPE, {"cache-control": "no-store"})


@get("/media/{name:path}", is_hidden=True)
async def media(name: str, store: ObjectStore) -> File:
    """Serve a stored picture, film or sound under its content's name; nothing else that is stored is public."""
    key = name.lstrip("/")
    found = _KEY.fullmatch(key)
    content_type = _TYPES.get(found[1].rpartition(".")[2]) if found else None
    if content_type is None:
        raise ObjectMissing(key=key[:100])
    return File(await store.get(key), content_type, {"cache-control": _FOREVER, "access-control-allow-origin": "*"})


@get("/openapi.json", is_hidden=True)
async def openapi_document(site: Site) -> Raw:
    """Answer the OpenAPI document."""
    return msgspec.json.encode(site.document())


@get("/docs", is_hidden=True)
async def docs_page() -> File:
    """Show the API document as a page, without anything from elsewhere."""
    headers = {"content-security-policy": _PAGE_POLICY}
    return File(_asset("docs.html"), "text/html; charset=utf-8", headers)


@get("/docs/{name:str}", is_hidden=True)
async def docs_asset(name: str) -> File:
    """Serve what the page is made of."""
    if name not in _ASSETS:
        raise RouteUnknown()
    return File(_asset(name), _ASSETS[name], {"cache-control": "public, max-age=300"})


def _asset(name: str) -> bytes:
    return files("shuke.kit").joinpath("assets", name).read_bytes()


routes = [health, metrics_of_all, media, openapi_document, docs_page, docs_asset]
