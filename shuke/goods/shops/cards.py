"""Cards and pages: a shop as it is read, by everybody, by orders and by its staff."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from shuke.goods.shops import people_sql, sql
from shuke.goods.shops.merchants import legal_subject
from shuke.goods.shops.people import Workplace
from shuke.goods.shops.rules import wanted_words, words_of
from shuke.goods.shops.types import (
    Delivering,
    GuideCapChanged,
    MyShop,
    Shop,
    ShopCard,
    ShopId,
    ShopNotFound,
    ShopPatch,
    ShopRenamed,
    ShopView,
)
from shuke.kit.actor import Actor
from shuke.kit.db import Db, Reading, transaction
from shuke.kit.events import emit
from shuke.kit.ids import home_of
from shuke.kit.pages import Page, decode_cursor, page
from shuke.society import shares


async def by_ids(db: Db, ids: Iterable[UUID]) -> dict[ShopId, ShopCard]:
    """The cards of these shops, in any state; what is no shop is not there."""
    wanted = list(ids)
    return {card.id: card for card in await sql.CARDS.all(db, [home_of(id) for id in wanted], wanted)}


async def held_card(db: Db, shop_id: ShopId) -> ShopCard:
    """The card of a shop, in any state; name and state stay until the transaction ends. Raises ShopNotFound."""
    card = await sql.HELD_CARD.first(db, home_of(shop_id), shop_id)
    if card is None:
        raise ShopNotFound(shop_id=shop_id)
    return card


async def is_shop(db: Db, id: UUID) -> bool:
    """Whether this is a shop, in any state: a shop that was there once is never removed."""
    return id in await by_ids(db, [id])


def delivering(ids: Iterable[UUID]) -> Reading[dict[ShopId, Delivering]]:
    """What orders need to know of the shops at whose homes these ids live: of shops, or of anything that is theirs."""
    return sql.DELIVERING.reading(lambda rows: {each.id: each for each in rows}, list({home_of(id) for id in ids}))


async def guide_cap(db: Db, shop_id: UUID) -> int:
    """What the shop gives a guide at most, in basis points; it stays until the transaction ends. Raises ShopNotFound."""
    cap = await sql.GUIDE_CAP.first(db, home_of(shop_id), shop_id)
    if cap is None:
        raise ShopNotFound(shop_id=shop_id)
    return cap


async def open_shops(db: Db, q: str | None = None, cursor: str | None = None, limit: int = 20) -> Page[ShopCard]:
    """Shops open for trade, the newest first; found by Chinese words, pinyin, initials and the beginning of Latin words."""
    wanted = wanted_words(q) if q else None
    if q and wanted is None:
        return Page([])
    after = decode_cursor(cursor, tuple[datetime, UUID]) or (None, None)
    rows = await sql.OPEN_SHOPS.all(db, wanted, *after, limit + 1)
    return page(rows, limit, lambda row: (row.opened_at, row.id))


async def shop(db: Db, actor: Actor, shop_id: UUID) -> ShopView:
    """A shop as everybody sees it; before it is open, only its staff and operators do. Raises ShopNotFound."""
    may_see_all = bool(actor.grants.get(shop_id)) or actor.can("ops.shops")
    found = await sql.SHOP_SEEN.first(db, home_of(shop_id), shop_id, may_see_all)
    if found is None:
        raise ShopNotFound(shop_id=shop_id)
    return ShopView(
        id=found.id,
        name=found.name,
        kind=found.kind,
        state=found.state,
        cover=found.cover,
        city=found.city,
        currency=found.currency,
        standing=found.standing,
        opened_at=found.opened_at,
        story=found.story,
        merchant=await legal_subject(db, found.merchant_id),
    )


async def my_shops(db: Db, actor: Actor) -> list[MyShop]:
    """The shops where the actor works, in whatever state, with their roles there."""
    _ = actor.person
    roles: dict[ShopId, list[Workplace]] = {}
    for place in await people_sql.WORKPLACES.all(db, [home_of(id) for id in actor.selves], list(actor.selves)):
        roles.setdefault(place.shop_id, []).append(place)
    cards = await by_ids(db, roles)
    return [MyShop(cards[id], sorted({place.role for place in places})) for id, places in roles.items()]


async def revise_shop(db: Db, actor: Actor, shop_id: ShopId, ask: ShopPatch) -> Shop:
    """Change how a shop presents itself, or what its guides get at most, as the shop."""
    actor.require("shop.manage", shop_id)
    words = words_of(ask.name) if ask.name else None
    patch = (ask.name, ask.story, ask.cover, ask.city, ask.guide_cap_bps, words)
    async with transaction(db):
        is_renamed = ask.name and await sql.HAS_OTHER_NAME.one(db, home_of(shop_id), shop_id, ask.name)
        revised = await sql.REVISE_SHOP.one(db, home_of(shop_id), shop_id, *patch)
        if is_renamed:
            await emit(db, ShopRenamed(shop_id))
        if ask.guide_cap_bps is not None:
            await emit(db, GuideCapChanged(shop_id, ask.guide_cap_bps))
        return revised


async def shared_shops(db: Db, ids: Iterable[UUID]) -> dict[UUID, shares.Target]:
    """Shops as targets of share links: those that are open."""
    return {
        card.id: shares.Target(kind="shop", id=card.id, owner_id=card.id, title=card.name, cover=card.cover)
        for card in (await by_ids(db, ids)).values()
        if card.state == "open"
    }
