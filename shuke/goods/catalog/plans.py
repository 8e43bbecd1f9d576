"""What an import has to do: pure comparison of what the file says with what is there."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from shuke.goods.catalog.categories_sql import CategoryFacts
from shuke.goods.catalog.products import SkuRow, sku_row
from shuke.goods.catalog.rules import check_ceiling
from shuke.goods.catalog.shopify import MAX_SKUS, BadRow, ReadProduct, ReadSku
from shuke.goods.catalog.types import DEFAULT_RATE_BPS, CategoryId, CeilingExceeded, Product, ProductId, Sku, State
from shuke.goods.shops import GUIDE_CAP_BPS, ShopId
from shuke.goods.stock import SkuId
from shuke.kit import settings as kit_settings
from shuke.kit.ids import home_of, new_id
from shuke.kit.money import Money


class Shelf(msgspec.Struct, frozen=True):
    """Where products go: the shop, its currency, categories by their names, and the state of what is published."""

    shop_id: ShopId
    currency: str
    categories: dict[str, UUID]
    state: State


class Repriced(msgspec.Struct, frozen=True):
    """A SKU whose price the file changes."""

    sku_id: SkuId
    product_id: ProductId
    old: int
    new: int
    currency: str


class RevisedSku(msgspec.Struct, frozen=True):
    """A SKU as the file wants it."""

    id: SkuId
    price: int
    weight_g: int
    options: dict[str, str]


class Plan(msgspec.Struct):
    """What is to be written; `reworded` are those of `revised` that are found by other words now."""

    facts: dict[UUID, CategoryFacts]
    created: list[Product] = []
    revised: list[Product] = []
    reworded: list[Product] = []
    new_skus: list[SkuRow] = []
    revised_skus: list[RevisedSku] = []
    supplies: list[tuple[SkuId, int]] = []
    price_changes: list[Repriced] = []
    pictures: dict[ProductId, list[str]] = {}
    refused: list[list[BadRow]] = []
    unchanged: int = 0
    skus: int = 0


def plan(
    shelf: Shelf,
    read: Sequence[ReadProduct],
    known: Mapping[str, Product],
    owners: Mapping[str, str],
    facts: dict[UUID, CategoryFacts],
    now: datetime,
) -> Plan:
    """Decide on each product of the file: `known` are those there by handle, `owners` tells whose a SKU code is."""
    made = Plan(facts)
    taken = dict(owners)
    for each in read:
        old = known.get(each.handle)
        id = old.id if old else ProductId(new_id(home_of(shelf.shop_id)))
        bad = _refusals(each, old, taken)
        new = old if old else _blank(shelf, each, id, now)
        if not bad:
            new, bad = _told(shelf, new, each, facts, now)
        if bad:
            made.refused.append(bad)
            continue
        taken.update({sku.code: each.handle for sku in each.skus})
        made.skus += len(each.skus)
        if each.images:
            made.pictures[id] = each.images
        if old is None:
            made.created.append(new)
            made.new_skus += [sku_row(id, sku, place, sku.code) for place, sku in enumerate(new.skus)]
            made.supplies += [(sku.id, asked.stock) for sku, asked in zip(new.skus, each.skus, strict=True)]
        else:
            _compare(made, each, old, new)
    return made


def _refusals(each: ReadProduct, old: Product | None, taken: Mapping[str, str]) -> list[BadRow]:
    bad = [
        BadRow(sku.line, "Variant SKU", f"The code {sku.code} belongs to another product of the shop.")
        for sku in each.skus
        if taken.get(sku.code, each.handle) != each.handle
    ]
    if old is None and each.title is None:
        bad.append(BadRow(each.line, "Title", "The title is missing."))
    codes = {sku.code for sku in each.skus} | {sku.code for sku in (old.skus if old else ())}
    if len(codes) > MAX_SKUS:
        bad.append(BadRow(each.line, "Variant SKU", f"A product has at most {MAX_SKUS} variants."))
    return bad


def _blank(shelf: Shelf, each: ReadProduct, id: ProductId, now: datetime) -> Product:
    state = shelf.state if each.is_published else State.DRAFT
    return Product(
        id=id,
        shop_id=shelf.shop_id,
        title="",
        description="",
        category_id=None,
        state=state,
        images=[],
        options=[],
        commission_bps=[],
        is_virtual=False,
        source_handle=each.handle,
        created_at=now,
        revised_at=now,
        listed_at=now if state is State.LISTED else None,
        skus=[],
    )


def _told(
    shelf: Shelf, old: Product, each: ReadProduct, facts: Mapping[UUID, CategoryFacts], now: datetime
) -> tuple[Product, list[BadRow]]:
    """The product as the file tells it; what the file leaves out stays."""
    category_id = shelf.categories.get(each.kind.casefold()) or old.category_id
    rate = facts[category_id].top_rate_bps if category_id else DEFAULT_RATE_BPS
    try:
        check_ceiling(rate, GUIDE_CAP_BPS, old.commission_bps, kit_settings.current())
    except CeilingExceeded as error:
        return old, [BadRow(each.line, "Type", f"{error.sentence} It would be {error.total_bps} basis points.")]
    by_code = {sku.code: sku for sku in old.skus}
    told = {asked.code: _sku(shelf, by_code.get(asked.code), asked) for asked in each.skus}
    new = msgspec.structs.replace(
        old,
        title=each.title or old.title,
        description=old.description if each.description is None else each.description,
        category_id=CategoryId(category_id) if category_id else None,
        is_virtual=old.is_virtual if each.is_virtual is None else each.is_virtual,
        options=list(dict.fromkeys([*each.skus[0].options, *(old.options if by_code.keys() - told.keys() else ())])),
        skus=[told.pop(sku.code, sku) for sku in old.skus] + list(told.values()),
    )
    return (new if new == old else msgspec.structs.replace(new, revised_at=now)), []


def _sku(shelf: Shelf, old: Sku | None, asked: ReadSku) -> Sku:
    price = Money(asked.price, shelf.currency)
    if old is None:
        return Sku(SkuId(new_id(home_of(shelf.shop_id))), asked.code, asked.options, price, asked.weight_g or 0)
    weight = old.weight_g if asked.weight_g is None else asked.weight_g
    return msgspec.structs.replace(old, price=price, options=asked.options, weight_g=weight)


def _compare(made: Plan, each: ReadProduct, old: Product, new: Product) -> None:
    if new == old:
        made.unchanged += 1
        return
    made.revised.append(new)
    if (new.title, new.description, new.category_id) != (old.title, old.description, old.category_id):
        made.reworded.append(new)
    was = {sku.id: sku for sku in old.skus}
    quantities = {sku.code: sku.stock for sku in each.skus}
    for place, sku in enumerate(new.skus):
        before = was.get(sku.id)
        if before is None:
            made.new_skus.append(sku_row(new.id, sku, place, sku.code))
            made.supplies.append((sku.id, quantities[sku.code]))
        elif before != sku:
            made.revised_skus.append(RevisedSku(sku.id, sku.price.amount, sku.weight_g, sku.options))
            if before.price != sku.price:
                price = (before.price.amount, sku.price.amount, sku.price.currency)
                made.price_changes.append(Repriced(sku.id, new.id, *price))
