"""A small application of its own, with one route for each thing the HTTP floor does."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import httpx
import msgspec
from msgspec import Meta

from shuke.kit import openapi, serving, site_http, web
from shuke.kit.actor import Actor
from shuke.kit.db import Db, Pool, Query, open_pool
from shuke.kit.edge import Edge
from shuke.kit.errors import Conflict
from shuke.kit.pages import Page
from shuke.kit.settings import Profile, Settings
from shuke.kit.site import Site
from shuke.kit.storage import open_store
from shuke.kit.web import Address, Anyone, File, IdempotencyKey, Language, Limit, Raw, Upload, delete, get, patch, post
from tests.api import Api

ANA = UUID("00000000-0000-8000-8000-00000000a0a0")
NUMBER = Query(int, "select $1::int8", fan_out="a test")


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Part(msgspec.Struct):
    quantity: Annotated[int, Meta(ge=1, le=99)]
    note: Annotated[str, Meta(max_length=10)] = ""


class Thing(msgspec.Struct):
    name: Annotated[str, Meta(min_length=1, max_length=40)]
    parts: Annotated[list[Part], Meta(max_length=5)] = []
    colour: Colour = Colour.RED
    at: datetime | None = None
    number: int = 0
    more: dict[str, Any] = {}


class TakenAlready(Conflict):
    """Somebody was faster."""

    name: str
    left: int


@get("/things/{thing_id:uuid}")
async def thing(thing_id: UUID, db: Db) -> Thing:
    """Read a thing."""
    return Thing(str(thing_id), number=await NUMBER.one(db, 7))


@get("/things")
async def things(
    limit: Annotated[int, Meta(ge=1, le=100)] = 20, colour: Colour | None = None, tag: tuple[str, ...] = ()
) -> Page[Thing]:
    """List things."""
    return Page([Thing(name=",".join(tag)[:40] or "none", number=limit, colour=colour or Colour.BLUE)])


@post("/things", raises=(TakenAlready,))
async def make_thing(data: Thing, db: Db, actor: Actor, key: IdempotencyKey) -> Thing:
    """Make a thing."""
    if data.name == "taken":
        raise TakenAlready(name=data.name, left=3)
    data.number = await NUMBER.one(db, data.number)
    return data


@patch("/things/{thing_id:uuid}")
async def revise_thing(thing_id: UUID, actor: Anyone, data: Thing | None = None, key: IdempotencyKey | None = None) -> Thing:
    """Revise a thing."""
    return data or Thing(name=str(actor.id), more={"key": key})


@delete("/things/{thing_id:uuid}")
async def remove_thing(thing_id: UUID, actor: Actor) -> None:
    """Remove a thing."""


@get("/codes/{code}/{number:int}")
async def code(code: str, number: int, db: Db) -> Thing:
    """Find by a code."""
    return Thing(code[:20], number=await NUMBER.one(db, number))


@get("/raw", returns=Thing)
async def raw() -> Raw:
    """Answer JSON that was made before."""
    return b'{"name":"raw"}'


@get("/whence")
async def whence(address: Address, language: Language) -> dict[str, str]:
    """Tell where from and in which language."""
    return {"address": address, "language": language}


@post("/pictures")
async def picture(upload: Upload) -> dict[str, Any]:
    """Take a file."""
    return {"size": len(upload.content), "type": upload.content_type, "name": upload.name}


@get("/limited", limit=Limit("things", per_minute=60, burst=2))
async def limited() -> None:
    """Answer twice, then wait."""


@get("/limited/mine", limit=Limit("mine", per_minute=60, burst=1, by="person"))
async def limited_by_person(actor: Actor) -> None:
    """Answer once, then wait."""


@get("/fails/{how:str}")
async def fails(how: str, db: Db) -> None:
    """Fail."""
    match how:
        case "mistake":
            raise ZeroDivisionError("secret detail")
        case "late":
            raise TimeoutError
        case "gone":
            raise asyncpg.ConnectionDoesNotExistError("gone")
        case "value":
            await db.fetchval("select 10::int8 * $1", 2**70)
        case "sleep":
            await db.execute("set statement_timeout = 20; select pg_sleep(5)")
        case _:
            await asyncio.sleep(0)


@get("/held")
async def held(pool: Pool, actor: Actor) -> int:
    """Tell how many connections are held while a handler runs that asks for none."""
    return pool.made - pool.idle


@get("/slow")
async def slow() -> Thing:
    """Take half a second."""
    await asyncio.sleep(0.5)
    return Thing("slow")


@get("/page")
async def page_of_html() -> File:
    """Answer HTML."""
    return File(b"<p>", "text/html", {"Content-Security-Policy": "default-src 'self'"})


ROUTES = [
    thing,
    things,
    make_thing,
    revise_thing,
    remove_thing,
    code,
    raw,
    whence,
    picture,
    limited,
    limited_by_person,
    fails,
    held,
    slow,
    page_of_html,
]


async def authenticate(db: Db, token: str) -> Actor | None:
    return Actor(ANA, selves=(ANA,), language="en") if token == "ana" else None


def application(settings: Settings, pool: Pool | None = None) -> Edge:
    shapes = [*web.shapes_of(ROUTES), *web.shapes_of(site_http.routes, base="")]
    site = Site(
        settings, authenticate, open_store(settings), pool=pool, document=partial(openapi.document, shapes), patience_s=0.2
    )
    return web.build(site, shapes)


def serve(settings: Settings, dsn: str) -> None:
    serving.serve(partial(_opened, settings, dsn), settings)


def _opened(settings: Settings, dsn: str) -> Edge:
    shapes = [*web.shapes_of(ROUTES), *web.shapes_of(site_http.routes, base="")]
    site = Site(settings, authenticate, open_store(settings), document=partial(openapi.document, shapes))

    async def open_site(site: Site) -> None:
        site.pool = await open_pool(dsn, size=4)

    async def close_site(site: Site) -> None:
        await site.pool.close()
        (settings.data / "closed").touch()

    return web.build(site, shapes, on_start=[open_site], on_stop=[close_site])


if __name__ == "__main__":
    serve(Settings(data=Path(sys.argv[1]), port=int(sys.argv[2]), profile=Profile.TEST, log_level="debug"), sys.argv[3])


@asynccontextmanager
async def small_api(settings: Settings, pool: Pool, peer: str = "192.0.2.1") -> AsyncIterator[Api]:
    transport = httpx.ASGITransport(application(settings, pool), client=(peer, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://shuke.test") as client:
        yield Api(client, pool)
