from hypothesis import given
from hypothesis import strategies as st

from shuke.deals.trade import OrderForSettlement, Payee
from shuke.earnings.commissions import Share, Terms, fee_bps, kept_of, shares_of
from tests.commissions.builders import AMY, ANA, BEN, BUYER, GIL, a_guide, a_line, an_author, an_order, cny, sharers

TERMS = Terms(tech_fee_bps=60, ceiling_bps=3000)


def earned(order: OrderForSettlement, terms: Terms = TERMS) -> dict[tuple[str, int], int]:
    return {(share.role, share.level): share.amount.amount for share in shares_of(order, terms)}


def test_sharers_and_guide_earn_their_rates_of_goods_without_freight():
    order = an_order(a_line(6900, 500, (800, 300)), payees=[*sharers(ANA, BEN), a_guide(200)], freight=800)

    assert earned(order) == {("sharer", 1): 552, ("sharer", 2): 207, ("guide", 0): 138}
    first = shares_of(order, TERMS)[0]
    assert (first.person_id, first.base, first.rate_bps, first.reduced) == (ANA, cny(6900), 800, cny(0))


def test_each_line_is_rounded_down_on_its_own():
    order = an_order(a_line(99, 500, (100,)), a_line(199, 500, (100,), line=2), payees=sharers(ANA))

    assert earned(order) == {("sharer", 1): 0 + 1}


def test_refunds_lower_what_all_earn_in_proportion():
    order = an_order(a_line(6000, 500, (1000,)), payees=sharers(ANA), freight=1000, refunded=3500)

    assert kept_of(order) == [3000]
    assert earned(order) == {("sharer", 1): 300}


def test_what_went_back_whole_earns_nothing():
    order = an_order(a_line(6000, 500, (1000,)), payees=[*sharers(ANA), a_guide(300)], refunded=6000)

    assert earned(order) == {}


def test_a_product_without_commission_pays_no_sharer_and_still_its_guide():
    order = an_order(a_line(1000), payees=[*sharers(ANA, BEN), a_guide(300)])

    assert earned(order) == {("guide", 0): 30}


def test_a_free_order_earns_nothing():
    assert earned(an_order(a_line(0, 500, (1000,)), payees=sharers(ANA))) == {}


def test_a_line_pays_for_itself_and_its_rate_is_the_weighted_one():
    order = an_order(a_line(1000, 500, (1000,)), a_line(3000, 500, (200,), line=2), a_line(500, line=3), payees=sharers(ANA))

    (share,) = shares_of(order, TERMS)
    assert (share.base, share.rate_bps, share.amount) == (cny(4000), 400, cny(160))


def test_the_buyer_earns_nothing_in_any_role():
    order = an_order(a_line(1000, 500, (500, 500)), payees=[*sharers(ANA, BUYER), a_guide(300, BUYER), an_author(100)])

    assert earned(order) == {("sharer", 1): 50, ("author", 0): 10}


def test_nobody_is_paid_as_both_sharers_and_a_third_is_not_paid():
    circle = an_order(a_line(1000, 500, (500, 500)), payees=sharers(ANA, ANA, BEN))

    assert earned(circle) == {("sharer", 1): 50}


def test_a_guide_who_also_shared_earns_in_both_roles():
    order = an_order(a_line(1000, 500, (500,)), payees=[*sharers(GIL), a_guide(300)])

    assert earned(order) == {("sharer", 1): 50, ("guide", 0): 30}


def test_over_the_ceiling_the_author_is_cut_first_then_the_guide_then_the_sharers():
    payees = [an_author(800), a_guide(500), *sharers(ANA, BEN)]
    order = an_order(a_line(10_000, 1000, (1000, 500)), payees=payees)

    assert earned(order, Terms(60, 3860)) == {("sharer", 1): 1000, ("sharer", 2): 500, ("guide", 0): 500, ("author", 0): 800}
    assert earned(order, Terms(60, 3060)) == {("sharer", 1): 1000, ("sharer", 2): 500, ("guide", 0): 500, ("author", 0): 0}
    assert earned(order, Terms(60, 2860)) == {("sharer", 1): 1000, ("sharer", 2): 500, ("guide", 0): 300, ("author", 0): 0}
    assert earned(order, Terms(60, 2260)) == {("sharer", 1): 1000, ("sharer", 2): 200, ("guide", 0): 0, ("author", 0): 0}
    assert earned(order, Terms(60, 1160)) == {("sharer", 1): 100, ("sharer", 2): 0, ("guide", 0): 0, ("author", 0): 0}


