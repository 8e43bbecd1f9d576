"""What shops do by themselves, and what others may do with them."""

from datetime import timedelta

from shuke.goods.shops import sql
from shuke.goods.shops.cards import is_shop, shared_shops
from shuke.goods.shops.merchants import reseal_merchants
from shuke.goods.shops.types import ResealMerchants
from shuke.kit.db import Db
from shuke.kit.events import cron, emit, on
from shuke.kit.proofs import prove
from shuke.society import identity, shares

shares.target_kind("shop", shared_shops)
identity.define_scope("shop", is_shop)
prove(
    "shops.ready",
    "every shop has a default location, a default freight template and as many owners as it counts",
    sql.READY_TO_SELL,
)


@on(ResealMerchants)
async def reseal_fields(db: Db, _job: ResealMerchants) -> None:
    """Renew a batch of sealed particulars, and the next one as long as there are any."""
    if await reseal_merchants(db):
        await emit(db, ResealMerchants())


cron(ResealMerchants, every=timedelta(days=1))
