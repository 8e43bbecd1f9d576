"""Orders as earnings read them, and people who earn from them."""

from datetime import datetime
from uuid import UUID

from shuke.deals.trade import Attribution, OrderForSettlement, OrderId, Payee, SettledLine, Status
from shuke.goods.shops import ShopId
from shuke.kit.actor import PersonId
from shuke.kit.ids import home_of, new_id
from shuke.kit.money import Money

SHOP_HOME = 7000
SHOP = ShopId(new_id(SHOP_HOME))
BUYER, ANA, BEN, GIL, AMY = (PersonId(new_id(home)) for home in range(7001, 7006))
"""The buyer; Ana shared the link, Ben shared it to her; Gil is the guide, Amy wrote the note."""


def cny(amount: int) -> Money:
    """Fen."""
    return Money(amount, "CNY")


def a_line(paid: int, rate_bps: int = 500, commission_bps: tuple[int, ...] = (), line: int = 1) -> SettledLine:
    """A line with what was paid for it and its rates."""
    return SettledLine(line, paid, rate_bps, 1, list(commission_bps))


def sharers(*people: PersonId) -> list[Payee]:
    """The sharers on a path, from the link opened back."""
    return [Payee("sharer", level, person) for level, person in enumerate(people, 1)]


def a_guide(rate_bps: int, person: PersonId = GIL) -> Payee:
    """The guide who looks after the buyer."""
    return Payee("guide", 0, person, rate_bps)


def an_author(rate_bps: int, person: PersonId = AMY) -> Payee:
    """The author of what sold it."""
    return Payee("author", 0, person, rate_bps)


def an_order(
    *lines: SettledLine,
    payees: list[Payee] | None = None,
    freight: int = 0,
    refunded: int = 0,
    shop_id: UUID = SHOP,
    completed_at: datetime | None = None,
    status: Status = Status.COMPLETED,
) -> OrderForSettlement:
    """A completed order; `refunded` went back before it was."""
    goods = sum(line.paid for line in lines)

    return OrderForSettlement(
        id=OrderId(new_id(home_of(shop_id))),
        shop_id=ShopId(shop_id),
        buyer_id=BUYER,
        payment_id=new_id(7001),
        status=status,
        total=cny(goods + freight),
        goods=cny(goods),
        discount=cny(0),
        freight=cny(freight),
        refunded=cny(refunded),
        attribution=Attribution(payees=payees or []),
        lines=list(lines),
        completed_at=completed_at,
    )
