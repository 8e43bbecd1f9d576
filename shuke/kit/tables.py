"""Tables that people bring: CSV, also gzipped, read row by row in constant memory, however hostile the file is.

A file that cannot be read as a whole is refused with the reason: it is no CSV, is packed to explode, is in no encoding we
know. A row that cannot be read is a `Fault` with its line, and the rows after it are read: where a quote is never closed, the
lines it swallowed are given back.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import IO, NamedTuple

import msgspec

from shuke.kit.errors import Invalid

MAX_BYTES = 8 * 1024**3
MAX_RATIO = 300
MAX_FIELD = 1024**2
MAX_LINE = 4 * 1024**2
MAX_COLUMNS = 1000
MAX_LOST_QUOTES = 100
_CHUNK = 256 * 1024
_SAMPLE = 300
_SMALL = 64 * 1024**2
_KNOWN = {b"PK\x03\x04": "a zip or Excel file", b"\xd0\xcf\x11\xe0": "an Excel file", b"%PDF": "a PDF", b"SQLite": "a database"}


class TableUnreadable(Invalid):
    """The file cannot be read as a table."""

    reason: str
    line: int | None = None

    @property
    def sentence(self) -> str:
        """What is wrong, and where."""
        return f"Line {self.line}: {self.reason}" if self.line else self.reason


class Source(msgspec.Struct, frozen=True):
    """A file that was looked through once: how it is written, and about how many lines it has."""

    path: Path
    encoding: str
    is_packed: bool
    lines: int


class Row(NamedTuple):
    """A row, and the line where it begins; it may have fewer fields than the table has columns."""

    line: int
    fields: list[str]


class Fault(NamedTuple):
    """A row that cannot be read: the line where it begins, why, and how its text begins."""

    line: int
    reason: str
    text: str


class Table(NamedTuple):
    """The names of the columns, and the rows below them."""

    columns: list[str]
    rows: Iterator[Row | Fault]


def inspect(path: Path) -> Source:
    """Look through a file once: find its encoding and count its lines. Raises TableUnreadable."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise TableUnreadable(reason=f"{path} cannot be opened: {error.strerror}.") from None
    is_packed = head.startswith(b"\x1f\x8b")
    for mark, kind in _KNOWN.items():
        if head.startswith(mark):
            raise TableUnreadable(reason=f"This is {kind}; export the table as CSV.")
    for encoding in _candidates(path, is_packed):
        lines = _lines_in(path, is_packed, encoding)
        if lines is not None:
            return Source(path, encoding, is_packed, lines)
    raise TableUnreadable(reason="The text is neither UTF-8, UTF-16 nor GBK; save the file as UTF-8.")


def read(source: Source) -> Table:
    """The columns, and every row below them in the order of the file. Raises TableUnreadable, also from the rows."""
    csv.field_size_limit(MAX_FIELD)
    rows = _rows(source)
    first = next(rows, None)
    if first is None:
        raise TableUnreadable(reason="The file is empty.")
    if isinstance(first, Fault):
        raise TableUnreadable(reason=first.reason, line=first.line)
    if len(first.fields) > MAX_COLUMNS:
        raise TableUnreadable(reason=f"There are {len(first.fields)} columns; at most {MAX_COLUMNS} are read.", line=first.line)
    columns = [name.strip() for name in first.fields]
    return Table(columns, _within(rows, len(columns)))


def _within(rows: Iterator[Row | Fault], width: int) -> Iterator[Row | Fault]:
    for row in rows:
        if isinstance(row, Row) and len(row.fields) > width and any(row.fields[width:]):
            yield Fault(
                row.line, f"The row has {len(row.fields)} fields under {width} columns.", ",".join(row.fields[:9])[:_SAMPLE]
            )
        else:
            yield row


