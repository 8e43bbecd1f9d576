"""Routes of social: people, friends, blocks, profiles, follows."""

from typing import Annotated
from uuid import UUID

import msgspec

from shuke.kit.actor import PersonId
from shuke.kit.pages import Page
from shuke.kit.web import Actor, Anyone, Db, Limit, delete, get, patch, post, put
from shuke.society import social
from shuke.society.identity import PhoneInvalid
from shuke.society.social import groups_http
from shuke.society.social.types import (
    AlreadyFriends,
    Block,
    Follower,
    Found,
    Friend,
    FriendAnswer,
    FriendAsk,
    FriendNotFound,
    FriendRequest,
    LookupAsk,
    NotYourself,
    PersonNotFound,
    PersonSeen,
    Profile,
    ProfileAsk,
    ProfileExists,
    ProfileId,
    ProfileNotFound,
    ProfileRevision,
    ProfileSeen,
    RequestNotFound,
    TooManyFriends,
    TooManyLookups,
)

Size = Annotated[int, msgspec.Meta(ge=1, le=100)]
LOOKUPS = Limit("lookups by phone", per_minute=6, burst=10, by="person")
ASKS = Limit("friend requests", per_minute=20, burst=60, by="person")


@get("/people/{person_id:uuid}", raises=(PersonNotFound,))
async def read_person(person_id: UUID, db: Db, actor: Actor) -> PersonSeen:
    """A person's name and picture, whether they are a friend, and how many friends both have."""
    return await social.person_seen(db, actor, person_id)


@post("/people/lookups", status_code=200, limit=LOOKUPS, raises=(PhoneInvalid, TooManyLookups))
async def look_up_person(data: LookupAsk, db: Db, actor: Actor) -> Found:
    """Who has this phone number, whole; nobody also when they do not want to be found."""
    return await social.find_by_phone(db, actor, data)


@get("/me/friends")
async def list_friends(db: Db, actor: Actor, cursor: str | None = None, limit: Size = 20) -> Page[Friend]:
    """One's friends."""
    return await social.my_friends(db, actor, cursor, limit)


@delete("/me/friends/{person_id:uuid}", raises=(FriendNotFound,))
async def end_friendship(person_id: UUID, db: Db, actor: Actor) -> None:
    """Part with a friend, on both sides."""
    await social.end_friendship(db, actor, PersonId(person_id))


@get("/me/friend-requests")
async def list_friend_requests(db: Db, actor: Actor, cursor: str | None = None, limit: Size = 20) -> Page[FriendRequest]:
    """Who asks to be one's friend."""
    return await social.my_requests(db, actor, cursor, limit)


@post("/me/friend-requests", limit=ASKS, raises=(PersonNotFound, NotYourself, AlreadyFriends, TooManyFriends))
async def create_friend_request(data: FriendAsk, db: Db, actor: Actor) -> FriendAnswer:
    """Ask a person to be a friend; both are at once when they asked before."""
    return await social.ask_friend(db, actor, data)


@delete("/me/friend-requests/{person_id:uuid}")
async def delete_friend_request(person_id: UUID, db: Db, actor: Actor) -> None:
    """Decline what a person asked, or take back what one asked them."""
    await social.drop_request(db, actor, PersonId(person_id))


@post("/me/friend-requests/{person_id:uuid}/acceptance", raises=(RequestNotFound, PersonNotFound, TooManyFriends))
async def create_acceptance(person_id: UUID, db: Db, actor: Actor) -> Friend:
    """Become friends with somebody who asked."""
    return await social.accept_friend(db, actor, PersonId(person_id))


@get("/me/blocks")
async def list_blocks(db: Db, actor: Actor, cursor: str | None = None, limit: Size = 20) -> Page[Block]:
    """Whom one blocked."""
    return await social.my_blocks(db, actor, cursor, limit)


@put("/me/blocks/{person_id:uuid}", status_code=204, raises=(PersonNotFound, NotYourself))
async def put_block(person_id: UUID, db: Db, actor: Actor) -> None:
    """Block a person; a friendship ends."""
    await social.block(db, actor, person_id)


@delete("/me/blocks/{person_id:uuid}")
async def delete_block(person_id: UUID, db: Db, actor: Actor) -> None:
    """Take a block back."""
    await social.unblock(db, actor, person_id)


@post("/profiles", raises=(ProfileExists,))
async def create_profile(data: ProfileAsk, db: Db, actor: Actor) -> Profile:
    """Open a public profile, one's own or a shop's."""
    return await social.open_profile(db, actor, data)


@get("/profiles")
async def list_profiles(owner_id: UUID, db: Db, cursor: str | None = None, limit: Size = 20) -> Page[Profile]:
    """The profiles of a person or a shop."""
    return await social.profiles_of(db, owner_id, cursor, limit)


@get("/profiles/{profile_id:uuid}", raises=(ProfileNotFound,))
async def read_profile(profile_id: UUID, db: Db, actor: Anyone) -> ProfileSeen:
    """A profile and how many follow it, counted to 10,000."""
    return await social.profile_seen(db, actor, ProfileId(profile_id))


@patch("/profiles/{profile_id:uuid}", raises=(ProfileNotFound,))
async def revise_profile(profile_id: UUID, data: ProfileRevision, db: Db, actor: Actor) -> Profile:
    """Change name, avatar or bio of a profile."""
    return await social.revise_profile(db, actor, ProfileId(profile_id), data)


@get("/profiles/{profile_id:uuid}/followers", raises=(ProfileNotFound,))
async def list_followers(profile_id: UUID, db: Db, actor: Actor, cursor: str | None = None, limit: Size = 20) -> Page[Follower]:
    """Who follows a profile, for its owner."""
    return await social.followers_of(db, actor, ProfileId(profile_id), cursor, limit)


@put("/profiles/{profile_id:uuid}/followers/me", status_code=204, raises=(ProfileNotFound,))
async def put_follower(profile_id: UUID, db: Db, actor: Actor) -> None:
    """Follow a profile."""
    await social.follow(db, actor, ProfileId(profile_id))


@delete("/profiles/{profile_id:uuid}/followers/me")
async def delete_follower(profile_id: UUID, db: Db, actor: Actor) -> None:
    """Follow a profile no longer."""
    await social.unfollow(db, actor, ProfileId(profile_id))


@get("/me/follows")
async def list_follows(db: Db, actor: Actor, cursor: str | None = None, limit: Size = 20) -> Page[Profile]:
    """The profiles one follows."""
    return await social.follows_of(db, actor, cursor, limit)


routes = [
    read_person,
    look_up_person,
    list_friends,
    end_friendship,
    list_friend_requests,
    create_friend_request,
    delete_friend_request,
    create_acceptance,
    list_blocks,
    put_block,
    delete_block,
    create_profile,
    list_profiles,
    read_profile,
    revise_profile,
    list_followers,
    put_follower,
    delete_follower,
    list_follows,
    *groups_http.routes,
]
