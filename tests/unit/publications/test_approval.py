"""Which versions one person alone may not publish, and who is the second: rules."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.catalogue import STORED
from chalicelib.notices.changes import Change, changes
from chalicelib.notices.compiler import compile_notice
from chalicelib.notices.model import Notice
from chalicelib.notices.periods import cut_below_a_month
from chalicelib.publications import approval
from chalicelib.publications.approval import Gravity, asked
from chalicelib.publications.simulation import Figures
from chalicelib.publications.trial import Trial
from chalicelib.retention.amendments.model import amended
from tests.unit.core.samples import NOW, association_document

EXACT = Figures({}, exact=True, shards=16, read=0)
Edit = Callable[[dict[str, Any]], object]


def tried(before: Notice, after: Notice, found: tuple[Change, ...]) -> Trial:
    return Trial(before, after, found, amended(before, after))


def rule(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda document: next(one for one in document["retention"] if one["id"] == name)


def cut(before: Edit | None, after: Edit) -> tuple[str, ...]:
    """What a version cuts below a month."""
    old, new = association_document(), association_document()
    if before is not None:
        before(old)
    after(new)
    return cut_below_a_month(compile_notice(old, STORED), compile_notice(new, STORED))


def period(name: str, **length: int) -> Edit:
    return lambda document: rule(name)(document).update(period=length)


@pytest.mark.parametrize(
    ("before", "after", "is_cut"),
    [
        ({"years": 2}, {"days": 1}, True),
        ({"years": 2}, {"days": 29}, True),
        ({"days": 7}, {"days": 6}, True),
        ({"days": 28}, {"days": 1}, True),
        ({"years": 2}, {"days": 30}, False),
        ({"years": 2}, {"months": 1}, False),
        ({"years": 2}, {"years": 1}, False),
        ({"days": 1}, {"days": 7}, False),
        ({"days": 7}, {"days": 7}, False),
        ({"months": 1}, {"days": 28}, True),
    ],
)
def test_a_period_is_cut_below_a_month(
    before: dict[str, int], after: dict[str, int], is_cut: bool
) -> None:
    name = "request_end"
    found = cut(period(name, **before), period(name, **after))
    assert found == ((f"retention/{name}/period",) if is_cut else ())


def test_a_rule_is_the_same_whatever_it_is_called() -> None:
    def renamed(document: dict[str, Any]) -> None:
        found = rule("session_end")(document)
        found["id"], found["period"] = "sessions", {"days": 1}
        for category in document["categories"]:
            rules = category["retention"].get("rules", [])
            if "session_end" in rules:
                rules[rules.index("session_end")] = "sessions"

    old, new = association_document(), association_document()
    rule("session_end")(old)["period"] = {"days": 60}
    renamed(new)
    found = cut_below_a_month(compile_notice(old, STORED), compile_notice(new, STORED))
    assert found == ("retention/sessions/period",)


def test_consents_and_announcements_count_too() -> None:
    def lasts(document: dict[str, Any]) -> None:
        purpose = next(one for one in document["purposes"] if one["id"] == "newsletter")
        purpose["lasts"] = {"days": 1}

    assert cut(None, lasts) == ("purposes/newsletter/lasts",)

    def promised(document: dict[str, Any]) -> None:
        document["announcements"] = {
            "origin": "published",
            "text": {"en": "We tell you."},
            "lead": {"days": 40},
            "shown": {"days": 60},
        }

    found = cut(promised, lambda document: document.pop("announcements", None))
    assert "announcements/lead" in found


def reasons(edit: Edit, figures: Figures | None = EXACT) -> set[tuple[Gravity, str]]:
    """Why a version needs two people."""
    before = compile_notice(association_document(), STORED)
    document = copy.deepcopy(association_document())
    edit(document)
    after = compile_notice(document, STORED)
    found = approval.reasons(tried(before, after, changes(before, after)), figures)
    return {(one.gravity, one.about) for one in found}


def indexed() -> dict[str, Any]:
    """A rule of records that wait for their end in the index, and that erases."""
    return next(
        one
        for one in association_document()["retention"]
        if one["kind"] == "request" and one["then"] == "erase"
    )


def test_what_erases_at_once_needs_two_and_what_does_not_needs_one() -> None:
    found = indexed()
    name = found["id"]
    half = period(name, months=2)
    at_once = Figures({f"records.{name}.at_once": 1}, exact=True, shards=16, read=9)
    assert reasons(half, at_once) == {(Gravity.ERASES_AT_ONCE, f"retention/{name}")}
    assert reasons(half) == set()
    later = Figures({f"records.{name}.2027-03": 4}, exact=True, shards=16, read=9)
    assert reasons(half, later) == set()


@pytest.mark.parametrize("figures", [None, Figures({}, exact=False, shards=1, read=1000)])
def test_what_nobody_counted_may_erase(figures: Figures | None) -> None:
    name = indexed()["id"]
    assert reasons(period(name, months=2), figures) == {
        (Gravity.ERASES_AT_ONCE, f"retention/{name}")
    }


def test_what_was_reviewed_and_goes_by_itself_needs_two() -> None:
    reviewed = [one for one in association_document()["retention"] if one["then"] == "review"]
    assert reviewed
    name = reviewed[0]["id"]

    def erased(document: dict[str, Any]) -> None:
        rule(name)(document)["then"] = "erase"

    assert reasons(erased) == {(Gravity.NOT_REVIEWED, f"retention/{name}/then")}


def test_other_changes_need_one_person() -> None:
    assert reasons(lambda document: document["site"].update(name="Another name")) == set()


def test_who_the_second_person_is() -> None:
    first = asked("2027-01-01", "d" * 64, "ann", NOW)
    assert first.completed("bob", alone=False, now=NOW)
    assert not first.completed("ann", alone=False, now=NOW + timedelta(days=6))
    assert not first.completed("ann", alone=True, now=NOW + timedelta(hours=23, minutes=59))
    assert first.completed("ann", alone=True, now=NOW + timedelta(hours=24))
    assert first.of("d" * 64, NOW + timedelta(days=7) - timedelta(seconds=1))
    assert not first.of("d" * 64, NOW + timedelta(days=7))
    assert not first.of("e" * 64, NOW)
