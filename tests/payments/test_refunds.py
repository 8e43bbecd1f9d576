import asyncio
from uuid import uuid4

import pytest

from shuke.kit.actor import PersonId
from shuke.kit.clock import Timeline
from shuke.kit.db import Db, Pool, borrowed, transaction
from shuke.kit.ids import new_id
from shuke.kit.jobs import drain
from shuke.kit.money import Money
from shuke.money import payments
from shuke.money.payments import Part, Payment, RefundNotPossible
from shuke.money.payments.refunds import settle
from shuke.money.payments.types import RefundNotice
from tests.payments.asked import PAYER, a_part, asked, assert_sound, cny, news, paid, refunds


async def captured(db: Db, *parts: Part) -> Payment:
    payment = await asked(db, *parts)
    await payments.capture(db, "sandbox", paid(payment))
    return payment


async def test_a_part_never_gives_back_more_than_it_brought(db: Db):
    tea, cup = a_part(6_000), a_part(500)
    payment = await captured(db, tea, cup)
    await payments.refund(db, payment.id, tea.reference, uuid4(), cny(3_500), "torn")
    await payments.refund(db, payment.id, tea.reference, uuid4(), cny(2_500), "torn too")

    with pytest.raises(RefundNotPossible):
        async with transaction(db):
            await payments.refund(db, payment.id, tea.reference, uuid4(), cny(1), "greedy")

    await payments.refund(db, payment.id, cup.reference, uuid4(), cny(500), "broken")
    assert sorted(amount for _, amount, *_ in await refunds(db)) == [500, 2_500, 3_500]
    await assert_sound(db)


async def test_a_refund_asked_again_under_its_reference_is_the_same_one(db: Db):
    tea = a_part(6_000)
    payment = await captured(db, tea)
    reference = uuid4()

    ids = {await payments.refund(db, payment.id, tea.reference, reference, cny(4_000), "torn") for _ in range(3)}

    assert len(ids) == 1 and len(await refunds(db)) == 1
    with pytest.raises(RefundNotPossible):
        await payments.refund(db, payment.id, tea.reference, reference, cny(1), "another amount")
    await assert_sound(db)


@pytest.mark.parametrize("why", ["pending", "no such part", "another currency", "nothing", "less than nothing"])
async def test_what_was_not_captured_cannot_be_given_back(db: Db, why: str):
    tea = a_part(6_000)
    payment = await (asked(db, tea) if why == "pending" else captured(db, tea))
    amount = {"another currency": Money(1, "GBP"), "nothing": cny(0), "less than nothing": cny(-5)}.get(why, cny(1))
    reference = uuid4() if why == "no such part" else tea.reference

    with pytest.raises(RefundNotPossible):
        await payments.refund(db, payment.id, reference, uuid4(), amount, "torn")

    assert await refunds(db) == []


async def test_a_refund_is_settled_once_and_is_news(db: Db):
    tea = a_part(6_000)
    payment = await captured(db, tea)
    reference = uuid4()
    id = await payments.refund(db, payment.id, tea.reference, reference, cny(100), "torn")

    for _ in range(3):
        await settle(db, "sandbox", RefundNotice(id, "succeeded", "N-1"))
    await settle(db, "sandbox", RefundNotice(id, "failed", "N-2"))

    [succeeded] = await news(db, "RefundSucceeded")
    assert succeeded == {
        "refund_id": str(id),
        "payment_id": str(payment.id),
        "part_reference": str(tea.reference),
        "reference": str(reference),
        "amount": {"amount": 100, "currency": "CNY"},
    }
    assert await news(db, "RefundFailed") == []


async def test_what_a_failed_refund_took_of_the_part_can_be_refunded_again(db: Db):
    tea = a_part(6_000)
    payment = await captured(db, tea)
    id = await payments.refund(db, payment.id, tea.reference, uuid4(), cny(6_000), "torn")

    for _ in range(2):
        await settle(db, "sandbox", RefundNotice(id, "failed"))

    assert len(await news(db, "RefundFailed")) == 1
    await assert_sound(db)
    await payments.refund(db, payment.id, tea.reference, uuid4(), cny(6_000), "torn, by bank")
    await assert_sound(db)


async def test_a_refund_of_an_imported_payment_needs_no_channel(db: Db, timeline: Timeline):
    tea = a_part(1_200)
    payment_id = await payments.record_imported(db, PersonId(new_id(PAYER)), [tea], timeline.now)
    await payments.refund(db, payment_id, tea.reference, uuid4(), cny(200), "torn")

    await drain(db, timeline)

    assert len(await news(db, "RefundSucceeded")) == 1
    await assert_sound(db)


@pytest.mark.concurrent
async def test_racing_refunds_never_give_back_more_than_was_paid(pool: Pool):
    tea = a_part(1_000)
    async with borrowed(pool) as db:
        payment = await captured(db, tea)
    references = [uuid4() for _ in range(12)]

    async def give_back(number: int) -> bool:
        async with borrowed(pool) as db:
            try:
                await payments.refund(db, payment.id, tea.reference, references[number // 2], cny(300), "torn")
            except RefundNotPossible:
                return False
            return True

    given = await asyncio.gather(*[give_back(number) for number in range(24)])

    async with borrowed(pool) as db:
        made = await refunds(db)
        assert [amount for _, amount, *_ in made] == [300] * 3
        assert sum(given) == 6
        await assert_sound(db)
