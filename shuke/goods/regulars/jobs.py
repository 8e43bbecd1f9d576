"""What regulars do when shops and people change."""

from shuke.goods import shops
from shuke.goods.regulars import guides, regulars, sql
from shuke.goods.shops import ShopId
from shuke.kit.actor import PersonId
from shuke.kit.db import Db
from shuke.kit.events import on
from shuke.kit.proofs import prove
from shuke.society import identity

prove("regulars.guides", "whoever is bound is bound to somebody who is or was a guide of that shop", sql.GUIDES_ARE_GUIDES)


@on(shops.StaffMoved)
async def follow_staff(db: Db, event: shops.StaffMoved) -> None:
    """A guide is who works as one."""
    if event.role == guides.ROLE:
        await guides.follow_staff(db, ShopId(event.shop_id), PersonId(event.person_id))


@on(shops.GuideCapChanged)
async def lower_rates(db: Db, event: shops.GuideCapChanged) -> None:
    """No rate stays above the cap."""
    await guides.lower_rates(db, ShopId(event.shop_id))


@on(identity.PersonsMerged)
async def merge_regulars(db: Db, event: identity.PersonsMerged) -> None:
    """One human is one regular."""
    await regulars.merge_persons(db, event.into, event.other)
