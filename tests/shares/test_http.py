from uuid import uuid4

from shuke.kit.db import borrowed
from shuke.society import identity
from tests.api import Api, problem
from tests.shares.builders import a_tea


async def sign_in(api: Api, name: str) -> tuple[str, str]:
    """A person's token and id."""
    async with borrowed(api.pool) as db:
        person_id = await identity.person_by_login(db, "external:test", uuid4().hex, name)
        return await identity.open_session(db, person_id), str(person_id)


async def test_a_link_goes_from_friend_to_friend_over_http(api: Api):
    (ana, ana_id), (bo, bo_id), tea = await sign_in(api, "Ana"), await sign_in(api, "Bo"), a_tea()
    target = {"kind": "tea", "id": str(tea.id)}

    shared = await api.post("/shares", {"target": target, "medium": "chat"}, token=ana)
    code = shared.json()["code"]
    opened = await api.post(f"/shares/{code}/visits")
    again = await api.post(f"/shares/{code}/visits", token=opened.json()["visitor_token"])
    seen = await api.post(f"/shares/{code}/visits", token=bo)
    onward = await api.post("/shares", {"target": target, "medium": "chat"}, token=bo)
    cascade = await api.get(f"/shares/{code}/cascade", token=ana)
    mine = await api.get("/me/shares", token=bo)
    brought = await api.get("/me/brought", token=ana)

    assert [each.status_code for each in (shared, opened, again, seen, onward)] == [201] * 5
    assert set(shared.json()) >= {"code", "url", "depth"}
    assert opened.json()["target"]["id"] == str(tea.id) and opened.json()["sharer"]["id"] == ana_id
    assert (again.json()["visitor_token"], onward.json()["depth"]) == (None, 1)
    levels = [(level["depth"], level["shares"], level["visitors"], level["orders"]) for level in cascade.json()["levels"]]
    assert levels == [(0, 1, 2, 0), (1, 1, 0, 0)]
    assert [link["code"] for link in mine.json()["items"]] == [onward.json()["code"]]
    assert brought.status_code == 200
    assert "Bo" not in cascade.text and bo_id not in cascade.text


async def test_a_friend_has_a_name_in_the_drawing(api: Api):
    (ana, ana_id), (bo, bo_id), tea = await sign_in(api, "Ana"), await sign_in(api, "Bo"), a_tea()
    ask = {"target": {"kind": "tea", "id": str(tea.id)}, "medium": "chat"}
    asked = await api.post("/me/friend-requests", {"person_id": bo_id}, token=ana)
    accepted = await api.post(f"/me/friend-requests/{ana_id}/acceptance", token=bo)
    code = (await api.post("/shares", ask, token=ana)).json()["code"]
    await api.post("/shares", ask | {"parent": code}, token=bo)

    cascade = await api.get(f"/shares/{code}/cascade", token=ana)

    assert [asked.status_code, accepted.status_code] == [201, 201]
    assert [node["person"]["name"] for node in cascade.json()["tree"]] == ["Ana", "Bo"]


async def test_what_is_not_possible_is_a_problem_document(api: Api):
    (ana, _), (bo, _), tea = await sign_in(api, "Ana"), await sign_in(api, "Bo"), a_tea()
    ask = {"target": {"kind": "tea", "id": str(tea.id)}, "medium": "chat"}
    code = (await api.post("/shares", ask, token=ana)).json()["code"]

    problem(await api.get(f"/shares/{code}/cascade", token=bo), 404, "shares.link_not_found")
    problem(await api.post("/shares/nothing/visits"), 404, "shares.link_not_found")
    problem(
        await api.post("/shares", ask | {"target": {"kind": "moon", "id": str(tea.id)}}, token=ana),
        422,
        "shares.target_kind_unknown",
    )
    assert (await api.post("/shares", ask)).status_code == 401
    assert (await api.get(f"/shares/{code}/cascade")).status_code == 401
    assert (await api.post("/shares", ask | {"medium": "smoke"}, token=ana)).status_code in (400, 422)
    assert (await api.get("/me/shares?limit=0", token=ana)).status_code in (400, 422)
