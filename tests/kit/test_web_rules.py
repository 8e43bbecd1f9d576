"""The pure parts: what a fault is, how buckets fill, what a proxy may say."""

from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Meta

from shuke.kit.limits import Buckets, Limit
from shuke.kit.problems import Malformed, Unfit, fault_of


class Size(StrEnum):
    SMALL = "s"


class Level(IntEnum):
    ONE = 1


class Strict(msgspec.Struct, forbid_unknown_fields=True):
    name: str


class Cat(msgspec.Struct, tag="cat"):
    name: str


class Dog(msgspec.Struct, tag="dog"):
    name: str


UNFIT: list[tuple[Any, Any]] = [
    (Annotated[int, Meta(ge=2)], 1),
    (Annotated[int, Meta(gt=2)], 2),
    (Annotated[int, Meta(le=2)], 3),
    (Annotated[int, Meta(lt=2)], 2),
    (Annotated[int, Meta(multiple_of=2)], 3),
    (Annotated[float, Meta(ge=2)], 1.5),
    (Annotated[str, Meta(min_length=2)], "a"),
    (Annotated[str, Meta(max_length=2)], "abc"),
    (Annotated[str, Meta(pattern="^a$")], "b"),
    (Annotated[list[int], Meta(min_length=1)], []),
    (Annotated[list[int], Meta(max_length=1)], [1, 2]),
    (Annotated[dict[str, int], Meta(max_length=0)], {"a": 1}),
    (Annotated[datetime, Meta(tz=True)], "2026-01-01T00:00:00"),
    (Size, "xl"),
    (Level, 7),
    (Literal["a"], "b"),
    (UUID, "not one"),
    (datetime, "yesterday"),
    (date, "2026-13-01"),
    (bytes, "***"),
    (Cat | Dog, {"type": "cow", "name": "x"}),
    (tuple[int, int], [1]),
    (tuple[int, int], [1, 2, 3]),
]

MALFORMED: list[tuple[Any, Any]] = [
    (int, "1"),
    (int, None),
    (int, 1.5),
    (str, 1),
    (bool, 1),
    (float, "1"),
    (list[int], {}),
    (dict[str, int], []),
    (UUID, 3),
    (datetime, True),
    (int | None, "x"),
    (Annotated[int, Meta(ge=2)], "1"),
    (Size, 1),
    (Literal["a"], 1),
    (Strict, {}),
    (Strict, {"name": "x", "more": 1}),
    (Cat | Dog, {"name": "x"}),
]


@pytest.mark.parametrize(("kind", "value"), UNFIT, ids=str)
def test_a_value_of_the_right_shape_and_out_of_range_is_unfit(kind: Any, value: Any):
    with pytest.raises(msgspec.ValidationError) as raised:
        msgspec.json.decode(msgspec.json.encode(value), type=kind)

    assert isinstance(fault_of(raised.value, "body"), Unfit), str(raised.value)


@pytest.mark.parametrize(("kind", "value"), MALFORMED, ids=str)
def test_a_value_of_another_shape_is_malformed(kind: Any, value: Any):
    with pytest.raises(msgspec.ValidationError) as raised:
        msgspec.json.decode(msgspec.json.encode(value), type=kind)

    assert isinstance(fault_of(raised.value, "body"), Malformed), str(raised.value)


def test_a_bucket_gives_its_burst_and_then_its_rate():
    buckets, limit = Buckets(), Limit("x", per_minute=30, burst=3)

    at_once = [buckets.take(limit, "ana", now=100.0) for _ in range(4)]

    assert at_once == [0, 0, 0, 2]
    assert buckets.take(limit, "bao", now=100.0) == 0
    assert buckets.take(limit, "ana", now=101.9) == 1
    assert buckets.take(limit, "ana", now=102.1) == 0


@given(gaps=st.lists(st.floats(0, 20), max_size=80), burst=st.integers(1, 10), per_minute=st.integers(1, 600))
def test_no_window_lets_more_through_than_burst_and_refill(gaps: list[float], burst: int, per_minute: int):
    buckets, limit, now = Buckets(), Limit("x", per_minute=per_minute, burst=burst), 0.0
    passed: list[float] = []
    for gap in gaps:
        now += gap
        if buckets.take(limit, "ana", now=now) == 0:
            passed.append(now)

    for first, start in enumerate(passed):
        for last, end in enumerate(passed[first:], start=1):
            assert last <= burst + (end - start) * per_minute / 60 + 1e-6


@given(wait=st.floats(0, 100), per_minute=st.integers(1, 600))
def test_who_waits_as_told_is_let_in(wait: float, per_minute: int):
    buckets, limit = Buckets(), Limit("x", per_minute=per_minute, burst=1)
    buckets.take(limit, "ana", now=0.0)
    told = buckets.take(limit, "ana", now=min(wait, 0.01))

    assert buckets.take(limit, "ana", now=min(wait, 0.01) + told) == 0 if told else True
