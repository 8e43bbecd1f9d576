"""When an order counts as received although its buyer says nothing."""

from datetime import timedelta

RECEIPT_AFTER = {
    "express": timedelta(days=10),
    "instant": timedelta(days=10),
    "pickup": timedelta(days=2),
    "none": timedelta(days=2),
}
FOLLOW_EVERY = timedelta(hours=12)
VIRTUAL_CARRIER = "virtual"
IMPORTED_CARRIER = "imported"
NOT_FOLLOWED = (VIRTUAL_CARRIER, IMPORTED_CARRIER)
