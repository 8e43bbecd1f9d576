"""Pinyin: how Chinese is spoken, in Latin letters without tones."""

from functools import cache
from importlib import import_module
from typing import Any


@cache
def _library() -> Any:
    # Its dictionaries take a quarter of a second to load; a process that writes no names does not wait for them.
    return import_module("pypinyin")


def syllables(text: str) -> list[str]:
    """The syllables of the Chinese in `text`, in order; other letters stay together as they are."""
    return _library().lazy_pinyin(text)


def syllables_only(text: str) -> list[str]:
    """The syllables of the Chinese in `text`, without anything else that stands there."""
    return _library().lazy_pinyin(text, errors="ignore")
