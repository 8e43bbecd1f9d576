from datetime import timedelta

import asyncpg
import msgspec
import pytest

from shuke.earnings import commissions, settlement
from shuke.earnings.commissions import EarningsUnpaid, Share
from shuke.earnings.commissions.earnings import erase_person, export_person
from shuke.kit import clock
from shuke.kit.actor import NOBODY, Actor
from shuke.kit.db import Db, borrowed, transaction
from shuke.kit.errors import NotSignedIn
from shuke.kit.ids import home_of, new_id
from shuke.kit.money import Money
from shuke.society import identity, social
from tests.api import Api
from tests.commissions.builders import ANA, BEN, BUYER, SHOP, a_guide, a_line, an_order, cny, sharers
from tests.identity.people import a_person, actor_of, an_operator
from tests.settlement.builders import a_settled_order, assert_money_adds_up


async def a_sale_of(db: Db, sharer: Actor, amount: int = 10_000, buyer: Actor | None = None) -> None:
    order = an_order(a_line(amount, 500, (800,)), payees=sharers(sharer.person), completed_at=clock.now())
    buyer_id = buyer.person if buyer else order.buyer_id
    await a_settled_order(db, msgspec.structs.replace(order, buyer_id=buyer_id))


async def test_an_earning_accrues_is_payable_and_is_paid(db: Db, timeline: clock.Timeline):
    ana = await a_person(db)
    await a_sale_of(db, ana)
    settled_at = clock.now()

    async def stands() -> tuple[str, int, int, int]:
        mine = await commissions.my_earnings(db, ana, None, 20)
        (total,), (earning,) = mine.totals, mine.items
        return earning.state, total.accrued.amount, total.payable.amount, total.paid.amount

    assert await stands() == ("accrued", 800, 0, 0)
    timeline.advance(days=7)
    assert await stands() == ("payable", 0, 800, 0)
    await settlement.sweep(db, SHOP, clock.now())
    assert await stands() == ("paid", 0, 0, 800)
    (earning,) = (await commissions.my_earnings(db, ana, None, 20)).items
    assert (earning.role, earning.level, earning.shop_id, earning.amount) == ("sharer", 1, SHOP, cny(800))
    assert (earning.payable_at, earning.paid_at) == (settled_at + timedelta(days=7), clock.now())


async def test_only_friends_who_bought_are_named(db: Db):
    ana, friend, stranger = [await a_person(db, name) for name in ("安娜", "小友", "路人")]
    await social.befriend(db, ana.person, friend.person, clock.now())
    await a_sale_of(db, ana, buyer=friend)
    await a_sale_of(db, ana, buyer=stranger)

    mine = await commissions.my_earnings(db, ana, None, 20)

    assert {earning.buyer_id for earning in mine.items} == {friend.person, None}
    assert [(card.id, card.name) for card in mine.friends] == [(friend.person, "小友")]


async def test_earnings_are_read_in_pages_newest_first(db: Db, timeline: clock.Timeline):
    ana = await a_person(db)
    for amount in range(1000, 6000, 1000):
        await a_sale_of(db, ana, amount)
        timeline.advance(minutes=amount // 2000)  # some at the same instant

    seen: list[int] = []
    cursor = None
    while True:
        part = await commissions.my_earnings(db, ana, cursor, 2)
        seen += [earning.amount.amount for earning in part.items]
        cursor = part.next_cursor
        if cursor is None:
            break

    assert sorted(seen) == [80, 160, 240, 320, 400]
    assert set(seen[:2]) == {400, 320}
    assert part.totals[0].orders == 5


async def test_what_a_merged_self_earned_is_mine_and_others_earnings_are_not(db: Db):
    old, now, other = [await a_person(db, name) for name in ("旧我", "新我", "别人")]
    await a_sale_of(db, old)
    await a_sale_of(db, other)
    await identity.merge(db, await an_operator(db), now.person, old.person)

    me = await actor_of(db, await identity.open_session(db, now.person))
    mine = await commissions.my_earnings(db, me, None, 20)

    assert [earning.amount for earning in mine.items] == [cny(800)]
    with pytest.raises(NotSignedIn):
        await commissions.my_earnings(db, NOBODY, None, 20)


async def test_earnings_can_be_taken_away_and_are_kept_as_trade_records(db: Db, timeline: clock.Timeline):
    ana = await a_person(db)
    await a_sale_of(db, ana)

    exported = await export_person(db, ana.person)
    with pytest.raises(EarningsUnpaid) as refused:
        await erase_person(db, ana.person)
    timeline.advance(days=7)
    await settlement.sweep(db, SHOP, clock.now())
    await erase_person(db, ana.person)

    assert refused.value.amounts == [cny(800)]
    assert refused.value.payable_at == clock.now()
    assert [(earning.amount, earning.buyer_id) for earning in exported["earnings"]] == [(cny(800), None)]
    assert (await commissions.my_earnings(db, ana, None, 20)).totals[0].paid == cny(800)
    assert await export_person(db, BEN) == {}
    await assert_money_adds_up(db)


async def test_the_table_has_no_room_for_a_third_sharer(db: Db):
    order = await a_settled_order(db, an_order(a_line(1000, 500, (500, 500)), payees=[*sharers(ANA, BEN), a_guide(100)]))
    third = Share("sharer", 3, BUYER, cny(1000), 100, cny(10), cny(0))
    second = Share("sharer", 2, BUYER, cny(1000), 100, cny(10), cny(0))

    for one_more, refusal in ((third, asyncpg.CheckViolationError), (second, asyncpg.UniqueViolationError)):
        with pytest.raises(refusal):
            async with transaction(db):
                await commissions.accrue(db, order, [one_more], clock.now())

    assert len(await commissions.shares_of_order(db, order.id)) == 3


async def test_a_share_is_taken_once(db: Db, timeline: clock.Timeline):
    await a_settled_order(db, an_order(a_line(1000, 500, (500,)), payees=sharers(ANA), completed_at=clock.now()))
    timeline.advance(days=7)
    home, now = home_of(SHOP), clock.now()

    taken = [await commissions.take_payable(db, home, now, new_id(home), now) for _ in range(2)]

    assert [[(each.person_id, each.amount) for each in part] for part in taken] == [[(ANA, Money(50, "CNY"))], []]


async def test_over_http_my_earnings_are_a_list_with_totals(api: Api, timeline: clock.Timeline):
    async with borrowed(api.pool) as db:
        ana = await a_person(db)
        token = await identity.open_session(db, ana.person)
        await a_sale_of(db, ana)

    response = await api.get("/me/earnings", token=token)

    found = response.json()
    assert response.status_code == 200
    assert found["totals"][0]["accrued"] == {"amount": 800, "currency": "CNY"}
    assert [earning["state"] for earning in found["items"]] == ["accrued"]
    assert (found["next_cursor"], found["friends"]) == (None, [])
    assert (await api.get("/me/earnings")).status_code == 401
