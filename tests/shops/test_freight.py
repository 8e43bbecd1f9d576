import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuke.goods.shops import FreightRule, FreightRules, NoDelivery, Tariff, freight
from shuke.kit.money import Money

PROVINCES = ["北京市", "广东省", "新疆维吾尔自治区", "海南省"]
ADDRESSES = st.tuples(
    st.sampled_from(PROVINCES), st.sampled_from(["深圳市", "海南藏族自治州"]), st.sampled_from(["南山区", "县"])
)
TARIFFS = st.builds(
    Tariff,
    first_units=st.integers(1, 2000),
    first_fee=st.integers(0, 5000),
    more_units=st.integers(1, 1000),
    more_fee=st.integers(0, 2000),
    by=st.sampled_from(["piece", "weight"]),
    free_from_amount=st.none() | st.integers(0, 10**6),
    free_from_quantity=st.none() | st.integers(1, 100),
)
RULES = st.builds(
    lambda tariff, places: msgspec.convert(msgspec.to_builtins(tariff) | {"regions": places}, FreightRule),
    TARIFFS,
    st.lists(st.sampled_from([*PROVINCES, "广东", "广东省/深圳市", "北京/海南", "CN"]), max_size=4),
)
GOODS = st.integers(0, 10**7).map(lambda amount: Money(amount, "CNY"))
QUANTITIES, WEIGHTS = st.integers(1, 500), st.integers(0, 10**6)


def fee(rules: FreightRules, *region: str, country: str = "CN", goods: int = 100, quantity: int = 1, weight_g: int = 0) -> int:
    return freight(rules, region, country, Money(goods, "CNY"), quantity, weight_g).amount


def test_first_units_cost_the_first_fee_and_each_begun_lot_after_costs_more():
    rules = FreightRules(default=Tariff(first_units=2, first_fee=800, more_units=3, more_fee=200))

    fees = [fee(rules, "北京市", quantity=quantity) for quantity in (1, 2, 3, 5, 6)]

    assert fees == [800, 800, 1000, 1000, 1200]


def test_by_weight_the_grams_count():
    rules = FreightRules(default=Tariff(by="weight", first_units=1000, first_fee=1200, more_units=500, more_fee=300))

    fees = [fee(rules, "北京市", quantity=9, weight_g=weight) for weight in (0, 1000, 1001, 2000)]

    assert fees == [1200, 1200, 1500, 1800]


def test_the_most_exact_region_decides_whatever_the_order():
    country = FreightRule(first_fee=1, regions=("CN",))
    province = FreightRule(first_fee=2, regions=("广东省",))
    city = FreightRule(first_fee=3, regions=("广东/深圳",))

    for rules in ([country, province, city], [city, province, country]):
        told = FreightRules(rules=tuple(rules), default=Tariff(first_fee=9))
        assert fee(told, "广东省", "深圳市", "南山区") == 3
        assert fee(told, "广东省", "珠海市") == 2
        assert fee(told, "北京市") == 1
        assert fee(told, country="GB") == 9


def test_an_address_that_is_only_a_country_is_served():
    rules = FreightRules(rules=(FreightRule(first_fee=500, regions=("GB",)),), no_delivery=("FR", "海南省"))

    assert fee(rules, country="GB") == 500
    assert fee(rules, country="DE") == 0
    with pytest.raises(NoDelivery):
        fee(rules, country="FR")


def test_where_the_shop_does_not_deliver_the_refusal_names_the_region():
    rules = FreightRules(rules=(FreightRule(regions=("海南省/海口市",)),), no_delivery=("海南",))

    with pytest.raises(NoDelivery) as refused:
        fee(rules, "海南省", "海口市")

    assert refused.value.fields == {"region": ["海南省", "海口市"], "country": "CN"}
    assert fee(rules, "青海省", "海南藏族自治州") == 0


def test_nothing_to_send_costs_nothing():
    assert fee(FreightRules(default=Tariff(first_fee=800)), "北京市", quantity=0) == 0


@pytest.mark.parametrize("place", ["", "/", "广东省/", " 广东省", "广东省//深圳市", "a\x00b", "广东省/\n"])
def test_a_malformed_region_is_refused_when_it_is_set(place: str):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"no_delivery": [place]}, FreightRules)


@given(RULES, TARIFFS, ADDRESSES, GOODS, QUANTITIES, WEIGHTS)
def test_freight_is_never_negative_and_stays_in_the_goods_currency(rule, default, address, goods, quantity, weight_g):
    found = freight(FreightRules(rules=(rule,), default=default), address, "CN", goods, quantity, weight_g)

    assert found.amount >= 0
    assert found.currency == goods.currency


@given(TARIFFS, GOODS, QUANTITIES, QUANTITIES, WEIGHTS, WEIGHTS)
def test_more_never_costs_less_unless_it_becomes_free(tariff, goods, quantity, more, weight_g, heavier):
    rules = FreightRules(default=tariff)
    small = freight(rules, (), "CN", goods, quantity, weight_g)
    large = freight(rules, (), "CN", goods, quantity + more, weight_g + heavier)

    is_free = tariff.free_from_quantity is not None and quantity + more >= tariff.free_from_quantity
    assert large.amount >= small.amount or (is_free and large.amount == 0)


@given(st.lists(RULES, max_size=5), TARIFFS, ADDRESSES, GOODS, QUANTITIES)
def test_a_rule_for_elsewhere_changes_nothing(rules, default, address, goods, quantity):
    told = FreightRules(rules=tuple(rules), default=default)
    elsewhere = FreightRule(first_fee=10**8, regions=("西藏自治区", f"{address[0]}/不是/{address[2]}", "US"))

    more = FreightRules(rules=(elsewhere, *rules), default=default, no_delivery=("西藏自治区", "US"))

    assert freight(more, address, "CN", goods, quantity, 500) == freight(told, address, "CN", goods, quantity, 500)


@given(st.lists(RULES, max_size=5), TARIFFS)
def test_rules_survive_their_way_through_json(rules, default):
    told = FreightRules(rules=tuple(rules), default=default, no_delivery=("海南省",))

    assert msgspec.json.decode(msgspec.json.encode(told), type=FreightRules) == told
