from typing import Any

import pytest

from shuke.deals import trade
from shuke.earnings import settlement
from shuke.earnings.settlement import Split
from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, borrowed
from shuke.kit.errors import CapabilityMissing
from shuke.kit.ids import new_id
from shuke.money import payments
from shuke.money.payments.refunds import settle as settle_refund
from shuke.money.payments.types import RefundNotice
from shuke.society import identity, shares
from tests.api import Api, problem
from tests.identity.people import an_operator
from tests.settlement.builders import assert_money_adds_up
from tests.shops.builders import a_person, as_staff
from tests.trade.builders import (
    Cast,
    a_cast,
    a_completed_order,
    a_paid_order,
    a_placed_order,
    a_share_of,
    drain,
)


def assert_adds_up(split: Split) -> None:
    """To the fen, and entry by entry."""
    fees = sum(fee.amount.amount for fee in split.fees)
    shared = sum(share.amount.amount for share in split.shares)
    assert split.paid.amount == split.shop.amount + fees + shared + split.refunds.amount
    assert all(sum(posting.amount.amount for posting in entry.postings) == 0 for entry in split.entries)


def kinds(split: Split) -> list[str]:
    """Of the entries; in a test they may all have happened at one instant."""
    return sorted(entry.kind for entry in split.entries)


async def a_cast_with_shares(db: Db) -> tuple[Cast, str]:
    """The tea earns its sharers 8 % and 3 %; Chi shared it to Dee, who shared it on."""
    cast = await a_cast(db, commission_bps=[800, 300])
    dee = await a_person(db, "Dee")
    first = await a_share_of(db, cast.chi, cast.tea)
    await shares.visit(db, dee, first)
    return cast, await a_share_of(db, dee, cast.tea, parent=first)


async def test_the_split_of_an_order_adds_up_at_every_stage(db: Db, timeline: clock.Timeline):
    cast, code = await a_cast_with_shares(db)

    placed = await a_placed_order(db, cast, 2, share_code=code)
    unpaid = await settlement.split(db, cast.bao, cast.shop.id, placed.id)
    paid = await a_paid_order(db, timeline, cast, 2, share_code=code)
    will_be = await settlement.split(db, cast.bao, cast.shop.id, paid.id)
    done = await a_completed_order(db, timeline, cast, 2, share_code=code)
    settled = await settlement.split(db, cast.bao, cast.shop.id, done.id)
    await drain(db, timeline, clock.now().replace(day=28))
    swept = await settlement.split(db, cast.bao, cast.shop.id, done.id)

    for split in (unpaid, will_be, settled, swept):
        assert_adds_up(split)
    assert (unpaid.paid.amount, will_be.paid, settled.paid) == (0, paid.total, done.total)
    assert [(share.role, share.level, share.amount.amount) for share in will_be.shares] == [
        ("sharer", 1, 1104),
        ("sharer", 2, 414),
    ]
    assert (will_be.shop, will_be.fees, will_be.shares) == (settled.shop, settled.fees, settled.shares)
    assert (will_be.settled, settled.settled, settled.released_at) == (False, True, None)
    assert [kinds(split) for split in (unpaid, will_be, settled, swept)] == [
        [],
        ["payment"],
        ["payment", "settlement"],
        ["payment", "release", "settlement"],
    ]
    await assert_money_adds_up(db)


async def test_an_order_that_went_back_is_all_refund(db: Db, timeline: clock.Timeline):
    cast, code = await a_cast_with_shares(db)
    order = await a_paid_order(db, timeline, cast, 2, share_code=code)
    await trade.cancel(db, cast.ana, order.id)

    asked = await settlement.split(db, cast.bao, cast.shop.id, order.id)
    await the_channel_confirms(db, timeline, order)
    split = await settlement.split(db, cast.bao, cast.shop.id, order.id)

    assert kinds(asked) == ["payment"]
    assert (split.paid, split.refunds, split.shop.amount, split.shares) == (order.total, order.total, 0, [])
    assert kinds(split) == ["payment", "refund"]
    assert_adds_up(split)


async def the_channel_confirms(db: Db, timeline: clock.Timeline, order: trade.Order) -> None:
    """The refund of a whole order reached its buyer."""
    (refund,) = await payments.refunds_of_part(db, order.payment_id, order.id)
    await settle_refund(db, "sandbox", RefundNotice(refund.id, "succeeded"))
    await drain(db, timeline)


async def test_only_who_may_read_the_money_sees_it(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    order = await a_paid_order(db, timeline, cast)
    clerk = as_staff(await a_person(db), cast.shop.id, "shop.clerk")
    finance = as_staff(await a_person(db), cast.shop.id, "shop.finance")

    for stranger in (cast.ana, clerk):
        with pytest.raises(CapabilityMissing):
            await settlement.split(db, stranger, cast.shop.id, order.id)
        with pytest.raises(CapabilityMissing):
            await settlement.shop_balances(db, stranger, cast.shop.id)

    assert (await settlement.split(db, finance, cast.shop.id, order.id)).paid == order.total
    assert (await settlement.shop_balances(db, finance, cast.shop.id)).escrow == [order.total]


async def test_an_order_of_another_shop_is_not_there(db: Db, timeline: clock.Timeline):
    cast = await a_cast(db)
    order = await a_paid_order(db, timeline, cast)
    elsewhere = new_id(7900)
    nosy = as_staff(Actor(id=cast.chi.id, selves=cast.chi.selves), elsewhere)

    with pytest.raises(trade.OrderMissing):
        await settlement.split(db, nosy, elsewhere, order.id)


async def test_balances_follow_the_money(db: Db, timeline: clock.Timeline):
    cast, code = await a_cast_with_shares(db)
    nothing = await settlement.shop_balances(db, cast.bao, cast.shop.id)

    order = await a_completed_order(db, timeline, cast, 2, share_code=code)
    settled = await settlement.shop_balances(db, cast.bao, cast.shop.id)

    assert (nothing.escrow, nothing.owed, nothing.available) == ([], [], [])
    assert settled.pending[0] + settled.owed[0] == order.total
    assert settled.escrow[0].amount == 0


async def test_over_http_split_and_balances_are_as_the_contract_says(api: Api, timeline: clock.Timeline):
    async with borrowed(api.pool) as db:
        cast, code = await a_cast_with_shares(db)
        order = await a_completed_order(db, timeline, cast, 2, share_code=code)
        token = await a_token(db, cast.bao)
        stranger = await a_token(db, await an_operator(db))

    path = f"/shops/{cast.shop.id}/orders/{order.id}/split"
    split: dict[str, Any] = (await api.get(path, token=token)).json()
    balances = (await api.get(f"/shops/{cast.shop.id}/balances", token=token)).json()

    assert split["paid"] == {"amount": 13800, "currency": "CNY"}
    assert [set(fee) for fee in split["fees"]] == [{"kind", "amount"}] * 2
    assert split["shares"][1]["person_id"] == str(cast.chi.id)
    assert {entry["kind"] for entry in split["entries"]} == {"payment", "settlement"}
    assert all(sum(posting["amount"]["amount"] for posting in entry["postings"]) == 0 for entry in split["entries"])
    assert {"escrow", "available", "owed", "withdrawn", "pending"} == set(balances)
    problem(await api.get(path, token=stranger), 403, "errors.capability_missing")
    problem(await api.get(f"/shops/{cast.shop.id}/orders/{new_id(7900)}/split", token=token), 404, "trade.order_missing")


async def a_token(db: Db, actor: Actor) -> str:
    """A session of somebody."""
    return await identity.open_session(db, actor.person)
