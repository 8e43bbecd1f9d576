"""Structured logs: one event with its fields a line on stderr, JSON for machines, colours at a terminal.

An event has a past-tense name (`order_placed`), never a sentence with values in it. Fields named after a secret are
masked whatever the caller does, also inside nested values, and phone numbers and bearer tokens are masked in any text.
`code` is such a name (sign-in codes): log an HTTP status as `status`, and a refusal's code as `refusal`.
Every line of one request or job carries its `request_id`. Records of libraries come out in the same form.
"""

import json
import logging
import os
import re
import sys
import traceback
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any, TextIO, cast

import msgspec

from shuke.kit.settings import Settings, SettingsInvalid

MASK = "***"
MAX_TEXT = 2_000
MAX_TRACE = 16_000
MAX_PARTS = 50
MAX_DEPTH = 6

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Set by the web layer and the job runner at the edge; empty outside of both."""

_SECRET_ANYWHERE = ("token", "phone", "secret", "authorization", "street", "recipient", "password", "passwd", "cookie")
_SECRET_WORDS = frozenset({"code", "codes", "card", "cards", "dsn", "otp"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_PHONE = re.compile(r"(?<![\w.-])(\+?86[ -]?)?(1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?![\w-])", re.ASCII)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}")
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "fields"}
_COLOURS = {"debug": "2", "info": "32", "warning": "33", "error": "31", "critical": "1;31"}


class Log:
    """The log of one module. Events are for machines: `log.info("order_placed", order_id=order.id, total=total)`."""

    __slots__ = ("_logger",)

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, /, **fields: Any) -> None:
        """Record what only its author wants to know."""
        self._write(logging.DEBUG, event, fields)

    def info(self, event: str, /, **fields: Any) -> None:
        """Record that something happened, as it should."""
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, /, **fields: Any) -> None:
        """Record what went on in spite of a fault. An `error=` that is an exception brings its trace."""
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, /, **fields: Any) -> None:
        """Record what did not go on. An `error=` that is an exception brings its trace."""
        self._write(logging.ERROR, event, fields)

    def exception(self, event: str, /, **fields: Any) -> None:
        """Record the exception that is being handled, with its trace."""
        self._write(logging.ERROR, event, {"error": sys.exception(), **fields})

    def _write(self, level: int, event: str, fields: dict[str, Any]) -> None:
        if self._logger.isEnabledFor(level):
            error = fields.get("error")
            self._logger.log(
                level, event, exc_info=error if isinstance(error, BaseException) else None, extra={"fields": fields}
            )


def named(name: str) -> Log:
    """The log of a module, under `shuke`: `log = logs.named("trade")`."""
    return Log(f"shuke.{name}")


def configure(settings: Settings, process: str = "api", stream: TextIO | None = None) -> None:
    """Send every log of this process to `stream` (stderr), in place of what was configured before.

    JSON lines, or coloured ones when the stream is a terminal. Raises SettingsInvalid for an unknown level.
    """
    level = logging.getLevelNamesMapping().get(settings.log_level.upper())
    if level is None:
        raise SettingsInvalid("SHUKE_LOG_LEVEL is one of debug, info, warning, error, critical.")
    handler = logging.StreamHandler(stream or sys.stderr)
    is_terminal = handler.stream.isatty()
    handler.setFormatter(_Coloured(process, plain="NO_COLOR" in os.environ) if is_terminal else _Json(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(level, logging.INFO))
    logging.getLogger("shuke").setLevel(level)
    # Clients of HTTP log every address they call at info, with whatever is in it.
    for noisy in ("httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.captureWarnings(True)


class _Json(logging.Formatter):
    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process
        self._encode = msgspec.json.Encoder().encode

    def format(self, record: logging.LogRecord) -> str:
        return self._encode(self._line(record)).decode()

    def _line(self, record: logging.LogRecord) -> dict[str, Any]:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "log": record.name.removeprefix("shuke."),
            "event": _text(record.getMessage()),
            "process": self._process,
            "pid": record.process,
        }
        if request := request_id.get():
            line["request_id"] = request
        for name, value in _fields(record).items():
            line[f"{name}_" if name in line else name] = _clean(name, value)
        if record.exc_info and record.exc_info[1]:
            line["trace"] = _trace(record.exc_info[1])
        return line


class _Coloured(_Json):
    def __init__(self, process: str, *, plain: bool) -> None:
        super().__init__(process)
        self._plain = plain

    def format(self, record: logging.LogRecord) -> str:
        line = self._line(record)
        at, level, log, event = (line.pop(name) for name in ("at", "level", "log", "event"))
        process, trace = line.pop("process"), line.pop("trace", "")
        line.pop("pid")
        fields = " ".join(f"{self._paint('36', name)}={_shown(value)}" for name, value in line.items())
        head = f"{self._paint('2', at[11:23])} {self._paint(_COLOURS.get(level, '0'), f'{level:<8}')}"
        told = f"{head} {self._paint('2', f'{process}/{log}')} {_shown(event)} {fields}".rstrip()
        return f"{told}\n{self._paint('2', trace)}" if trace else told

    def _paint(self, colour: str, text: str) -> str:
        return text if self._plain else f"\033[{colour}m{text}\033[0m"


def _shown(value: Any) -> str:
    # Quoted when it could be taken for something else: a line break or an escape would forge a line of its own.
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(text)


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    own: dict[str, Any] | None = getattr(record, "fields", None)
    if isinstance(own, dict):
        return own
    return {name: value for name, value in vars(record).items() if name not in _OWN}


def _trace(error: BaseException) -> str:
    # The end of a trace says what went wrong, so a long one loses its beginning.
    return _masked("".join(traceback.format_exception(error)))[-MAX_TRACE:]


@lru_cache(maxsize=4096)
def _is_secret(name: str) -> bool:
    lowered = name.lower()
    return any(part in lowered for part in _SECRET_ANYWHERE) or not _SECRET_WORDS.isdisjoint(
        word.lower() for word in _WORD.findall(name)
    )


def _clean(name: str, value: Any, depth: int = 0) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if _is_secret(name):
        return MASK
    match value:
        case float():
            return value
        case int():
            return value if -(2**63) <= value < 2**63 else str(value)
        case str():
            return _text(value)
        case bytes() | bytearray():
            return f"<{len(value)} bytes>"
        case BaseException():
            return _text(f"{type(value).__name__}: {value}")
        case _:
            return _parts(name, value, depth) if depth < MAX_DEPTH else "..."


def _parts(name: str, value: Any, depth: int) -> Any:
    match value:
        case msgspec.Struct():
            return _parts(name, msgspec.structs.asdict(value), depth)
        case Mapping():
            pairs = islice(cast("Mapping[Any, Any]", value).items(), MAX_PARTS)
            return {_text(str(key)): _clean(str(key), part, depth + 1) for key, part in pairs}
        case list() | tuple() | set() | frozenset():
            return [_clean(name, part, depth + 1) for part in islice(cast("Iterable[Any]", value), MAX_PARTS)]
        case _:
            return _text(str(value))


def _text(text: str) -> str:
    # Masked before it is cut: half a phone number is no longer recognised as one.
    if len(text) <= MAX_TEXT:
        return _masked(text)
    return f"{_masked(text[: MAX_TEXT + 64])[:MAX_TEXT]}..."


def _masked(text: str) -> str:
    if not text.isascii():
        # A file name may hold bytes that are no text; a log line must be.
        text = text.encode(errors="replace").decode()
    # The fast way out matters: most texts are names and ids.
    if len(text) < 11:
        return text
    return _BEARER.sub(rf"\1 {MASK}", _PHONE.sub(r"\1\2****\3", text))
