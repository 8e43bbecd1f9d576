"""What several benches share: one installation with a market in it, made when the first of them asks."""

from contextlib import ExitStack
from functools import cached_property

from bench.installation import Installation, installed
from bench.market import Market, open_market


class Stage:
    """`is_quick` makes everything shorter and rougher. Leave it, and all that runs is gone."""

    def __init__(self, *, is_quick: bool = False) -> None:
        self.is_quick = is_quick
        self._open = ExitStack()

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def seconds(self, usual: float) -> float:
        """How long to measure."""
        return max(usual / 4, 1.5) if self.is_quick else usual

    @property
    def rounds(self) -> int:
        """How often to measure what is compared; the medians count."""
        return 1 if self.is_quick else 3

    @cached_property
    def installation(self) -> Installation:
        """An installation with one worker, or as many as the last bench asked for."""
        return self._open.enter_context(installed())

    @cached_property
    def market(self) -> Market:
        """Shops, products and buyers in it."""
        return open_market(self.installation.settings.port)

    def with_workers(self, count: int) -> Installation:
        """The installation with so many workers of the API."""
        installation = self.installation
        if installation.workers != count:
            installation.stop_parts()
            installation.workers = count
            installation.start_parts()
        return installation
