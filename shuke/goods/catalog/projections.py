"""Cards, pages and words, made from a product in the transaction that writes it, so that what is read is ready JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from shuke.goods import shops
from shuke.goods.catalog import cards_sql
from shuke.goods.catalog.categories_sql import CategoryFacts
from shuke.goods.catalog.rules import address_of, in_order, thumb_key
from shuke.goods.catalog.types import Product, Sku, State
from shuke.goods.catalog.words import index_words
from shuke.goods.shops import Delivering, ShopId
from shuke.kit.db import Db
from shuke.kit.ids import home_of

_encode = msgspec.json.Encoder().encode
_CARD = ("id", "shop_id", "title", "cover", "thumb", "price", "category_id", "is_virtual")


class Told(msgspec.Struct, frozen=True):
    """A row of cards."""

    id: UUID
    shop_id: UUID
    category_id: UUID | None
    state: State
    price: int
    listed_at: datetime | None
    revised_at: datetime
    card: str
    page: str
    sku_ids: list[UUID]
    sku_parts: list[str]


class Worded(msgspec.Struct, frozen=True):
    """A row of words."""

    id: UUID
    category_id: UUID | None
    state: State
    price: int
    listed_at: datetime | None
    words: list[str]


async def project(
    db: Db, shop: Delivering, products: Sequence[Product], facts: Mapping[UUID, CategoryFacts], *, has_new_words: bool
) -> None:
    """Write the cards of products of one shop, and with `has_new_words`, as every new one has, the words they are found by."""
    # Whoever renames, opens or closes the shop waits for those who write by its name and state, and then finds what they wrote.
    held = await shops.held_card(db, shop.id) if has_new_words else shop
    is_open = held.state == "open"
    await cards_sql.WRITE_CARDS.run(db, home_of(shop.id), [_told(product, facts) for product in products], is_open)
    if has_new_words:
        worded = [_worded(held.name, product, facts) for product in products]
        await cards_sql.WRITE_WORDS.run(db, home_of(shop.id), worded, is_open)


async def word(db: Db, shop_id: ShopId, products: Sequence[Product], facts: Mapping[UUID, CategoryFacts]) -> None:
    """Write the words that products of one shop are found by, under the name it has now."""
    shop = await shops.held_card(db, shop_id)
    worded = [_worded(shop.name, product, facts) for product in products]
    await cards_sql.WRITE_WORDS.run(db, home_of(shop_id), worded, shop.state == "open")


def _told(product: Product, facts: Mapping[UUID, CategoryFacts]) -> Told:
    skus = [sku for sku in product.skus if not sku.is_retired]
    price = min((sku.price for sku in skus), key=lambda price: price.amount)
    cover = product.images[0] if product.images else None
    page = {
        "id": product.id,
        "shop_id": product.shop_id,
        "title": product.title,
        "cover": address_of(cover) if cover else None,
        "thumb": address_of(thumb_key(cover)) if cover else None,
        "price": price,
        "category_id": product.category_id,
        "is_virtual": product.is_virtual,
        "description": product.description,
        "images": [address_of(key) for key in product.images],
        "options": product.options,
        "badges": _badges(product, facts),
    }
    return Told(
        product.id,
        product.shop_id,
        product.category_id,
        product.state,
        price.amount,
        product.listed_at,
        product.revised_at,
        _encode({name: page[name] for name in _CARD}).decode(),
        _encode(page).decode(),
        [sku.id for sku in skus],
        [_encode(_part(sku, product.options)).decode() for sku in skus],
    )


def _part(sku: Sku, options: list[str]) -> dict[str, object]:
    # jsonb forgets the order of names; the product remembers it.
    return {"id": sku.id, "code": sku.code, "options": in_order(sku.options, options), "price": sku.price}


def _badges(product: Product, facts: Mapping[UUID, CategoryFacts]) -> list[str]:
    # Consumer Protection Law of the PRC, article 25: what is perishable, made to order or delivered online is final.
    is_final = product.is_virtual or (product.category_id is not None and facts[product.category_id].is_final)
    return ["final_sale"] if is_final else ["seven_day_return"]


def _worded(shop_name: str, product: Product, facts: Mapping[UUID, CategoryFacts]) -> Worded:
    shelf = [shop_name, *(facts[product.category_id].names if product.category_id else ())]
    words = index_words(product.title, shelf, product.description)
    price = min(sku.price.amount for sku in product.skus if not sku.is_retired)
    return Worded(product.id, product.category_id, product.state, price, product.listed_at, words)