def test_what_the_ceiling_takes_is_said():
    order = an_order(a_line(10_000, 1000, (1000, 500)), payees=[*sharers(ANA, BEN), a_guide(500)])

    cut = shares_of(order, Terms(60, 2860))[-1]

    assert (cut.role, cut.rate_bps, cut.amount, cut.reduced) == ("guide", 300, cny(300), cny(200))


def test_a_ceiling_below_the_category_limits_the_category_too():
    line = a_line(10_000, 1000, (500,))

    assert fee_bps(line, Terms(60, 560)) == 500
    assert earned(an_order(line, payees=sharers(ANA)), Terms(60, 560)) == {("sharer", 1): 0}


RATES = st.integers(0, 2000)
LINES = st.lists(
    st.builds(a_line, st.integers(0, 10**9), RATES, st.lists(RATES, max_size=3).map(tuple)), min_size=1, max_size=6
)
PEOPLE = st.sampled_from([BUYER, ANA, BEN, GIL, AMY])
PAYEES = st.lists(
    st.builds(Payee, st.sampled_from(["sharer", "guide", "author"]), st.integers(0, 4), PEOPLE, st.none() | RATES), max_size=6
)
ALL_TERMS = st.builds(Terms, st.integers(0, 300), st.integers(300, 10_000))


@st.composite
def orders(draw: st.DrawFn) -> OrderForSettlement:
    lines, freight = draw(LINES), draw(st.integers(0, 10**6))
    paid = sum(line.paid for line in lines) + freight
    return an_order(*lines, payees=draw(PAYEES), freight=freight, refunded=draw(st.integers(0, paid)))


@given(orders(), ALL_TERMS)
def test_fees_and_shares_of_goods_stay_under_the_ceiling(order: OrderForSettlement, terms: Terms):
    bases = kept_of(order)

    fees = sum(base * (fee_bps(line, terms) + terms.tech_fee_bps) for base, line in zip(bases, order.lines, strict=True))
    shared = sum(share.amount.amount for share in shares_of(order, terms))

    assert fees + shared * 10_000 <= sum(bases) * terms.ceiling_bps


@given(orders(), ALL_TERMS)
def test_at_most_two_sharers_one_guide_and_one_author_are_paid_and_never_the_buyer(order: OrderForSettlement, terms: Terms):
    shares = shares_of(order, terms)

    places = [(share.role, share.level) for share in shares]
    assert places == sorted(set(places), key=[("sharer", 1), ("sharer", 2), ("guide", 0), ("author", 0)].index)
    people = [share.person_id for share in shares if share.role == "sharer"]
    assert len(set(people)) == len(people)
    assert BUYER not in {share.person_id for share in shares}


@given(orders(), ALL_TERMS)
def test_a_share_is_its_rate_of_its_base_and_less_only_when_the_ceiling_says_so(order: OrderForSettlement, terms: Terms):
    for share in shares_of(order, terms):
        assert 0 < share.base.amount <= sum(kept_of(order))
        assert share.amount.amount * 10_000 < share.base.amount * (share.rate_bps + 1)
        assert share.amount.amount >= share.base.share(share.rate_bps).amount - len(order.lines)
        assert share.amount.amount + share.reduced.amount > 0
        assert share.reduced.amount >= 0


@given(orders())
def test_without_a_ceiling_nothing_is_reduced(order: OrderForSettlement):
    assert all(share.reduced.amount == 0 for share in shares_of(order, Terms(60, 10**6)))


@given(orders(), ALL_TERMS, st.integers(0, 10**9))
def test_more_refunded_never_earns_more(order: OrderForSettlement, terms: Terms, more: int):
    def earned_by(shares: list[Share]) -> int:
        return sum(share.amount.amount for share in shares)

    lines = order.lines
    paid = order.total.amount
    again = an_order(
        *lines,
        payees=order.attribution.payees,
        freight=order.freight.amount,
        refunded=min(paid, order.refunded.amount + more),
    )

    assert earned_by(shares_of(again, terms)) <= earned_by(shares_of(order, terms))
