"""From a PostgreSQL row to a msgspec struct: column lists, converters and the types they expect.

A field is a column of the same name. A `Money` field `total` is the columns `total` and `currency` of the same row. A struct,
dict or list of structs is a `jsonb` column. Everything else maps one to one.
"""

import types
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

import msgspec

from shuke.kit.money import Money

Maker = Callable[[Any], Any]
PG_TYPES: dict[Any, tuple[str, ...]] = {
    int: ("int8", "int4", "int2"),
    str: ("text", "varchar", "name", "xid8", "tsvector"),
    bool: ("bool",),
    float: ("float8", "float4"),
    bytes: ("bytea", "json"),
    UUID: ("uuid",),
    datetime: ("timestamptz",),
    date: ("date",),
    timedelta: ("interval",),
}


class Column(msgspec.Struct, frozen=True):
    """A column a row type expects: its name, the PostgreSQL types that fit, and whether it may be null."""

    name: str
    pg_types: tuple[str, ...]
    is_nullable: bool


def columns(row: type) -> list[Column]:
    """The columns `row` is made of, in order."""
    if row is type(None):
        return []
    if not _is_struct(row) or row is Money:
        return [Column("", _pg_types(_bare(row)[0]), _bare(row)[1])]
    found: list[Column] = []
    fields = msgspec.structs.fields(row)
    for field in fields:
        kind, is_nullable = _bare(field.type)
        found.append(Column(field.name, _pg_types(kind), is_nullable))
    names = {column.name for column in found}
    if any(_bare(field.type)[0] is Money for field in fields) and "currency" not in names:
        found.append(Column("currency", PG_TYPES[str], is_nullable=False))
    return found


def columns_of(row: type, alias: str | None) -> str:
    """The column list that `{cols}` stands for."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(prefix + column.name for column in columns(row))


def maker_of(row: type) -> Maker:
    """A function from a record to `row`, compiled once: plain rows pay for nothing."""
    if row is type(None):
        return lambda _record: None
    if not _is_struct(row) or row is Money:
        convert = _converter(_bare(row)[0])
        return (lambda record: record[0]) if convert is None else (lambda record: _some(convert, record[0]))
    fields = msgspec.structs.fields(row)
    names = [column.name for column in columns(row)]
    converters: list[tuple[int, Maker]] = []
    moneys: list[int] = []
    for place, field in enumerate(fields):
        kind, _ = _bare(field.type)
        if kind is Money:
            moneys.append(place)
        elif (convert := _converter(kind)) is not None:
            converters.append((place, convert))
    if not converters and not moneys:
        return lambda record: row(*record)
    return _struct_maker(row, len(fields), converters, moneys, names.index("currency") if moneys else -1)


def _struct_maker(row: type, size: int, converters: Sequence[tuple[int, Maker]], moneys: Sequence[int], currency: int) -> Maker:
    def make(record: Any) -> Any:
        values = list(record)
        for place, convert in converters:
            if values[place] is not None:
                values[place] = convert(values[place])
        for place in moneys:
            if values[place] is not None:
                values[place] = Money(values[place], values[currency])
        return row(*values[:size])

    return make


def _some(convert: Maker, value: Any) -> Any:
    return None if value is None else convert(value)


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _bare(kind: Any) -> tuple[Any, bool]:
    """The type without Annotated, NewType and None, and whether None was there."""
    is_nullable = False
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif hasattr(kind, "__supertype__"):
            kind = kind.__supertype__
        elif get_origin(kind) in (Union, types.UnionType) and type(None) in get_args(kind):
            is_nullable = True
            rest = tuple(each for each in get_args(kind) if each is not type(None))
            kind = Union[rest]  # noqa: UP007 - built at run time
        else:
            return kind, is_nullable


def _converter(kind: Any) -> Maker | None:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    if kind is msgspec.Raw:
        return msgspec.Raw
    if _is_json(kind):
        decoder = msgspec.json.Decoder(kind)
        return decoder.decode
    if get_origin(kind) is tuple:
        return tuple
    return None


def _is_json(kind: Any) -> bool:
    origin = get_origin(kind)
    if origin in (list, tuple, frozenset, set):
        return _is_json(_bare(get_args(kind)[0])[0]) or get_origin(_bare(get_args(kind)[0])[0]) is not None
    return _is_struct(kind) or kind in (dict, msgspec.Raw) or origin in (dict, Union, types.UnionType)


def _pg_types(kind: Any) -> tuple[str, ...]:
    if kind is Money:
        return PG_TYPES[int]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return PG_TYPES[str]
    if get_origin(kind) is Literal:
        return PG_TYPES[type(get_args(kind)[0])]
    if _is_json(kind):
        return ("jsonb",)
    if get_origin(kind) in (list, tuple):
        return tuple(f"{each}[]" for each in _pg_types(_bare(get_args(kind)[0])[0]))
    return PG_TYPES[kind]
