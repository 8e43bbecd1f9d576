"""What social keeps of a person, and what is left when they go: nothing but the groups they opened, which others own then."""

from typing import Any

from shuke.kit.actor import Actor, PersonId
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.society.social import groups_sql, sql
from shuke.society.social.friends import friends_of, part
from shuke.society.social.members import leave_group, set_role
from shuke.society.social.types import MAX_FRIENDS, GroupId

EVERYTHING = 100_000


async def export_person(db: Db, person_id: PersonId) -> dict[str, Any]:
    """Friends, blocks, profile, follows and groups of a person; nothing for somebody unknown here."""
    home = home_of(person_id)
    found: dict[str, Any] = {
        "friends": await sql.FRIENDS.all(db, home, person_id, None, MAX_FRIENDS),
        "requests": await sql.REQUESTS.all(db, home, person_id, None, EVERYTHING),
        "blocks": await sql.BLOCKS.all(db, home, person_id, None, EVERYTHING),
        "profiles": await sql.PROFILES_OF.all(db, home, person_id, None, EVERYTHING),
        "follows": await sql.FOLLOWS.all(db, home, person_id, None, EVERYTHING),
        "groups": await groups_sql.GROUPS_OF.all(db, home, person_id, None, EVERYTHING),
    }
    return {name: rows for name, rows in found.items() if rows}


async def erase_person(db: Db, person_id: PersonId) -> None:
    """End every friendship, follow, membership and request; the profile keeps its id and loses its name."""
    home, actor = home_of(person_id), Actor(id=person_id, selves=(person_id,))
    for friend_id in await friends_of(db, person_id):
        await part(db, person_id, friend_id)
    for group_id in map(GroupId, await groups_sql.GROUPS_OF.all(db, home, person_id, None, EVERYTHING)):
        group = await groups_sql.GROUP_OF_MEMBER.first(db, home_of(group_id), group_id, person_id)
        heir = await groups_sql.HEIRS.first(db, home_of(group_id), group_id, person_id)
        if group and group.role == "owner" and heir:
            await set_role(db, actor, group_id, PersonId(heir), "owner")
        await leave_group(db, actor, group_id)
    for row in await sql.FOLLOWS.all(db, home, person_id, None, EVERYTHING):
        await sql.UNFOLLOW.run(db, home, person_id, row.profile_id)
        await sql.DROP_FOLLOWER.run(db, home_of(row.profile_id), row.profile_id, person_id)
    await sql.ERASE_REQUESTS.run(db, person_id)
    await sql.ERASE_BLOCKS.run(db, home, person_id)
    await sql.ERASE_LOOKUPS.run(db, home, person_id)
    await groups_sql.ERASE_INVITATIONS.run(db, home, person_id)
    await sql.ERASE_PROFILE.run(db, home, person_id)
