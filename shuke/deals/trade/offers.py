"""Offers: special prices promised to somebody, redeemed by compare-and-set inside the placing transaction (docs/offers.md)."""

from uuid import UUID

from shuke.deals.trade import offers_sql as sql
from shuke.deals.trade.refusals import OfferUnfit
from shuke.deals.trade.types import Offer, OfferId, OfferTerms
from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, Reading
from shuke.kit.ids import home_of, new_id


async def offer(db: Db, terms: OfferTerms) -> OfferId:
    """Promise a price. Trusts its caller, a play or a use case of the shop that has checked who asks."""
    id = OfferId(new_id(home_of(terms.shop_id)))
    await sql.OFFER.run(
        db,
        home_of(id),
        id,
        terms.shop_id,
        terms.sku_id,
        terms.person_id,
        terms.price.amount,
        terms.price.currency,
        terms.max_quantity,
        terms.expires_at,
        terms.hold,
        terms.origin,
        terms.origin_id,
        clock.now(),
    )
    return id


def redeemable(actor: Actor, offer_id: UUID) -> Reading[Offer]:
    """The offer, if this person may redeem it now; raises OfferUnfit. The redemption decides, not this."""

    def only(found: list[Offer]) -> Offer:
        if not found:
            raise OfferUnfit(offer_id=offer_id)
        return found[0]

    return sql.OFFER_FOR.reading(only, home_of(offer_id), offer_id, actor.id, clock.now())


async def redeem(db: Db, offer: Offer, order_id: UUID, quantity: int) -> None:
    """Take `quantity` of the offer for an order, never more than it has left; raises OfferUnfit."""
    if not await sql.REDEEM.first(db, home_of(offer.id), offer.id, quantity, clock.now(), order_id):
        raise OfferUnfit(offer_id=offer.id)


async def restore(db: Db, offer_id: UUID, order_id: UUID) -> None:
    """Give back what an order took of an offer; once."""
    await sql.RESTORE.run(db, home_of(offer_id), offer_id, order_id, clock.now())


async def end(db: Db, offer_id: UUID) -> None:
    """Nobody may redeem it any more; orders that did keep their price."""
    await sql.END.run(db, home_of(offer_id), offer_id, clock.now())
