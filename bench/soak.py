"""The long run: `python -m bench.soak [--kills 200] [--orders 1000000] [--links 1000000]`.

Kills parts of an installation at random points under load, measures how costs grow to a million orders, and what a share tree
of a million links costs.
"""

import argparse
import asyncio
import subprocess
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
        times = f"{done.taken_s:5.2f} s until an order, {done.paid_s:5.2f} s until it was paid"
        console.print(f"  kill {said:>3}: {done.target:<12} {times}; {done.orders:,} orders so far")

    with installed(workers=2) as installation:
        market = open_market(installation.settings.port, buyers=16)
        # Only the installation itself holds its database now: its parent's end ends everything.
        installation.server.stop()
        done = asyncio.run(rehearse(installation, market, kills=count, seed=seed, tell=tell))
    told = f"{len(done)} kills, {done[-1].orders:,} confirmed orders, none lost, none half, every proof held"
    taken, paid = [each.taken_s for each in done], [each.paid_s for each in done]
    figures = {"kills": len(done), "orders": done[-1].orders, "slowest_s": max(paid), "median_s": median(paid)}
    return [
        Line("kill -9 of every part, under load", "nothing lost", told, True, figures),
        Line("  until an order is taken again", f"<= {MAX_RECOVERY_S:.0f} s", _times(taken), max(taken) <= MAX_RECOVERY_S),
        Line("  until it is paid as well", f"<= {MAX_RECOVERY_S:.0f} s", _times(paid), max(paid) <= MAX_RECOVERY_S),
    ]


def _times(seconds: list[float]) -> str:
    return f"median {median(seconds):.1f} s, slowest {max(seconds):.1f} s"


def main() -> int:
    """Run it all."""
    options = argparse.ArgumentParser(
        prog="python -m bench.soak", description="The long run: kills, growth and the share tree."
    )
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--orders", type=int, default=1_000_000, help="0 leaves growth out")
    options.add_argument("--links", type=int, default=1_000_000, help="0 leaves the share tree out")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    lines = kill(chosen.kills, chosen.seed) if chosen.kills else []
    if chosen.orders:
        with Stage() as stage:
            lines += growth.compare(stage, chosen.orders)
    show("[bold]soak[/]", lines)
    if chosen.links:
        subprocess.run([sys.executable, "-m", "bench.shares", "--links", str(chosen.links)], check=True)
    return 1 if any(line.holds is False for line in lines) else 0


if __name__ == "__main__":
    sys.exit(main())
