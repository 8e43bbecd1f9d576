"""What must always be true of stock."""

from shuke.goods.stock import sql
from shuke.kit.proofs import prove

prove("stock.identity", "reserved + sold + available = supplied, each >= 0", sql.IDENTITY)
prove("stock.reservations", "what orders hold and bought is what each supply says", sql.RESERVATIONS_AGREE)
