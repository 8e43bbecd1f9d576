"""How the town lives: people pass things on, open what friends sent, buy, wait, receive, and come again.

Every deed is a use case that somebody really has, called at an instant of the town's own time.
"""

import random
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import count
from uuid import UUID

from shuke.deals import fulfilment, trade
from shuke.deals.fulfilment import ShipmentAsk
from shuke.deals.trade import DeliveryAsk, LineAsk, OrderAsk, Placed
from shuke.goods import regulars
from shuke.goods.shops import ShopId
from shuke.goods.stock import SoldOut
from shuke.kit.actor import PersonId
from shuke.kit.db import Db
from shuke.money import payments
from shuke.money.payments import PaidNotice
from shuke.society import identity, shares
from shuke.society.shares import ShareAsk, TargetRef
from shuke.town.agenda import Agenda
from shuke.town.content import order_note
from shuke.town.folk import Townsman, give_address
from shuke.town.market import Good, Stall

# How a share travels. The sources of this field report that 12.7 % of the friends who are shown a thing buy it and that
# cascades are about three deep; with these rates the town shows the like (tests/town/test_town.py holds them).
OPENS = 0.42
BUYS_ON_OPENING = 0.13
PASSES_ON = 0.16
PASSES_ON_WHAT_IT_BOUGHT = 0.4
AUDIENCE = 7
BUYS_TWO = 0.25
PAYS = 0.94
RECEIVES_BY_HAND = 0.7
COMES_AGAIN = 0.22
OPTS_IN = 0.3
MEDIA = ("chat", "moments", "group", "poster", "link")
MEDIA_WEIGHTS = (50, 28, 14, 5, 3)
CARRIERS = ("顺路快递", "村口物流", "江南速运")
HOUR, DAY = 60.0, 24 * 60.0


class Life:
    """The deeds of the town's people, over what they know: their friends, the stalls, and where they live."""

    def __init__(self, db: Db, agenda: Agenda, friends: Mapping[PersonId, Sequence[Townsman]], stalls: Sequence[Stall]) -> None:
        self.db, self.agenda, self.friends = db, agenda, friends
        self.rng: random.Random = agenda.rng
        self.stalls = {stall.id: stall for stall in stalls}
        self.goods = [good for stall in stalls for good in stall.goods]
        self.appeals = [good.appeal for good in self.goods]
        self.addresses: dict[PersonId, identity.AddressId] = {}
        self.numbers = count(1)

    def fancy(self) -> Good:
        """Something to like, the appealing things more often."""
        return self.rng.choices(self.goods, self.appeals)[0]

    async def pass_on(self, person: Townsman, good: Good, code: str | None) -> None:
        """Share a thing, and friends see it in their own time."""
        (medium,) = self.rng.choices(MEDIA, MEDIA_WEIGHTS)
        ask = ShareAsk(TargetRef("product", good.id), medium, parent=code)
        link = await shares.share(self.db, person.actor, ask)
        friends = self.friends[person.id]
        for friend in self.rng.sample(friends, min(len(friends), AUDIENCE)):
            if self.rng.random() < OPENS * min(1.6, good.appeal):
                self.agenda.after(5 * HOUR, partial(self.open_link, friend, good, link.code))

    async def open_link(self, person: Townsman, good: Good, code: str) -> None:
        """Look at what a friend sent; perhaps buy it, perhaps pass it on."""
        await shares.visit(self.db, person.actor, code)
        if self.rng.random() < BUYS_ON_OPENING * (1.6 - person.thrift):
            self.agenda.after(40, partial(self.buy, person, good, code))
        elif self.rng.random() < PASSES_ON * (0.5 + person.zeal):
            self.agenda.after(3 * HOUR, partial(self.pass_on, person, good, code))

    async def buy(self, person: Townsman, good: Good, code: str | None = None) -> None:
        """Place an order, and mostly pay for it within minutes."""
        wanted = [good] + ([self.rng.choice(self.stalls[good.shop_id].goods)] if self.rng.random() < BUYS_TWO else [])
        lines = [LineAsk(self.rng.choice(each.sku_ids), self.rng.choices((1, 2, 3), (80, 15, 5))[0]) for each in wanted]
        if person.id not in self.addresses:
            self.addresses[person.id] = await give_address(self.db, person)
        note = order_note(self.rng)
        ask = OrderAsk(lines, DeliveryAsk("express", self.addresses[person.id]), share_code=code, note=note.zh if note else "")
        try:
            placed = await trade.place(self.db, person.actor, f"town-{next(self.numbers)}", ask)
        except SoldOut:
            return
        if self.rng.random() < PAYS:
            self.agenda.after(4, partial(self.pay, person, good, placed, code))

    async def pay(self, person: Townsman, good: Good, placed: Placed, code: str | None) -> None:
        """The cashier's notice arrives; the shop will send the goods; the buyer may tell friends."""
        transaction = f"town-{placed.payment.id}"
        notice = PaidNotice(placed.payment.id, 1, transaction, placed.payment.amount, transaction)
        await payments.capture(self.db, "sandbox", notice)
        for order in placed.orders:
            self.agenda.after(14 * HOUR, partial(self.ship, order.shop_id, order.id, person))
        if self.rng.random() < PASSES_ON_WHAT_IT_BOUGHT * (0.5 + person.zeal):
            self.agenda.after(DAY, partial(self.pass_on, person, good, code))

    async def ship(self, shop_id: ShopId, order_id: UUID, buyer: Townsman) -> None:
        """The shop sends everything in one parcel."""
        stall = self.stalls[shop_id]
        number = f"SK{next(self.numbers):010d}"
        ask = ShipmentAsk(self.rng.choice(CARRIERS), number)
        await fulfilment.ship(self.db, stall.staff, None, stall.id, order_id, ask)
        if self.rng.random() < RECEIVES_BY_HAND:
            self.agenda.at(
                self.agenda.timeline.now + fulfilment.SANDBOX_DELIVERY, partial(self.receive, stall, order_id, buyer)
            )

    async def receive(self, stall: Stall, order_id: UUID, buyer: Townsman) -> None:
        """The buyer has it, is a regular now, and may come again."""
        await trade.receive(self.db, buyer.actor, order_id)
        if stall.guides and self.rng.random() < OPTS_IN:
            guide = self.rng.choice(stall.guides)
            await regulars.opt_in(self.db, buyer.actor, stall.id, guide.id)
        if self.rng.random() < COMES_AGAIN * (1.6 - buyer.thrift):
            good = self.rng.choices(stall.goods, [each.appeal for each in stall.goods])[0]
            self.agenda.after(4 * DAY, partial(self.buy, buyer, good))
