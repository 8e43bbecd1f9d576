"""Routes of regulars."""

from typing import Annotated
from uuid import UUID

import msgspec

from shuke.goods import regulars, shops
from shuke.goods.regulars import (
    GuideAsk,
    GuideLink,
    GuideView,
    Handover,
    HandoverAsk,
    MyRegular,
    OptInAsk,
    Regular,
)
from shuke.goods.shops import ShopId
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db
from shuke.kit.once import once
from shuke.kit.pages import Page, PageLimit
from shuke.kit.web import IdempotencyKey, delete, get, post, put


@post("/shops/{shop_id:uuid}/regulars", raises=(shops.ShopNotFound,))
async def opt_in(shop_id: UUID, data: OptInAsk | None, db: Db, actor: Actor) -> MyRegular:
    """Become a regular of the shop."""
    return await regulars.opt_in(db, actor, ShopId(shop_id), data.guide_id if data else None)


@get("/me/regulars")
async def list_my_regulars(db: Db, actor: Actor) -> Page[MyRegular]:
    """The shops whose regular I am."""
    return Page(await regulars.my_regulars(db, actor))


@delete("/me/regulars/{shop_id:uuid}", raises=(regulars.NotRegular,))
async def leave_shop(shop_id: UUID, db: Db, actor: Actor) -> None:
    """Be a regular of the shop no longer, and not again by an order."""
    await regulars.leave(db, actor, ShopId(shop_id))


@get("/shops/{shop_id:uuid}/regulars")
async def list_regulars(
    shop_id: UUID,
    db: Db,
    actor: Actor,
    guide_id: UUID | None = None,
    cursor: str | None = None,
    limit: PageLimit = 20,
) -> Page[Regular]:
    """The shop's regulars; a guide sees their own."""
    return await regulars.regulars_of(db, actor, ShopId(shop_id), cursor, limit, guide_id)


@get("/shops/{shop_id:uuid}/guides")
async def list_guides(shop_id: UUID, db: Db, actor: Actor, cursor: str | None = None, limit: PageLimit = 20) -> Page[GuideView]:
    """The shop's guides; a guide sees themselves."""
    return await regulars.guides_of(db, actor, ShopId(shop_id), cursor, limit)


@put("/shops/{shop_id:uuid}/guides/{person_id:uuid}", raises=(regulars.RateAboveCap, regulars.GuideNotFound))
async def set_guide_rate(shop_id: UUID, person_id: UUID, data: GuideAsk, db: Db, actor: Actor) -> GuideView:
    """Set what a guide gets, and for how long regulars are bound to them."""
    return await regulars.set_guide_rate(db, actor, ShopId(shop_id), PersonId(person_id), data)


@get("/guides/{code}", raises=(regulars.GuideNotFound,))
async def read_guide_link(code: Annotated[str, msgspec.Meta(max_length=32)], db: Db) -> GuideLink:
    """What a guide's link or QR code leads to."""
    return await regulars.guide_by_code(db, code)


@post("/shops/{shop_id:uuid}/handovers", raises=(regulars.GuideNotFound, regulars.SameGuide))
async def hand_over(shop_id: UUID, data: HandoverAsk, db: Db, actor: Actor, key: IdempotencyKey | None) -> Handover:
    """Give regulars of one guide to another."""
    id = ShopId(shop_id)
    if key is None:
        return await regulars.hand_over(db, actor, id, data)
    return await once(db, actor, key, (shop_id, data), Handover, lambda: regulars.hand_over(db, actor, id, data))


@get("/shops/{shop_id:uuid}/handovers")
async def list_handovers(
    shop_id: UUID, db: Db, actor: Actor, cursor: str | None = None, limit: PageLimit = 20
) -> Page[Handover]:
    """Who gave whose regulars to whom."""
    return await regulars.handovers_of(db, actor, ShopId(shop_id), cursor, limit)


routes = [
    opt_in,
    list_my_regulars,
    leave_shop,
    list_regulars,
    list_guides,
    set_guide_rate,
    read_guide_link,
    hand_over,
    list_handovers,
]
