"""Search: by Chinese words, pinyin, initials and English, the best place first.

A product whose title has all the words comes before one whose shop or category is needed for them, and that before one which
only describes them; in each of these steps the one sold most comes first. Only when nothing has all the words are they taken
loosely (every character, or the beginning of a Latin word), and then in part.
"""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec

from shuke.goods.catalog import cards_sql
from shuke.goods.catalog.cards import START, Browse, Whole, cards_in, page_in, page_of, start_of
from shuke.goods.catalog.cards_sql import CardRow
from shuke.goods.catalog.types import Sort
from shuke.goods.catalog.words import anywhere, at_least, everywhere, loosely, query_words
from shuke.kit.db import Db
from shuke.kit.ids import home_of
from shuke.kit.pages import decode_cursor, encode_cursor

LOOSE = 3
MAX_PARTLY = 6
Within = tuple[int | None, Sequence[UUID] | None]
"""A shop's home and categories to stay in."""
Step = Annotated[int, msgspec.Meta(ge=0, le=LOOSE)]


async def search(db: Db, ask: Browse, categories: Sequence[UUID] | None) -> bytes:
    """A page of cards found by words, as JSON; whatever is typed, the answer is a page."""
    words = query_words(ask.q)
    if not words:
        return page_in([], None)
    within = (None if ask.shop_id is None else home_of(ask.shop_id), categories)
    if ask.sort is not None and ask.sort is not Sort.RELEVANCE:
        return await _sorted(db, ask, ask.sort, words, within)
    steps = _steps(words)
    begin, sold, id = decode_cursor(ask.cursor, tuple[Step, Whole, UUID]) or (0, *START[Sort.SOLD])
    found: list[tuple[int, CardRow]] = []
    for step in range(begin, LOOSE + 1):
        # What is loose is looked at only when the words themselves are nowhere.
        if step == LOOSE > begin and (found or ask.cursor):
            break
        after = (sold, id) if step == begin else START[Sort.SOLD]
        left = ask.limit + 1 - len(found)
        rows = await cards_sql.FOUND[Sort.SOLD].all(db, *after, left, *within, steps[step])
        found += [(step, row) for row in rows]
        if len(found) > ask.limit:
            break
    if not found and not ask.cursor:
        return page_in(cards_in(await _partly(db, ask.limit, words, within)), None)
    cursor = None
    if len(found) > ask.limit:
        step, seen = found[ask.limit - 1]
        cursor = encode_cursor((step, seen.sold, seen.product_id))
    return page_in(cards_in([row for _, row in found[: ask.limit]]), cursor)


async def _partly(db: Db, limit: int, words: Sequence[str], within: Within) -> list[CardRow]:
    """What has most of the words; where none has two of them, what has the rarest."""
    hits = await cards_sql.HITS.all(db, [anywhere(word) for word in words], *within)
    known = [word for count, word in sorted(zip(hits, words, strict=True)) if count][:MAX_PARTLY]
    if not known:
        return []
    tries = [_steps(known)[:LOOSE]] if len(known) < len(words) else []
    tries += [[at_least(count, known)] for count in range(len(known) - 1, 1, -1)]
    tries += [[step for word in known for step in _steps([word])[:LOOSE]]]
    for queries in tries:
        found: list[CardRow] = []
        for query in queries:
            if len(found) < limit:
                found += await cards_sql.FOUND[Sort.SOLD].all(db, *START[Sort.SOLD], limit - len(found), *within, query)
        if found:
            return found
    return []


async def _sorted(db: Db, ask: Browse, sort: Sort, words: Sequence[str], within: Within) -> bytes:
    after = start_of(sort, ask.cursor)
    for query in (everywhere(words, "123"), loosely(words)):
        rows = await cards_sql.FOUND[sort].all(db, *after, ask.limit + 1, *within, query)
        if rows or ask.cursor:
            return page_of(rows, ask.limit, sort)
    return page_in([], None)


def _steps(words: Sequence[str]) -> list[str]:
    title, shelf, described = (everywhere(words, places) for places in ("1", "12", "123"))
    return [title, f"({shelf}) & !({title})", f"({described}) & !({shelf})", loosely(words)]
