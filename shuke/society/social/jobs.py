"""What social does when two persons turn out to be one."""

from shuke.kit import clock
from shuke.kit.db import Db
from shuke.kit.events import on
from shuke.society.identity import PersonsMerged
from shuke.society.social.friends import befriend, friends_of, part


@on(PersonsMerged)
async def merge_circles(db: Db, event: PersonsMerged) -> None:
    """The friends of the one become friends of the other; doing it twice changes nothing."""
    for friend_id in await friends_of(db, event.other):
        await part(db, event.other, friend_id)
        if friend_id != event.into:
            await befriend(db, event.into, friend_id, clock.now())
