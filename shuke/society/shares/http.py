"""Routes of shares."""

from typing import Annotated

import msgspec

from shuke.kit.pages import Page
from shuke.kit.web import Actor, Anyone, Db, get, post
from shuke.society import shares
from shuke.society.shares.types import (
    Brought,
    Cascade,
    GroupNotYours,
    Link,
    LinkNotFound,
    MyLink,
    ParentMismatch,
    ShareAsk,
    TargetKindUnknown,
    TargetNotFound,
    Visit,
)

Size = Annotated[int, msgspec.Meta(ge=1, le=100)]


@post("/shares", raises=(TargetKindUnknown, TargetNotFound, LinkNotFound, ParentMismatch, GroupNotYours))
async def create_share(data: ShareAsk, db: Db, actor: Actor) -> Link:
    """Get the link by which a product, a shop or a post is passed on; the same ask gets the same link."""
    return await shares.share(db, actor, data)


@post("/shares/{code}/visits", raises=(LinkNotFound, TargetNotFound))
async def create_visit(code: str, db: Db, actor: Anyone) -> Visit:
    """Open a link; without a token the answer brings a visitor's."""
    return await shares.visit(db, actor, code)


@get("/shares/{code}/cascade", raises=(LinkNotFound,))
async def read_cascade(code: str, db: Db, actor: Actor) -> Cascade:
    """What came of a link by level, for its sharer, the owner's staff and operators."""
    return await shares.cascade(db, actor, code)


@get("/me/shares")
async def list_my_shares(db: Db, actor: Actor, cursor: str | None = None, limit: Size = 20) -> Page[MyLink]:
    """One's own links, the newest first, with what came of them."""
    return await shares.my_links(db, actor, cursor, limit)


@get("/me/brought")
async def read_brought(db: Db, actor: Actor) -> Brought:
    """Whom one brought, directly and through others, and what it earned the shops."""
    return await shares.brought_by(db, actor)


routes = [create_share, create_visit, read_cascade, list_my_shares, read_brought]
