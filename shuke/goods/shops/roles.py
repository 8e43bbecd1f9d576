"""What staff may do, by role; a shop's id is the scope."""

from shuke.society import identity

OWNER = "shop.owner"

_GUIDE = frozenset({"regulars.own"})
_FINANCE = frozenset({"money.read", "trade.read"})
_CLERK = frozenset({"catalog.write", "stock.read", "stock.write", "trade.read", "fulfilment.ship"})
_MANAGER = (
    _CLERK
    | _FINANCE
    | {"shop.manage", "trade.price", "trade.refund", "regulars.read", "regulars.write", "shares.read", "staff.write"}
)

ROLES: dict[str, frozenset[str]] = {
    OWNER: _MANAGER | {"shop.own"},
    "shop.manager": _MANAGER,
    "shop.clerk": _CLERK,
    "shop.guide": _GUIDE,
    "shop.finance": _FINANCE,
}

for _role, _capabilities in ROLES.items():
    identity.define_role(_role, _capabilities)
