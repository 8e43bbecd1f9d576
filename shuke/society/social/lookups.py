"""Lookups: finding somebody whose number one has. Only the whole number finds, and few of them a day, so that nobody walks
through all numbers to learn who is here and what they are called."""

from shuke.kit import clock
from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db
from shuke.kit.ids import home_of, new_id
from shuke.society import identity
from shuke.society.social import sql
from shuke.society.social.people import cards_of, is_blocked
from shuke.society.social.types import Found, LookupAsk, TooManyLookups

PER_DAY = 20
PURPOSE = "found_by_phone"
"""Whoever declines it is not found."""


async def find_by_phone(db: Db, actor: Actor, ask: LookupAsk) -> Found:
    """The person who signs in with this number: name, picture and id. At most 20 numbers a day, found or not.

    Nobody is found who declined to be, and neither of two of whom one blocked the other. Whatever the reason that nobody is
    found, the answer is the same, and so is the work it takes. Raises PhoneInvalid, TooManyLookups.
    """
    me, phone = actor.person, identity.normalise_phone(ask.phone)
    if not await sql.COUNT_LOOKUP.first(db, home_of(me), me, clock.now(), PER_DAY):
        raise TooManyLookups(at_most=PER_DAY)
    # Without anybody the same questions are asked of nobody, so that the time does not tell.
    person_id = await identity.person_by_phone(db, phone) or PersonId(new_id(home_of(me)))
    card = (await cards_of(db, [person_id])).get(person_id)
    is_hidden = await is_blocked(db, me, person_id)
    wants_to_be_found = await identity.has_consent(db, person_id, PURPOSE) is not False
    return Found(card if wants_to_be_found and not is_hidden else None)
