import asyncio
import random

import pytest

from shuke.kit import clock, proofs
from shuke.kit.actor import ON_PLATFORM, Actor
from shuke.kit.clock import Timeline
from shuke.kit.db import Db, Pool, borrowed, transaction
from shuke.kit.ids import new_id
from shuke.kit.money import Money
from shuke.society import shares, social
from shuke.society.shares import LinkNotFound, TargetRef, folds
from tests.shares.builders import (
    a_chain,
    a_person,
    a_tea,
    a_visitor,
    counters,
    link_of,
    pass_on,
    people,
    recount,
    staff,
    without_nothing,
)


async def assert_proofs_hold(db: Db) -> None:
    for proof, finding in await proofs.verify(db):
        if proof.name.startswith("shares."):
            assert finding.checked > 0, proof.name
            assert finding.broken == 0, (proof.sentence, finding.example)


async def test_a_cascade_counts_by_level_below_the_link_asked_for(db: Db, timeline: Timeline):
    tea, (ana, bo, chi, dee) = a_tea(), await people(db, 4)
    codes = await a_chain(db, tea, [ana, bo, chi])
    await shares.visit(db, dee, codes[2])
    await shares.convert(db, link_of(codes[2]), new_id(4242), Money(6900, "CNY"))

    whole, part = await shares.cascade(db, ana, codes[0]), await shares.cascade(db, bo, codes[1])

    assert [(level.depth, level.shares, level.visitors, level.orders) for level in whole.levels] == [
        (0, 1, 1, 0),
        (1, 1, 1, 0),
        (2, 1, 1, 1),
    ]
    assert [(level.depth, level.shares, level.orders) for level in part.levels] == [(0, 1, 0), (1, 1, 1)]
    assert (whole.depth, whole.width, whole.levels[2].gmv) == (2, 1, [Money(6900, "CNY")])
    assert (whole.levels[2].conversion_bps, whole.total.shares, whole.total.visitors) == (10_000, 3, 3)


async def test_a_visitor_counts_once_a_level_of_every_link_they_came_below(db: Db):
    tea, (ana, bo, chi, dee) = a_tea(), await people(db, 4)
    root = await pass_on(db, ana, tea)
    left, right = await pass_on(db, bo, tea, root), await pass_on(db, chi, tea, root)

    for code in (left, right):
        await shares.visit(db, dee, code)
        await shares.fold(db)

    assert (await shares.cascade(db, ana, root)).levels[1].visitors == 1
    assert (await shares.cascade(db, bo, left)).levels[0].visitors == 1
    assert (await shares.cascade(db, chi, right)).levels[0].visitors == 1
    await assert_proofs_hold(db)


async def test_gmv_is_counted_by_currency_and_an_order_once(db: Db):
    ana = await a_person(db)
    code, first, second = await pass_on(db, ana, a_tea()), new_id(4242), new_id(4242)
    for _ in range(2):
        await shares.convert(db, link_of(code), first, Money(500, "CNY"))
        await shares.convert(db, link_of(code), second, Money(70, "GBP"))
        await shares.fold(db)

    before = await shares.cascade(db, ana, code)
    for _ in range(2):
        await shares.undo_conversion(db, link_of(code), first)
    after = await shares.cascade(db, ana, code)

    assert (before.total.orders, before.total.gmv) == (2, [Money(500, "CNY"), Money(70, "GBP")])
    assert (after.total.orders, after.total.gmv) == (1, [Money(70, "GBP")])


