"""Chinese text: how it is cut into words, and how it sounds in pinyin.

The dictionaries behind it take half a second to load, so they load when they are first needed: a process that searches nothing
and writes no names does not wait for them.
"""

from functools import cache
from importlib import import_module
from typing import Any


@cache
def _pinyin() -> Any:
    return import_module("pypinyin")


@cache
def _jieba() -> Any:
    return import_module("rjieba")


def words(text: str) -> list[str]:
    """The words of Chinese text, each character in one of them."""
    return _jieba().cut(text)


def words_to_search(text: str) -> list[str]:
    """The words of Chinese text, and the shorter words inside long ones."""
    return _jieba().cut_for_search(text)


def syllables(text: str) -> list[str]:
    """The syllables of the Chinese in `text` without tones, in order; other letters stay together as they are."""
    return _pinyin().lazy_pinyin(text)


def syllables_only(text: str) -> list[str]:
    """The syllables of the Chinese in `text` without tones, and nothing else that stands there."""
    return _pinyin().lazy_pinyin(text, errors="ignore")
