"""Openings: a shop with everything it needs to trade, in one transaction."""

from shuke.goods.shops import people_sql, sql
from shuke.goods.shops.locations import make_location
from shuke.goods.shops.merchants import make_merchant, merchant_of
from shuke.goods.shops.roles import OWNER
from shuke.goods.shops.rules import words_of
from shuke.goods.shops.templates import make_template
from shuke.goods.shops.types import (
    FreightTemplateAsk,
    LocationAsk,
    MerchantOfOtherKind,
    MerchantRow,
    Shop,
    ShopAsk,
    ShopId,
    ShopOpened,
    State,
)
from shuke.kit import clock, settings
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db, transaction
from shuke.kit.events import emit
from shuke.kit.homes import new_home
from shuke.kit.ids import home_of, new_id
from shuke.kit.once import once
from shuke.society import identity

IMPORT_LOGIN = "external:import"


async def open_shop(db: Db, actor: Actor, ask: ShopAsk) -> Shop:
    """Open a shop, for trade at once in the demo and test profile, for review otherwise; the actor owns it.

    Raises MerchantNotFound for another's merchant, MerchantOfOtherKind.
    """
    async with transaction(db):
        if ask.merchant_id is None:
            merchant = await make_merchant(db, actor.person, ask.kind, ask.merchant)
        else:
            merchant = await merchant_of(db, actor, ask.merchant_id)
        if merchant.kind != ask.kind:
            raise MerchantOfOtherKind(kind=merchant.kind)
        return await _open(db, actor.person, merchant, ask, "open" if settings.current().is_sandbox else "in_review")


async def ensure_import_shop(db: Db, name: str, currency: str) -> ShopId:
    """The first open shop that sells in `currency`; if there is none, one of this name, whose owner is made for it.

    Trusts its caller. However many imports begin at once, one shop is made.
    """
    first = await sql.FIRST_SHOP.first(db, currency)
    if first is not None:
        return ShopId(first)

    async def make() -> Shop:
        ask = ShopAsk(name=name, kind="company", currency=currency)
        return await _open(db, owner_id, await make_merchant(db, owner_id, ask.kind, ask.merchant), ask, "open")

    async with transaction(db):
        owner_id = await identity.person_by_login(db, IMPORT_LOGIN, currency, name)
        owner = Actor(id=owner_id, selves=(owner_id,))
        return (await once(db, owner, f"first shop in {currency}", (), Shop, make)).id


async def _open(db: Db, owner_id: PersonId, merchant: MerchantRow, ask: ShopAsk, state: State) -> Shop:
    home, now = await new_home(db), clock.now()
    shop_id = ShopId(new_id(home))
    shop = await sql.OPEN_SHOP.one(
        db,
        home,
        shop_id,
        merchant.id,
        owner_id,
        ask.name,
        ask.kind,
        state,
        ask.story,
        ask.cover or None,
        ask.city,
        ask.currency,
        words_of(ask.name),
        now,
    )
    await make_location(db, shop_id, ask.location or LocationAsk(name=ask.name), is_default=True)
    await make_template(db, shop_id, FreightTemplateAsk(name=ask.name, rules=ask.freight, is_default=True))
    await people_sql.FIRST_OWNER.run(db, home, shop_id, owner_id, now)
    await people_sql.ADD_WORKPLACE.run(db, home_of(owner_id), owner_id, shop_id, OWNER, now)
    await identity.give_role(db, owner_id, owner_id, shop_id, OWNER)
    await emit(db, ShopOpened(shop_id, owner_id, state))
    return shop
