"""What there is to sell: supplies by location, and what orders hold of them.

`reserved + sold + available = supplied`, each >= 0, in every row at every instant; the table itself refuses anything else.
Orders confirmed are min(stock, wanted): a reservation is one statement, the last before the commit, so a hot row is locked for
the commit only. SKUs and locations are opaque here; prices and titles live in the catalogue.
"""

from shuke.goods.stock.reservations import give_back, release, reserve, sell, sell_imported
from shuke.goods.stock.supplies import available, on_hand, put, set_available, sold, supplies_of
from shuke.goods.stock.types import Hold, LocationId, SkuId, SoldOut, Supply

__all__ = [
    "Hold",
    "LocationId",
    "SkuId",
    "SoldOut",
    "Supply",
    "available",
    "give_back",
    "on_hand",
    "put",
    "release",
    "reserve",
    "sell",
    "sell_imported",
    "set_available",
    "sold",
    "supplies_of",
]
