"""Who is owed something is not erased, and who was erased is owed nothing, whatever happens at the same moment."""

import asyncio
from typing import Any

import pytest

from shuke.deals.trade import OrderForSettlement
from shuke.earnings import commissions, settlement
from shuke.earnings.commissions import EarningsUnpaid
from shuke.kit import clock
from shuke.kit.actor import Actor
from shuke.kit.db import Db, Pool, borrowed, transaction
from shuke.kit.errors import Refusal
from shuke.kit.ids import home_of
from shuke.money import ledger
from shuke.money.ledger import BookHoldsMoney, Entry, Posting
from shuke.society import identity
from shuke.society.identity import rights
from tests.api import Api, problem
from tests.commissions.builders import SHOP, a_guide, a_line, an_order, cny, sharers
from tests.identity.people import a_person, a_phone, a_proof, actor_of, an_operator
from tests.settlement.builders import a_settled_order, assert_money_adds_up, held, into_escrow


def a_sale_by(*people: Actor, **more: Any) -> OrderForSettlement:
    """Goods of 100.00, of which sharers get 8 % and 3 %."""
    payees = sharers(*(each.person for each in people))
    return an_order(a_line(10_000, 500, (800, 300)), payees=payees, completed_at=clock.now(), **more)


async def is_known(db: Db, actor: Actor) -> bool:
    """Whether the person was not erased."""
    return not await identity.erased_among(db, [actor.person])


async def paid_out(db: Db, actor: Actor, amount: int) -> None:
    """What is in the person's book leaves for their bank."""
    posting = Posting("available", "clearing:bank", cny(amount))
    await ledger.post(db, home_of(actor.person), Entry("payout", str(actor.person), [posting]))


async def test_who_has_money_is_erased_when_it_was_paid_out(db: Db, timeline: clock.Timeline):
    ana = await a_person(db, phone=(phone := a_phone()))
    await a_settled_order(db, a_sale_by(ana))

    with pytest.raises(EarningsUnpaid) as owed:
        await identity.erase_me(db, ana, await a_proof(db, phone))
    timeline.advance(days=7)
    await settlement.sweep(db, SHOP, clock.now())
    with pytest.raises(BookHoldsMoney) as kept:
        await identity.erase_me(db, ana, await a_proof(db, phone))
    assert (owed.value.amounts, kept.value.amounts) == ([cny(800)], [cny(800)])
    assert (await identity.me(db, ana)).name == "安娜"

    await paid_out(db, ana, 800)
    await identity.erase_me(db, ana, await a_proof(db, phone))

    assert not await is_known(db, ana)
    await assert_money_adds_up(db)


async def test_what_is_owed_to_whom_one_was_before_counts(db: Db):
    ana, old = await a_person(db, phone=(phone := a_phone())), await a_person(db, "旧名")
    await a_settled_order(db, a_sale_by(old))
    await identity.merge(db, await an_operator(db), ana.person, old.person)
    both = await actor_of(db, await identity.open_session(db, ana.person))

    with pytest.raises(EarningsUnpaid):
        await identity.erase_me(db, both, await a_proof(db, phone))

    assert await is_known(db, both)


async def test_nothing_accrues_to_who_was_erased_and_their_part_stays_with_the_shop(db: Db):
    ana, ben = await a_person(db, phone=(phone := a_phone())), await a_person(db, "小本")
    order = a_sale_by(ana, ben)
    order.attribution.payees.append(a_guide(200, ana.person))
    await identity.erase_me(db, ana, await a_proof(db, phone))

    await a_settled_order(db, order)

    assert [(share.person_id, share.level) for share in await commissions.shares_of_order(db, order.id)] == [(ben.person, 2)]
    assert (await held(db, SHOP))["pending"] == 10_000 - 500 - 60 - 300
    await assert_money_adds_up(db)


async def test_whom_one_was_before_earns_nothing_after_an_erasure_either(db: Db):
    ana, old = await a_person(db, phone=(phone := a_phone())), await a_person(db, "旧名")
    order = a_sale_by(old)
    await identity.merge(db, await an_operator(db), ana.person, old.person)
    both = await actor_of(db, await identity.open_session(db, ana.person))
    await identity.erase_me(db, both, await a_proof(db, phone))

    await a_settled_order(db, order)

    assert await commissions.shares_of_order(db, order.id) == []


