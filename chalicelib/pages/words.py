"""The words of pages, from data files: `words/LANGUAGE/FILE.json`, names and texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from chalicelib.pages.languages import FALLBACK, FOLDER, shipped


@cache
def words(file: str, language: str) -> Mapping[str, str]:
    """Returns the texts of `file` by name, in a tag's language; in English where it has none.

    Looking up an unknown name raises KeyError. Raises FileNotFoundError where English has no such
    file.
    """
    own = shipped(language)
    texts = _read(file, FALLBACK)
    return MappingProxyType(texts if own == FALLBACK else {**texts, **_read(file, own)})


def pair(name: str, text: str, language: str) -> str:
    """Returns a name and what it tells, such as `Canali: e-mail`; French sets the colon apart."""
    return f"{name}{words('pages', language)['colon']} {text}"


@cache
def translations(file: str, language: str) -> Mapping[str, str]:
    """Returns translations of `file` by their English text; empty where the language has none.

    They are for English texts that stand elsewhere, such as those of operations in their contracts.
    """
    own = shipped(language)
    return MappingProxyType({} if own == FALLBACK else _read(file, own))


def _read(file: str, language: str) -> dict[str, str]:
    path = FOLDER / language / f"{file}.json"
    if language != FALLBACK and not path.exists():
        return {}
    texts: dict[str, str] = json.loads(path.read_text("utf-8"))
    return texts
