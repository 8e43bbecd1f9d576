"""Measure everything, beside the limits: `python -m bench [--only NAME ...] [--quick]`.

Prints one table for each bench, and writes `bench/results.json` when all of them ran. It ends with 1 when a bar is missed.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable

from bench import flow, growth, hot, imports, orders, pages, starts
from bench.report import Bystander, Line, console, machine, show, write
from bench.stage import Stage

BENCHES: dict[str, Callable[[Stage], Iterable[Line]]] = {
    "pages": pages.run,
    "orders": orders.run,
    "flow": flow.run,
    "hot": hot.run,
    "growth": growth.run,
    "imports": imports.run,
    "starts": starts.run,
}


def main() -> int:
    """Run what was chosen."""
    options = argparse.ArgumentParser(
        prog="python -m bench", description="What Shuke costs, beside the limits of this machine."
    )
    options.add_argument("--only", nargs="+", choices=BENCHES, metavar="NAME", help=f"of {', '.join(BENCHES)}")
    options.add_argument("--quick", action="store_true", help="shorter and rougher, to see that it works")
    chosen = options.parse_args()
    host = machine()
    console.print(f"{host['cpu']}, {host['cores']} cores, {host['memory_gb']} GB, {host['system']}\n")
    started, all_the_time = time.monotonic(), Bystander()
    found: dict[str, list[Line]] = {}
    with Stage(is_quick=chosen.quick) as stage:
        for name in chosen.only or BENCHES:
            others = Bystander()
            with console.status(f"{name} ..."):
                found[name] = list(BENCHES[name](stage))
            show(f"[bold]{name}[/]  [dim]{others.told()}[/]", found[name])
    if not chosen.only and not chosen.quick:
        write(found, time.monotonic() - started, all_the_time.share())
    missed = sum(line.holds is False for lines in found.values() for line in lines)
    console.print("[green]Every bar holds.[/]" if not missed else f"[bold red]{missed} bars are missed.[/]")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
