"""What a share tree costs: a random recursive tree of a million links, and a chain of depth 10,000.

    python -m bench.shares [--links 1000000] [--chain 10000]

Prints medians in ms on a database of its own, durable commit. The tree and its visits are bulk-loaded, the counters folded by
the real fold, and everything measured goes through the front door of `shares`.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from shuke import modules
from shuke.kit import clock, postgres, settings
from shuke.kit.actor import Actor
from shuke.kit.db import Db, connect, read
from shuke.kit.ids import new_id, short
from shuke.kit.migrate import migrate
from shuke.kit.money import Money
from shuke.society import shares
from shuke.society.shares import Target

HOME = 5_000_000
SHOP, PRODUCT = new_id(4242), new_id(4242)
NOW = datetime.now(UTC)
LINK_COLUMNS = [
    "home",
    "id",
    "root_id",
    "parent_id",
    "skip_id",
    "depth",
    "sharer_id",
    "target_kind",
    "target_id",
    "owner_id",
    "medium",
    "created_at",
]


async def resolve(_db: Db, ids: Iterable[UUID]) -> dict[UUID, Target]:
    """Every id is a product of the one shop."""
    return {id: Target("bench", id, SHOP, "Tea") for id in ids}


def a_person(number: int) -> Actor:
    """Somebody with a home of their own."""
    id = new_id(10_000_000 + number)
    return Actor(id=id, selves=(id,))


async def load_tree(db: Db, size: int, seed: int) -> tuple[list[UUID], list[int], list[int]]:
    """Bulk-load a random recursive tree with a visit on every second link; answers ids, parents and subtree sizes."""
    rnd = random.Random(seed)
    ids = [new_id(HOME) for _ in range(size)]
    parents = [-1] + [rnd.randrange(place) for place in range(1, size)]
    depths = [0] * size
    for place in range(1, size):
        depths[place] = depths[parents[place]] + 1
    sizes = [1] * size
    for place in range(size - 1, 0, -1):
        sizes[parents[place]] += sizes[place]
    assert max(depths) < 64, "no link of this tree needs to skip"
    sharers = [new_id(HOME)] + [new_id(20_000_000 + place) for place in range(1, size)]
    target = ("bench", PRODUCT, SHOP, "chat", NOW)
    links = ((HOME, ids[i], ids[0], ids[parents[i]] if i else None, None, depths[i], sharers[i], *target) for i in range(size))
    await db.copy_records_to_table("links", schema_name="shares", records=links, columns=LINK_COLUMNS)
    deltas = ((HOME, ids[i], ids[0], depths[i], None, 1) for i in range(1, size))
    columns = ["home", "link_id", "root_id", "depth", "visitor_id", "shares"]
    await db.copy_records_to_table("deltas", schema_name="shares", records=deltas, columns=columns)
    visitors = [(ids[i], new_id(30_000_000 + i), depths[i]) for i in range(1, size, 2)]
    visits = ((HOME, link, visitor, ids[0], depth, NOW, NOW, 1) for link, visitor, depth in visitors)
    await db.copy_records_to_table("visits", schema_name="shares", records=visits)
    deltas = ((HOME, link, ids[0], depth, visitor, 0) for link, visitor, depth in visitors)
    await db.copy_records_to_table("deltas", schema_name="shares", records=deltas, columns=columns)
    return ids, depths, sizes


async def fold_all(db: Db) -> tuple[int, float]:
    """Fold until nothing is left; answers how many deltas in how many seconds."""
    started, count = time.perf_counter(), 0
    while some := await shares.fold(db):
        count += some
        if count % 500_000 < some:
            print(f"  ... folded {count:,}", flush=True)
            await db.execute("vacuum analyze shares.deltas, shares.levels, shares.ranks")
    return count, time.perf_counter() - started


async def median(name: str, times: int, work: Callable[[int], Awaitable[object]]) -> float:
    """Time `work` and print it."""
    took: list[float] = []
    for turn in range(times):
        started = time.perf_counter()
        await work(turn)
        took.append((time.perf_counter() - started) * 1000)
    took.sort()
    print(f"{name:<58}{statistics.median(took):>10.2f} ms   p99 {took[int(len(took) * 0.99)]:>9.2f} ms", flush=True)
    return statistics.median(took)


async def measure_tree(db: Db, ids: list[UUID], depths: list[int], sizes: list[int]) -> None:
    """The hot paths and the cascades of the big tree."""
    rnd = random.Random(1)
    some = [rnd.randrange(1, len(ids)) for _ in range(2000)]
    ask = shares.ShareAsk(shares.TargetRef("bench", PRODUCT), "chat")
    parent = [short(ids[place]) for place in some]
    await median("share: re-share of a random link", 500, lambda t: shares.share(db, a_person(t), _with(ask, parent[t])))
    await median("visit: of a random link by a person", 500, lambda t: shares.visit(db, a_person(100_000 + t), parent[t]))
    viral = short(ids[0])
    await median("visit: of the root", 500, lambda t: shares.visit(db, a_person(100_000 + t), viral))

    async def find_path(turn: int) -> None:
        found = await _path(db, a_person_again(turn).selves, parent[turn])
        assert found[SHOP].steps

    people = {t: a_person(200_000 + t) for t in range(500)}
    for t, person in people.items():
        await shares.visit(db, person, parent[t])

    def a_person_again(turn: int) -> Actor:
        return people[turn]

    await median(f"path: of a buyer (mean depth {statistics.mean(depths):.1f})", 500, find_path)
    await median("path: of a buyer who came by no link", 500, lambda t: _path(db, [new_id(9)]))
    order = [new_id(4242) for _ in range(500)]
    await median("convert", 500, lambda t: shares.convert(db, ids[some[t]], order[t], Money(6900, "CNY")))
    print(f"{'unfolded':<58}{await db.fetchval('select count(*) from shares.deltas'):>10}")
    staff = Actor(id=new_id(77), selves=(new_id(77),), grants={SHOP: frozenset({"shares.read"})})
    await median("cascade: root, with what is not folded yet", 5, lambda _: shares.cascade(db, staff, viral))
    await fold_all(db)
    await median("cascade: root", 20, lambda _: shares.cascade(db, staff, viral))
    for wanted in (300_000, 10_000, 1_000, 1):
        place = min(range(1, len(ids)), key=lambda i: abs(sizes[i] - wanted))
        await median(f"cascade: a subtree of {sizes[place]:,}", 20, lambda _, p=place: shares.cascade(db, staff, short(ids[p])))


async def _path(db: Db, selves: Sequence[UUID], code: str | None = None) -> dict[UUID, shares.SharePath]:
    now = clock.now()
    return await shares.path(db, selves, [SHOP], await read(db, shares.touches(selves, [SHOP], now)), code, now)


def _with(ask: shares.ShareAsk, parent: str) -> shares.ShareAsk:
    return shares.ShareAsk(ask.target, ask.medium, None, parent)


async def measure_chain(db: Db, length: int) -> None:
    """A chain where everybody re-shares from the one before."""
    product = new_id(4242)
    ref = shares.TargetRef("bench", product)
    code = None
    people = [a_person(1_000_000 + place) for place in range(length + 1)]
    codes: list[str] = []

    async def grow(turn: int) -> None:
        nonlocal code
        code = (await shares.share(db, people[turn], shares.ShareAsk(ref, "chat", None, code))).code
        codes.append(code)

    await median(f"share: at the end of a chain that grows to {length:,}", length, grow)
    buyer = a_person(2_000_000)
    await shares.visit(db, buyer, codes[-1])
    count, took = await fold_all(db)
    print(f"{'fold of the chain':<58}{count / took:>10,.0f} /s")
    await median("path: from the end of the chain", 10, lambda _: _path(db, buyer.selves))
    first, middle = people[0], people[length // 2]
    await median("cascade: the chain from its root", 10, lambda _: shares.cascade(db, first, codes[0]))
    await median("cascade: the chain from its middle", 10, lambda _: shares.cascade(db, middle, codes[length // 2]))


async def main(folder: Path, links: int, chain: int) -> None:
    """Build, fold, measure."""
    modules.load()
    shares.target_kind("bench", resolve)
    used = settings.Settings(data=folder, profile=settings.Profile.TEST, port=23_000)
    settings.use(used)
    server = postgres.ensure(used)
    db = await connect(server.dsn, command_timeout=3600)
    try:
        await migrate(db, modules.load())
        started = time.perf_counter()
        ids, depths, sizes = await load_tree(db, links, seed=7)
        await db.execute("vacuum analyze")
        print(f"{links:,} links in one tree, deepest {max(depths)}, loaded in {time.perf_counter() - started:.0f} s")
        count, took = await fold_all(db)
        await db.execute("vacuum analyze")
        await db.execute("checkpoint")
        rows = await db.fetchval("select count(*) from shares.levels")
        print(f"{'fold':<58}{count / took:>10,.0f} deltas/s; {rows / links:.2f} counters a link")
        await measure_tree(db, ids, depths, sizes)
        await measure_chain(db, chain)
        for table in ("links", "visits", "levels", "ranks"):
            size = await db.fetchval("select pg_total_relation_size($1::text::regclass)", f"shares.{table}")
            print(f"{'size of ' + table:<58}{size / 2**20:>10.0f} MiB")
    finally:
        await db.close()
        server.stop()


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--links", type=int, default=1_000_000)
    options.add_argument("--chain", type=int, default=10_000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="shuke-bench-") as folder:
        Path(folder).chmod(0o755)
        asyncio.run(main(Path(folder), chosen.links, chosen.chain))
