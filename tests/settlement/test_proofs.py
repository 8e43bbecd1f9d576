from datetime import timedelta

import pytest

from shuke.kit import clock, jobs, proofs
from shuke.kit.db import Db
from tests.commissions.builders import ANA, BEN, a_guide, a_line, an_order, sharers
from tests.settlement.builders import a_settled_order, assert_money_adds_up

SETTLEMENTS, ACCRUALS = "settlement.settlements", "commissions.accruals"


async def broken(db: Db) -> set[str]:
    """The names of the proofs that fail."""
    return {proof.name for proof, finding in await proofs.verify(db) if finding.broken}


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        (f"update {SETTLEMENTS} set shop = shop + 1", {"settlement.splits", "settlement.books"}),
        (f"update {SETTLEMENTS} set ceiling_bps = 1000", {"settlement.ceiling"}),
        (f"update {SETTLEMENTS} set released_at = now()", {"settlement.books"}),
        (f"update {SETTLEMENTS} set fees_swept_at = now(), sweep_id = order_id", {"settlement.books"}),
        (f"update {ACCRUALS} set swept_at = now(), sweep_id = order_id", {"settlement.books", "commissions.earnings"}),
        ("delete from commissions.earnings where role = 'guide'", {"commissions.earnings"}),
        ("update commissions.earnings set amount = amount + 1 where role = 'guide'", {"commissions.earnings"}),
    ],
)
async def test_what_is_wrong_with_the_money_is_found(db: Db, damage: str, found: set[str]):
    payees = [*sharers(ANA, BEN), a_guide(200)]
    await a_settled_order(db, an_order(a_line(6900, 500, (800, 300)), payees=payees, freight=800))
    await assert_money_adds_up(db)

    await db.execute(damage)

    assert await broken(db) == found


async def test_a_debt_swept_and_not_paid_is_found(db: Db, timeline: clock.Timeline):
    order = an_order(a_line(6900, 500, (800, 300)), payees=sharers(ANA, BEN), completed_at=clock.now())
    await a_settled_order(db, order)
    await jobs.drain(db, timeline, clock.now() + timedelta(days=8))
    await assert_money_adds_up(db)

    await db.execute(f"update {ACCRUALS} set swept_at = null, sweep_id = null where level = 2")

    assert await broken(db) == {"settlement.books", "commissions.earnings"}