async def test_what_is_still_to_come_is_told_with_its_amount_and_day(api: Api):
    phone = a_phone()
    async with borrowed(api.pool) as db:
        ana = await a_person(db, phone=phone)
        token = await identity.open_session(db, ana.person)
        await a_settled_order(db, a_sale_by(ana))
        proof = await a_proof(db, phone)

    refused = await api.post("/me/erasure", {"phone": proof.phone, "code": proof.code}, token=token)

    fields = problem(refused, 409, "commissions.earnings_unpaid")
    assert fields == {"amounts": [{"amount": 800, "currency": "CNY"}], "payable_at": "2026-06-08T09:00:00Z"}


@pytest.fixture
def held_up(monkeypatch: pytest.MonkeyPatch) -> tuple[asyncio.Event, asyncio.Event]:
    """An erasure that has begun (the first) and goes on when it is let (the second); it asks this hook before all others."""
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def export(db: Db, person_id: Any) -> dict[str, Any]:
        return {}

    async def erase(db: Db, person_id: Any) -> None:
        begun.set()
        await go_on.wait()

    monkeypatch.setitem(rights.hooks.entries, "above", rights.Hooks(export, erase))
    return begun, go_on


@pytest.mark.concurrent
async def test_an_order_that_settles_while_a_sharer_goes_waits_and_gives_them_nothing(
    pool: Pool, held_up: tuple[asyncio.Event, asyncio.Event]
):
    begun, go_on = held_up
    async with borrowed(pool) as db, borrowed(pool) as other:
        ana = await a_person(db, phone=(phone := a_phone()))
        await into_escrow(db, order := a_sale_by(ana))
        erasing = asyncio.create_task(identity.erase_me(db, ana, await a_proof(db, phone)))
        await begun.wait()
        settling = asyncio.create_task(settlement.settle_order(other, order))

        assert not (await asyncio.wait([settling], timeout=0.3))[0]
        go_on.set()
        await erasing
        assert await settling

        assert await commissions.shares_of_order(db, order.id) == []
        await assert_money_adds_up(db)


@pytest.mark.concurrent
async def test_an_erasure_while_an_order_settles_waits_and_is_refused(pool: Pool):
    async with borrowed(pool) as db, borrowed(pool) as other:
        ana, old = await a_person(db, phone=(phone := a_phone())), await a_person(db, "旧名")
        await into_escrow(db, order := a_sale_by(old))
        await identity.merge(db, await an_operator(db), ana.person, old.person)
        both = await actor_of(db, await identity.open_session(db, ana.person))
        proof = await a_proof(db, phone)

        async with transaction(other):
            await settlement.settle_order(other, order)
            erasing = asyncio.create_task(identity.erase_me(db, both, proof))
            assert not (await asyncio.wait([erasing], timeout=0.3))[0]

        with pytest.raises(EarningsUnpaid):
            await erasing
        assert await is_known(db, both)


@pytest.mark.concurrent
async def test_of_an_erasure_and_a_sweep_at_once_the_erasure_is_refused(pool: Pool, timeline: clock.Timeline):
    people: list[tuple[Actor, str]] = []
    async with borrowed(pool) as db:
        for _ in range(8):
            phone = a_phone()
            people.append((await a_person(db, phone=phone), phone))
            await a_settled_order(db, a_sale_by(people[-1][0]))
    timeline.advance(days=7)

    async def erase(actor: Actor, phone: str) -> str:
        async with borrowed(pool) as db:
            try:
                await identity.erase_me(db, actor, await a_proof(db, phone))
            except Refusal as refusal:
                return refusal.code
        return "erased"

    async def sweep() -> int:
        async with borrowed(pool) as db:
            return await settlement.sweep(db, SHOP, clock.now())

    swept, *answers = await asyncio.gather(sweep(), *(erase(*each) for each in people))

    assert swept == 16
    assert set(answers) <= {"commissions.earnings_unpaid", "ledger.book_holds_money"}
    async with borrowed(pool) as db:
        assert [(await held(db, actor.person))["available"] for actor, _ in people] == [800] * 8
        assert all([await is_known(db, actor) for actor, _ in people])
        await assert_money_adds_up(db)