async def an_eventful_tree(db: Db, seed: int, events: int) -> list[str]:
    """Shares, visits, orders and undone orders at random, folded now and then."""
    rnd, tea, sharers = random.Random(seed), a_tea(), await people(db, 25)
    codes = [await pass_on(db, sharers[0], tea)]
    visitors = [await a_visitor(db) for _ in range(6)]
    orders: list[tuple[str, object]] = []
    for _ in range(events):
        match rnd.randrange(10):
            case 0 | 1 | 2:
                codes.append(await pass_on(db, rnd.choice(sharers), tea, rnd.choice(codes), rnd.choice(["chat", "moments"])))
            case 3 | 4 | 5 | 6:
                await shares.visit(db, rnd.choice(visitors + sharers), rnd.choice(codes))
            case 7 | 8:
                orders.append((rnd.choice(codes), new_id(4242)))
                await shares.convert(db, link_of(orders[-1][0]), orders[-1][1], Money(rnd.randrange(10_000), "CNY"))  # type: ignore[arg-type]
            case _:
                if orders:
                    code, order = rnd.choice(orders)
                    await shares.undo_conversion(db, link_of(code), order)  # type: ignore[arg-type]
                if rnd.randrange(2):
                    await shares.fold(db)
    return sorted(set(codes))


