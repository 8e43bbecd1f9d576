"""Logs: one JSON line a record, colours at a terminal, and no secret in either."""

import asyncio
import io
import json
import logging
import logging.config
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from shuke.kit import logs
from shuke.kit.settings import Settings, SettingsInvalid

SECRET_NAMES = [
    *("token", "access_token", "visitorToken", "code", "sign_in_code", "phone", "phones", "phone_sealed", "secret"),
    *("Authorization", "street", "recipient", "recipient_name", "card", "card_number", "password", "Set-Cookie"),
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Address(msgspec.Struct):
    recipient: str
    street: str
    region: list[str]


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)


@pytest.fixture
def out() -> io.StringIO:
    stream = io.StringIO()
    logs.configure(Settings(data=Path("unused")), "worker", stream)
    return stream


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()
    logs.configure(Settings(data=Path("unused")), "api", stream)
    return stream


def line(out: io.StringIO) -> dict[str, Any]:
    (text,) = out.getvalue().splitlines()
    return json.loads(text)


log = logs.named("trade")


def test_an_event_is_one_json_line_with_its_fields(out: io.StringIO):
    order = UUID("0195c0de-0000-8000-8000-000000000001")
    log.info("order_placed", order_id=order, total=6900, lines=[{"sku": "red", "quantity": 2}])

    written = line(out)

    assert written | {"at": "", "pid": 0} == {
        "at": "",
        "level": "info",
        "log": "trade",
        "event": "order_placed",
        "process": "worker",
        "pid": 0,
        "order_id": str(order),
        "total": 6900,
        "lines": [{"sku": "red", "quantity": 2}],
    }
    assert written["at"].endswith("Z")


@pytest.mark.parametrize(
    "name",
    SECRET_NAMES,
)
@pytest.mark.parametrize("value", ["s3cr3t-value", 31337, b"s3cr3t", ["s3cr3t"], {"part": "s3cr3t"}])
def test_a_field_named_after_a_secret_is_masked(out: io.StringIO, name: str, value: object):
    log.info("seen", **{name: value}, nested={"list": [{name: value}]})

    written = line(out)

    assert written[name] == "***"
    assert written["nested"] == {"list": [{name: "***"}]}


@pytest.mark.parametrize("name", ["order_id", "encoded", "discarded", "total", "idempotency_key", "region", "status"])
def test_a_field_that_only_looks_like_one_is_shown(out: io.StringIO, name: str):
    log.info("seen", **{name: "shown"})

    assert line(out)[name] == "shown"


def test_secrets_inside_structs_are_masked_too(out: io.StringIO):
    log.info("address_added", address=Address("Ana", "7 Harbour Street", ["Zhejiang", "Hangzhou"]))

    assert line(out)["address"] == {"recipient": "***", "street": "***", "region": ["Zhejiang", "Hangzhou"]}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call 13812345678 now", "call 138****5678 now"),
        ("手机13812345678。", "手机138****5678。"),
        ("+8613812345678", "+86138****5678"),
        ("138 1234 5678", "138****5678"),
        ("Authorization: Bearer abc.DEF-123_456", "Authorization: Bearer ***"),
        ("order 0195c0de-0000-8000-8000-013812345678", "order 0195c0de-0000-8000-8000-013812345678"),
        ("at 1781234567890 ms", "at 1781234567890 ms"),
    ],
)
def test_phones_and_bearer_tokens_are_masked_in_any_text(out: io.StringIO, text: str, shown: str):
    log.info("told", note=text)

    assert line(out)["note"] == shown


