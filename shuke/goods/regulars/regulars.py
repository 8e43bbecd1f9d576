"""Regulars: how people become one, and how they leave."""

from uuid import UUID

from shuke.goods import shops
from shuke.goods.regulars import sql
from shuke.goods.regulars.bindings import bind
from shuke.goods.regulars.lists import my_regulars
from shuke.goods.regulars.types import MyRegular, NotRegular, RegularJoined, RegularLeft, Source
from shuke.goods.shops import ShopId
from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, transaction
from shuke.kit.events import emit
from shuke.kit.ids import home_of
from shuke.society import identity

PURPOSE = "regulars"


async def opt_in(db: Db, actor: Actor, shop_id: ShopId, guide_id: UUID | None = None) -> MyRegular:
    """Become a regular of an open shop and agree to it; with a guide, theirs, unless bound to another. Raises ShopNotFound."""
    person_id, home, now = actor.person, home_of(shop_id), clock.now()
    card = (await shops.by_ids(db, [shop_id])).get(shop_id)
    if card is None or card.state != "open":
        raise shops.ShopNotFound(shop_id=shop_id)
    async with transaction(db):
        await identity.give_consent(db, actor, PURPOSE, shop_id)
        is_new = await sql.JOIN.one(db, home, shop_id, person_id, now)
        await _note(db, shop_id, person_id, "opt_in", is_new=is_new)
        if guide_id is not None and guide_id not in actor.selves:
            await bind(db, shop_id, person_id, PersonId(guide_id))
        return next(each for each in await my_regulars(db, actor) if each.shop.id == shop_id)


async def welcome(db: Db, shop_id: ShopId, person_id: PersonId, source: Source, guide_id: PersonId | None = None) -> None:
    """Make a person a regular, unless they are one, declined or left; `guide_id`, if it is theirs, keeps them longer.

    For completed orders, with the guide who is paid for it. Trusts its caller.
    """
    home, now = home_of(shop_id), clock.now()
    if await identity.has_consent(db, person_id, PURPOSE, shop_id) is False:
        return
    if await sql.WELCOME.first(db, home, shop_id, person_id, source, now):
        await _note(db, shop_id, person_id, source, is_new=True)
    elif guide_id is not None:
        await sql.RENEW.run(db, home, person_id, guide_id, now)


async def leave(db: Db, actor: Actor, shop_id: ShopId) -> None:
    """Be a regular no longer, or never become one; no order changes that. Raises NotRegular for what is no shop."""
    person_id, now = actor.person, clock.now()
    if shop_id not in await shops.by_ids(db, [shop_id]):
        raise NotRegular(shop_id=shop_id)
    async with transaction(db):
        await identity.withdraw_consent(db, actor, PURPOSE, shop_id)
        if await sql.LEAVE.first(db, home_of(shop_id), shop_id, person_id, now):
            await emit(db, RegularLeft(shop_id, person_id))
        await sql.NOTE_PATRONAGE.run(db, home_of(person_id), person_id, shop_id, now)


async def _note(db: Db, shop_id: ShopId, person_id: PersonId, source: Source, *, is_new: bool) -> None:
    await sql.NOTE_PATRONAGE.run(db, home_of(person_id), person_id, shop_id, clock.now())
    if is_new:
        await emit(db, RegularJoined(shop_id, person_id, source))


async def merge_persons(db: Db, into: PersonId, other: PersonId) -> None:
    """Make what `other` is to shops `into`'s, where they are nothing yet themselves. Trusts its caller. Twice is once."""
    for person_id, guide_id in ((into, other), (other, into)):
        theirs = await sql.PATRONAGES.all(db, home_of(person_id), person_id)
        await sql.UNBIND.run(db, [home_of(id) for id in theirs], person_id, guide_id)
    theirs = await sql.PATRONAGES.all(db, home_of(other), other)
    await sql.MERGE.run(db, [home_of(id) for id in theirs], other, into)
    for shop_id in theirs:
        await sql.NOTE_PATRONAGE.run(db, home_of(into), into, shop_id, clock.now())
    await sql.FORGET_PATRONAGES.run(db, home_of(other), other)
