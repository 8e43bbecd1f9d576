"""Pure decisions of shares: what the counters say."""

from collections.abc import Iterable, Sequence

from shuke.kit.money import Money
from shuke.society.shares.types import BranchRow, Level, LevelRow


def conversion_bps(orders: int, visitors: int) -> int:
    """Orders per visitor in basis points; 0 where nobody came."""
    return orders * 10_000 // visitors if visitors else 0


def levels_of(rows: Sequence[LevelRow]) -> list[Level]:
    """The levels from 0 to the deepest, from rows by depth and currency; a level where nothing happened is empty."""
    by_depth: dict[int, list[LevelRow]] = {}
    for row in rows:
        by_depth.setdefault(row.depth, []).append(row)
    deepest = max(by_depth, default=-1)
    return [level_of(depth, by_depth.get(depth, [])) for depth in range(deepest + 1)]


def level_of(depth: int, rows: Iterable[LevelRow | BranchRow]) -> Level:
    """One level, or one sum: the rows of all currencies together."""
    shares = visitors = orders = 0
    sold: dict[str, int] = {}
    for row in rows:
        shares, visitors, orders = shares + row.shares, visitors + row.visitors, orders + row.orders
        if row.currency:
            sold[row.currency] = sold.get(row.currency, 0) + row.amount
    gmv = [Money(amount, currency) for currency, amount in sorted(sold.items()) if amount]
    return Level(depth, shares, visitors, orders, gmv, conversion_bps(orders, visitors))
