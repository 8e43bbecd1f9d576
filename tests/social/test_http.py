from uuid import uuid4

from shuke.kit.db import borrowed
from shuke.society import identity
from tests.api import Api, problem


async def sign_in(api: Api, name: str) -> tuple[str, str]:
    """A person's token and id."""
    async with borrowed(api.pool) as db:
        person_id = await identity.person_by_login(db, "external:test", uuid4().hex, name)
        return await identity.open_session(db, person_id), str(person_id)


async def test_friends_blocks_and_cards_over_http(api: Api):
    (ana, ana_id), (bo, bo_id) = await sign_in(api, "Ana"), await sign_in(api, "Bo")

    await api.post("/me/friend-requests", {"person_id": bo_id, "message": "嗨"}, token=ana)
    waiting = await api.get("/me/friend-requests", token=bo)
    await api.post(f"/me/friend-requests/{ana_id}/acceptance", token=bo)
    card = await api.get(f"/people/{ana_id}", token=bo)
    friends = await api.get("/me/friends", token=bo)
    parted = await api.delete(f"/me/friends/{ana_id}", token=bo)
    blocked = await api.put(f"/me/blocks/{ana_id}", token=bo)

    assert [each["message"] for each in waiting.json()["items"]] == ["嗨"]
    assert card.json() == {"id": ana_id, "name": "Ana", "avatar": None, "is_friend": True, "common_friends": 0}
    assert [each["person"]["id"] for each in friends.json()["items"]] == [ana_id]
    assert (parted.status_code, blocked.status_code) == (204, 204)
    problem(await api.get(f"/people/{bo_id}", token=ana), 404, "social.person_not_found")
    problem(await api.post("/me/friend-requests", {"person_id": bo_id}, token=ana), 404, "social.person_not_found")
    problem(await api.delete(f"/me/friends/{ana_id}", token=bo), 404, "social.friend_not_found")


async def test_profiles_and_groups_over_http(api: Api):
    (ana, _), (bo, bo_id) = await sign_in(api, "Ana"), await sign_in(api, "Bo")

    profile = (await api.post("/profiles", {"name": "安娜的茶"}, token=ana)).json()
    followed = await api.put(f"/profiles/{profile['id']}/followers/me", token=bo)
    seen = await api.get(f"/profiles/{profile['id']}")
    group = (await api.post("/groups", {"name": "邻居"}, token=ana)).json()
    code = (await api.get(f"/groups/{group['id']}", token=ana)).json()["code"]
    joined = await api.post("/me/groups", {"code": code}, token=bo)
    promoted = await api.put(f"/groups/{group['id']}/members/{bo_id}/role", {"role": "admin"}, token=ana)
    members = await api.get(f"/groups/{group['id']}/members", token=bo)
    left = await api.delete(f"/me/groups/{group['id']}", token=bo)

    assert (followed.status_code, seen.json()["followers"]) == (204, 1)
    assert (joined.status_code, joined.json()["members"]) == (201, 2)
    assert {each["role"] for each in members.json()["items"]} == {"owner", "admin"}
    assert (promoted.status_code, left.status_code) == (204, 204)
    problem(await api.post("/profiles", {"name": "又一个"}, token=ana), 409, "social.profile_exists")
    problem(await api.delete(f"/me/groups/{group['id']}", token=bo), 404, "social.member_not_found")
    problem(await api.post("/me/groups", {}, token=bo), 422, "social.join_ask_incomplete")


async def test_a_name_of_nothing_is_refused(api: Api):
    ana, _ = await sign_in(api, "Ana")

    for name in ("", "   ", "a\u0000b", "x" * 41):
        assert (await api.post("/groups", {"name": name}, token=ana)).status_code in (400, 422), name
