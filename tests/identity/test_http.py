import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from shuke.kit.actor import PersonId
from shuke.kit.db import borrowed
from shuke.society import identity
from tests.api import Api, problem
from tests.identity.people import a_phone

ADDRESS = {"recipient": "安娜", "phone": "13812345678", "region": ["浙江省", "杭州市"], "street": "文三路 1 号"}


async def enter(api: Api, phone: str | None = None, token: str | None = None, **more: Any) -> dict[str, Any]:
    """Sign in as a client does, and answer what the client gets."""
    phone = phone or a_phone()
    sent = await api.post("/sessions/codes", {"phone": phone})
    assert (sent.status_code, sent.content) == (202, b"")
    answer = await api.post("/sessions", {"phone": phone, "code": "000000", **more}, token=token)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_visitor_signs_in_reads_and_changes_themselves_and_leaves(api: Api):
    visitor = (await api.post("/visitors")).json()
    signed_in = await enter(api, token=visitor["token"], name="安娜", device="手机")
    token = signed_in["token"]

    me = await api.get("/me", token=token)
    revised = await api.patch("/me", {"language": "en"}, token=token)
    sessions = (await api.get("/sessions", token=token)).json()
    left = await api.delete("/sessions/current", token=token)

    assert signed_in["person"] == {"id": me.json()["id"], "name": "安娜", "avatar": None}
    assert revised.json() == me.json() | {"language": "en"}
    assert [(each["device"], each["is_current"]) for each in sessions["items"]] == [("手机", True)]
    assert left.status_code == 204
    problem(await api.get("/me", token=token), 401, "web.token_invalid")
    problem(await api.get("/me", token=visitor["token"]), 401, "errors.not_signed_in")
    problem(await api.get("/me"), 401, "errors.not_signed_in")


async def test_a_wrong_code_counts_although_the_request_is_refused(api: Api):
    phone = a_phone()
    await api.post("/sessions/codes", {"phone": phone})
    for _ in range(5):
        problem(await api.post("/sessions", {"phone": phone, "code": "111111"}), 422, "identity.code_wrong")

    problem(await api.post("/sessions", {"phone": phone, "code": "000000"}), 422, "identity.code_wrong")


async def test_wechat_signs_in_the_same_person_from_two_apps(api: Api):
    asks = [{"wechat": {"app_id": app, "code": f"sim:{app}-openid:union"}} for app in ("wx1", "wx2")]

    first, second = [(await api.post("/sessions", ask)).json() for ask in asks]

    assert (first["is_new"], second["is_new"]) == (True, False)
    assert first["person"] == second["person"]


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [
        ({"phone": "12345678901"}, 422, "identity.phone_invalid"),
        ({"phone": ""}, 422, "web.invalid"),
        ({"phone": 13812345678}, 400, "web.malformed"),
        ({}, 400, "web.malformed"),
    ],
)
async def test_rubbish_for_a_phone_is_refused_with_its_field(api: Api, ask: dict[str, Any], status: int, code: str):
    fields = problem(await api.post("/sessions/codes", ask), status, code)

    assert list(fields) == ["phone"]


async def test_addresses_are_kept_changed_and_removed_by_their_owner_only(api: Api):
    ana, bao = (await enter(api))["token"], (await enter(api))["token"]

    made = await api.post("/me/addresses", ADDRESS, token=ana)
    path = f"/me/addresses/{made.json()['id']}"

    assert made.status_code == 201
    assert made.json() == ADDRESS | {"id": made.json()["id"], "phone": "138****5678", "country": "CN", "is_default": True}
    problem(await api.patch(path, {"street": "别处"}, token=bao), 404, "identity.address_unknown")
    problem(await api.delete(path, token=bao), 404, "identity.address_unknown")
    assert (await api.patch(path, {"street": "文三路 2 号"}, token=ana)).json()["street"] == "文三路 2 号"
    listed = (await api.get("/me/addresses", token=ana)).json()
    assert listed == {"items": [made.json() | {"street": "文三路 2 号"}], "next_cursor": None}
    assert (await api.delete(path, token=ana)).status_code == 204
    assert (await api.get("/me/addresses", token=ana)).json()["items"] == []


async def test_an_address_sent_twice_with_one_key_is_one_address_and_without_a_key_two(api: Api):
    token = (await enter(api))["token"]
    key = uuid4().hex

    twice = await asyncio.gather(*[api.post("/me/addresses", ADDRESS, token=token, key=key) for _ in range(4)])
    headers = {"authorization": f"Bearer {token}"}
    keyless = [await api.client.post("/api/v1/me/addresses", json=ADDRESS, headers=headers) for _ in range(2)]

    assert len({answer.json()["id"] for answer in twice}) == 1
    assert [answer.status_code for answer in keyless] == [201, 201]
    assert len((await api.get("/me/addresses", token=token)).json()["items"]) == 3


