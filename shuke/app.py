"""The composition root of the HTTP server: every module's routes, and the site they are served from."""

import sys
from functools import partial
from typing import Any

from shuke import modules
from shuke.kit import clock, jobs, openapi, site_http, web
from shuke.kit.db import Db, Pool, open_pool
from shuke.kit.edge import Edge
from shuke.kit.settings import Settings, use
from shuke.kit.shapes import Shape
from shuke.kit.site import Site
from shuke.kit.storage import open_store
from shuke.money import payments
from shuke.society import identity

# For each worker of the API. More connections than cores can serve get in each other's way inside PostgreSQL, which costs CPU;
# waiting for a connection costs none. With 6 instead of 12 an order for a hot item costs a fifth less (two workers, two cores).
POOL_SIZE = 6
MAX_LATE_S = 60


def shapes(*, with_sandbox: bool = False) -> list[Shape]:
    """Every route of the API: the modules' below the base path, and the site's own."""
    return [*web.shapes_of(modules.routes(with_sandbox=with_sandbox)), *web.shapes_of(site_http.routes, base="")]


def document() -> dict[str, Any]:
    """The OpenAPI document of every route."""
    return openapi.document(shapes())


def create(settings: Settings, pool: Pool | None = None, dsn: str | None = None) -> Edge:
    """Build the application. It opens a pool on `dsn` when it starts, or works on the one it is given."""
    use(settings)
    modules.load()
    served = shapes(with_sandbox=settings.is_sandbox)
    site = Site(
        settings,
        identity.authenticate,
        open_store(settings),
        pool=pool,
        probes={"jobs": jobs_in_time},
        document=partial(openapi.document, served),
    )

    async def open_site(site: Site) -> None:
        assert dsn is not None, "the application needs a pool or the address of a database"
        site.pool = await open_pool(dsn, size=POOL_SIZE)

    async def close_site(site: Site) -> None:
        await payments.channels.stop()
        await site.pool.close()

    return web.build(site, served) if pool else web.build(site, served, on_start=[open_site], on_stop=[close_site])


async def jobs_in_time(db: Db) -> str | None:
    """Probe: no live job waits for more than a minute; without a worker the clock's own jobs soon do."""
    waiting = await jobs.WAITING.one(db, clock.now())
    return None if waiting.late_s <= MAX_LATE_S else f"late by {waiting.late_s:.0f} s"


def main(words: list[str]) -> int:
    """Run `python -m shuke.app openapi`: it prints the API document; it needs no database."""
    if words != ["openapi"]:
        sys.stderr.write(f"{main.__doc__}\n")
        return 2
    sys.stdout.write(openapi.text(document()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
