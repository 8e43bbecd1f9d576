from shuke.kit.clock import Timeline
from shuke.kit.db import borrowed
from shuke.kit.jobs import drain
from tests.api import Api, problem
from tests.shops.test_http import signed_in


async def test_a_guide_s_code_leads_a_person_to_shop_and_guide(api: Api, timeline: Timeline):
    owner, gus = await signed_in(api, "13800000001", "Bao"), await signed_in(api, "13800000002", "Gus")
    ana = await signed_in(api, "13800000003", "Ana")
    shop_id = (await api.post("/shops", {"name": "店", "kind": "personal"}, token=owner)).json()["id"]
    await api.post(f"/shops/{shop_id}/staff", {"role": "shop.guide", "phone": "13800000002"}, token=owner)
    (invitation,) = (await api.get("/me/shop-invitations", token=gus)).json()["items"]
    await api.post(f"/me/shop-invitations/{invitation['id']}/acceptance", token=gus)
    async with borrowed(api.pool) as db:
        await drain(db, timeline)

    (own,) = (await api.get(f"/shops/{shop_id}/guides", token=gus)).json()["items"]
    link = (await api.get(f"/guides/{own['code']}")).json()
    joined = await api.post(f"/shops/{link['shop']['id']}/regulars", {"guide_id": link["guide"]["id"]}, token=ana)

    assert joined.status_code == 201 and joined.json()["guide"]["name"] == "Gus"
    (seen,) = (await api.get(f"/shops/{shop_id}/regulars", token=gus)).json()["items"]
    assert (seen["person"]["name"], seen["source"]) == ("Ana", "opt_in")
    assert set(seen["person"]) == {"id", "name", "avatar"}
    problem(await api.get(f"/shops/{shop_id}/regulars", token=ana), 403, "errors.capability_missing")


async def test_a_person_leaves_and_stays_away(api: Api):
    owner, ana = await signed_in(api, "13800000001", "Bao"), await signed_in(api, "13800000002", "Ana")
    shop_id = (await api.post("/shops", {"name": "店", "kind": "personal"}, token=owner)).json()["id"]
    await api.post(f"/shops/{shop_id}/regulars", token=ana)

    left = await api.delete(f"/me/regulars/{shop_id}", token=ana)

    assert left.status_code == 204
    assert (await api.get("/me/regulars", token=ana)).json()["items"] == []
    assert (await api.get(f"/shops/{shop_id}/regulars", token=owner)).json()["items"] == []
    problem(await api.post(f"/shops/{shop_id}/regulars"), 401, "errors.not_signed_in")


async def test_a_rate_above_five_percent_is_refused_whatever_the_cap(api: Api):
    owner = await signed_in(api, "13800000001", "Bao")
    shop_id = (await api.post("/shops", {"name": "店", "kind": "personal"}, token=owner)).json()["id"]
    me = (await api.get("/me", token=owner)).json()["id"]

    for rate in (501, -1):
        refused = await api.put(f"/shops/{shop_id}/guides/{me}", {"rate_bps": rate}, token=owner)
        assert refused.status_code == 422, refused.text
    none = await api.put(f"/shops/{shop_id}/guides/{me}", {"rate_bps": 500}, token=owner)
    problem(none, 404, "regulars.guide_not_found")
