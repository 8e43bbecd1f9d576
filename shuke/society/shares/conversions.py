"""Conversions: an order that came by a link was paid, or went back."""

from uuid import UUID

from shuke.kit import clock
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.kit.money import Money
from shuke.society.shares import sql
from shuke.society.shares.types import LinkId


async def convert(db: Db, link_id: LinkId, order_id: UUID, amount: Money) -> None:
    """Count an order for a link and all above it, once however often it is called. Trusts its caller."""
    await sql.CONVERT.put_off(db, home_of(link_id), link_id, order_id, amount.amount, amount.currency, clock.now())


async def undo_conversion(db: Db, link_id: LinkId, order_id: UUID) -> None:
    """Take an order back out of the cascade, once; one that was never counted is no error."""
    await sql.UNDO_CONVERSION.run(db, home_of(link_id), link_id, order_id, clock.now())
