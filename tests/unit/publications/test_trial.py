"""The rules by which a version that is tried out is counted."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalogue import STORED
from chalicelib.notices.changes import changes
from chalicelib.notices.compiler import compile_notice
from chalicelib.publications import trial
from chalicelib.publications.trial import Trial
from chalicelib.retention.amendments.model import amended
from chalicelib.subjects.model import NO_LIMITS, USABLE, Decided, Decision, Life, Limits, Standing
from tests.unit.core.samples import (
    EVERY_STANDING,
    NOW,
    SUBJECT,
    VISITOR,
    association,
    association_document,
    standing,
)
from tests.unit.publications.world import FIRST, later_version

START = NOW + timedelta(days=20)
YEAR = timedelta(days=365)


def widened(document: dict[str, Any]) -> None:
    """Material for the newsletter, which rests on consent."""
    document["purposes"][1]["categories"].append("plot")


def shorter(document: dict[str, Any]) -> None:
    """Closed requests go after a year instead of two, accounts after two instead of three."""
    for rule in document["retention"]:
        if rule["id"] in ("request_end", "standing_end"):
            rule["period"] = {"years": rule["period"]["years"] - 1}


def tried(*edits: Any) -> Trial:
    before = association()
    after = compile_notice(later_version(*edits), STORED)
    return Trial(before, after, changes(before, after), amended(before, after))


WIDENED, SHORTER = tried(widened), tried(shorter)


def person(
    life: Life,
    limits: Limits = NO_LIMITS,
    *,
    subject: str = SUBJECT,
    **decisions: Decision,
) -> Standing:
    decided = {name: Decided(one, 1, NOW, FIRST) for name, one in decisions.items()}
    return replace(standing(subject, life, limits), decisions=decided)


@pytest.mark.parametrize("life", sorted(USABLE))
def test_who_agreed_is_told_and_asked(life: Life) -> None:
    found = trial.of_person(person(life, newsletter=Decision.GRANTED), WIDENED)
    assert found == {"read": 1, "accounts": 1, "tell": 1, "ask.newsletter": 1}


@pytest.mark.parametrize("decision", [Decision.DENIED, Decision.WITHDRAWN, Decision.OBJECTED])
def test_who_did_not_is_left_alone(decision: Decision) -> None:
    found = trial.of_person(person(Life.ACTIVE, newsletter=decision), WIDENED)
    assert found == {"read": 1, "accounts": 1, "alone": 1}


def test_a_browser_is_asked_and_never_told() -> None:
    granted = person(Life.ACTIVE, subject=VISITOR, newsletter=Decision.GRANTED)
    agreed = trial.of_person(granted, WIDENED)
    assert agreed == {"read": 1, "browsers": 1, "browsers.ask.newsletter": 1}
    denied = person(Life.ACTIVE, subject=VISITOR, newsletter=Decision.DENIED)
    assert trial.of_person(denied, SHORTER) == {"read": 1, "browsers": 1}


def test_a_browser_that_is_being_erased_is_only_read() -> None:
    erasing = person(Life.ERASING, subject=VISITOR, newsletter=Decision.GRANTED)
    assert trial.of_person(erasing, WIDENED) == {"read": 1}


@pytest.mark.parametrize(
    ("life", "limits"),
    [(life, limits) for life, limits in EVERY_STANDING if limits.disowned or life not in USABLE],
)
def test_whoever_cannot_use_an_account_is_only_read(life: Life, limits: Limits) -> None:
    agreed = person(life, limits, newsletter=Decision.GRANTED)
    assert trial.of_person(agreed, WIDENED) == {"read": 1}


@pytest.mark.parametrize(
    ("closed", "counted"),
    [
        # The version takes effect on 12 December 2026, and keeps what was closed for a year.
        (datetime(2026, 11, 1, tzinfo=NOW.tzinfo), {"records.request_end.2027-11": 1}),
        (datetime(2025, 12, 13, tzinfo=NOW.tzinfo), {"records.request_end.2026-12": 1}),
        (datetime(2025, 12, 12, tzinfo=NOW.tzinfo), {"records.request_end.at_once": 1}),
        (datetime(2024, 12, 13, tzinfo=NOW.tzinfo), {"records.request_end.at_once": 1}),
        (datetime(2024, 12, 12, tzinfo=NOW.tzinfo), {}),  # goes before, in any case
    ],
)
def test_when_a_record_goes(closed: datetime, counted: Mapping[str, int]) -> None:
    assert trial.of_record("request", "closed", closed, SHORTER) == counted


@pytest.mark.parametrize(
    ("kind", "event"), [("request", "created"), ("export", "created"), ("unheard", "of")]
)
def test_a_record_whose_rule_stays_counts_for_nothing(kind: str, event: str) -> None:
    assert not trial.of_record(kind, event, NOW, SHORTER)


def test_a_rule_that_keeps_longer_counts_what_goes_later() -> None:
    def longer(document: dict[str, Any]) -> None:
        document["retention"][9]["period"] = {"years": 3}

    assert trial.of_record("request", "closed", NOW, tried(longer)) == {
        "records.request_end.2029-11": 1
    }


def test_an_account_is_reckoned_from_its_last_activity() -> None:
    """The index is behind: it is told of activity only when the date it knows has come."""
    known = NOW - 2 * YEAR
    used = replace(standing(), last_activity_at=NOW)
    behind = trial.of_record("standing", "last_activity", known, SHORTER)
    assert behind == {"records.standing_end.at_once": 1}
    read = trial.of_record("standing", "last_activity", known, SHORTER, used)
    assert read == {"records.standing_end.2028-11": 1}


@given(st.lists(st.integers(-1_500, 0), min_size=2, max_size=2).map(sorted))
def test_what_began_later_goes_no_earlier(days: list[int]) -> None:
    def place(offset: int) -> str:
        began = NOW + timedelta(days=offset)
        (name,) = trial.of_record("request", "closed", began, SHORTER) or ["records.r.0"]
        return name.rsplit(".", 1)[1].replace("at_once", "1")

    earlier, later = days
    assert place(earlier) <= place(later)


PLACES = st.lists(st.text("abc234", min_size=1, max_size=6), max_size=40)


@given(PLACES, st.integers(0, 50), st.randoms())
def test_the_same_people_are_chosen_in_whatever_order(
    places: list[str], most: int, random: Any
) -> None:
    found = trial.chosen(places, most)
    assert found <= set(places)
    assert len(found) == min(most, len(set(places)))
    random.shuffle(places)
    assert trial.chosen(places, most) == found <= trial.chosen(places, most + 1)


def test_nobody_is_favoured() -> None:
    people = [f"S#{hashlib.sha256(str(n).encode()).hexdigest()[:26]}" for n in range(20_000)]
    agreed = {place for n, place in enumerate(people) if n % 10 < 3}
    found = trial.chosen(people, 1_000)
    assert 0.27 < len(found & agreed) / len(found) < 0.33


@given(st.integers(1, 10**9), st.fractions(1, 1000))
def test_what_is_reckoned_up_is_right_to_two_digits(count: int, factor: Fraction) -> None:
    (found,) = trial.scaled({"tell": count}, factor).values()
    assert abs(found - count * factor) <= max(Fraction(1, 2), count * factor / 20)
    assert len(str(found).rstrip("0")) <= 2 or found < 100


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=2).map(sorted), st.fractions(1, 100))
def test_more_stays_more_or_the_same_and_none_stays_none(
    counts: list[int], factor: Fraction
) -> None:
    less, more = counts
    found = trial.scaled({"tell": less, "alone": more}, factor)
    assert found["tell"] <= found["alone"]
    assert [bool(found[name]) for name in ("tell", "alone")] == [bool(less), bool(more)]


def test_names_below_another() -> None:
    counts = Counter({"ask.b": 2, "ask.a": 1, "ask": 9, "asked.c": 3, "browsers.ask.a": 4})
    assert trial.under(counts, "ask") == {"a": 1, "b": 2}
    assert trial.under(counts, "browsers.ask") == {"a": 4}


def outcome(document: dict[str, Any]) -> None:
    document["categories"][1]["outcomes"]["erase"] = {"outcome": "reviewed"}


def words(document: dict[str, Any]) -> None:
    document["categories"][1]["outcomes"]["erase"]["text"] = {"en": "Kept while it must be."}


@pytest.mark.parametrize(("edit", "rights"), [(outcome, {"erase"}), (words, set())])
def test_a_right_changes_with_what_it_does(edit: Any, rights: set[str]) -> None:
    found = tried(edit)
    assert trial.changed_rights(found.before, found.after) == rights


def test_rights_change_with_the_categories_that_they_reach() -> None:
    before, after = association(), compile_notice(association_document(), STORED)
    assert trial.changed_rights(before, after) == frozenset()
    fewer = replace(
        after, categories={name: one for name, one in after.categories.items() if name != "device"}
    )
    assert trial.changed_rights(before, fewer) == before.rights.keys()
    without = replace(before, rights={}, categories={})
    assert trial.changed_rights(without, before) == before.rights.keys()
