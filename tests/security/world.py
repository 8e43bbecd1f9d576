"""A small living society to attack: everybody with a token, a shop at work, orders in every state, and the ids of it all."""

import msgspec

from shuke.deals import trade
from shuke.goods import catalog, regulars, shops, stock
from shuke.goods.catalog import categories, pictures, reviews
from shuke.goods.catalog.asks import CategoryAsk, ReportAsk, StateAsk
from shuke.goods.shops import FreightRules, FreightTemplateAsk, HireAsk, LocationAsk
from shuke.goods.stock.types import SupplyAsk
from shuke.kit import settings
from shuke.kit.actor import ON_PLATFORM, Actor
from shuke.kit.clock import Timeline
from shuke.kit.db import Db
from shuke.kit.storage import open_store
from shuke.society import identity, social
from shuke.society.social import FriendAsk, GroupAsk, ProfileAsk
from tests.catalog.builders import a_listed_product
from tests.regulars.builders import a_guide
from tests.security.matrix import a_picture
from tests.shops.builders import AnOpenShop, a_person, a_staff_member, an_open_shop
from tests.trade.builders import (
    Cast,
    a_completed_order,
    a_paid_order,
    a_share_of,
    a_shipped_order,
    an_address,
    drain,
    pay,
    placed_by,
)

OPERATOR = frozenset({"ops.shops", "ops.catalog", "ops.rates"})


class World(msgspec.Struct):
    """`tokens` by role; `ids` by the name of the path parameter, and of more things; `people` by role."""

    tokens: dict[str, str | None]
    ids: dict[str, str]
    people: dict[str, Actor]
    cast: Cast


async def a_world(db: Db, timeline: Timeline) -> World:
    """Ana buys of Bao what Chi shared; Dee is their friend; Mia, Cleo, Gus and Fay work for Bao; Rob has another shop."""
    ana, chi, dee, eve = [await a_person(db, name) for name in ("Ana", "Chi", "Dee", "Eve")]
    opi = await a_person(db, "Opi")
    await identity.make_operator(db, opi.person)
    opi = msgspec.structs.replace(opi, grants={ON_PLATFORM: OPERATOR})
    shop, other = (
        await an_open_shop(db, "Bao", kind="company", merchant={"licence": "91330106MA27XYZ123"}),
        await an_open_shop(db, "Rob"),
    )
    mia = await a_staff_member(db, shop, "shop.manager", "Mia")
    cleo = await a_staff_member(db, shop, "shop.clerk", "Cleo")
    fay = await a_staff_member(db, shop, "shop.finance", "Fay")
    gus, gil = await a_guide(db, shop, "Gus"), await a_guide(db, shop, "Gil")
    await drain(db, timeline)
    people = {
        "stranger": eve,
        "buyer": ana,
        "sharer": chi,
        "friend": dee,
        "owner": shop.owner,
        "manager": mia,
        "clerk": cleo,
        "guide": gus,
        "finance": fay,
        "rival": other.owner,
        "operator": opi,
    }
    tea = await a_listed_product(db, shop, commission_bps=[800, 300])
    cast = Cast(ana, await an_address(db, ana), shop.owner, chi, shop, tea)
    ids = await _society(db, people) | await _shop(db, cast, people, gil) | await _orders(db, timeline, cast, other)
    ids |= {f"{role}_id": str(actor.person) for role, actor in people.items()} | {"other_shop_id": str(other.id)}
    await drain(db, timeline)
    tokens: dict[str, str | None] = {"nobody": None, "visitor": (await identity.begin_visit(db)).token}
    for role, actor in people.items():
        tokens[role] = await identity.open_session(db, actor.person)
    buyer = await identity.authenticate(db, tokens["buyer"] or "")
    assert buyer is not None
    ids["session_id"] = str(buyer.session_id)
    return World(tokens, {name: str(id) for name, id in ids.items()}, people, cast)


async def _society(db: Db, people: dict[str, Actor]) -> dict[str, object]:
    ana, chi, dee, eve = (people[role] for role in ("buyer", "sharer", "friend", "stranger"))
    for a, b in ((ana, dee), (chi, dee)):
        await social.ask_friend(db, a, FriendAsk(b.person))
        await social.accept_friend(db, b, a.person)
    await social.ask_friend(db, chi, FriendAsk(ana.person, "你好"))
    group = await social.open_group(db, ana, GroupAsk("茶友"))
    seen = await social.group_seen(db, ana, group.id)
    assert seen.code is not None
    await social.join_group(db, dee, social.JoinAsk(code=seen.code))
    await social.invite(db, ana, group.id, eve.person)
    profile = await social.open_profile(db, ana, ProfileAsk("安娜的茶席"))
    await social.follow(db, dee, profile.id)
    nia = await a_person(db, "Nia")
    return {"group_id": group.id, "group_code": seen.code, "profile_id": profile.id, "newcomer_id": nia.person}


