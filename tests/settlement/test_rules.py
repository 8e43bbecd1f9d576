from hypothesis import given

from shuke.deals.trade import OrderForSettlement, Status
from shuke.earnings.commissions import Terms
from shuke.earnings.settlement.rules import divide, postings_of
from shuke.kit.money import total
from tests.commissions.builders import ANA, BEN, GIL, a_guide, a_line, an_order, cny, sharers
from tests.commissions.test_rules import ALL_TERMS, TERMS, orders


def test_a_sale_is_divided_as_the_essay_says():
    order = an_order(a_line(6900, 500, (800, 300)), payees=[*sharers(ANA, BEN), a_guide(200)], freight=800)

    division = divide(order, TERMS)

    assert [(fee.kind, fee.amount.amount) for fee in division.fees] == [("commission", 345), ("tech_fee", 46)]
    assert [(share.person_id, share.amount.amount) for share in division.shares] == [(ANA, 552), (BEN, 207), (GIL, 138)]
    assert (division.paid, division.refunds, division.shop) == (cny(7700), cny(0), cny(6412))


def test_a_sale_partly_refunded_and_over_the_ceiling_is_divided_as_the_essay_says():
    lines = [a_line(3333, 1000, (1000, 500)), a_line(1667, 400, (600, 200), line=2)]
    order = an_order(*lines, payees=[*sharers(ANA, BEN), a_guide(500)], freight=500, refunded=500)

    division = divide(order, TERMS)

    assert [(fee.kind, fee.amount.amount) for fee in division.fees] == [("commission", 363), ("tech_fee", 30)]
    assert [share.amount.amount for share in division.shares] == [393, 181, 208]
    assert [share.reduced.amount for share in division.shares] == [0, 0, 18]
    assert (division.paid, division.refunds, division.shop) == (cny(5500), cny(500), cny(3825))


def test_one_who_earns_twice_is_owed_the_sum():
    order = an_order(a_line(10_000, 500, (800,)), payees=[*sharers(GIL), a_guide(200)])

    owed = [posting for posting in postings_of(divide(order, TERMS)) if posting.target == f"owed:person:{GIL}"]

    assert sum(posting.amount.amount for posting in owed) == 1000


def test_nothing_paid_is_nothing_divided():
    unpaid = an_order(a_line(6900, 500, (800,)), payees=sharers(ANA), status=Status.PLACED)

    assert divide(unpaid, TERMS).paid == divide(unpaid, TERMS).shop == cny(0)
    assert postings_of(divide(an_order(a_line(0)), TERMS)) == []


def test_what_went_back_whole_is_all_refund():
    division = divide(an_order(a_line(6900), freight=800, refunded=7700, status=Status.CLOSED), TERMS)

    assert (division.paid, division.refunds, division.shop) == (cny(7700), cny(7700), cny(0))


@given(orders(), ALL_TERMS)
def test_to_the_fen_what_was_paid_is_shop_and_fees_and_shares_and_refunds(order: OrderForSettlement, terms: Terms):
    division = divide(order, terms)

    fees = total((fee.amount for fee in division.fees), "CNY")
    shares = total((share.amount for share in division.shares), "CNY")
    assert division.paid == division.shop + fees + shares + division.refunds
    assert min(part.amount for part in (division.shop, fees, shares, division.refunds)) >= 0
    assert (fees + shares).amount * 10_000 <= (division.paid - division.refunds).amount * terms.ceiling_bps


@given(orders(), ALL_TERMS)
def test_postings_take_from_escrow_what_was_paid_and_not_refunded(order: OrderForSettlement, terms: Terms):
    postings = postings_of(divide(order, terms))

    assert sum(posting.amount.amount for posting in postings) == (order.total - order.refunded).amount
    assert {posting.source for posting in postings} <= {"escrow"}
