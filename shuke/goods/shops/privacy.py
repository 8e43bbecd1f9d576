"""What shops keep of a person, and what is left when they go.

A merchant's particulars stay: a platform keeps who sold for three years after the sale (E-Commerce Law of the PRC, art. 31).
"""

from typing import Any

from shuke.goods.shops import people_sql
from shuke.goods.shops.cards import by_ids
from shuke.goods.shops.merchants import plain_merchants_of
from shuke.goods.shops.staff import leave_staff
from shuke.kit import clock
from shuke.kit.actor import PersonId
from shuke.kit.db import Db
from shuke.kit.ids import home_of


async def export_person(db: Db, person_id: PersonId) -> dict[str, Any]:
    """The merchants a person owns, in plain, and the shops where they work."""
    here = ([home_of(person_id)], [person_id])
    merchants = await plain_merchants_of(db, person_id)
    places = await people_sql.WORKPLACES.all(db, *here)
    cards = await by_ids(db, {place.shop_id for place in places})
    if not merchants and not places:
        return {}
    return {
        "merchants": merchants,
        "workplaces": [{"shop": cards[place.shop_id].name, "shop_id": place.shop_id, "role": place.role} for place in places],
    }


async def erase_person(db: Db, person_id: PersonId) -> None:
    """End the person's roles, and the invitations to them; raises LastOwner while a shop that is not closed has nobody else."""
    here = ([home_of(person_id)], [person_id])
    for place in await people_sql.WORKPLACES.all(db, *here):
        await leave_staff(db, place.shop_id, person_id, place.role, [person_id])
    for invitation_id in await people_sql.MY_INVITATION_IDS.all(db, *here):
        home = home_of(invitation_id)
        await people_sql.ANSWER.first(db, home, invitation_id, [person_id], clock.now(), False)
        await people_sql.DROP_INVITATION.run(db, home_of(person_id), person_id, invitation_id)