async def test_consents_are_given_and_withdrawn_by_purpose(api: Api):
    token = (await enter(api))["token"]
    shop = (await api.post("/shops", {"name": "茶铺", "kind": "personal"}, token=token)).json()["id"]

    given = await api.put("/me/consents/regulars", {"scope_id": shop}, token=token)
    withdrawn = await api.delete("/me/consents/regulars", token=token, params={"scope_id": shop})
    plain = await api.put("/me/consents/marketing", token=token)

    assert (given.status_code, given.json()["scope_id"]) == (200, shop)
    assert (withdrawn.status_code, plain.status_code) == (204, 200)
    listed = (await api.get("/me/consents", token=token)).json()["items"]
    assert {each["purpose"]: each["withdrawn_at"] is None for each in listed} == {"regulars": False, "marketing": True}
    problem(await api.put("/me/consents/anything", token=token), 404, "identity.purpose_unknown")


async def test_two_accounts_become_one_by_both_codes(api: Api):
    mobile, work = a_phone(), a_phone()
    ana, at_work = await enter(api, mobile), await enter(api, work)
    await api.post("/sessions/codes", {"phone": work})
    taken = await api.post("/me/logins", {"phone": work, "code": "000000"}, token=ana["token"])
    for phone in (mobile, work):
        await api.post("/sessions/codes", {"phone": phone})

    ask = {"phone": work, "code": "000000", "own": {"phone": mobile, "code": "000000"}}
    merged = await api.post("/me/logins", ask, token=ana["token"])

    assert problem(taken, 409, "identity.login_taken") == {"kind": "phone"}
    assert merged.status_code == 204
    assert (await api.get("/me", token=at_work["token"])).json()["id"] == ana["person"]["id"]


async def test_one_takes_everything_away_and_goes(api: Api):
    phone = a_phone()
    signed_in = await enter(api, phone, name="安娜")
    token = signed_in["token"]
    await api.post("/me/addresses", ADDRESS, token=token)

    export = await api.post("/me/export", token=token)
    problem(await api.post("/me/erasure", {"phone": phone, "code": "111111"}, token=token), 422, "identity.code_wrong")
    await api.post("/sessions/codes", {"phone": phone})
    erased = await api.post("/me/erasure", {"phone": phone, "code": "000000"}, token=token)

    assert export.json()["modules"]["identity"]["addresses"][0]["street"] == ADDRESS["street"]
    assert erased.status_code == 204
    problem(await api.get("/me", token=token), 401, "web.token_invalid")
    assert (await enter(api, phone))["person"]["id"] != signed_in["person"]["id"]


async def test_operators_see_people_masked_and_give_roles(api: Api):
    phone = a_phone()
    boss, ana = await enter(api), await enter(api, phone)
    async with borrowed(api.pool) as db:
        await identity.make_operator(db, PersonId(UUID(boss["person"]["id"])))
    path = f"/ops/people/{ana['person']['id']}"

    refused = await api.get(path, token=ana["token"])
    seen = await api.get(path, token=boss["token"])
    given = await api.post(f"{path}/roles", {"role": "operator"}, token=boss["token"])
    as_operator = await api.get(path, token=ana["token"])
    ended = await api.delete(f"{path}/roles/operator", token=boss["token"])

    assert problem(refused, 403, "errors.capability_missing") == {"capability": "ops.people"}
    assert seen.json()["phones"] == [f"{phone[:3]}****{phone[-4:]}"]
    assert [each["role"] for each in given.json()["items"]] == ["operator"]
    assert as_operator.status_code == 200
    assert ended.status_code == 204
    problem(await api.get(path, token=ana["token"]), 403, "errors.capability_missing")
    problem(await api.get(f"/ops/people/{uuid4()}", token=boss["token"]), 404, "identity.person_unknown")


async def test_operators_merge_two_accounts_of_one_human(api: Api):
    boss, ana, old = await enter(api), await enter(api), await enter(api)
    async with borrowed(api.pool) as db:
        await identity.make_operator(db, PersonId(UUID(boss["person"]["id"])))
    path = f"/ops/people/{ana['person']['id']}/merges"

    merged = await api.post(path, {"other_id": old["person"]["id"]}, token=boss["token"])
    again = await api.post(path, {"other_id": old["person"]["id"]}, token=boss["token"])

    assert merged.status_code == 204
    problem(again, 409, "identity.merge_not_possible")
    assert (await api.get("/me", token=old["token"])).json()["id"] == ana["person"]["id"]


async def test_a_consent_for_what_is_no_shop_is_refused(api: Api):
    token, nothing = (await enter(api))["token"], str(uuid4())

    given = await api.put("/me/consents/marketing", {"scope_id": nothing}, token=token)
    declined = await api.delete("/me/consents/marketing", token=token, params={"scope_id": nothing})

    assert problem(given, 404, "identity.scope_unknown") == problem(declined, 404, "identity.scope_unknown")
    assert (await api.get("/me/consents", token=token)).json()["items"] == []
    assert (await api.put("/me/consents/marketing", token=token)).status_code == 200
