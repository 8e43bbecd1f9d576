"""`shuke operator`: the first operator of the platform, for whom nobody could give leave."""

from shuke.kit.db import transaction
from shuke.kit.settings import Settings
from shuke.operations.installation import connected, database
from shuke.society import identity


async def make_operator(settings: Settings, phone: str) -> None:
    """Make the person who signs in with this phone an operator, known or not. Raises PhoneInvalid, Cannot."""
    number = identity.normalise_phone(phone)
    with database(settings) as server:
        async with connected(server) as db, transaction(db):
            person = await identity.person_by_login(db, identity.PHONE, number, name="Operator")
            await identity.make_operator(db, person)
