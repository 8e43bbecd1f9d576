import asyncio
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shuke.goods import stock
from shuke.goods.stock import Hold, LocationId, SkuId, SoldOut, Supply
from shuke.kit import proofs
from shuke.kit.db import Db, Pool, borrowed, read, transaction
from shuke.kit.ids import new_id

HOME = 4242


async def a_supply(db: Db, *quantities: int) -> tuple[LocationId, list[SkuId]]:
    location = LocationId(new_id(HOME))
    skus = [SkuId(new_id(HOME)) for _ in quantities]
    await stock.set_available(db, [Supply(sku, location, each) for sku, each in zip(skus, quantities, strict=True)])
    return location, skus


async def assert_books_agree(db: Db) -> None:
    for proof, finding in await proofs.verify(db):
        if proof.name.startswith("stock."):
            assert finding.checked > 0
            assert finding.broken == 0, (proof.sentence, finding.example)


async def test_a_reservation_is_sold_or_released_once(db: Db):
    location, (tea,) = await a_supply(db, 10)
    first, second = new_id(HOME), new_id(HOME)
    await stock.reserve(db, [Hold(first, tea, location, 3)])
    await stock.reserve(db, [Hold(second, tea, location, 4)])

    for _ in range(2):
        await stock.sell(db, first)
        await stock.release(db, second)

    assert await stock.available(db, [tea]) == {tea: 7}
    assert await stock.sold(db, [tea]) == {tea: 3}
    await assert_books_agree(db)


async def test_short_of_one_sku_nothing_is_reserved(db: Db):
    location, (tea, cup) = await a_supply(db, 10, 1)

    with pytest.raises(SoldOut) as refused:
        async with transaction(db):
            await stock.reserve(db, [Hold(order := new_id(HOME), tea, location, 2), Hold(order, cup, location, 2)])

    assert refused.value.fields == {"sku_id": cup, "wanted": 2}
    assert await stock.available(db, [tea, cup]) == {tea: 10, cup: 1}


async def test_setting_what_is_available_leaves_what_is_reserved(db: Db):
    location, (tea,) = await a_supply(db, 10)
    await stock.reserve(db, [Hold(new_id(HOME), tea, location, 4)])

    await stock.set_available(db, [Supply(tea, location, 1)])

    assert await read(db, stock.on_hand([tea])) == {tea: {location: 1}}
    await assert_books_agree(db)


async def test_an_order_gives_back_at_most_what_it_bought(db: Db):
    location, (tea,) = await a_supply(db, 10)
    order = new_id(HOME)
    await stock.reserve(db, [Hold(order, tea, location, 3)])
    await stock.sell(db, order)

    await stock.give_back(db, order, tea, 2)
    with pytest.raises(stock.types.NothingToGiveBack):
        await stock.give_back(db, order, tea, 2)

    assert await stock.available(db, [tea]) == {tea: 9}
    await assert_books_agree(db)


async def test_history_raises_a_supply_that_was_too_small(db: Db):
    location, (tea,) = await a_supply(db, 2)

    await stock.sell_imported(db, [Hold(new_id(HOME), tea, location, 5)])

    assert await stock.available(db, [tea]) == {tea: 0}
    assert await stock.sold(db, [tea]) == {tea: 5}
    await assert_books_agree(db)


@pytest.mark.concurrent
async def test_sixty_four_buyers_never_oversell(pool: Pool):
    async with borrowed(pool) as db:
        location, (hot,) = await a_supply(db, 100)

    async def buy() -> bool:
        async with borrowed(pool) as db:
            try:
                async with transaction(db):
                    await stock.reserve(db, [Hold(new_id(HOME), hot, location, 1)])
            except SoldOut:
                return False
            return True

    bought = await asyncio.gather(*[buy() for _ in range(192)])

    assert sum(bought) == 100
    async with borrowed(pool) as db:
        assert await stock.available(db, [hot]) == {hot: 0}
        await assert_books_agree(db)


@pytest.mark.concurrent
async def test_orders_over_the_same_skus_in_any_order_do_not_deadlock(pool: Pool):
    async with borrowed(pool) as db:
        location, skus = await a_supply(db, *[1000] * 6)

    async def buy(seed: int) -> None:
        rng = random.Random(seed)
        order = new_id(HOME)
        chosen = rng.sample(skus, 4)
        async with borrowed(pool) as db:
            async with transaction(db):
                await stock.reserve(db, [Hold(order, sku, location, rng.randint(1, 3)) for sku in chosen])
            await (stock.sell if seed % 2 else stock.release)(db, order)

    await asyncio.gather(*[buy(seed) for seed in range(120)])

    async with borrowed(pool) as db:
        await assert_books_agree(db)


STEPS = st.lists(st.tuples(st.sampled_from(["reserve", "sell", "release", "supply"]), st.integers(1, 6)), max_size=25)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_whatever_happens_the_books_agree(db: Db, steps: list[tuple[str, int]]):
    location, (tea,) = await a_supply(db, 10)
    orders = [new_id(HOME)]

    for step, number in steps:
        order = orders[number % len(orders)]
        match step:
            case "reserve":
                orders.append(new_id(HOME))
                try:
                    async with transaction(db):
                        await stock.reserve(db, [Hold(orders[-1], tea, location, number)])
                except SoldOut:
                    orders.pop()
            case "sell":
                await stock.sell(db, order)
            case "release":
                await stock.release(db, order)
            case _:
                await stock.set_available(db, [Supply(tea, location, number)])

    await assert_books_agree(db)