def test_half_a_phone_number_does_not_escape_at_the_end_of_a_long_text(out: io.StringIO):
    log.info("told", note="x " * (logs.MAX_TEXT // 2 - 4) + "13812345678 and on" * 9)

    note = line(out)["note"]
    assert "138****5" in note
    assert "13812" not in note


def test_a_line_carries_the_id_of_its_request(out: io.StringIO):
    async def request(name: str) -> None:
        logs.request_id.set(name)
        await asyncio.sleep(0)
        await asyncio.to_thread(log.info, "seen", by=name)

    async def both() -> None:
        await asyncio.gather(request("first"), request("second"))

    asyncio.run(both())

    written = [json.loads(text) for text in out.getvalue().splitlines()]
    assert sorted(one["request_id"] for one in written) == ["first", "second"]
    assert all(one["request_id"] == one["by"] for one in written)


def test_an_exception_is_one_field_with_its_trace(out: io.StringIO):
    try:
        raise ValueError("no such person: 13812345678")
    except ValueError as error:
        log.exception("job_failed", kind="stock.release")
        handled = error
    first = line(out)
    out.truncate(0)
    out.seek(0)

    log.warning("job_failed", kind="stock.release", error=handled)

    assert first["level"] == "error"
    assert first["error"] == "ValueError: no such person: 138****5678"
    assert "in test_an_exception_is_one_field" in first["trace"]
    assert "13812345678" not in first["trace"]
    assert line(out)["trace"] == first["trace"]


def test_records_of_libraries_and_their_extras_have_the_same_form(out: io.StringIO):
    logging.getLogger("asyncio").warning("%s took %d ms", "a task", 90, extra={"task": "poll", "token": "s3cr3t"})

    written = line(out)

    assert (written["log"], written["event"]) == ("asyncio", "a task took 90 ms")
    assert (written["task"], written["token"]) == ("poll", "***")


def test_a_field_cannot_take_the_place_of_the_line_s_own(out: io.StringIO):
    log.info("seen", level="quiet", pid=1)

    written = line(out)

    assert (written["level"], written["level_"], written["pid_"]) == ("info", "quiet", 1)


@pytest.mark.parametrize(
    "value", [2**80, float("nan"), "\udcff", "line\nbreak", object(), {1: {2: {3: {4: {5: {6: {7: 8}}}}}}}, "x" * 99_999]
)
def test_any_value_makes_one_sound_line_of_bounded_length(out: io.StringIO, value: object):
    circle: list[object] = []
    circle.append(circle)

    log.info("seen", value=value, many=list(range(1000)), circle=circle)

    assert len(json.loads(out.getvalue())["many"]) == logs.MAX_PARTS
    assert out.getvalue().count("\n") == 1
    assert len(out.getvalue()) < 3_000


def test_what_is_below_the_level_is_not_written(out: io.StringIO):
    log.debug("seen")
    logging.getLogger("httpx").info("GET https://example.test/?key=1")

    assert out.getvalue() == ""


def test_an_unknown_level_is_refused_at_start():
    with pytest.raises(SettingsInvalid):
        logs.configure(Settings(data=Path("unused"), log_level="loud"))


def test_at_a_terminal_a_line_is_coloured_and_for_people(terminal: Terminal):
    log.warning("order_late", order_id="o-1", token="s3cr3t", address={"street": "x"})

    text = terminal.getvalue()
    assert "\033[33mwarning \033[0m" in text
    assert "order_late" in text
    assert "\033[36morder_id\033[0m=o-1" in text
    assert "s3cr3t" not in text
    assert '{"street": "***"}' in text


def test_a_line_break_or_an_escape_cannot_forge_a_line_at_a_terminal(terminal: Terminal):
    log.info("seen", note="a\n12:00:00 info forged \033[2J")

    assert terminal.getvalue().count("\n") == 1
    assert "\033[2J" not in terminal.getvalue()


def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    logs.configure(Settings(data=Path("unused")), "api", stream)

    log.info("seen", order_id="o-1")

    assert "\033" not in stream.getvalue()


def test_the_web_server_s_own_records_come_out_here(out: io.StringIO):
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")

    assert (line(out)["log"], line(out)["event"]) == ("uvicorn.error", "Invalid HTTP request received.")
