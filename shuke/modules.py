"""Every module, in the order of the floors. Loaded whole in every process, then the registries are sealed.

So a handler that nobody imported is an error at start, and not an event that is lost.
"""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from shuke import kit
from shuke.kit import events
from shuke.society import identity

NAMES = (
    "shuke.society.identity",
    "shuke.society.social",
    "shuke.society.shares",
    "shuke.money.ledger",
    "shuke.money.payments",
    "shuke.goods.shops",
    "shuke.goods.regulars",
    "shuke.goods.stock",
    "shuke.goods.catalog",
    "shuke.deals.trade",
    "shuke.deals.fulfilment",
    "shuke.earnings.commissions",
    "shuke.earnings.settlement",
)


@cache
def load() -> tuple[ModuleType, ...]:
    """Import every module with its handlers, seal the registries, and answer the modules that own a schema."""
    found = tuple(import_module(name) for name in NAMES)
    for module in found:
        for part in ("jobs", "proofs"):
            if find_spec(f"{module.__name__}.{part}"):
                import_module(f"{module.__name__}.{part}")
    import_module("shuke.kit.upkeep")
    events.registry.seal()
    identity.seal()
    return (kit, *found)


def routes(*, with_sandbox: bool = False) -> list[Any]:
    """The route handlers of every module; those of sandbox channels (`sandbox_http.py`) are for the demo and test profiles."""
    parts = ("http", "sandbox_http") if with_sandbox else ("http",)
    places = [f"{module.__name__}.{part}" for module in load()[1:] for part in parts]
    return [route for place in places if find_spec(place) for route in import_module(place).routes]
