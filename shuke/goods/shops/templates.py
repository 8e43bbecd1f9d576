"""Freight templates: named sets of freight rules. The default one is what orders pay by."""

from uuid import UUID

from shuke.goods.shops import sql
from shuke.goods.shops.types import FreightTemplate, FreightTemplateAsk, ShopId, TemplateNotFound
from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, transaction
from shuke.kit.ids import home_of, new_id
from shuke.kit.pages import Page, decode_cursor, page


async def make_template(db: Db, shop_id: ShopId, ask: FreightTemplateAsk) -> FreightTemplate:
    """Add a freight template. Trusts its caller."""
    home = home_of(shop_id)
    return await sql.ADD_TEMPLATE.one(db, home, new_id(home), shop_id, ask.name, ask.is_default, ask.rules, clock.now())


async def add_freight(db: Db, actor: Actor, shop_id: ShopId, ask: FreightTemplateAsk) -> FreightTemplate:
    """Add a freight template, as the shop; as the default one it replaces the one before."""
    actor.require("shop.manage", shop_id)
    async with transaction(db):
        await _give_way(db, shop_id, ask)
        return await make_template(db, shop_id, ask)


async def set_freight(db: Db, actor: Actor, shop_id: ShopId, template_id: UUID, ask: FreightTemplateAsk) -> FreightTemplate:
    """Change a freight template, as the shop; raises TemplateNotFound. `is_default` can be given, not taken."""
    actor.require("shop.manage", shop_id)
    async with transaction(db):
        await _give_way(db, shop_id, ask)
        revised = await sql.REVISE_TEMPLATE.first(
            db, home_of(shop_id), shop_id, template_id, ask.name, ask.rules, ask.is_default
        )
        if revised is None:
            raise TemplateNotFound(template_id=template_id)
        return revised


async def remove_freight(db: Db, actor: Actor, shop_id: ShopId, template_id: UUID) -> None:
    """Remove a freight template that is not the default one, as the shop; raises TemplateNotFound."""
    actor.require("shop.manage", shop_id)
    if await sql.REMOVE_TEMPLATE.first(db, home_of(shop_id), shop_id, template_id) is None:
        raise TemplateNotFound(template_id=template_id)


async def templates_of(
    db: Db, actor: Actor, shop_id: ShopId, cursor: str | None = None, limit: int = 20
) -> Page[FreightTemplate]:
    """The freight templates of a shop, for its staff."""
    actor.require("shop.manage", shop_id)
    after = decode_cursor(cursor, tuple[UUID]) or (None,)
    rows = await sql.TEMPLATES.all(db, home_of(shop_id), shop_id, *after, limit + 1)
    return page(rows, limit, lambda row: (row.id,))


async def _give_way(db: Db, shop_id: ShopId, ask: FreightTemplateAsk) -> None:
    if ask.is_default:
        await sql.HOLD_SHOP.first(db, home_of(shop_id), shop_id)
        await sql.NO_DEFAULT_TEMPLATE.run(db, home_of(shop_id), shop_id)
