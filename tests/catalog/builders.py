"""Products to test with."""

from typing import Protocol

import msgspec

from shuke.goods import catalog
from shuke.goods.catalog import PriceAsk, Product, ProductAsk, SkuAsk
from shuke.goods.shops import ShopId
from shuke.kit.actor import ON_PLATFORM, Actor
from shuke.kit.db import Db


class ShopWithOwner(Protocol):
    """A shop and who may write its catalogue."""

    @property
    def id(self) -> ShopId:
        """The shop."""
        ...

    @property
    def owner(self) -> Actor:
        """Its owner."""
        ...


async def a_listed_product(
    db: Db, shop: ShopWithOwner, title: str = "安溪铁观音 清香型", *, price: int = 6900, stock: int = 100, **ask: object
) -> Product:
    """A product in one SKU, for sale; `ask` overrides fields of ProductAsk."""
    whole = {"title": title, "skus": [a_sku(price=price, stock=stock)]} | ask
    return await catalog.list_product(db, shop.owner, shop.id, msgspec.convert(whole, ProductAsk, from_attributes=True))


def a_sku(
    code: str = "one", *, price: int = 6900, stock: int = 100, currency: str = "CNY", weight_g: int = 0, **options: str
) -> SkuAsk:
    """A SKU to ask for: `a_sku("S", 尺码="S")`."""
    return SkuAsk(code, PriceAsk(price, currency), stock, options, weight_g)


def a_catalog_operator(actor: Actor) -> Actor:
    """The actor as an operator of the catalogue and its rates."""
    held = actor.grants.get(ON_PLATFORM, frozenset()) | {"ops.catalog", "ops.rates"}
    return msgspec.structs.replace(actor, grants=actor.grants | {ON_PLATFORM: held})
