from shuke.kit.db import borrowed
from shuke.kit.jobs import drain
from tests.api import Api, problem


async def signed_in(api: Api, phone: str, name: str) -> str:
    """The token of somebody who signed in by phone."""
    await api.post("/sessions/codes", {"phone": phone})
    return (await api.post("/sessions", {"phone": phone, "code": "000000", "name": name})).json()["token"]


async def test_a_shop_is_opened_in_one_call_and_once_for_one_key(api: Api):
    token = await signed_in(api, "13800000001", "Bao")
    ask = {
        "name": "老王高山茶铺",
        "kind": "company",
        "merchant": {"legal_name": "老王茶业有限公司", "licence": "91110000MA01ABCD5X"},
    }

    first = await api.post("/shops", ask, token=token, key="open")
    again = await api.post("/shops", ask, token=token, key="open")
    other = await api.post("/shops", ask | {"name": "另一家"}, token=token, key="open")

    assert first.status_code == 201 and first.json() == again.json()
    assert first.json()["state"] == "open" and first.json()["currency"] == "CNY"
    problem(other, 409, "once.key_reused")
    (mine,) = (await api.get("/me/shops", token=token)).json()["items"]
    assert mine["shop"]["id"] == first.json()["id"]
    seen = (await api.get(f"/shops/{first.json()['id']}")).json()
    assert seen["merchant"] == {"kind": "company", "name": "老王茶业有限公司", "licence_tail": "****CD5X", "is_verified": False}
    found = (await api.get("/shops", params={"q": "gaoshan"})).json()
    assert [each["id"] for each in found["items"]] == [mine["shop"]["id"]]


async def test_staff_are_invited_by_phone_and_may_act_once_they_accept(api: Api):
    owner = await signed_in(api, "13800000001", "Bao")
    shop_id = (await api.post("/shops", {"name": "店", "kind": "personal"}, token=owner)).json()["id"]
    asked = await api.post(f"/shops/{shop_id}/staff", {"role": "shop.manager", "phone": "13800000002"}, token=owner)
    assert asked.status_code == 202 and asked.json()["person_id"] is None

    chi = await signed_in(api, "13800000002", "Chi")
    problem(await api.patch(f"/shops/{shop_id}", {"city": "北京市"}, token=chi), 403, "errors.capability_missing")
    (invitation,) = (await api.get("/me/shop-invitations", token=chi)).json()["items"]
    taken = await api.post(f"/me/shop-invitations/{invitation['id']}/acceptance", token=chi)
    assert taken.status_code == 201

    revised = await api.patch(f"/shops/{shop_id}", {"city": "北京市"}, token=chi)
    assert revised.json()["city"] == "北京市"
    staff = {
        each["role"]: each["person"]["id"] for each in (await api.get(f"/shops/{shop_id}/staff", token=owner)).json()["items"]
    }
    gone = await api.delete(f"/shops/{shop_id}/staff/{staff['shop.manager']}/shop.manager", token=owner)
    assert gone.status_code == 204
    problem(await api.patch(f"/shops/{shop_id}", {"city": "x"}, token=chi), 403, "errors.capability_missing")
    last = await api.delete(f"/shops/{shop_id}/staff/{staff['shop.owner']}/shop.owner", token=owner)
    problem(last, 409, "shops.last_owner")


async def test_what_is_malformed_or_not_yours_is_refused(api: Api):
    owner, rival = await signed_in(api, "13800000001", "Bao"), await signed_in(api, "13800000002", "Rival")
    shop_id = (await api.post("/shops", {"name": "店", "kind": "personal"}, token=owner)).json()["id"]

    for body in ({"name": " ", "kind": "personal"}, {"name": "店", "kind": "x"}, {"name": "a\x00", "kind": "personal"}):
        assert (await api.post("/shops", body, token=owner)).status_code in (400, 422)
    for path in ("/locations", "/freight-templates"):
        refused = await api.post(
            f"/shops/{shop_id}{path}", {"name": "x", "rules": {}} if "f" in path else {"name": "x"}, token=rival
        )
        problem(refused, 403, "errors.capability_missing")
    problem(await api.get(f"/shops/{shop_id}/reviews", token=rival), 403, "errors.capability_missing")
    problem(
        await api.put(f"/ops/shops/{shop_id}/state", {"state": "held", "why": "x"}, token=owner),
        403,
        "errors.capability_missing",
    )
    problem(await api.get("/shops/00000000-0000-8000-8000-000000000000"), 404, "shops.shop_not_found")


async def test_a_merged_account_keeps_its_shops(api: Api, timeline):
    owner = await signed_in(api, "13800000001", "Bao")
    shop_id = (await api.post("/shops", {"name": "店", "kind": "personal"}, token=owner)).json()["id"]
    second = await signed_in(api, "13800000002", "Bao again")
    for phone in ("13800000001", "13800000002"):
        await api.post("/sessions/codes", {"phone": phone})

    merged = await api.post(
        "/me/logins",
        {"phone": "13800000001", "code": "000000", "own": {"phone": "13800000002", "code": "000000"}},
        token=second,
    )
    async with borrowed(api.pool) as db:
        await drain(db, timeline)

    assert merged.status_code < 300, merged.text
    (mine,) = (await api.get("/me/shops", token=second)).json()["items"]
    assert mine["shop"]["id"] == shop_id
    revised = await api.patch(f"/shops/{shop_id}", {"city": "北京市"}, token=second)
    assert revised.status_code == 200, revised.text
