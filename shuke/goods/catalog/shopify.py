"""Shopify's product CSV: rows of one handle become one product, or the reasons why they do not.

Both forms are read: the one of its export (`Handle`, `Body (HTML)`, `Variant Price`) and the newer template (`URL handle`,
`Description`, `Price`). See https://help.shopify.com/manual/products/import-export/using-csv.
"""

import html
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from shuke.goods.catalog.asks import MAX_DESCRIPTION, MAX_IMAGES, MAX_SKUS
from shuke.kit import money
from shuke.kit.fetching import MAX_URL
from shuke.kit.tables import Fault, Row, Table, TableUnreadable

MAX_TITLE = 255
MAX_HANDLE = 255
MAX_CODE = 64
MAX_PRICE = 10**12
MAX_STOCK = 10**9
MAX_WEIGHT_G = 10**7

_NAMES = {
    "handle": ("handle", "url handle"),
    "title": ("title",),
    "body": ("body (html)", "description"),
    "type": ("type",),
    "published": ("published", "published on online store"),
    "status": ("status",),
    "name1": ("option1 name",),
    "name2": ("option2 name",),
    "name3": ("option3 name",),
    "value1": ("option1 value",),
    "value2": ("option2 value",),
    "value3": ("option3 value",),
    "code": ("variant sku", "sku"),
    "stock": ("variant inventory qty", "inventory quantity"),
    "price": ("variant price", "price"),
    "weight": ("variant grams", "weight value (grams)"),
    "image": ("image src", "product image url"),
    "place": ("image position",),
    "shipping": ("variant requires shipping", "requires shipping"),
}
_PRICE = re.compile(r"[+-]?\d+(\.\d+)?")
_PLACE = re.compile(r"[0-9]{1,3}", re.ASCII)
_IMAGE = re.compile(rf"https?://[^\x00-\x20\x7f]{{1,{MAX_URL - 10}}}", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_BLOCKS = frozenset("p br div li ul ol tr table h1 h2 h3 h4 h5 h6 section article blockquote hr dd dt".split())  # noqa: SIM905
_HIDDEN = ("script", "style", "head", "title", "template")


class BadRow(msgspec.Struct, frozen=True):
    """A row that was not accepted, and with it the product it belongs to: the line where it begins, the column and why."""

    line: int
    column: str
    reason: str


class ReadSku(msgspec.Struct):
    """A SKU as the file tells it; None where it does not."""

    line: int
    code: str
    options: dict[str, str]
    price: int
    stock: int
    weight_g: int | None


class ReadProduct(msgspec.Struct):
    """A product as the file tells it; None where it does not."""

    line: int
    handle: str
    title: str | None
    description: str | None
    kind: str
    is_published: bool
    is_virtual: bool | None
    skus: list[ReadSku]
    images: list[str] = []


class _Group(msgspec.Struct):
    """The rows of one handle, one after the other."""

    handle: str
    rows: list[Row]
    bad: list[BadRow]
    images: list[tuple[int, str]] = []


class _Columns(NamedTuple):
    """Where each column is, and how it is called in this file."""

    places: dict[str, int]
    names: Sequence[str]

    def text(self, row: Row, column: str) -> str:
        place = self.places.get(column)
        return row.fields[place].strip() if place is not None and place < len(row.fields) else ""

    def called(self, column: str) -> str:
        place = self.places.get(column)
        return self.names[place] if place is not None else _NAMES[column][0].title()


def products(table: Table, currency: str) -> Iterator[ReadProduct | list[BadRow]]:
    """Each product of the file, or what is wrong with its rows. Raises TableUnreadable where it is no export of Shopify's."""
    columns = _columns(table.columns)
    for group in _groups(table.rows, columns):
        yield group.bad or _product(group, columns, currency)


def _columns(names: Sequence[str]) -> _Columns:
    found = {name.lower(): place for place, name in reversed(list(enumerate(names)))}
    places = {key: found[name] for key, known in _NAMES.items() for name in known if name in found}
    missing = [key.title() for key in ("handle", "title", "price") if key not in places]
    if missing:
        reason = f"This is no product export of Shopify: there is no column {', '.join(missing)}."
        raise TableUnreadable(reason=reason, line=1)
    return _Columns(places, names)


def _groups(rows: Iterator[Row | Fault], columns: _Columns) -> Iterator[_Group]:
    group: _Group | None = None
    for row in rows:
        owner = _owner(row, columns, group.handle if group else "")
        if group is None or group.handle != owner:
            if group is not None:
                yield group
            group = _Group(owner, [], [])
        if isinstance(row, Fault):
            group.bad.append(BadRow(row.line, "", row.reason))
        else:
            _put(group, row, columns)
    if group is not None:
        yield group


def _owner(row: Row | Fault, columns: _Columns, handle: str) -> str:
    """The handle of a row; a row that cannot be read is of the product above if it begins like it, else a group of its own."""
    if isinstance(row, Row):
        return columns.text(row, "handle")
    is_same = columns.places["handle"] == 0 and handle and row.text.lstrip('"').startswith((handle + ",", handle + '"'))
    return handle if is_same else f"\0{row.line}"


def _put(group: _Group, row: Row, columns: _Columns) -> None:
    if (image := columns.text(row, "image")) and _IMAGE.fullmatch(image) and len(group.images) < MAX_SKUS:
        place = columns.text(row, "place")
        group.images.append((int(place) if _PLACE.fullmatch(place) else MAX_SKUS, image))
    if not any(columns.text(row, each) for each in ("title", "price", "code", "value1")):
        # Rows of further pictures name nothing else but the handle.
        return
    if not group.handle:
        group.bad.append(BadRow(row.line, columns.called("handle"), "The handle is missing."))
    elif len(group.rows) == MAX_SKUS:
        group.bad = [BadRow(row.line, columns.called("code"), f"A product has at most {MAX_SKUS} variants.")]
    else:
        group.rows.append(row)


def _product(group: _Group, columns: _Columns, currency: str) -> ReadProduct | list[BadRow]:
    if not group.rows:
        return []
    first = group.rows[0]
    bad: list[BadRow] = []
    skus = [sku for row in group.rows if (sku := _sku(row, first, columns, currency, bad)) is not None]
    title = columns.text(first, "title")
    body = _plain(columns.text(first, "body"))
    for column, value, at_most in (
        ("handle", group.handle, MAX_HANDLE),
        ("title", title, MAX_TITLE),
        ("body", body, MAX_DESCRIPTION),
    ):
        if len(value) > at_most:
            bad.append(
                BadRow(first.line, columns.called(column), f"The text has {len(value)} characters; at most {at_most} fit.")
            )
        if column != "body" and _CONTROL.search(value):
            bad.append(BadRow(first.line, columns.called(column), "The text holds a control character."))
    _tell_apart(skus, columns, bad)
    if bad:
        return bad
    shipping = columns.text(first, "shipping").lower()
    return ReadProduct(
        line=first.line,
        handle=group.handle,
        title=title or None,
        description=body if title and "body" in columns.places else None,
        kind=columns.text(first, "type"),
        is_published=columns.text(first, "published").lower() not in ("false", "no", "0")
        and columns.text(first, "status").lower() in ("", "active"),
        is_virtual=shipping in ("false", "no", "0") if shipping else None,
        skus=skus,
        images=_images(group),
    )


def _images(group: _Group) -> list[str]:
    """Their addresses in the order of their positions; one that comes twice counts once, as many as a product may have."""
    ordered = sorted(group.images, key=lambda image: image[0])
    return list(dict.fromkeys(address for _, address in ordered))[:MAX_IMAGES]


def _sku(row: Row, first: Row, columns: _Columns, currency: str, bad: list[BadRow]) -> ReadSku | None:
    options: dict[str, str] = {}
    for number in "123":
        name, value = columns.text(first, "name" + number), columns.text(row, "value" + number)
        if value and not (name.lower() == "title" and value.lower() == "default title"):
            options[_line(name)[:60] or f"Option{number}"] = _line(value)[:255]
    code = columns.text(row, "code") or _code(columns.text(first, "handle"), options)
    if len(code) > MAX_CODE or _CONTROL.search(code):
        bad.append(BadRow(row.line, columns.called("code"), f"A code has at most {MAX_CODE} characters, in one line."))
    price = _price(row, columns, currency, bad)
    stock = _whole(row, columns, "stock", MAX_STOCK, bad)
    weight = _whole(row, columns, "weight", MAX_WEIGHT_G, bad)
    if price is None:
        return None
    # Sold below zero elsewhere means that there is nothing here.
    return ReadSku(row.line, code, options, price, max(0, stock or 0), weight if weight is None else max(0, weight))


def _price(row: Row, columns: _Columns, currency: str, bad: list[BadRow]) -> int | None:
    text = columns.text(row, "price")
    column = columns.called("price")
    if not text:
        bad.append(BadRow(row.line, column, "The price is missing."))
    elif not _PRICE.fullmatch(text) or not text.isascii():
        bad.append(BadRow(row.line, column, f"{text[:40]!r} is not a price."))
    elif text.startswith("-") and float(text) < 0:
        bad.append(BadRow(row.line, column, "The price is negative."))
    elif (found := money.parse(text, currency)) is None:
        bad.append(BadRow(row.line, column, f"{text[:40]} is too large, or finer than {currency} has coins."))
    elif found.amount > MAX_PRICE:
        bad.append(BadRow(row.line, column, f"{text[:40]} is too large for a price."))
    else:
        return found.amount
    return None


def _whole(row: Row, columns: _Columns, column: str, at_most: int, bad: list[BadRow]) -> int | None:
    text = columns.text(row, column)
    if not text:
        return None
    if not _PRICE.fullmatch(text) or not text.isascii() or len(text) > 20 or abs(float(text)) > at_most:
        bad.append(BadRow(row.line, columns.called(column), f"{text[:40]!r} is not a number up to {at_most}."))
        return None
    if column == "stock" and not float(text).is_integer():
        bad.append(BadRow(row.line, columns.called(column), f"{text[:40]} is not a whole number."))
        return None
    return round(float(text))


def _tell_apart(skus: list[ReadSku], columns: _Columns, bad: list[BadRow]) -> None:
    """Codes stand once; where options are the same, or some are missing, the code tells SKUs apart."""
    codes: set[str] = set()
    chosen: set[tuple[str, ...]] = set()
    names = list(dict.fromkeys(name for sku in skus for name in sku.options))
    for sku in skus:
        if sku.code in codes:
            bad.append(
                BadRow(sku.line, columns.called("code"), f"The code {sku.code[:MAX_CODE]} stands twice in this product.")
            )
        codes.add(sku.code)
        sku.options = {name: sku.options.get(name) or "-" for name in names}
        if names and (values := tuple(sku.options.values())) in chosen:
            sku.options[names[0]] = f"{values[0][:180]} ({sku.code[:MAX_CODE]})"
        chosen.add(tuple(sku.options.values()))


def _code(handle: str, options: dict[str, str]) -> str:
    return "/".join([_line(handle), *options.values()])[:MAX_CODE]


def _line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def _plain(body: str) -> str:
    """The text of HTML, a line for each block; linear in its length, whatever it is."""
    if "<" not in body and "&" not in body:
        return body
    first, *pieces = body.split("<")
    out = [first]
    skipped = ""
    for piece in pieces:
        if skipped == "-->":
            _, closed, text = piece.partition("-->")
            if closed:
                skipped = ""
                out.append(text)
            continue
        if not skipped and piece.startswith("!--"):
            _, closed, text = piece[3:].partition("-->")
            skipped = "" if closed else "-->"
            out.append(text)
            continue
        tag, closed, text = piece.partition(">")
        name = tag.lstrip("/").split(None, 1)[0].rstrip("/").lower() if tag.strip("/ \t\r\n") else ""
        if skipped:
            if tag.startswith("/") and name == skipped:
                skipped = ""
                out.append(text)
        elif not piece or not (piece[0].isalpha() or piece[0] in "/!?"):
            out.append("<" + piece)
        elif not tag.startswith("/") and not tag.endswith("/") and name in _HIDDEN:
            skipped = name
        else:
            out.append("\n" + text if name in _BLOCKS else text)
    text = html.unescape("".join(out)).replace("\0", "").replace("\xa0", " ")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return "\n".join(line for line in lines if line)
