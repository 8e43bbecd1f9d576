"""Who may do what: every route of the platform, and the roles it serves. Everybody else is refused.

A call is a method, a path with ids of the world (`name=` puts another of its ids in a parameter's place), who may, and a
body, in which `$name` is an id. A route may stand in several calls, when who may depends on what it is asked for.
"""

import io
import re
from typing import Any

import msgspec
from PIL import Image

STAFF = ("owner", "manager", "clerk", "guide", "finance")
ROLES = ("nobody", "visitor", "stranger", "buyer", "sharer", "friend", "rival", "operator", *STAFF)
GROUPS = {
    "anyone": ROLES,
    "people": ROLES[2:],
    "none": (),
    "customers": ("stranger", "buyer", "sharer", "friend", "rival", "operator", "guide", "finance"),
    # Staff, by what the work is about.
    "heads": ("owner", "manager"),
    "sellers": ("owner", "manager", "clerk"),
    "bookkeepers": ("owner", "manager", "finance"),
    "back-office": ("owner", "manager", "clerk", "finance"),
    "carers": ("owner", "manager", "guide"),
}


class Call(msgspec.Struct, frozen=True):
    """A request, and who may make it."""

    method: str
    path: str
    may: frozenset[str]
    body: Any
    names: dict[str, str]
    query: str = ""

    @property
    def title(self) -> str:
        """For the test's name."""
        return " ".join([f"{self.method} {self.path}{self.query}", *(f"{key}={name}" for key, name in self.names.items())])

    def url(self, ids: dict[str, str]) -> str:
        """The path with ids in it."""
        return _PARAMETER.sub(lambda found: ids[self.names.get(found[1], found[1])], self.path) + _filled(self.query, ids)

    def content(self, ids: dict[str, str]) -> bytes | None:
        """The body with ids in it."""
        if self.body is None or isinstance(self.body, bytes):
            return self.body
        return _filled(msgspec.json.encode(self.body).decode(), ids).encode()


_PARAMETER = re.compile(r"\{(\w+)\}")


def _filled(text: str, ids: dict[str, str]) -> str:
    return re.sub(r"\$(\w+)", lambda found: ids[found[1]], text)


def call(route: str, who: str, body: Any = None, **names: str) -> Call:
    """`call("GET /me", "people")`."""
    method, _, path = route.partition(" ")
    path, mark, query = path.partition("?")
    may = frozenset(role for each in who.split() for role in GROUPS.get(each, (each,)))
    assert may <= set(ROLES), who
    return Call(method, path, may, body, names, mark + query)


