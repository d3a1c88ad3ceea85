"""Whom a change concerns: each class of change against what somebody decided."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decisions.coverage import uncovered
from chalicelib.notices.changes import Effect, changes
from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import Notice
from chalicelib.notices.widening import widenings
from chalicelib.publications.model import concern, concerns_anyone, first_asked
from chalicelib.subjects.model import Decided, Decision, Standing
from tests.unit.core.samples import NOW, standing
from tests.unit.notices import grown
from tests.unit.notices.changes_edits import all_of, at, basis, more, new, new_purpose, shared
from tests.unit.notices.changes_of_purposes import GOSSIP, GROUND, INTEREST
from tests.unit.notices.changes_rows import ROWS
from tests.unit.notices.grown import words

FIRST, SECOND = "2025-03-01", "2027-03-08"
GRANTED, DENIED = Decision.GRANTED, Decision.DENIED
OTHERS = ("denied", "withdrawn", "objected", "undecided", "another purpose")

PEOPLE: dict[str, dict[str, Decision]] = {
    "granted": {"newsletter": GRANTED},
    "denied": {"newsletter": DENIED},
    "withdrawn": {"newsletter": Decision.WITHDRAWN},
    "objected": {"newsletter": Decision.OBJECTED},
    "undecided": {},
    "another purpose": {"visits": GRANTED, "newsletter": DENIED},
}
EVERYBODY = tuple(PEOPLE)


@cache
def before() -> Notice:
    return grown.compiled(grown.document())


def following(*edits: Callable[..., object], start: Notice | None = None) -> Notice:
    document = grown.document() if start is None else deepcopy(dict(start.document))
    all_of(*edits)(document)
    return load_published({**document, "version": SECOND})


def person(decisions: dict[str, Decision]) -> Standing:
    made = {
        name: Decided(one, number, NOW, FIRST)
        for number, (name, one) in enumerate(decisions.items())
    }
    return replace(standing(), decisions=made)


LETTER_MOVED = all_of(
    basis("newsletter", "legitimate_interest", **INTEREST),
    at("purposes", "newsletter", basis_change=GROUND),
)

Row = tuple[str, Any, tuple[str, ...], dict[str, tuple[str, ...]]]
TABLE: list[Row] = [
    # What changes, who is told of it, and who of them is asked about what.
    ("wording", at("purposes", "newsletter", title=words("A letter")), (), {}),
    ("a narrowing", at("purposes", "newsletter", channels=[]), (), {}),
    ("the notice as a whole", new("sources", GOSSIP), EVERYBODY, {}),
    (
        "a purpose without consent",
        more("purposes", "water_rota", "channels", "sms"),
        EVERYBODY,
        {},
    ),
    (
        "what is only to be known of a consent",
        at("purposes", "newsletter", notes=[]),
        ("granted",),
        {},
    ),
    (
        "more of a consent",
        more("purposes", "newsletter", "channels", "sms"),
        ("granted",),
        {"granted": ("newsletter",)},
    ),
    (
        "more of a consent and of another purpose",
        all_of(
            more("purposes", "newsletter", "categories", "device"),
            more("purposes", "membership", "categories", "device"),
        ),
        EVERYBODY,
        {"granted": ("newsletter",)},
    ),
    (
        "more of two consents",
        all_of(shared("seed_shop", "visits"), more("purposes", "newsletter", "channels", "sms")),
        ("granted", "another purpose"),
        {"granted": ("newsletter",), "another purpose": ("visits",)},
    ),
    ("from consent", LETTER_MOVED, EVERYBODY, {}),
    (
        "to consent",
        basis("membership", "consent"),
        EVERYBODY,
        dict.fromkeys(EVERYBODY, ("membership",)),
    ),
    ("a new consent", new_purpose("consent"), (), {}),
    ("a new purpose without", new_purpose("legitimate_interest"), EVERYBODY, {}),
]


@pytest.mark.parametrize(("name", "edit", "told", "ask"), TABLE, ids=[row[0] for row in TABLE])
def test_who_is_told_and_who_is_asked(
    name: str, edit: Any, told: tuple[str, ...], ask: dict[str, tuple[str, ...]]
) -> None:
    after = following(edit)
    found = changes(before(), after)
    judged = {who: concern(person(said), found, before(), after) for who, said in PEOPLE.items()}
    assert tuple(who for who, one in judged.items() if one.told) == told
    assert {who: one.ask for who, one in judged.items() if one.ask} == ask
    assert concerns_anyone(found, before()) == bool(told)


def test_a_consent_that_ends_is_told_to_whom_it_was_given() -> None:
    start = following(new_purpose("consent"))
    found = changes(start, before())
    for said, told in ((GRANTED, True), (DENIED, False)):
        assert concern(person({"swaps": said}), found, start, before()).told is told
    assert not concern(person({}), found, start, before()).told


def test_what_is_new_is_asked_of_everybody_and_news_for_nobody() -> None:
    edits = (new_purpose("consent"), more("purposes", "newsletter", "channels", "sms"))
    assert first_asked(changes(before(), following(*edits)), before()) == ("swaps",)
    assert not concerns_anyone(changes(before(), following(edits[0])), before())


def test_a_purpose_that_leaves_consent_and_comes_back() -> None:
    start = following(LETTER_MOVED)
    end = replace(following(basis("newsletter", "consent"), start=start), version="2028-01-01")
    found = changes(start, end)
    added = widenings(start, end, found)["newsletter"]
    asked = {
        who: concern(person(said), found, start, end).ask == ("newsletter",)
        for who, said in PEOPLE.items()
    }
    # Whoever agreed long ago agreed to something else, and who was never asked is; a no stands.
    assert asked == {name: name in ("granted", "undecided") for name in PEOPLE}
    old = Decided(GRANTED, 1, NOW, FIRST)
    short = uncovered(old, added)
    assert short is not None
    assert short.whole
    assert uncovered(replace(old, notice_version="2028-01-01"), added) is None


DECISIONS = st.dictionaries(
    st.sampled_from(sorted(before().purposes)), st.sampled_from(list(Decision))
)
SOME_ROWS = st.lists(st.sampled_from(ROWS), min_size=1, max_size=4, unique_by=lambda row: row[0])


@given(SOME_ROWS, DECISIONS)
def test_who_is_asked_again_is_whose_consent_is_not_enough(
    rows: list[Any], decisions: dict[str, Decision]
) -> None:
    document = grown.document()
    try:
        for row in rows:
            row[1](document)
        after = load_published({**document, "version": SECOND})
    except (KeyError, StopIteration, IndexError):  # one edit stands in the way of another
        return
    found = changes(before(), after)
    who = person(decisions)
    judged = concern(who, found, before(), after)
    added = widenings(before(), after, found)
    assert judged.told or not judged.ask
    for name in judged.ask:
        assert name in after.choices
        assert decisions.get(name) in (GRANTED, None)
    short = {
        name
        for name in added
        if name in who.decisions and uncovered(who.decisions[name], added[name])
    }
    assert short & before().purposes.keys() <= set(judged.ask)
    assert {name for name in judged.ask if name in decisions} <= short
    assert all(change.effect is not Effect.EDITORIAL for change in judged.changes)
