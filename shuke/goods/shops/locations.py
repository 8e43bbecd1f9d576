"""Locations: where a shop's stock is, and where goods are picked up. One of them is the default."""

from uuid import UUID

from shuke.goods.shops import sql
from shuke.goods.shops.types import Location, LocationAsk, LocationId, LocationNotFound, LocationPatch, ShopId
from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, transaction
from shuke.kit.ids import home_of, new_id
from shuke.kit.pages import Page, decode_cursor, page


async def make_location(db: Db, shop_id: ShopId, ask: LocationAsk, *, is_default: bool) -> Location:
    """Add a location. Trusts its caller."""
    home = home_of(shop_id)
    pickup = ask.kind == "store" if ask.pickup is None else ask.pickup
    return await sql.ADD_LOCATION.one(
        db,
        home,
        LocationId(new_id(home)),
        shop_id,
        ask.name,
        ask.kind,
        ask.region,
        ask.street,
        ask.country,
        pickup,
        is_default,
        clock.now(),
    )


async def add_location(db: Db, actor: Actor, shop_id: ShopId, ask: LocationAsk) -> Location:
    """Add a warehouse or store, as the shop."""
    actor.require("shop.manage", shop_id)
    return await make_location(db, shop_id, ask, is_default=False)


async def revise_location(db: Db, actor: Actor, shop_id: ShopId, location_id: UUID, ask: LocationPatch) -> Location:
    """Change a location, or make it the default one, as the shop; raises LocationNotFound."""
    actor.require("shop.manage", shop_id)
    home, is_default = home_of(shop_id), bool(ask.is_default)
    async with transaction(db):
        if is_default:
            await sql.HOLD_SHOP.first(db, home, shop_id)
            await sql.NO_DEFAULT_LOCATION.run(db, home, shop_id)
        patch = (ask.name, ask.region, ask.street, ask.country, ask.pickup, is_default)
        revised = await sql.REVISE_LOCATION.first(db, home, shop_id, location_id, *patch)
        if revised is None:
            raise LocationNotFound(location_id=location_id)
        return revised


async def close_location(db: Db, actor: Actor, shop_id: ShopId, location_id: UUID) -> None:
    """Close a location that is not the default one, as the shop; raises LocationNotFound."""
    actor.require("shop.manage", shop_id)
    if await sql.CLOSE_LOCATION.first(db, home_of(shop_id), shop_id, location_id, clock.now()) is None:
        raise LocationNotFound(location_id=location_id)


async def has_location(db: Db, shop_id: ShopId, location_id: UUID) -> bool:
    """Whether it is an open location of the shop. Trusts its caller."""
    return bool(await sql.HAS_LOCATION.first(db, home_of(shop_id), shop_id, location_id))


async def locations_of(db: Db, shop_id: ShopId, cursor: str | None = None, limit: int = 100) -> Page[Location]:
    """The locations of a shop, for everybody: where a shop ships from and may be visited is no secret."""
    after = decode_cursor(cursor, tuple[UUID]) or (None,)
    rows = await sql.LOCATIONS.all(db, home_of(shop_id), shop_id, *after, limit + 1)
    return page(rows, limit, lambda row: (row.id,))
