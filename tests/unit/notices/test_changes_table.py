"""Each rule of the table decides what its rows say, there and back."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from chalicelib.notices.changes import changes, classed
from chalicelib.notices.changes.differences import differences
from chalicelib.notices.changes.model import Effect
from chalicelib.notices.changes.rules import RULES, UNFORESEEN
from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import Notice
from tests.unit.notices import grown
from tests.unit.notices.changes_edits import Row
from tests.unit.notices.changes_rows import ROWS

LETTERS = {"M": Effect.MATERIAL, "I": Effect.INFORMATIVE, "E": Effect.EDITORIAL}

Told = set[tuple[Effect, str, tuple[str, ...]]]


def told(before: Notice, after: Notice) -> Told:
    return {(one.effect, one.kind, one.purposes) for one in changes(before, after)}


def expected(text: str) -> Told:
    """`M category_added newsletter; I ...` as what `told` gives."""
    found = (part.split() for part in text.split(";") if part)
    return {(LETTERS[effect], kind, tuple(names)) for effect, kind, *names in found}


@cache
def edited(row: Row) -> Notice:
    document = grown.document()
    row[1](document)
    return grown.compiled(document)


@pytest.fixture(scope="module")
def base() -> Notice:
    return grown.compiled(grown.document())


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_change_means_what_its_row_says(base: Notice, row: Row) -> None:
    other = edited(row)
    assert told(base, other) == expected(row[2])
    assert told(other, base) == expected(row[3])


NOTIFICATION = {
    "id": "birthday",
    "origin": "published",
    "title": grown.words("Your birthday"),
    "description": grown.words("We write once a year."),
    "optional": True,
}


def test_notifications_come_and_go_with_the_software(base: Notice) -> None:
    document = grown.document()
    document["notifications"].append(NOTIFICATION)
    other = load_published(document)
    assert told(base, other) == {(Effect.INFORMATIVE, "notification_added", ())}
    assert told(other, base) == {(Effect.INFORMATIVE, "notification_removed", ())}


def test_what_no_rule_foresees_is_told(base: Notice) -> None:
    document = grown.document()
    document["weather"] = {"wet": 1}
    other = load_published(document)
    assert told(base, other) == told(other, base) == {(Effect.INFORMATIVE, "other_changed", ())}


def used() -> Iterator[int]:
    """The rows of the table that decide something in the rows of the tests."""
    base = grown.compiled(grown.document())
    for row in ROWS:
        other = edited(row)
        for before, after in ((base, other), (other, base)):
            for difference in differences(before, after):
                yield RULES.index(classed(difference, before, after)[0])


def test_every_rule_has_its_row() -> None:
    decided = set(used())
    without = {RULES[index].kind for index in range(len(RULES)) if index not in decided}
    assert without == {"notification_added", "notification_removed", UNFORESEEN.kind}


def test_names_of_rows_are_unique() -> None:
    assert len({row[0] for row in ROWS}) == len(ROWS)