class _Lines:
    """The lines of a text, which can be given back."""

    def __init__(self, text: IO[str]) -> None:
        self.text = text
        self.number = 0
        self.record: list[str] = []
        self.back: deque[str] = deque()

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.back.popleft() if self.back else self.text.readline(MAX_LINE + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > MAX_LINE:
            raise TableUnreadable(reason=f"A line is longer than {MAX_LINE} characters.", line=self.number)
        self.record.append(line)
        return line

    def give_back(self) -> None:
        """Read all lines of this record again, but the first."""
        self.back.extendleft(reversed(self.record[1:]))
        self.number -= len(self.record) - 1


def _rows(source: Source) -> Iterator[Row | Fault]:
    lost = 0
    with _opened(source.path, source.is_packed) as raw, io.TextIOWrapper(raw, source.encoding, newline="") as text:
        lines = _Lines(text)
        # Strict: text after a closing quote, or the end of the file inside of one, is a mistake and no guess.
        reader = csv.reader(lines, strict=True)
        while True:
            lines.record.clear()
            start = lines.number + 1
            try:
                fields = next(reader, None)
            except csv.Error as error:
                lost += len(lines.record) > 1
                if lost > MAX_LOST_QUOTES:
                    reason = f"More than {MAX_LOST_QUOTES} quotes are never closed."
                    raise TableUnreadable(reason=reason, line=start) from None
                yield Fault(start, _reason(error, len(lines.record)), lines.record[0][:_SAMPLE])
                lines.give_back()
                continue
            except _DAMAGED as error:
                raise _damaged(error) from None
            if fields is None:
                return
            if any("\0" in field for field in fields):
                yield Fault(start, "The row holds a NUL character.", lines.record[0][:_SAMPLE])
            elif fields:
                yield Row(start, fields)


def _reason(error: csv.Error, lines: int) -> str:
    if "field larger" in str(error) and lines == 1:
        return f"A field is longer than {MAX_FIELD} characters."
    if "end of data" in str(error) or lines > 1:
        return "A quote is opened and not closed properly."
    return f"The row is not CSV: {error}."


class _Capped(io.RawIOBase):
    """The bytes of a file, unpacked, up to the limits."""

    def __init__(self, path: Path, *, is_packed: bool) -> None:
        self.file: io.BufferedIOBase = gzip.open(path) if is_packed else path.open("rb")  # noqa: SIM115 - closed with this
        self.limit = min(MAX_BYTES, max(_SMALL, path.stat().st_size * MAX_RATIO)) if is_packed else MAX_BYTES
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        chunk = self.file.read(len(buffer))
        self.count += len(chunk)
        if self.count > self.limit:
            raise TableUnreadable(reason="The file is too large, or packed so tightly that it cannot be a table.")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self.file.close()
        super().close()


_DAMAGED = (gzip.BadGzipFile, EOFError, zlib.error, UnicodeError, OSError)


def _damaged(error: Exception) -> TableUnreadable:
    if isinstance(error, UnicodeError):
        return TableUnreadable(reason="The file changed while it was read.")
    return TableUnreadable(reason="The packed file is damaged or cut off.")


def _opened(path: Path, is_packed: bool) -> io.BufferedReader:
    return io.BufferedReader(_Capped(path, is_packed=is_packed), _CHUNK)


def _candidates(path: Path, is_packed: bool) -> list[str]:
    try:
        with _opened(path, is_packed) as file:
            head = file.read(4096)
    except _DAMAGED as error:
        raise _damaged(error) from None
    if not head:
        raise TableUnreadable(reason="The file is empty.")
    if head.startswith(codecs.BOM_UTF8):
        return ["utf-8-sig"]
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ["utf-16"]
    # Latin letters in UTF-16 are every second byte zero; in UTF-8 and GBK hardly any byte is.
    if head[1::2].count(0) > len(head) // 4:
        return ["utf-16-le"]
    if head[::2].count(0) > len(head) // 4:
        return ["utf-16-be"]
    return ["utf-8", "gb18030"]


def _lines_in(path: Path, is_packed: bool, encoding: str) -> int | None:
    """How many lines the file has; None when it is not in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = other = chinese = 0
    try:
        with _opened(path, is_packed) as file:
            while chunk := file.read(_CHUNK):
                text = decoder.decode(chunk)
                lines += text.count("\n")
                if encoding == "gb18030" and not chunk.isascii():
                    plain = text.encode("gb2312", errors="ignore")
                    other += sum(not char.isascii() for char in text)
                    chinese += sum(byte > 127 for byte in plain) // 2
        decoder.decode(b"", final=True)
    except UnicodeError:
        return None
    except _DAMAGED as error:
        raise _damaged(error) from None
    # Almost any bytes are GBK of something; written Chinese keeps to the 6,763 characters of GB 2312.
    return None if chinese < 0.8 * other else lines
