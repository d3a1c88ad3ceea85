"""What a version adds to a purpose that rests on consent, and how long that is remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.decisions.coverage import Uncovered, uncovered
from chalicelib.notices.changes import Change, Effect, changes
from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import LegalBasis, Notice, Widening
from chalicelib.notices.widening import widenings
from chalicelib.subjects.model import Decided, Decision
from tests.unit.core.samples import NOW, association
from tests.unit.notices import grown
from tests.unit.notices.changes_edits import (
    all_of,
    at,
    basis,
    more,
    new,
    new_purpose,
    shared,
)
from tests.unit.notices.changes_of_purposes import garden
from tests.unit.notices.changes_rows import ROWS

AFTER = "2027-03-08"


@cache
def before() -> Notice:
    return grown.compiled(grown.document())


def added(*edits: Any) -> Mapping[str, tuple[Widening, ...]]:
    document = grown.document()
    all_of(*edits)(document)
    after = load_published({**document, "version": AFTER})
    return widenings(before(), after, changes(before(), after))


def ids(*names: str) -> frozenset[str]:
    return frozenset(names)


TABLE: list[tuple[str, Any, dict[str, Widening]]] = [
    (
        "category",
        garden("newsletter", "membership"),
        {"newsletter": Widening(AFTER, categories=ids("garden"))},
    ),
    (
        "recipient",
        shared("seed_shop", "visits"),
        {"visits": Widening(AFTER, recipients=ids("seed_shop"))},
    ),
    (
        "recipient that decides itself from now on",
        at("recipients", "counter", role="controller"),
        {"visits": Widening(AFTER, recipients=ids("counter"))},
    ),
    (
        "country outside the area",
        at(
            "recipients",
            "counter",
            country={"codes": ["IE", "US"], "origin": "published"},
            transfer={"tool": "standard_clauses", "origin": "published"},
        ),
        {"visits": Widening(AFTER, recipients=ids("counter"))},
    ),
    (
        "channels",
        more("purposes", "newsletter", "channels", "sms", "post"),
        {"newsletter": Widening(AFTER, channels=ids("sms", "post"))},
    ),
    (
        "cookie",
        new("cookies/cookies", grown.cookie("more", "measurement", "visits")),
        {"visits": Widening(AFTER, cookies=ids("more"))},
    ),
    (
        "cookie that stays longer",
        at("cookies/cookies", "count", lifetime={"months": 4}),
        {"visits": Widening(AFTER, cookies=ids("count"))},
    ),
    (
        "automation",
        at("purposes", "newsletter", automated="assisted"),
        {"newsletter": Widening(AFTER, whole=True)},
    ),
    (
        "marketing",
        at("purposes", "visits", marketing=True),
        {"visits": Widening(AFTER, whole=True)},
    ),
    ("now consent", basis("membership", "consent"), {"membership": Widening(AFTER, whole=True)}),
    ("new", new_purpose("consent"), {"swaps": Widening(AFTER, whole=True)}),
    ("told alone", at("purposes", "newsletter", notes=[]), {}),
    (
        "several at once",
        all_of(
            garden("newsletter"),
            more("purposes", "newsletter", "channels", "sms"),
            shared("seed_shop", "visits"),
        ),
        {
            "newsletter": Widening(AFTER, categories=ids("garden"), channels=ids("sms")),
            "visits": Widening(AFTER, recipients=ids("seed_shop")),
        },
    ),
]


@pytest.mark.parametrize(("name", "edit", "expected"), TABLE, ids=[row[0] for row in TABLE])
def test_what_is_new_is_named(name: str, edit: Any, expected: dict[str, Widening]) -> None:
    assert added(edit) == {purpose: (one,) for purpose, one in expected.items()}


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_material_change_widens_its_purposes_and_no_other_does(row: Any) -> None:
    document = grown.document()
    row[1](document)
    edited = replace(grown.compiled(document), version=AFTER)
    for old, later in ((before(), edited), (edited, replace(before(), version="2028-01-01"))):
        found = changes(old, later)
        material = {name for one in found if one.effect is Effect.MATERIAL for name in one.purposes}
        added = widenings(old, later, found)
        assert {name for name, one in added.items() if one[-1].lasts is None} == material
        longer = {"consent_longer", "consent_otherwise", "consent_unending"}
        kept = {name for one in found if one.kind in longer for name in one.purposes}
        assert {name for name, one in added.items() if one[-1].lasts is not None} == kept


def test_what_is_taken_out_again_is_asked_about_no_more() -> None:
    garden_added = all_of(garden("newsletter"), more("purposes", "newsletter", "channels", "sms"))
    document = grown.document()
    garden_added(document)
    wider = replace(grown.compiled(document), version=AFTER)
    wider = replace(wider, widenings=widenings(before(), wider, changes(before(), wider)))
    document = grown.document()
    more("purposes", "newsletter", "channels", "sms")(document)
    narrower = replace(grown.compiled(document), version="2028-01-01")
    left = widenings(wider, narrower, changes(wider, narrower))
    assert left == {"newsletter": (Widening(AFTER, channels=ids("sms")),)}
    back = replace(before(), version="2028-02-01")
    narrower = replace(narrower, widenings=left)
    assert widenings(narrower, back, changes(narrower, back)) == {}


class Step(NamedTuple):
    """A version: which purposes rest on consent, and what it adds to those that did before."""

    consent: frozenset[str]
    added: dict[str, tuple[str, str]]


PURPOSES = ("newsletter", "water_rota")
KINDS = {
    "category_added": "categories",
    "recipient_added": "recipients",
    "channel_added": "channels",
    "cookie_added": "cookies",
    "cookie_class_asks": "cookie_classes",
    "automation_raised": "whole",
}
ABOUT = {
    "categories": "category",
    "recipients": "recipient",
    "channels": "channel",
    "cookies": "cookie",
    "cookie_classes": "cookie_class",
    "whole": "purpose",
}
STEPS = st.lists(
    st.builds(
        Step,
        st.frozensets(st.sampled_from(PURPOSES)),
        st.dictionaries(
            st.sampled_from(PURPOSES),
            st.tuples(st.sampled_from(sorted(KINDS)), st.sampled_from("abc")),
        ),
    ),
    min_size=1,
    max_size=13,
)


def version_of(number: int) -> str:
    """Of one day, so that their order is that of their numbers."""
    return f"2027-01-01.{number}" if number else "2027-01-01"


def published(steps: list[Step]) -> list[Notice]:
    """The versions that follow each other, each with its widenings."""
    notices: list[Notice] = []
    for number, step in enumerate(steps):
        purposes = {
            name: replace(
                association().purposes[name],
                basis=LegalBasis.CONSENT if name in step.consent else LegalBasis.CONTRACT,
                categories=tuple("abc"),
                recipients=tuple("abc"),
                channels=tuple("abc"),
            )
            for name in PURPOSES
        }
        there: Any = dict.fromkeys("abc")
        after = replace(
            association(),
            version=version_of(number),
            purposes=purposes,
            cookies=there,
            cookie_classes=there,
        )
        if notices:
            known = notices[-1]
            after = replace(after, widenings=widenings(known, after, found(step, known, after)))
        notices.append(after)
    return notices


def found(step: Step, known: Notice, after: Notice) -> list[Change]:
    """The material changes that the comparison of the two would find."""
    made = [
        change("basis_now_consent", name, {"purpose": name})
        for name in after.choices.keys() - known.choices.keys()
    ]
    for name, (kind, what) in step.added.items():
        if name in after.choices:
            about = what if KINDS[kind] != "whole" else name
            made.append(change(kind, name, {ABOUT[KINDS[kind]]: about}))
    return made


def change(kind: str, purpose: str, about: dict[str, str]) -> Change:
    return Change(Effect.MATERIAL, kind, "/purposes", (purpose,), about, None, None)


@given(STEPS, st.data())
def test_a_grant_covers_just_what_no_later_version_added(steps: list[Step], data: Any) -> None:
    notices = published(steps)
    given_at = data.draw(st.integers(0, len(steps) - 1))
    asked_at = data.draw(st.integers(given_at, len(steps) - 1))
    name = data.draw(st.sampled_from(PURPOSES))
    decided = Decided(Decision.GRANTED, 1, NOW, version_of(given_at))
    short = uncovered(decided, notices[asked_at].widenings.get(name, ()))
    if name not in steps[asked_at].consent:
        assert short is None, "there is no consent to be enough"
        return
    assert short == expected(steps, name, given_at, asked_at)


def expected(steps: list[Step], name: str, given_at: int, asked_at: int) -> Uncovered | None:
    """Reckoned from the steps alone: what was added since, or all if it was once without consent.

    A grant from a time without consent is none: the purpose came to consent after it.
    """
    since = steps[given_at + 1 : asked_at + 1]
    always = all(name in step.consent for step in steps[given_at : asked_at + 1])
    back = next((i for i in range(asked_at, -1, -1) if name not in steps[i].consent), -1) + 1
    if not always:
        since = steps[back : asked_at + 1]
    parts: dict[str, set[str]] = {part: set() for part in KINDS.values()}
    for step in since:
        if name in step.added:
            kind, what = step.added[name]
            parts[KINDS[kind]].add(what)
    whole = bool(parts.pop("whole")) or not always
    if not whole and not any(parts.values()):
        return None
    return Uncovered(**{part: frozenset(what) for part, what in parts.items()}, whole=whole)


@given(STEPS)
def test_who_said_no_is_never_asked_again(steps: list[Step]) -> None:
    for notice in published(steps):
        for decision in set(Decision) - {Decision.GRANTED}:
            for name in PURPOSES:
                decided = Decided(decision, 1, NOW, version_of(0))
                assert uncovered(decided, notice.widenings.get(name, ())) is None


@given(STEPS)
def test_widenings_stay_in_order_and_are_kept_while_there_is_consent(steps: list[Step]) -> None:
    notices = published(steps)
    for known, after in pairwise(notices):
        assert after.widenings.keys() <= after.choices.keys()
        for name in PURPOSES:
            ours = after.widenings.get(name, ())
            if name in known.choices and name in after.choices:
                assert ours[: len(known.widenings.get(name, ()))] == known.widenings.get(name, ())
            numbers = [int(one.version.partition(".")[2] or 0) for one in ours]
            assert numbers == sorted(set(numbers))