@pytest.mark.parametrize("seed", range(6))
async def test_the_counters_equal_a_recount_folded_or_not(db: Db, seed: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(folds, "BATCH", 7 + seed)
    codes = await an_eventful_tree(db, seed, 220)
    expected = without_nothing(await recount(db))

    unfolded = await counters(db, codes, staff())
    while await shares.fold(db):
        pass
    folded = await counters(db, codes, staff())

    assert without_nothing(unfolded) == expected
    assert without_nothing(folded) == expected
    await assert_proofs_hold(db)


async def test_a_cascade_deeper_than_the_counters_reach_is_whole(db: Db):
    sharers, tea, visitor = await people(db, 2), a_tea(), await a_visitor(db)
    codes: list[str] = []
    for place in range(200):
        codes.append(await pass_on(db, sharers[place % 2], tea, codes[-1] if codes else None))
    for place in (10, 63, 64, 65, 127, 128, 199):
        await shares.visit(db, visitor, codes[place])
        await shares.convert(db, link_of(codes[place]), new_id(4242), Money(100, "CNY"))
    expected = without_nothing(await recount(db))

    assert without_nothing(await counters(db, codes, staff())) == expected
    await shares.fold(db)

    assert without_nothing(await counters(db, codes, staff())) == expected
    assert (await shares.cascade(db, sharers[0], codes[0])).depth == 199
    await assert_proofs_hold(db)


@pytest.mark.concurrent
async def test_folding_while_people_share_and_visit_loses_and_doubles_nothing(pool: Pool):
    tea = a_tea()
    async with borrowed(pool) as db:
        sharers, visitors = await people(db, 8), [await a_visitor(db) for _ in range(4)]
        codes = [await pass_on(db, sharers[0], tea)]
    done = asyncio.Event()

    async def act(seed: int) -> None:
        rnd = random.Random(seed)
        async with borrowed(pool) as db:
            for _ in range(60):
                codes.append(await pass_on(db, rnd.choice(sharers), tea, rnd.choice(codes), rnd.choice(["chat", "moments"])))
                await shares.visit(db, rnd.choice(visitors), rnd.choice(codes))
                await shares.convert(db, link_of(rnd.choice(codes)), new_id(4242), Money(1, "CNY"))

    async def fold() -> None:
        async with borrowed(pool) as db:
            while not done.is_set():
                await shares.fold(db)
                await asyncio.sleep(0)

    folders = [asyncio.create_task(fold()) for _ in range(2)]
    await asyncio.gather(*(act(seed) for seed in range(4)))
    done.set()
    await asyncio.gather(*folders)

    async with borrowed(pool) as db:
        await shares.fold(db)
        expected = without_nothing(await recount(db))
        assert without_nothing(await counters(db, set(codes), staff())) == expected
        await assert_proofs_hold(db)


@pytest.mark.concurrent
async def test_a_fold_that_begins_before_another_ends_counts_a_visitor_once(pool: Pool):
    async with borrowed(pool) as db, borrowed(pool) as other:
        tea, (ana, bo, chi, dee) = a_tea(), await people(db, 4)
        root = await pass_on(db, ana, tea)
        left, right = await pass_on(db, bo, tea, root), await pass_on(db, chi, tea, root)
        await shares.visit(db, dee, left)

        async with transaction(db):
            await shares.fold(db)
            await shares.visit(other, dee, right)
            second = asyncio.create_task(shares.fold(other))
            await asyncio.sleep(0.3)
        await second

        assert (await shares.cascade(db, ana, root)).levels[1].visitors == 1
        await assert_proofs_hold(db)


async def test_a_cascade_is_its_sharers_its_shops_and_the_operators(db: Db):
    tea, (ana, bo, eve) = a_tea(), await people(db, 3)
    root = await pass_on(db, ana, tea)
    child = await pass_on(db, bo, tea, root)
    operator = Actor(id=eve.id, selves=eve.selves, grants={ON_PLATFORM: frozenset({"ops.shares"})})

    for reader in (ana, staff(), operator):
        assert (await shares.cascade(db, reader, root)).depth == 1
    for reader in (bo, eve, staff(owner=new_id(4243))):
        with pytest.raises(LinkNotFound):
            await shares.cascade(db, reader, root)
    with pytest.raises(LinkNotFound):
        await shares.cascade(db, ana, child)


async def test_only_the_askers_friends_have_names_in_the_tree(db: Db, timeline: Timeline):
    tea, (ana, bo, chi, dee) = a_tea(), await people(db, 4)
    codes = await a_chain(db, tea, [ana, bo, chi, dee])
    await social.befriend(db, ana.person, chi.person, clock.now())

    mine = await shares.cascade(db, ana, codes[0])
    theirs = await shares.cascade(db, staff(), codes[0])

    assert [node.person.name if node.person else None for node in mine.tree] == ["P0", None, "P2", None]
    assert [(node.parent, node.depth) for node in mine.tree] == [(None, 0), (0, 1), (1, 2), (2, 3)]
    assert [node.person for node in theirs.tree] == [None] * 4


async def test_a_tree_shows_two_hundred_links_the_busiest_first(db: Db):
    tea, ana, busy = a_tea(), await a_person(db), await a_person(db, "Bo")
    root = await pass_on(db, ana, tea)
    for sharer in await people(db, 240):
        await pass_on(db, sharer, tea, root)
    code = await pass_on(db, busy, tea, root)
    for _ in range(3):
        await shares.visit(db, await a_visitor(db), code)
    await shares.fold(db)

    cascade = await shares.cascade(db, ana, root)

    assert len(cascade.tree) == 200
    assert (cascade.tree[1].visitors, cascade.levels[1].shares, cascade.width) == (3, 241, 241)


async def test_whom_one_brought_counts_a_branch_once_though_one_stands_in_it_twice(db: Db, timeline: Timeline):
    tea, (ana, bo, dee) = a_tea(), await people(db, 3)
    (first, second) = await a_chain(db, tea, [ana, bo])
    await shares.visit(db, ana, second)
    third = await pass_on(db, ana, tea)
    await shares.visit(db, dee, third)
    await shares.convert(db, link_of(third), new_id(4242), Money(100, "CNY"))
    await shares.fold(db)

    brought = await shares.brought_by(db, ana)

    assert first != third
    assert [(level.depth, level.visitors, level.orders) for level in brought.levels] == [(0, 1, 0), (1, 1, 0), (2, 1, 1)]
    assert brought.total.gmv == [Money(100, "CNY")]


async def test_nobody_brought_is_nothing(db: Db):
    brought = await shares.brought_by(db, await a_person(db))

    assert (brought.levels, brought.total.visitors) == ([], 0)


async def test_a_cascade_costs_few_statements_however_large(db: Db, statements):  # type: ignore[no-untyped-def]
    tea, (ana, *others) = a_tea(), await people(db, 30)
    root = await pass_on(db, ana, tea)
    for place, sharer in enumerate(others):
        await pass_on(db, sharer, tea, root, ["chat", "moments"][place % 2])

    with statements(db, at_most=5):
        await shares.cascade(db, ana, root)


async def test_an_unknown_target_kind_has_no_resolver(db: Db):
    with pytest.raises(shares.TargetKindUnknown):
        await pass_on(db, await a_person(db), TargetRef("star", new_id(1)))
