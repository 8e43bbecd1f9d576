"""Parcels: what is sent for an order, in one or several, and where it is."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from shuke.deals import trade
from shuke.deals.fulfilment import rules, sql
from shuke.deals.fulfilment.couriers import courier
from shuke.deals.fulfilment.types import (
    FollowParcel,
    OrderWithParcels,
    Parcel,
    ParcelDelivered,
    ParcelId,
    ParcelKnown,
    ParcelMissing,
    ShipmentAsk,
    TrackingEvent,
)
from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, Reading, read, together, transaction
from shuke.kit.events import Later, emit
from shuke.kit.ids import home_of, new_id
from shuke.kit.once import once


async def ship(db: Db, actor: Actor, key: str | None, shop_id: UUID, order_id: UUID, ask: ShipmentAsk) -> Parcel:
    """Send lines of a paid order, or all that is left of it, as its shop; once per key.

    Never more than was bought, however many send at once. Raises trade.OrderNotShippable and ParcelKnown.
    """
    actor.require("fulfilment.ship", shop_id)
    if key is None:
        async with transaction(db):
            return await send(db, shop_id, order_id, ask)
    return await once(db, actor, key, (order_id, ask), Parcel, lambda: send(db, shop_id, order_id, ask))


async def send(db: Db, shop_id: UUID, order_id: UUID, ask: ShipmentAsk) -> Parcel:
    """`ship` for callers who know that they may: imports, virtual goods. Needs a transaction."""
    wanted = None if ask.lines is None else [(each.line, each.quantity) for each in ask.lines]
    lines = await trade.mark_shipped(db, shop_id, order_id, wanted)
    now = clock.now()
    id = ParcelId(new_id(home_of(order_id)))
    numbers, quantities = [line for line, _ in lines], [quantity for _, quantity in lines]
    home = home_of(order_id)
    if not await sql.PACK.first(db, home, id, order_id, ask.carrier, ask.tracking_number, now, numbers, quantities):
        raise ParcelKnown(tracking_number=ask.tracking_number)
    if ask.carrier not in rules.NOT_FOLLOWED and courier() is not None:
        await emit(db, Later(FollowParcel(id), now + rules.FOLLOW_EVERY))
    return await sql.PARCEL.one(db, home, id)


async def track(db: Db, actor: Actor, shop_id: UUID, parcel_id: UUID, event: TrackingEvent) -> Parcel:
    """Tell where a parcel is, as its shop; the same event twice is told once. Raises ParcelMissing."""
    actor.require("fulfilment.ship", shop_id)
    if home_of(parcel_id) != home_of(shop_id):
        raise ParcelMissing(parcel_id=parcel_id)
    async with transaction(db):
        parcel = await sql.FOLLOWED.first(db, home_of(parcel_id), parcel_id)
        if parcel is None:
            raise ParcelMissing(parcel_id=parcel_id)
        await _note(db, parcel, [event])
        return await sql.PARCEL.one(db, home_of(parcel_id), parcel_id)


async def follow(db: Db, parcel_id: UUID) -> None:
    """Ask the courier about a parcel, write what is new, and ask again later until it is delivered."""
    asked = courier()
    parcel = await sql.FOLLOWED.first(db, home_of(parcel_id), parcel_id)
    if parcel is None or parcel.delivered_at is not None or asked is None:
        return
    stops = await asked.timeline(parcel.carrier, parcel.tracking_number, parcel.shipped_at, clock.now())
    async with transaction(db):
        if not await _note(db, parcel, stops):
            await emit(db, Later(FollowParcel(parcel_id), clock.now() + rules.FOLLOW_EVERY, dedupe=f"follow:{parcel_id}"))


async def _note(db: Db, parcel: sql.Followed, stops: Sequence[TrackingEvent]) -> bool:
    """Write what is known of a parcel, each stop once; answers whether it has arrived, and says so."""
    arrived_at = next((stop.at for stop in stops if stop.kind == "delivered"), None)
    ats, kinds = [stop.at for stop in stops], [stop.kind for stop in stops]
    places, texts = [stop.place for stop in stops], [stop.text for stop in stops]
    await sql.TRACK.put(db, home_of(parcel.id), parcel.id, ats, kinds, places, texts, arrived_at)
    if arrived_at is not None:
        await emit(db, ParcelDelivered(parcel.id, parcel.order_id))
    return arrived_at is not None


def parcels_of(order_ids: Sequence[UUID]) -> Reading[list[Parcel]]:
    """The parcels of orders. Trusts its caller: show them to who may see the orders."""
    return sql.PARCELS_OF_ORDERS.reading(list, [home_of(id) for id in order_ids], order_ids)


async def order(db: Db, actor: Actor, order_id: UUID) -> OrderWithParcels:
    """The buyer's order with its parcels; raises trade.OrderMissing."""
    found, parcels = await read(db, together(trade.order(actor, order_id), parcels_of([order_id])))
    return OrderWithParcels(**msgspec.structs.asdict(found), parcels=tuple(parcels))
