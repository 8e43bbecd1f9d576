import asyncio
import io
from uuid import UUID, uuid4

import msgspec
from PIL import Image

from shuke.goods.catalog.types import Card, Category, ProductView, StaffCard
from shuke.kit.actor import PersonId
from shuke.kit.db import borrowed
from shuke.kit.pages import Page
from shuke.society import identity
from tests.api import Api, problem

TEA = {
    "title": "安溪铁观音",
    "description": "清香",
    "images": [],
    "commission_bps": [800, 400],
    "skus": [{"code": "a", "options": {"规格": "50克"}, "price": {"amount": 6900, "currency": "CNY"}, "stock": 5}],
}


async def sign_in(api: Api, name: str, *, is_operator: bool = False) -> str:
    async with borrowed(api.pool) as db:
        person_id = await identity.person_by_login(db, "external:test", uuid4().hex, name)
        if is_operator:
            await identity.make_operator(db, PersonId(person_id))
        return await identity.open_session(db, person_id)


async def a_shop(api: Api, token: str) -> str:
    return (await api.post("/shops", {"name": "老街茶铺", "kind": "personal"}, token=token)).json()["id"]


def a_photo(colour: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(file, "JPEG")
    return file.getvalue()


async def test_the_contract_from_listing_to_the_page(api: Api):
    bao = await sign_in(api, "Bao")
    shop = await a_shop(api, bao)

    first = await api.post(f"/shops/{shop}/products", TEA, token=bao, key="k")
    again = await api.post(f"/shops/{shop}/products", TEA, token=bao, key="k")
    made = first.json()
    sku = made["skus"][0]["id"]
    revised = await api.patch(
        f"/shops/{shop}/skus/{sku}", {"price": {"amount": 5900, "currency": "CNY"}, "stock": 2}, token=bao
    )
    cards = msgspec.json.decode((await api.get("/products", params={"q": "tgy"})).content, type=Page[Card])
    page = msgspec.json.decode((await api.get(f"/products/{made['id']}")).content, type=ProductView)
    own = await api.get(f"/shops/{shop}/products", params={"state": "listed"}, token=bao)

    assert (first.status_code, made["state"], again.json()) == (201, "listed", made)
    assert (revised.status_code, revised.json()["price"]["amount"]) == (200, 5900)
    assert [(str(card.id), card.price.amount, card.sold) for card in cards.items] == [(made["id"], 5900, 0)]
    assert [(str(each.id), each.available, each.price.amount) for each in page.skus] == [(sku, 2, 5900)]
    assert [each.state for each in msgspec.json.decode(own.content, type=Page[StaffCard]).items] == ["listed"]
    prices = (await api.get(f"/shops/{shop}/skus/{sku}/prices", token=bao)).json()["items"]
    assert [(each["old_price"]["amount"], each["price"]["amount"]) for each in prices] == [(6900, 5900)]


async def test_what_does_not_fit_is_refused_with_a_code_and_changes_nothing(api: Api):
    bao, other = await sign_in(api, "Bao"), await sign_in(api, "Dan")
    shop = await a_shop(api, bao)
    path = f"/shops/{shop}/products"
    two = [TEA["skus"][0], TEA["skus"][0]]
    pounds = [TEA["skus"][0] | {"price": {"amount": 1, "currency": "GBP"}}]

    problem(await api.post(path, TEA, token=other), 403, "errors.capability_missing")
    problem(await api.post(path, TEA), 401, "errors.not_signed_in")
    problem(await api.post(path, TEA | {"skus": two}, token=bao), 422, "catalog.code_taken")
    problem(await api.post(path, TEA | {"skus": pounds}, token=bao), 422, "catalog.currency_not_of_shop")
    problem(await api.post(path, TEA | {"images": ["https://elsewhere/x.png"]}, token=bao), 422, "catalog.image_unknown")
    problem(await api.post(path, TEA | {"category_id": str(uuid4())}, token=bao), 404, "catalog.category_not_found")
    problem(await api.post(path, TEA | {"commission_bps": [3000]}, token=bao), 422, "catalog.ceiling_exceeded")
    problem(await api.get(f"/products/{uuid4()}"), 404, "catalog.product_not_found")
    for broken in (TEA | {"title": " "}, TEA | {"title": "\u3000"}, TEA | {"skus": []}, TEA | {"commission_bps": [1, 1, 1]}):
        assert (await api.post(path, broken, token=bao)).status_code == 422

    assert (await api.get("/products")).json() == {"items": [], "next_cursor": None}


async def test_a_picture_is_encoded_anew_and_shown(api: Api):
    bao = await sign_in(api, "Bao")
    shop = await a_shop(api, bao)

    raw, form = await asyncio.gather(
        api.post(f"/shops/{shop}/pictures", token=bao, content=a_photo("red"), headers={"content-type": "image/jpeg"}),
        api.post(f"/shops/{shop}/pictures", token=bao, files={"file": ("a.jpg", a_photo("red"), "image/jpeg")}),
    )
    picture = raw.json()
    made = (await api.post(f"/shops/{shop}/products", TEA | {"images": [picture["key"]]}, token=bao)).json()
    page = (await api.get(f"/products/{made['id']}")).json()
    served = await api.get(f"/{picture['thumb_url']}")

    assert (raw.status_code, form.json()) == (201, picture)
    assert (page["cover"], page["thumb"], page["images"]) == (picture["url"], picture["thumb_url"], [picture["url"]])
    assert (served.status_code, served.headers["content-type"]) == (200, "image/webp")
    assert Image.open(io.BytesIO(served.content)).size == (400, 267)
    bad = await api.post(f"/shops/{shop}/pictures", token=bao, content=b"<svg/>", headers={"content-type": "image/png"})
    assert problem(bad, 422, "pictures.picture_invalid") == {"reason": "not_a_picture"}


async def test_operators_keep_the_tree_and_decide_on_what_is_reported(api: Api):
    boss, bao, ana = await sign_in(api, "Boss", is_operator=True), await sign_in(api, "Bao"), await sign_in(api, "Ana")
    put = {"slug": "tea", "name_zh": "茶", "name_en": "Tea", "rate_bps": 500}
    assert (await api.put("/ops/categories", put, token=boss)).status_code == 204
    problem(await api.put("/ops/categories", put, token=bao), 403, "errors.capability_missing")
    tree = msgspec.json.decode((await api.get("/categories")).content, type=Page[Category])
    category = tree.items[0].id
    rate = await api.post(f"/ops/categories/{category}/rates", {"rate_bps": 700}, token=boss)
    assert (rate.status_code, rate.json()["version"]) == (201, 2)
    for broken in ({"rate_bps": 1001}, {"rate_bps": 700, "effective_at": "2030-01-01T00:00:00"}):
        assert (await api.post(f"/ops/categories/{category}/rates", broken, token=boss)).status_code == 422

    shop = await a_shop(api, bao)
    made = (await api.post(f"/shops/{shop}/products", TEA | {"category_id": str(category)}, token=bao)).json()
    path = f"/products/{made['id']}"
    assert (await api.post(f"{path}/reports", {"reason": "counterfeit"}, token=ana)).status_code == 201
    problem(await api.post(f"{path}/reports", {"reason": "other"}, token=ana), 409, "catalog.reported_already")
    (report,) = (await api.get("/ops/reports", token=boss)).json()["items"]
    assert report["product_id"] == made["id"]
    held = await api.post(f"/ops{path}/states", {"state": "held", "reason": "look at it"}, token=boss)
    problem(await api.get(path), 404, "catalog.product_not_found")
    appealed = await api.post(f"/shops/{shop}{path}/appeals", {"reason": "it is real"}, token=bao)
    (waiting,) = (await api.get("/ops/products", token=boss)).json()["items"]
    states = (await api.get(f"{path}/states", token=bao)).json()["items"]

    assert (held.json()["state"], appealed.json()["state"], waiting["id"]) == ("held", "in_review", made["id"])
    assert len(states) == 2
    problem(await api.get(f"{path}/states", token=ana), 404, "catalog.product_not_found")
    assert UUID(states[0]["changed_by"])


async def test_a_product_is_revised_and_grows_a_sku(api: Api):
    bao = await sign_in(api, "Bao")
    shop = await a_shop(api, bao)
    made = (await api.post(f"/shops/{shop}/products", TEA, token=bao)).json()
    path = f"/shops/{shop}/products/{made['id']}"
    bigger = TEA["skus"][0] | {"code": "b", "options": {"规格": "1斤"}}

    grown = await api.post(f"{path}/skus", bigger, token=bao)
    revised = await api.patch(path, {"title": "大红袍", "category_id": None, "commission_bps": [100]}, token=bao)

    assert [sku["code"] for sku in grown.json()["skus"]] == ["a", "b"]
    assert (revised.json()["title"], revised.json()["description"], revised.json()["commission_bps"]) == (
        "大红袍",
        "清香",
        [100],
    )
    assert (await api.get(path, token=bao)).json() == revised.json()
    problem(await api.post(f"{path}/skus", bigger, token=bao), 422, "catalog.code_taken")
    assert [card["title"] for card in (await api.get("/products", params={"q": "dahongpao"})).json()["items"]] == ["大红袍"]