async def _shop(db: Db, cast: Cast, people: dict[str, Actor], gil: Actor) -> dict[str, object]:
    shop, bao = cast.shop, cast.shop.owner
    opi, gus, eve = people["operator"], people["guide"], people["stranger"]
    category_id = await categories.put_category(db, CategoryAsk("tea", "茶", "Tea", 500))
    held = await a_listed_product(db, shop, "普洱")
    await reviews.set_state(db, opi, held.id, StateAsk("held", "looks wrong"))
    await catalog.report(db, cast.chi, cast.tea.id, ReportAsk("other", "?"))
    location = await shops.add_location(db, bao, shop.id, LocationAsk("西湖店", "store", ["浙江省"], "龙井路 9 号"))
    template = await shops.add_freight(db, bao, shop.id, FreightTemplateAsk("包邮", FreightRules()))
    await stock.put(db, bao, shop.id, cast.sku_id, SupplyAsk(location.id, 50))
    asked = await shops.hire(db, bao, shop.id, HireAsk("shop.clerk", person_id=eve.person))
    picture = await pictures.keep_picture(open_store(settings.current()), a_picture())
    ours = await social.open_profile(db, bao, ProfileAsk("宝的茶铺", shop_id=shop.id))
    await shops.link_profile(db, bao, shop.id, ours.id)
    merchants = await shops.my_merchants(db, bao)
    guides = await regulars.guides_of(db, bao, shop.id)
    return {
        "shop_id": shop.id,
        "product_id": cast.tea.id,
        "held_id": held.id,
        "sku_id": cast.sku_id,
        "category_id": category_id,
        "location_id": location.id,
        "default_location_id": shop.location_id,
        "template_id": template.id,
        "invitation_id": asked.id,
        "shop_profile_id": ours.id,
        "merchant_id": merchants[0].id,
        "guide_code": next(guide.code for guide in guides.items if guide.person.id == gus.person),
        "second_guide_id": gil.person,
        "home": 1,
        "picture": picture.key,
        "docs_asset": "docs.css",
        "purpose": "marketing",
        "platform_role": "operator",
        "clerk_role": "shop.clerk",
        "manager_role": "shop.manager",
    }


async def _orders(db: Db, timeline: Timeline, cast: Cast, other: AnOpenShop) -> dict[str, object]:
    ana = cast.ana
    code = await a_share_of(db, cast.chi, cast.tea)
    await regulars.opt_in(db, ana, cast.shop.id)
    completed = await a_completed_order(db, timeline, cast, share_code=code)
    shipped = await a_shipped_order(db, timeline, cast)
    paid = await a_paid_order(db, timeline, cast)
    placed = await placed_by(db, cast)
    cancelled = await placed_by(db, cast)
    await trade.cancel(db, ana, cancelled.orders[0].id)
    closed = await a_paid_order(db, timeline, cast)
    await trade.cancel(db, ana, closed.id)
    cake = await a_listed_product(db, other, "绿豆糕", price=1200)
    elsewhere = await placed_by(db, msgspec.structs.replace(cast, tea=cake))
    await pay(db, timeline, elsewhere)
    await trade.put_in_cart(db, ana, cast.sku_id, 2)
    await drain(db, timeline)
    parcel_id = await db.fetchval("select id from fulfilment.parcels where order_id = $1", shipped.id)
    return {
        "code": code,
        "order_id": completed.id,
        "completed_id": completed.id,
        "shipped_id": shipped.id,
        "paid_id": paid.id,
        "placed_id": placed.orders[0].id,
        "cancelled_id": cancelled.orders[0].id,
        "closed_id": closed.id,
        "elsewhere_id": elsewhere.orders[0].id,
        "payment_id": placed.payment.id,
        "paid_payment_id": paid.payment_id,
        "parcel_id": parcel_id,
        "address_id": cast.ana_home,
        "cake_id": cake.skus[0].id,
        "other_product_id": cake.id,
    }