def a_picture() -> bytes:
    """A small PNG."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(out, "PNG")
    return out.getvalue()


PRICE = {"amount": 6900, "currency": "CNY"}
SKU = {"code": "two", "price": PRICE, "stock": 3}
LINES = [{"sku_id": "$sku_id", "quantity": 1}]
PHONE = {"phone": "13800138000", "code": "000000"}
HOME = {"recipient": "林安娜", "phone": "13800000001", "region": ["浙江省"], "street": "龙井路 1 号"}
TEA = {"kind": "product", "id": "$product_id"}
WHY = {"why": "a test"}
SENT = {"at": "2026-06-01T10:00:00Z", "kind": "in_transit"}
FREIGHT = {"name": "Free", "rules": {}}
PICKUP = {"lines": LINES, "delivery": {"mode": "pickup", "location_id": "$location_id"}}

IDENTITY = [
    call("POST /visitors", "anyone"),
    call("POST /sessions/codes", "anyone", {"phone": "13800138000"}),
    call("POST /sessions", "anyone", PHONE),
    call("GET /sessions", "people"),
    call("DELETE /sessions/current", "people"),
    call("DELETE /sessions/{session_id}", "buyer"),
    call("GET /me", "people"),
    call("PATCH /me", "people", {"bio": "hello"}),
    call("POST /me/logins", "people", PHONE),
    call("POST /me/addresses", "people", HOME),
    call("GET /me/addresses", "people"),
    call("PATCH /me/addresses/{address_id}", "buyer", {"street": "南山路 2 号"}),
    call("DELETE /me/addresses/{address_id}", "buyer"),
    call("GET /me/consents", "people"),
    call("PUT /me/consents/{purpose}", "people", {}),
    call("DELETE /me/consents/{purpose}", "people"),
    call("POST /me/export", "people"),
    call("POST /me/erasure", "people", PHONE),
    call("GET /ops/people/{person_id}", "operator", person_id="buyer_id"),
    call("POST /ops/people/{person_id}/roles", "operator", {"role": "operator"}, person_id="buyer_id"),
    call("DELETE /ops/people/{person_id}/roles/{role}", "operator", person_id="operator_id", role="platform_role"),
    call("POST /ops/people/{person_id}/merges", "operator", {"other_id": "$newcomer_id"}, person_id="stranger_id"),
]

SOCIAL = [
    call("GET /people/{person_id}", "people", person_id="newcomer_id"),
    call("POST /people/lookups", "people", {"phone": "13800138000"}),
    call("GET /me/friends", "people"),
    call("DELETE /me/friends/{person_id}", "buyer sharer", person_id="friend_id"),
    call("GET /me/friend-requests", "people"),
    call("POST /me/friend-requests", "people", {"person_id": "$newcomer_id"}),
    call("DELETE /me/friend-requests/{person_id}", "people", person_id="sharer_id"),
    call("POST /me/friend-requests/{person_id}/acceptance", "buyer", person_id="sharer_id"),
    call("GET /me/blocks", "people"),
    call("PUT /me/blocks/{person_id}", "people", person_id="newcomer_id"),
    call("DELETE /me/blocks/{person_id}", "people", person_id="newcomer_id"),
    call("POST /profiles", "people", {"name": "我"}),
    call("POST /profiles", "heads", {"name": "店", "shop_id": "$shop_id"}),
    call("GET /profiles?owner_id=$shop_id", "anyone"),
    call("GET /profiles/{profile_id}", "anyone"),
    call("PATCH /profiles/{profile_id}", "buyer", {"bio": "hello"}),
    call("PATCH /profiles/{profile_id}", "heads", {"bio": "hello"}, profile_id="shop_profile_id"),
    call("GET /profiles/{profile_id}/followers", "buyer"),
    call("PUT /profiles/{profile_id}/followers/me", "people"),
    call("DELETE /profiles/{profile_id}/followers/me", "people"),
    call("GET /me/follows", "people"),
    call("POST /groups", "people", {"name": "茶友"}),
    call("GET /me/groups", "people"),
    call("POST /me/groups", "people", {"code": "$group_code"}),
    call("POST /me/groups", "stranger", {"group_id": "$group_id"}),
    call("DELETE /me/groups/{group_id}", "buyer friend"),
    call("GET /groups/{group_id}", "buyer friend"),
    call("PATCH /groups/{group_id}", "buyer", {"name": "酒友"}),
    call("POST /groups/{group_id}/codes", "buyer"),
    call("GET /groups/{group_id}/members", "buyer friend"),
    call("DELETE /groups/{group_id}/members/{person_id}", "buyer friend", person_id="friend_id"),
    call("PUT /groups/{group_id}/members/{person_id}/role", "buyer", {"role": "admin"}, person_id="friend_id"),
    call("POST /groups/{group_id}/invitations", "buyer friend", {"person_id": "$newcomer_id"}),
    call("GET /me/group-invitations", "people"),
    call("DELETE /me/group-invitations/{group_id}", "people"),
]

SHARES = [
    call("POST /shares", "people", {"target": TEA, "medium": "chat"}),
    call("POST /shares", "buyer friend", {"target": TEA, "medium": "group", "group_id": "$group_id"}),
    call("POST /shares/{code}/visits", "anyone"),
    call("GET /shares/{code}/cascade", "sharer heads operator"),
    call("GET /me/shares", "people"),
    call("GET /me/brought", "people"),
]

MONEY = [
    call("GET /ops/ledger/books/{home}/balances", "operator"),
    call("GET /ops/ledger/books/{home}/entries", "operator"),
    call("GET /me/balances", "people"),
    call("GET /me/earnings", "people"),
    call("GET /payments/{payment_id}", "buyer"),
    call("POST /payments/{payment_id}/confirmations", "buyer", {"outcome": "paid"}),
    call("POST /channels/sandbox/notices", "none", {"type": "payment.paid"}),
    call("GET /shops/{shop_id}/balances", "bookkeepers"),
    call("GET /shops/{shop_id}/orders/{order_id}/split", "bookkeepers"),
]

SHOPS = [
    call("POST /shops", "people", {"name": "新店", "kind": "personal"}),
    call("GET /shops", "anyone"),
    call("GET /shops/{shop_id}", "anyone"),
    call("PATCH /shops/{shop_id}", "heads", {"story": "hello"}),
    call("GET /me/shops", "people"),
    call("GET /me/merchants", "people"),
    call("PATCH /me/merchants/{merchant_id}", "owner", {"legal_name": "宝茶有限公司"}),
    call("GET /shops/{shop_id}/staff", "heads"),
    call("POST /shops/{shop_id}/staff", "heads", {"role": "shop.clerk", "person_id": "$newcomer_id"}),
    call("POST /shops/{shop_id}/staff", "owner", {"role": "shop.manager", "person_id": "$newcomer_id"}),
    call("DELETE /shops/{shop_id}/staff/{person_id}/{role}", "sellers", person_id="clerk_id", role="clerk_role"),
    call("DELETE /shops/{shop_id}/staff/{person_id}/{role}", "heads", person_id="manager_id", role="manager_role"),
    call("GET /shops/{shop_id}/invitations", "heads"),
    call("DELETE /shops/{shop_id}/invitations/{invitation_id}", "heads"),
    call("GET /me/shop-invitations", "people"),
    call("POST /me/shop-invitations/{invitation_id}/acceptance", "stranger"),
    call("DELETE /me/shop-invitations/{invitation_id}", "stranger"),
    call("GET /shops/{shop_id}/locations", "anyone"),
    call("POST /shops/{shop_id}/locations", "heads", {"name": "仓库"}),
    call("PATCH /shops/{shop_id}/locations/{location_id}", "heads", {"name": "仓库"}),
    call("DELETE /shops/{shop_id}/locations/{location_id}", "heads"),
    call("GET /shops/{shop_id}/freight-templates", "heads"),
    call("POST /shops/{shop_id}/freight-templates", "heads", FREIGHT),
    call("PUT /shops/{shop_id}/freight-templates/{template_id}", "heads", FREIGHT),
    call("DELETE /shops/{shop_id}/freight-templates/{template_id}", "heads"),
    call("GET /shops/{shop_id}/profiles", "anyone"),
    call("POST /shops/{shop_id}/profiles", "heads", {"profile_id": "$profile_id"}),
    call("DELETE /shops/{shop_id}/profiles/{profile_id}", "heads", profile_id="shop_profile_id"),
    call("GET /shops/{shop_id}/reviews", "owner operator"),
    call("POST /shops/{shop_id}/appeal", "owner", WHY),
    call("GET /ops/shops?state=open", "operator"),
    call("PUT /ops/shops/{shop_id}/state", "operator", {"state": "held"} | WHY),
    call("POST /ops/merchants/{merchant_id}/verification", "operator"),
    call("POST /shops/{shop_id}/regulars", "people", {}),
    call("GET /me/regulars", "people"),
    call("DELETE /me/regulars/{shop_id}", "people"),
    call("GET /shops/{shop_id}/regulars", "carers"),
    call("GET /shops/{shop_id}/guides", "carers"),
    call("PUT /shops/{shop_id}/guides/{person_id}", "heads", {"rate_bps": 100}, person_id="guide_id"),
    call("GET /guides/{code}", "anyone", code="guide_code"),
    call("POST /shops/{shop_id}/handovers", "heads", {"from_id": "$guide_id", "to_id": "$second_guide_id"}),
    call("GET /shops/{shop_id}/handovers", "heads"),
    call("GET /shops/{shop_id}/supplies", "sellers"),
    call("PUT /shops/{shop_id}/supplies/{sku_id}", "sellers", {"location_id": "$location_id", "quantity": 7}),
]

CATALOG = [
    call("GET /products", "anyone"),
    call("GET /products/{product_id}", "anyone"),
    call("POST /shops/{shop_id}/products", "sellers", {"title": "白茶", "skus": [SKU]}),
    call("GET /shops/{shop_id}/products", "sellers"),
    call("GET /shops/{shop_id}/products/{product_id}", "sellers"),
    call("PATCH /shops/{shop_id}/products/{product_id}", "sellers", {"title": "红茶"}),
    call("POST /shops/{shop_id}/products/{product_id}/skus", "sellers", SKU),
    call("PATCH /shops/{shop_id}/skus/{sku_id}", "sellers", {"price": {"amount": 1, "currency": "CNY"}, "stock": 1}),
    call("GET /shops/{shop_id}/skus/{sku_id}/prices", "sellers"),
    call("POST /shops/{shop_id}/pictures", "sellers", a_picture()),
    call("POST /shops/{shop_id}/products/{product_id}/appeals", "sellers", {"reason": "it is good"}, product_id="held_id"),
    call("GET /products/{product_id}/states", "sellers operator"),
    call("POST /products/{product_id}/reports", "customers", {"reason": "other"}),
    call("GET /categories", "anyone"),
    call("PUT /ops/categories", "operator", {"slug": "tea", "name_zh": "茶", "name_en": "Tea", "rate_bps": 300}),
    call("POST /ops/categories/{category_id}/rates", "operator", {"rate_bps": 300}),
    call("GET /ops/categories/{category_id}/rates", "operator"),
    call("GET /ops/products", "operator"),
    call("POST /ops/products/{product_id}/states", "operator", {"state": "held", "reason": "?"}),
    call("GET /ops/reports", "operator"),
]

DEALS = [
    call("POST /quotes", "anyone", {"lines": LINES}),
    call("POST /quotes", "buyer", {"lines": LINES, "delivery": {"address_id": "$address_id"}}),
    call("POST /orders", "people", PICKUP),
    call("POST /orders", "buyer", {"lines": LINES, "delivery": {"mode": "express", "address_id": "$address_id"}}),
    call("GET /orders", "people"),
    call("GET /orders/{order_id}", "buyer"),
    call("POST /orders/{order_id}/cancellation", "buyer", order_id="paid_id"),
    call("POST /orders/{order_id}/receipt", "buyer", order_id="shipped_id"),
    call("GET /shops/{shop_id}/orders", "back-office"),
    call("GET /shops/{shop_id}/orders/{order_id}", "back-office"),
    call("GET /shops/{shop_id}/orders/{order_id}/address", "sellers", order_id="paid_id"),
    call("POST /shops/{shop_id}/orders/{order_id}/cancellation", "heads", {"reason": "lost"}, order_id="paid_id"),
    call("POST /shops/{shop_id}/orders/{order_id}/price", "heads", {"goods": 6000}, order_id="placed_id"),
    call(
        "POST /shops/{shop_id}/orders/{order_id}/shipments",
        "sellers",
        {"carrier": "sf", "tracking_number": "SF1"},
        order_id="paid_id",
    ),
    call("POST /shops/{shop_id}/parcels/{parcel_id}/tracking", "sellers", SENT),
    call("GET /me/cart", "people"),
    call("PUT /me/cart/{sku_id}", "people", {"quantity": 3}),
    call("DELETE /me/cart/{sku_id}", "people"),
]

SITE = [
    call("GET //health", "anyone"),
    call("GET //metrics", "operator"),
    call("GET //media/{name}", "anyone", name="picture"),
    call("GET //openapi.json", "anyone"),
    call("GET //docs", "anyone"),
    call("GET //docs/{name}", "anyone", name="docs_asset"),
]

CALLS = [*IDENTITY, *SOCIAL, *SHARES, *MONEY, *SHOPS, *CATALOG, *DEALS, *SITE]
