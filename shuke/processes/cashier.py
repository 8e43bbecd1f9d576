"""The sandbox cashier as a part: it plays the world outside, so it never sees the database."""

from shuke.money.cashier.__main__ import CannotServe, serve
from shuke.operations.refusal import Cannot
from shuke.processes.parts import Part, play


def run(part: Part) -> None:
    """Serve the cashier until told to stop."""
    try:
        serve(part.settings)
    except CannotServe as problem:
        raise Cannot(str(problem)) from None


if __name__ == "__main__":
    play(run)
