"""Guides to test with."""

from shuke.goods import regulars, shops
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from tests.shops.builders import AnOpenShop, a_staff_member


async def a_guide(db: Db, shop: AnOpenShop, name: str = "Gus", rate_bps: int = 300, **ask: int) -> Actor:
    """Somebody hired as a guide, with a rate."""
    guide = await a_staff_member(db, shop, "shop.guide", name)
    await regulars.set_guide_rate(db, shop.owner, shop.id, guide.person, regulars.GuideAsk(rate_bps=rate_bps, **ask))
    return guide


def in_one_shop(found: dict[shops.ShopId, regulars.Guide]) -> regulars.Guide | None:
    """The only guide found, if any."""
    return next(iter(found.values()), None)
