"""The market of the town: its categories, shops, goods and the people who work there."""

import asyncio
import os
import random
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from shuke.goods import catalog, regulars, shops
from shuke.goods.catalog import CategoryAsk, CategoryId, PriceAsk, ProductAsk, SkuAsk
from shuke.goods.regulars import GuideAsk
from shuke.goods.shops import HireAsk, LocationAsk, MerchantAsk, ShopAsk, ShopId
from shuke.kit import settings
from shuke.kit.actor import Actor
from shuke.kit.db import Db
from shuke.kit.storage import open_store
from shuke.town.content import CATEGORIES, CategorySeed, ProductSeed, ShopSeed, cover, fetch_emoji, load_products, load_shops
from shuke.town.folk import Townsman, sign_in

SHELF = 3
"""How many times the stock of a listing is on the shelf: the town buys for a month."""
GUIDE_RATE_BPS = 200


class Good(msgspec.Struct, frozen=True):
    """A listed product. `appeal` is how readily people pass it on and buy it, around 1."""

    id: catalog.ProductId
    shop_id: ShopId
    sku_ids: list[catalog.SkuId]
    seed: ProductSeed
    appeal: float


class Stall(msgspec.Struct, frozen=True):
    """A shop with its owner, as they act there, its guides and its goods."""

    id: ShopId
    seed: ShopSeed
    owner: Townsman
    staff: Actor
    guides: list[Townsman]
    goods: list[Good]


async def open_market(
    db: Db, rng: random.Random, folk: Sequence[Townsman], covers: Awaitable[Mapping[str, bytes]]
) -> list[Stall]:
    """Open the shops: the first people of the town own them, the next are their guides. `covers` are those of `draw_covers`."""
    categories = await _put_categories(db)
    people = iter(folk)
    stalls: list[Stall] = []
    pictures = await covers
    for seed in load_shops():
        stall = await _open(db, seed, people)
        kept = await asyncio.gather(*(_hang_up(stall, pictures[product.code]) for product in seed.products))
        for product, picture in zip(seed.products, kept, strict=True):
            stall.goods.append(await _list(db, rng, stall, product, categories[product.category], picture))
        stalls.append(stall)
    return stalls


def draw_covers() -> dict[str, bytes]:
    """The picture of each product by its code; what was drawn is kept for the next town. Blocks for seconds."""
    data = settings.current().data
    kept, emoji = data / "cache" / "covers", fetch_emoji(data / "cache" / "emoji")
    products = load_products()
    # Most of the drawing happens in C, where threads do not wait for each other.
    with ThreadPoolExecutor(os.cpu_count()) as hands:
        drawn = hands.map(lambda product: cover(product, emoji, kept), products)
        return {product.code: picture for product, picture in zip(products, drawn, strict=True)}


async def _put_categories(db: Db) -> dict[str, CategoryId]:
    return {seed.slug: await catalog.put_category(db, _category(place, seed)) for place, seed in enumerate(CATEGORIES)}


def _category(place: int, seed: CategorySeed) -> CategoryAsk:
    return CategoryAsk(
        seed.slug,
        seed.zh,
        seed.en,
        seed.rate_bps,
        parent=seed.parent,
        is_sensitive=seed.sensitive,
        is_perishable=seed.perishable,
        is_made_to_order=seed.made_to_order,
        position=place,
    )


async def _open(db: Db, seed: ShopSeed, people: Iterator[Townsman]) -> Stall:
    owner = next(people)
    city = seed.region[1]
    ask = ShopAsk(
        seed.name.zh,
        seed.kind,
        merchant=MerchantAsk(legal_name=f"{city}{seed.name.zh}商行" if seed.kind == "company" else owner.seed.full_name),
        story=seed.story.zh,
        city=city,
        location=LocationAsk(f"{seed.name.zh}总店", "store", list(seed.region), seed.street),
    )
    shop = await shops.open_shop(db, owner.actor, ask)
    staff = await sign_in(db, owner.id)
    guides: list[Townsman] = []
    for role in seed.guides:
        if role.role != "shop.owner":
            guide = next(people)
            invitation = await shops.hire(db, staff, shop.id, HireAsk(role=role.role, person_id=guide.id))
            await shops.accept(db, guide.actor, invitation.id)
            if role.role == "shop.guide":
                await regulars.set_guide_rate(db, staff, shop.id, guide.id, GuideAsk(GUIDE_RATE_BPS))
                guides.append(guide)
    return Stall(shop.id, seed, owner, staff, guides, [])


async def _hang_up(stall: Stall, picture: bytes) -> str:
    return (await catalog.add_picture(open_store(settings.current()), stall.staff, stall.id, picture)).key


async def _list(db: Db, rng: random.Random, stall: Stall, seed: ProductSeed, category_id: CategoryId, picture: str) -> Good:
    skus = [SkuAsk(sku.code, PriceAsk(sku.price, "CNY"), sku.stock * SHELF, sku.options, sku.weight_g) for sku in seed.skus]
    ask = ProductAsk(seed.title.zh, skus, seed.description.zh, category_id, [picture], list(seed.commission_bps))
    product = await catalog.list_product(db, stall.staff, stall.id, ask)
    return Good(product.id, stall.id, [sku.id for sku in product.skus], seed, rng.lognormvariate(0, 0.7))
