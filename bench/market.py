"""The stage of a bench, set over HTTP: shops, products, and buyers with a token and an address."""

import asyncio
from typing import Any

import msgspec

from bench.wire import Client, connect

WORDS = (
    "安溪铁观音",
    "手工陶杯",
    "高山乌龙",
    "羊绒围巾",
    "竹编果篮",
    "桂花米酒",
    "蓝染茶巾",
    "核桃木碗",
    "云南咖啡豆",
    "亚麻衬衫",
)
AT_ONCE = 8


class Buyer(msgspec.Struct, frozen=True):
    """Somebody signed in, and where they live."""

    token: str
    person_id: str
    address_id: str


class Product(msgspec.Struct, frozen=True):
    """A listed product and its SKUs."""

    id: str
    shop_id: str
    sku_ids: list[str]


class Market(msgspec.Struct, frozen=True):
    """What a load may ask for."""

    port: int
    buyers: list[Buyer]
    owners: list[str]
    shop_ids: list[str]
    products: list[Product]

    def order(self, buyer: Buyer, *lines: tuple[str, int]) -> dict[str, Any]:
        """The body of an order."""
        return {
            "lines": [{"sku_id": sku_id, "quantity": quantity} for sku_id, quantity in lines],
            "delivery": {"mode": "express", "address_id": buyer.address_id},
        }


def open_market(port: int, *, shops: int = 4, products: int = 200, buyers: int = 64, stock: int = 10**9) -> Market:
    """Open shops that sell `products` in all, two SKUs each, and let `buyers` sign in."""
    return asyncio.run(_open(port, shops, products, buyers, stock))


async def _open(port: int, shops: int, products: int, buyers: int, stock: int) -> Market:
    clients = [Client(await connect(port)) for _ in range(AT_ONCE)]
    owners = [await _sign_in(clients[0], 13_900_000_000 + number) for number in range(shops)]
    shop_ids = [
        (await clients[0].post("/shops", {"name": f"小店 {number}", "kind": "personal"}, token=token))["id"]
        for number, (token, _) in enumerate(owners)
    ]

    async def list_one(client: Client, number: int) -> Product:
        shop = number % shops
        listed = await client.post(f"/shops/{shop_ids[shop]}/products", a_product(number, stock), token=owners[shop][0])
        return Product(listed["id"], shop_ids[shop], [sku["id"] for sku in listed["skus"]])

    async def buyer(client: Client, number: int) -> Buyer:
        phone = 13_800_000_000 + number
        token, person_id = await _sign_in(client, phone)
        home = {"recipient": "林安娜", "phone": str(phone), "region": ["浙江省", "杭州市", "西湖区"], "street": "龙井路 1 号"}
        return Buyer(token, person_id, (await client.post("/me/addresses", home, token=token))["id"])

    listed = await _shared_out(clients, products, list_one)
    signed_in = await _shared_out(clients, buyers, buyer)
    for client in clients:
        client.connection.close()
    return Market(port, signed_in, [token for token, _ in owners], shop_ids, listed)


def a_product(number: int, stock: int) -> dict[str, Any]:
    """A product to list, in two SKUs."""
    name = f"{WORDS[number % len(WORDS)]} {number}"
    skus = [
        {"code": size, "options": {"规格": size}, "price": {"amount": 6900 + number, "currency": "CNY"}, "stock": stock}
        for size in ("小", "大")
    ]
    return {"title": name, "description": f"{name}。当季新做，小批量，附产地说明。" * 4, "skus": skus}


async def _sign_in(client: Client, phone: int) -> tuple[str, str]:
    await client.post("/sessions/codes", {"phone": str(phone)})
    signed_in = await client.post("/sessions", {"phone": str(phone), "code": "000000"})
    return signed_in["token"], signed_in["person"]["id"]


async def _shared_out(clients: list[Client], count: int, work: Any) -> list[Any]:
    made: dict[int, Any] = {}

    async def some(place: int) -> None:
        for number in range(place, count, len(clients)):
            made[number] = await work(clients[place], number)

    await asyncio.gather(*(some(place) for place in range(len(clients))))
    return [made[number] for number in range(count)]
