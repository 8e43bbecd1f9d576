"""The text of statements that go together: parameters counted on, parts numbered apart (docs/statements.md)."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple


class Part(NamedTuple):
    """A named part of a statement that writes; one that `must` write a row undoes everything when it finds none."""

    name: str
    sql: str
    must: bool = False


Parts = tuple[Part, ...]
"""The parts of a statement that writes."""

_PARAMETER = re.compile(r"\$(\d+)")
_CACHE = 1024


@lru_cache(maxsize=_CACHE)
def asked_at_once(statements: tuple[str, ...]) -> str:
    """One statement whose columns are the rows of each as an array; some may write, and answer what they return."""
    parts = [f"asked_{place} as ({sql})" for place, sql in enumerate(_apart(statements))]
    columns = [f"array(select row(asked_{place}.*) from asked_{place})" for place in range(len(statements))]  # noqa: S608
    return f"with {', '.join(parts)} select {', '.join(columns)}"


@lru_cache(maxsize=_CACHE)
def written_at_once(writes: tuple[Parts, ...]) -> str:
    """One statement that does what all of them do."""
    parts: list[str] = []
    needed: list[str] = []
    texts = _apart([_SEPARATOR.join(part.sql for part in write) for write in writes])
    for place, (write, text) in enumerate(zip(writes, texts, strict=True)):
        number = f"_{place}" if len(writes) > 1 else ""
        names = re.compile(rf"\{{({'|'.join(part.name for part in write)})\}}")
        named = names.sub(rf"\g<1>{number}", text).split(_SEPARATOR)
        parts += [f"{part.name}{number} as ({sql})" for part, sql in zip(write, named, strict=True)]
        needed += [f"kit.must(exists (select from {part.name}{number}), '{part.name}')" for part in write if part.must]
    return f"with {', '.join(parts)} select {', '.join(needed)}"


_SEPARATOR = "\0"


def _apart(statements: Sequence[str]) -> Iterable[str]:
    """Each statement with parameters of its own."""
    first = 0
    for sql in statements:
        yield _PARAMETER.sub(lambda found, first=first: f"${int(found[1]) + first}", sql)
        first += max((int(number) for number in _PARAMETER.findall(sql)), default=0)
