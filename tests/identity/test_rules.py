import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuke.kit.ids import new_id
from shuke.society.identity import PhoneInvalid, normalise_contact, normalise_phone
from shuke.society.identity.rules import SESSION, VISITOR, network_of, new_name, new_token, read_token, tidy


@pytest.mark.parametrize(
    "spelled",
    [
        "13812345678",
        "+8613812345678",
        "8613812345678",
        "0086 138-1234-5678",
        "138 1234 5678",
        "１３８１２３４５６７８",
        "(+86)138‑1234‑5678",
    ],
)
def test_one_number_has_one_form_however_it_is_spelled(spelled: str):
    assert normalise_phone(spelled) == "+8613812345678"


@pytest.mark.parametrize("abroad", ["+14155550123", "+44 20 7946 0958", "00852 5123 4567"])
def test_a_number_abroad_keeps_its_country(abroad: str):
    assert normalise_phone(abroad) == "+" + "".join(filter(str.isdigit, abroad)).removeprefix("00")


@pytest.mark.parametrize(
    "rubbish",
    ["", "12345678901", "1381234567", "138123456789", "+86", "+8612812345678", "٠١٢٣", "+1234567890123456", "++1"],
)
def test_rubbish_is_refused_and_named(rubbish: str):
    with pytest.raises(PhoneInvalid) as refused:
        normalise_phone(rubbish)

    assert refused.value.fields == {"phone": rubbish}


@pytest.mark.parametrize(
    ("spelled", "normal"),
    [("0571-8888 1234", "+8657188881234"), ("400-800-8820", "+864008008820"), ("+86 10 6552 9988", "+861065529988")],
)
def test_a_courier_may_call_a_landline_that_gets_no_code(spelled: str, normal: str):
    assert normalise_contact(spelled) == normal
    with pytest.raises(PhoneInvalid):
        normalise_phone(spelled)


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_is_refused(text: str):
    for normalise in (normalise_phone, normalise_contact):
        with contextlib.suppress(PhoneInvalid):
            assert normalise(normalise(text)) == normalise(text)


@pytest.mark.parametrize("kind", [SESSION, VISITOR])
def test_a_token_begins_with_its_id_and_is_known_by_its_digest_only(kind: str):
    id = new_id(77)

    token, digest = new_token(id, kind)

    assert read_token(token) == (id, kind, digest)
    assert len(digest) == 32
    assert new_token(id, kind)[0] != token


@given(st.text(max_size=80))
def test_what_is_no_token_is_nobody(text: str):
    assert read_token(text) is None


def test_names_are_one_line():
    assert tidy("  安\t娜  ") == "安 娜"
    assert new_name().startswith("熟客")
    assert len(new_name()) == 6


def test_a_subscriber_of_ipv6_is_one_network_however_many_addresses_they_use():
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2:ffff::") != network_of("2001:db8:1:3::")
    assert network_of("192.0.2.7") == "192.0.2.7"
    assert network_of("a socket") == "a socket"
