"""Search over 100,000 products, brought in as a shop would bring them: `python -m bench.search [products] [queries]`.

Titles, shops and words are made from lists with the skew of real markets: a few words are in a tenth of all titles, most in a
handful. Queries are made of the same words, in Chinese, pinyin, initials and English; where the folder of data sets has real
queries (`search/multicpr_ecom_queries.csv.gz`), those are asked as well.
"""

import asyncio
import csv
import gzip
import os
import random
import resource
import statistics
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from pypinyin import Style, lazy_pinyin

from bench.installation import folder
from shuke import modules
from shuke.goods import catalog, shops
from shuke.goods.catalog import Browse
from shuke.kit import postgres
from shuke.kit.actor import Actor
from shuke.kit.db import Db, connect
from shuke.kit.migrate import migrate
from shuke.kit.settings import Profile, Settings, use
from shuke.society import identity

WORDS = {
    name: words.split() for name, words in tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8")).items()
}
GOODS, MANNERS, PLACES, ENGLISH, SYLLABLES = (WORDS[name] for name in ("goods", "manners", "places", "english", "syllables"))
COLUMNS = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Type",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Variant SKU",
    "Variant Inventory Qty",
    "Variant Price",
]


def _skewed(rng: random.Random, words: Sequence[str]) -> str:
    return words[min(int(rng.paretovariate(0.6)) - 1, len(words) - 1) if rng.random() < 0.5 else rng.randrange(len(words))]


def titles(count: int, seed: int = 7) -> Iterator[str]:
    """Titles of a market, the same for a seed."""
    rng = random.Random(seed)
    brands = ["".join(rng.sample(SYLLABLES, rng.choice((2, 2, 3)))) for _ in range(3000)]
    for _ in range(count):
        if rng.random() < 0.15:
            yield " ".join(rng.sample(ENGLISH, rng.randint(3, 5))).title()
            continue
        manners = " ".join(_skewed(rng, MANNERS) for _ in range(rng.randint(2, 5)))
        model = f" {rng.choice('ABCDXZ')}{rng.randint(1, 999)}" if rng.random() < 0.2 else ""
        yield f"{rng.choice(brands)} {_skewed(rng, PLACES)}{_skewed(rng, GOODS)} {manners} {rng.randint(1, 20) * 50}g{model}"


def write_products(file: Path, count: int, seed: int = 7) -> None:
    """A product export as Shopify writes it: one to three variants a product, a body in HTML."""
    rng = random.Random(seed)
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)
        for number, title in enumerate(titles(count, seed)):
            words = " ".join(_skewed(rng, MANNERS + PLACES + GOODS) for _ in range(12))
            variants = rng.choice((1, 1, 1, 2, 3))
            for place in range(variants):
                first = [title, f"<p>{words}</p><ul><li>{title}</li></ul>", "", "TRUE"] if not place else ["", "", "", ""]
                option = ["规格", f"{place + 1}件"] if variants > 1 else ["Title", "Default Title"]
                sku = [f"S{number}-{place}", rng.randint(0, 500), f"{rng.randint(1, 99999) / 100:.2f}"]
                writer.writerow([f"p{number}", *first, *option, *sku])


def queries(count: int, seed: int = 11) -> list[str]:
    """What people type: one to three words of titles, by Chinese words, pinyin, initials or English."""
    rng = random.Random(seed)
    found: list[str] = []
    while len(found) < count:
        words = [_skewed(rng, GOODS), *(_skewed(rng, MANNERS + PLACES) for _ in range(rng.choice((0, 0, 1, 1, 2))))]
        match rng.random():
            case chance if chance < 0.6:
                found.append(" ".join(words) if rng.random() < 0.5 else "".join(words))
            case chance if chance < 0.75:
                found.append(" ".join("".join(lazy_pinyin(word)) for word in words))
            case chance if chance < 0.85:
                found.append("".join(lazy_pinyin(words[0], style=Style.FIRST_LETTER)))
            case chance if chance < 0.95:
                found.append(" ".join(rng.sample(ENGLISH, rng.randint(1, 3))))
            case _:
                found.append(rng.choice(("'; drop table", "%%%", "：：", "a" * 500, "!!!!", "🙂🙂", "& | ! <->", "的")))
    return found


def real_queries(count: int) -> list[str]:
    """Real queries, where there are any."""
    folder = Path(os.environ.get("SHUKE_DATASETS") or Path(__file__).parents[2] / "shared" / "data")
    file = folder / "search" / "multicpr_ecom_queries.csv.gz"
    if not file.exists():
        return []
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        found = [row["query"] for row in csv.DictReader(rows)]
    return random.Random(3).sample(found, min(count, len(found)))


async def fill(db: Db, count: int) -> float:
    """Open a shop, import `count` products and tell what they sold; answers how long the import took, in seconds."""
    person = await identity.person_by_login(db, "external:bench", "owner", "Bench")
    shop = await shops.open_shop(db, Actor(id=person, selves=(person,)), shops.ShopAsk("百货大楼", "company"))
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "products.csv"
        write_products(file, count)
        began = time.perf_counter()
        report = await catalog.import_products(db, shop.id, file, currency="CNY")
        took = time.perf_counter() - began
    assert (report.created, report.refused) == (count, 0), report
    rng = random.Random(5)
    ids = [row["id"] for row in await db.fetch("select id from catalog.products")]
    await catalog.count_sales(db, [(id, min(9999, int(rng.paretovariate(0.8)))) for id in rng.sample(ids, len(ids) // 2)])
    while await db.fetchval("select exists (select from catalog.sales)"):
        await catalog.fold_sales(db)
    await db.execute("vacuum analyze")
    return took


async def measure(db: Db, asked: Sequence[str]) -> tuple[list[tuple[float, str]], int]:
    """Milliseconds of each query, the slowest first, and how many found nothing."""
    took: list[tuple[float, str]] = []
    empty = 0
    for q in asked:
        began = time.perf_counter()
        answer = await catalog.browse(db, Browse(q=q))
        took.append(((time.perf_counter() - began) * 1000, q))
        empty += answer.startswith(b'{"items":[]')
    return sorted(took, reverse=True), empty


async def main(count: int, asked: int) -> None:
    """Fill, ask, print."""
    with folder() as data:
        settings = Settings(data=data, port=26_010, profile=Profile.TEST)
        use(settings)
        server = postgres.ensure(settings)
        try:
            db = await connect(server.dsn, command_timeout=600)
            await migrate(db, modules.load())
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            took = await fill(db, count)
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            print(f"import of {count:,} products: {took:.1f} s, memory grew by {grown:.0f} MB")
            for name, some in (("made-up", queries(asked)), ("real", real_queries(asked))):
                if not some:
                    continue
                await measure(db, some[:200])
                times, empty = await measure(db, some)
                ms = [each for each, _ in times]
                print(
                    f"{name}: {len(ms)} queries, p50 {statistics.median(ms):.1f} ms, p95 {ms[len(ms) // 20]:.1f} ms, "
                    f"p99 {ms[len(ms) // 100]:.1f} ms, worst {ms[0]:.1f} ms; {empty} found nothing"
                )
                print("  slowest:", "; ".join(f"{q[:30]} {each:.0f}" for each, q in times[:8]))
            await db.close()
        finally:
            server.stop()


if __name__ == "__main__":
    arguments = [int(each) for each in sys.argv[1:]]
    asyncio.run(main(*(arguments + [100_000, 2_000][len(arguments) :])))
