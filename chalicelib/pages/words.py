"""The words that people read, from data files: `words/LANGUAGE/FILE.json`, names and texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from chalicelib.pages.languages import FALLBACK, FOLDER, shipped


@cache
def words(file: str, language: str) -> Mapping[str, str]:
    """The texts of `file` by name, in a language given by its tag; in English where it has none.

    Looking up a name that the file does not have raises KeyError. Raises FileNotFoundError where
    English has no such file.
    """
    own = shipped(language)
    texts = _read(file, FALLBACK)
    return MappingProxyType(texts if own == FALLBACK else {**texts, **_read(file, own)})


@cache
def translations(file: str, language: str) -> Mapping[str, str]:
    """The texts of `file`, whose names are English texts, in a language; empty where it has none.

    For texts of which the English stands elsewhere, as that of operations does in their contracts.
    """
    own = shipped(language)
    return MappingProxyType({} if own == FALLBACK else _read(file, own))


def _read(file: str, language: str) -> dict[str, str]:
    path = FOLDER / language / f"{file}.json"
    if language != FALLBACK and not path.exists():
        return {}
    texts: dict[str, str] = json.loads(path.read_text("utf-8"))
    return texts
