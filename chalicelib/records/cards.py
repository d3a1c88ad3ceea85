"""Finds the numbers of payment cards in what is to be stored. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

SHORTEST: Final = 13
LONGEST: Final = 19
"""Digits of a card's number (ISO/IEC 7812-1)."""

_DIGIT: Final = re.compile(r"\d")
_LETTERS: Final = ("L", "M")
"""Beginnings of the Unicode categories that part two numbers; all else only separates digits."""


def has_card(value: object) -> bool:
    """Tells whether a text or a number, or a text in a list or object, holds a card's number.

    Such a number has 13 to 19 digits in one or more groups, and a right check digit (Luhn, ISO/IEC
    7812-1 annex B). Spaces, full stops, hyphens and whatever else is no letter separate groups;
    digits count in every script.
    """
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, dict):
        return any(has_card(name) or has_card(one) for name, one in value.items())
    if isinstance(value, list):
        return any(map(has_card, value))
    text = _written(value)
    if len(_DIGIT.findall(text)) < SHORTEST:  # as of nearly every text
        return False
    return any(map(_is_held, _runs(text)))


def _written(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _runs(text: str) -> Iterator[list[str]]:
    """Yields the groups of digits that no letter parts."""
    run, group = list[str](), ""
    for character in text:
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            group += str(digit)
            continue
        if group:
            run.append(group)
            group = ""
        if unicodedata.category(character).startswith(_LETTERS) and run:
            yield run
            run = []
    if group:
        run.append(group)
    if run:
        yield run


def _is_held(groups: list[str]) -> bool:
    """Tells whether some groups that follow each other are the number of a card."""
    for start in range(len(groups)):
        digits = ""
        for group in groups[start:]:
            digits += group
            if len(digits) > LONGEST:
                break
            if len(digits) >= SHORTEST and is_right(digits):
                return True
    return False


def is_right(digits: str) -> bool:
    """Tells whether the last of some digits is the check digit of the others (Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0 and digits.strip("0") != ""
