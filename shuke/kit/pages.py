"""Keyset pages: `(sorted_by, id) < (last seen)`; a cursor is opaque to clients, and never an offset."""

import base64
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar, cast

import msgspec

from shuke.kit.errors import Invalid

T = TypeVar("T")
Keys = TypeVar("Keys")
MAX_LIMIT = 100
PageLimit = Annotated[int, msgspec.Meta(ge=1, le=MAX_LIMIT, description="how many at most")]


class CursorInvalid(Invalid):
    """The cursor was not made by this list."""

    cursor: str


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Part of a list, and the cursor of the next part (null at the end)."""

    items: Sequence[T]
    next_cursor: str | None = None


def page(rows: Sequence[T], limit: int, keys: Callable[[T], tuple[Any, ...]]) -> Page[T]:
    """Cut `rows`, read with `limit + 1`, to a page; `keys` names what the statement sorts by."""
    if len(rows) <= limit:
        return Page(rows)
    return Page(rows[:limit], encode_cursor(keys(rows[limit - 1])))


def encode_cursor(keys: tuple[Any, ...]) -> str:
    """The opaque form of the last row's sort keys."""
    return base64.urlsafe_b64encode(msgspec.json.encode(keys)).rstrip(b"=").decode()


def decode_cursor(cursor: str | None, kind: type[Keys]) -> Keys | None:
    """The keys in `cursor` as `kind` (a tuple type); None for the first page. Raises CursorInvalid."""
    if not cursor:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        keys = msgspec.json.decode(raw, type=kind)
    except (ValueError, RecursionError, msgspec.DecodeError):
        raise CursorInvalid(cursor=cursor[:64]) from None
    if not all(_is_storable(key) for key in cast("tuple[object, ...]", keys)):
        raise CursorInvalid(cursor=cursor[:64])
    return keys


def _is_storable(key: object) -> bool:
    # PostgreSQL has no text with a NUL and no integer beyond 64 bits.
    return "\0" not in key if isinstance(key, str) else not isinstance(key, int) or -(2**63) <= key < 2**63
