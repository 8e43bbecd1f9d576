"""Sealed fields, keyed indexes, rotation, and masks."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shuke.kit.secrets import KeyUnknown, SealBroken, Vault, digest, mask_phone, token
from shuke.kit.settings import Settings

OLD, NEW = "the first secret of this installation, long", "the second secret of this installation, long"


def vault(secret: str = NEW, *previous: str) -> Vault:
    return Vault(Settings(data=Path("unused"), secret=secret, previous_secrets=previous))


@given(st.text(max_size=200), st.binary(max_size=40))
def test_what_was_sealed_opens_for_the_same_row(plain: str, row: bytes):
    sealed = vault().seal(plain, row)

    assert vault().open(sealed, row) == plain


def test_sealing_twice_gives_different_bytes_that_do_not_contain_the_text():
    first, second = (vault().seal("13812345678", b"ana") for _ in range(2))

    assert first != second
    assert b"13812345678" not in first
    assert len(first) == len("13812345678") + 32


def test_a_sealed_field_does_not_open_in_another_row():
    sealed = vault().seal("13812345678", b"ana")

    with pytest.raises(SealBroken):
        vault().open(sealed, b"bao")


@pytest.mark.parametrize("position", [4, 15, 16, 20, -1])
def test_an_altered_seal_does_not_open(position: int):
    sealed = bytearray(vault().seal("13812345678", b"ana"))
    sealed[position] ^= 1

    with pytest.raises(SealBroken):
        vault().open(bytes(sealed), b"ana")


@pytest.mark.parametrize("length", [0, 3, 4, 31])
def test_a_seal_cut_short_is_broken_and_not_an_accident(length: int):
    sealed = vault().seal("x", b"ana")

    with pytest.raises(SealBroken):
        vault().open(sealed[:length], b"ana")


def test_after_a_rotation_old_fields_open_and_ask_for_renewal():
    old = vault(OLD).seal("13812345678", b"ana")
    rotated = vault(NEW, OLD)

    assert rotated.open(old, b"ana") == "13812345678"
    assert rotated.needs_reseal(old)
    assert not rotated.needs_reseal(rotated.seal("13812345678", b"ana"))


def test_a_field_whose_secret_is_gone_says_how_to_mend_it():
    old = vault(OLD).seal("13812345678", b"ana")

    with pytest.raises(KeyUnknown, match="SHUKE_PREVIOUS_SECRETS"):
        vault(NEW).open(old, b"ana")


def test_a_key_id_cannot_be_swapped_for_that_of_another_known_key():
    rotated = vault(NEW, OLD)
    old = vault(OLD).seal("13812345678", b"ana")

    with pytest.raises(SealBroken):
        rotated.open(rotated.key_id + old[4:], b"ana")


def test_an_index_finds_the_same_value_and_no_other():
    index = vault().index("phone", "13812345678")

    assert vault().index("phone", "13812345678") == index
    assert vault().index("phone", "13812345679") != index
    assert vault().index("openid", "13812345678")[4:] != index[4:]
    assert len(index) == 32


def test_during_a_rotation_a_value_is_found_under_both_keys_newest_first():
    rotated = vault(NEW, OLD)

    assert rotated.indexes("phone", "13812345678") == [
        vault(NEW).index("phone", "13812345678"),
        vault(OLD).index("phone", "13812345678"),
    ]
    assert [rotated.needs_reseal(index) for index in rotated.indexes("phone", "13812345678")] == [False, True]


def test_purposes_do_not_share_keys_and_a_caller_cannot_derive_the_field_key():
    purposes = ["token", "sandbox-cashier", "field", "index"]
    derived = {vault().derive(purpose) for purpose in purposes}

    assert len(derived) == len(purposes)
    assert all(len(key) == 32 for key in derived)
    assert vault(OLD).derive("token") not in derived


def test_a_vault_does_not_print_its_secrets():
    assert NEW not in repr(vault(NEW, OLD))
    assert OLD not in repr(vault(NEW, OLD))


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("+8613812345678", "138****5678"),
        ("+86 138-1234-5678", "138****5678"),
        ("008613812345678", "138****5678"),
        ("+14155552671", "+141****2671"),
        ("+6591234567", "+65****67"),
        ("12345", "1****5"),
        ("1", "****"),
        ("", "****"),
    ],
)
def test_a_masked_phone_shows_both_ends_only(phone: str, masked: str):
    assert mask_phone(phone) == masked


@given(st.text(max_size=30))
def test_a_mask_never_shows_more_than_seven_digits_or_more_than_two_thirds(phone: str):
    digits = sum(map(str.isdecimal, phone))
    shown = sum(map(str.isdecimal, mask_phone(phone)))

    assert shown <= min(7, digits * 2 / 3)


def test_tokens_are_long_and_fresh_and_stored_as_digests():
    first, second = token(), token()

    assert first != second
    assert len(first) == 43
    assert len(digest(first)) == 32
    assert digest(first) != digest(second)
