"""A shop that moves here: 100,000 products by CSV through the command line, then search over them."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from bench.installation import ROOT, Installation, installed
from bench.load import Load, send
from bench.report import Line
from bench.search import queries, write_products
from bench.stage import Stage
from bench.wire import request

PRODUCTS, FEW = 100_000, 10_000
MAX_IMPORT_S, MAX_SEARCH_MS, MAX_GROWTH_MB = 60, 30, 50
SHUKE = Path(sys.executable).with_name("shuke")


def run(stage: Stage) -> Iterator[Line]:
    """Import a few, to know the memory that takes, then many; then search."""
    many = FEW * 2 if stage.is_quick else PRODUCTS
    with installed() as installation:
        _, small_mb = _import(installation, FEW, "few")
        seconds, large_mb = _import(installation, many, "many")
        yield Line(
            f"import of {many:,} products", f"<= {MAX_IMPORT_S} s", f"{seconds:.0f} s", seconds <= MAX_IMPORT_S, {"s": seconds}
        )
        grown = f"{large_mb:.0f} MB at its peak; {small_mb:.0f} MB for {FEW:,}"
        yield Line("  memory", "constant", grown, large_mb - small_mb <= MAX_GROWTH_MB, {"peak_mb": large_mb})
        yield from _search(stage, installation, many)


def _import(installation: Installation, count: int, name: str) -> tuple[float, float]:
    file = installation.settings.data / f"{name}.csv"
    write_products(file, count, seed=count)
    settings = installation.settings
    words = ["import", "products", str(file), "--data", str(settings.data), "--port", str(settings.port), "--profile", "test"]
    started = time.perf_counter()
    process = subprocess.Popen([str(SHUKE), *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr
    said = process.stderr.read().decode(errors="replace")
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, said[-2000:]
    return time.perf_counter() - started, used.ru_maxrss / 1024


def _search(stage: Stage, installation: Installation, products: int) -> Iterator[Line]:
    port = installation.settings.port
    asked = [request("GET", f"/products?q={quote(q)}") for q in queries(2000)]
    send(Load(port, 1, 3, asked))
    found = send(Load(port, 1, stage.seconds(10), asked))
    found.only(200)
    told = f"p50 {found.p50_ms:.1f}, p99 {found.p99_ms:.1f} ms"
    holds = found.p99_ms <= MAX_SEARCH_MS
    yield Line(f"search over {products:,} products", f"p99 <= {MAX_SEARCH_MS} ms", told, holds, {"p99_ms": found.p99_ms})
