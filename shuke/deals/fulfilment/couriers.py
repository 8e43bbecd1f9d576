"""Couriers: who carries parcels, and what they tell about them. One protocol, and a sandbox courier for demo and test."""

from datetime import datetime, timedelta
from typing import Protocol

from shuke.deals.fulfilment.types import TrackingEvent, TrackingKind
from shuke.kit import settings

SANDBOX_DELIVERY = timedelta(hours=44)
"""How long the sandbox courier takes."""

PAUSES: tuple[tuple[timedelta, TrackingKind, str], ...] = (
    (timedelta(hours=5), "in_transit", "揽收"),
    (timedelta(hours=20), "in_transit", "运输中"),
    (timedelta(hours=40), "out_for_delivery", "派送中"),
    (SANDBOX_DELIVERY, "delivered", "已签收"),
)


class Courier(Protocol):
    """A company that carries parcels and can be asked about them."""

    async def timeline(self, carrier: str, tracking_number: str, shipped_at: datetime, now: datetime) -> list[TrackingEvent]:
        """What the courier knows of a parcel by `now`, in order of time; called outside any transaction."""
        ...


class SandboxCourier:
    """Delivers every parcel in 44 hours, by our clock."""

    async def timeline(self, carrier: str, tracking_number: str, shipped_at: datetime, now: datetime) -> list[TrackingEvent]:
        """The stops that a parcel of that age has passed."""
        stops = [TrackingEvent(shipped_at + pause, kind, "", text) for pause, kind, text in PAUSES]
        return [stop for stop in stops if stop.at <= now]


def courier() -> Courier | None:
    """The courier to ask: the sandbox one in demo and test; in production shops tell the stops of their parcels themselves."""
    return SandboxCourier() if settings.current().is_sandbox else None
