"""The words a product is found by: Chinese as jieba cuts it, pinyin, initials, and English by its stems.

A lexeme begins with one character that says where it stands: `1` in the title, `2` in the name of shop or category, `3` in the
description alone, `c` a single Chinese character of the first two. Each word is indexed once, at its best place, so a search
for "in the title" or "anywhere" is answered by the index alone, without a look at any product.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import combinations, islice

from shuke.kit import chinese

MAX_QUERY = 100
MAX_WORDS = 8
MAX_INDEXED = 10_000
MAX_DESCRIBED = 400
_LATIN = re.compile(r"[0-9a-z]+")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_WORD = re.compile(rf"{_LATIN.pattern}|{_HAN.pattern}|[^\W_0-9a-z\u3400-\u9fff\uf900-\ufaff]+")
_LONGEST = 40
_STOP = frozenset(
    ("的", "了", "和", "与", "或", "及", "在", "是", "a", "an", "and", "the", "of", "for", "with", "in", "on", "to")
)


def index_words(title: str, shelf: Iterable[str], description: str) -> list[str]:
    """The lexemes of a product; `shelf` are the names of its shop and categories."""
    found: dict[str, str] = {}
    chars: set[str] = set()
    _speak(title, "1", found, chars)
    for name in shelf:
        _speak(name, "2", found, chars)
    described = dict.fromkeys(word for run in _runs(description) for word in _cut(run, is_search=True))
    for word in islice(described, MAX_DESCRIBED):
        found.setdefault(word, "3")
    lexemes = [place + word for word, place in islice(found.items(), MAX_INDEXED)]
    return lexemes + ["c" + char for char in chars]


def query_words(q: str) -> list[str]:
    """The words of a query, at most eight; none when there is nothing to look for in it."""
    words = list(dict.fromkeys(word for run in _runs(q[:MAX_QUERY]) for word in _cut(run)))
    return [word for word in words if word not in _STOP][:MAX_WORDS] or words[:MAX_WORDS]


def everywhere(words: Sequence[str], places: str) -> str:
    """A tsquery: every word in one of these places; or Latin words written together, as pinyin with spaces is."""
    each = " & ".join(_at(word, places) for word in words)
    joined = _joined(words)
    return f"({each}) | {_at(joined, places)}" if joined else each


def loosely(words: Sequence[str]) -> str:
    """A tsquery: every Chinese character somewhere in title, shop or category, Latin words by their beginning."""
    each = " & ".join(
        _at(word, "12", is_prefix=len(word) > 1) if _LATIN.fullmatch(word) else " & ".join(_quoted("c" + char) for char in word)
        for word in words
    )
    joined = _joined(words)
    return f"({each}) | {_at(joined, '12', is_prefix=True)}" if joined else each


def anywhere(word: str) -> str:
    """A tsquery for one word wherever it stands."""
    return _at(word, "123")


def at_least(count: int, words: Sequence[str]) -> str:
    """A tsquery: so many of the words, wherever they stand."""
    return " | ".join("(" + " & ".join(map(anywhere, some)) + ")" for some in combinations(words, count))


def _joined(words: Sequence[str]) -> str:
    """Latin words as one, which pinyin with spaces is; nothing for others."""
    joined = "".join(words)
    return joined if len(words) > 1 and len(joined) <= _LONGEST and _LATIN.fullmatch(joined) else ""


def _at(word: str, places: str, *, is_prefix: bool = False) -> str:
    mark = ":*" if is_prefix else ""
    return "(" + " | ".join(_quoted(place + word) + mark for place in places) + ")"


def _quoted(lexeme: str) -> str:
    # Words are letters and digits only, so no quote can be among them.
    return f"'{lexeme}'"


def _speak(text: str, place: str, found: dict[str, str], chars: set[str]) -> None:
    """Words as indexed, and how Chinese ones sound: in full and by initials, each alone and with the one after it."""
    last: tuple[str, str] | None = None
    for run in _runs(text):
        is_chinese = _HAN.fullmatch(run)
        if is_chinese:
            chars.update(run)
        for word in _cut(run, is_search=True):
            found.setdefault(word, place)
        for word in _cut(run):
            sound = _sound(word) if is_chinese else None
            for number, part in enumerate(sound or ()):
                if len(part) > 1:
                    found.setdefault(part, place)
                if last and len(whole := last[number] + part) <= _LONGEST:
                    found.setdefault(whole, place)
            last = sound


@lru_cache(maxsize=50_000)
def _sound(word: str) -> tuple[str, str]:
    syllables = chinese.syllables_only(word)
    return "".join(syllables), "".join(syllable[0] for syllable in syllables if syllable)


def _cut(run: str, *, is_search: bool = False) -> list[str]:
    if _LATIN.fullmatch(run):
        return [_stem(run[:_LONGEST])]
    if _HAN.fullmatch(run):
        cuts = chinese.words_to_search(run) if is_search else chinese.words(run)
        return [word for word in cuts if len(word) <= _LONGEST]
    return [run[:_LONGEST]]


def _runs(text: str) -> list[str]:
    return _WORD.findall(_folded(text))


def _folded(text: str) -> str:
    # Compatibility forms make full-width letters and digits plain; accents go, so that cafe finds café.
    text = text.casefold()
    if unicodedata.is_normalized("NFKD", text):
        return text
    plain = unicodedata.normalize("NFKD", text)
    return unicodedata.normalize("NFC", "".join(char for char in plain if not unicodedata.combining(char)))


def _stem(word: str) -> str:
    """The S-stemmer (Harman 1991): plurals become singular, and nothing else happens to a word."""
    if len(word) <= 3 or not word.endswith("s") or word[-2:] in ("us", "ss"):
        return word
    if word.endswith("ies"):
        return word if word[-4:] in ("eies", "aies") else word[:-3] + "y"
    if word.endswith("es"):
        return word if word[-3:] in ("aes", "ees", "oes") else word[:-1]
    return word[:-1]
