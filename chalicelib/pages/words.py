"""The words that people read, from data files: `words/LANGUAGE/FILE.json`, names and texts.

A language is shipped when it has a folder there. Adding one adds files and changes no code.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from chalicelib.pages.languages import FALLBACK, primary

FOLDER = Path(__file__).with_name("words")


@cache
def languages() -> tuple[str, ...]:
    """The languages that have words (RFC 5646 primary subtags), in alphabetical order."""
    return tuple(sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir()))


@cache
def words(file: str, language: str) -> Mapping[str, str]:
    """The texts of `file` by name, in a language given by its tag; in English where it has none.

    Looking up a name that the file does not have raises KeyError. Raises FileNotFoundError where
    English has no such file.
    """
    own = primary(language)
    read = _read(file, FALLBACK)
    if own in languages() and own != FALLBACK:
        read = {**read, **_read(file, own)}
    return MappingProxyType(read)


def _read(file: str, language: str) -> dict[str, str]:
    path = FOLDER / language / f"{file}.json"
    if language != FALLBACK and not path.exists():
        return {}
    texts: dict[str, str] = json.loads(path.read_text("utf-8"))
    return texts
