"""The long run: `python -m bench.soak [--kills 200] [--orders 1000000]`.

Kills parts of an installation at random points under load, and measures how costs grow to a million orders.
"""

import argparse
import asyncio
import sys
from statistics import median

from bench import growth
from bench.installation import installed
from bench.kills import Kill, rehearse
from bench.market import open_market
from bench.report import Line, console, show
from bench.stage import Stage

MAX_RECOVERY_S = 5.0


def kill(count: int, seed: int) -> list[Line]:
    """Kill, prove, and tell how long recovery took."""
    said = 0

    def tell(done: Kill) -> None:
        nonlocal said
        said += 1
        console.print(
            f"  kill {said:>3}: {done.target:<12} {done.recovered_s:5.2f} s until a sale went through, {done.orders:,} orders"
        )

    with installed(workers=2) as installation:
        market = open_market(installation.settings.port, buyers=16)
        # Only the installation itself holds its database now: its parent's end ends everything.
        installation.server.stop()
        done = asyncio.run(rehearse(installation, market, kills=count, seed=seed, tell=tell))
    times = sorted(each.recovered_s for each in done)
    told = f"{len(done)} kills, {done[-1].orders:,} confirmed orders, none lost, none half, every proof held"
    slowest = max(done, key=lambda each: each.recovered_s)
    return [
        Line("kill -9 of every part, under load", "nothing lost", told, holds=True),
        Line(
            "  until a whole sale goes through again",
            f"<= {MAX_RECOVERY_S:.0f} s",
            f"median {median(times):.1f} s, slowest {times[-1]:.1f} s ({slowest.target})",
            times[-1] <= MAX_RECOVERY_S,
            {"median_s": median(times), "slowest_s": times[-1], "kills": len(times)},
        ),
    ]


def main() -> int:
    """Run it all."""
    options = argparse.ArgumentParser(prog="python -m bench.soak", description="The long run: kills and growth.")
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--orders", type=int, default=1_000_000, help="0 leaves growth out")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    lines = kill(chosen.kills, chosen.seed) if chosen.kills else []
    if chosen.orders:
        with Stage() as stage:
            lines += growth.compare(stage, chosen.orders)
    show("[bold]soak[/]", lines)
    return 1 if any(line.holds is False for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
