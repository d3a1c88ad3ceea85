"""What an earlier consent does not cover, by hand: `notices/test_widening` has the general rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.consents.presentation import decisions_shown
from chalicelib.decisions.coverage import Uncovered, uncovered
from chalicelib.decisions.permission import Question, permission
from chalicelib.notices.model import Widening
from chalicelib.subjects.model import Decided, Decision
from tests.unit.core.samples import NOW, SUBJECT, VISITOR, shipped, standing

GRANTED = Decision.GRANTED


def ids(*names: str) -> frozenset[str]:
    return frozenset(names)


PLOTS = Widening("2026-12-01", categories=ids("plot"))
SHOP = Widening("2026-12-01.9", recipients=ids("shop"), channels=ids("sms"))
COUNTER = Widening("2026-12-01.10", cookies=ids("count"), cookie_classes=ids("measurement"))
OTHER = Widening("2027-03-01", whole=True)
ALL = (PLOTS, SHOP, COUNTER, OTHER)


def given_under(version: str, decision: Decision = GRANTED) -> Decided:
    return Decided(decision, 1, NOW, version)


@pytest.mark.parametrize(
    ("version", "added", "short"),
    [
        ("2026-11-01", (), None),
        ("2026-11-01", (PLOTS,), Uncovered(categories=ids("plot"))),
        ("2026-12-01", (PLOTS,), None),
        (
            "2026-12-01",
            (PLOTS, SHOP),
            Uncovered(recipients=ids("shop"), channels=ids("sms")),
        ),
        (
            "2026-12-01.9",
            (PLOTS, SHOP, COUNTER),
            Uncovered(cookies=ids("count"), cookie_classes=ids("measurement")),
        ),
        ("2026-12-01.10", (PLOTS, SHOP, COUNTER), None),
        (
            "2026-12-01.2",
            ALL,
            Uncovered(
                recipients=ids("shop"),
                channels=ids("sms"),
                cookies=ids("count"),
                cookie_classes=ids("measurement"),
                whole=True,
            ),
        ),
        ("2027-03-01", ALL, None),
        ("2027-03-02", ALL, None),
        # Where it is not known which words it was about, all of them came later.
        ("", (PLOTS,), Uncovered(categories=ids("plot"))),
    ],
)
def test_what_came_later_is_not_covered(
    version: str, added: tuple[Widening, ...], short: Uncovered | None
) -> None:
    assert uncovered(given_under(version), added) == short


@pytest.mark.parametrize("decision", sorted(set(Decision) - {GRANTED}))
def test_a_refusal_is_of_more_too(decision: Decision) -> None:
    assert uncovered(given_under("", decision), ALL) is None


VERSIONS = st.builds(
    lambda day, number: f"2026-12-{day:02d}" + (f".{number}" if number else ""),
    st.integers(1, 3),
    st.integers(0, 12),
)
SOME = st.frozensets(st.sampled_from("abcd"), max_size=2)
WIDENINGS = st.lists(
    st.builds(
        Widening,
        version=VERSIONS,
        categories=SOME,
        recipients=SOME,
        channels=SOME,
        cookies=SOME,
        cookie_classes=SOME,
        whole=st.booleans(),
    ),
    max_size=6,
)


@given(WIDENINGS, VERSIONS, VERSIONS)
def test_a_later_grant_never_covers_less(added: list[Widening], one: str, other: str) -> None:
    def order(version: str) -> tuple[str, int]:
        return version[:10], int(version[11:] or 0)

    earlier, later = sorted([one, other], key=order)
    before = uncovered(given_under(earlier), added) or Uncovered()
    after = uncovered(given_under(later), added) or Uncovered()
    parts = ("categories", "recipients", "channels", "cookies", "cookie_classes")
    assert all(getattr(after, part) <= getattr(before, part) for part in parts)
    assert after.whole <= before.whole


@given(WIDENINGS, VERSIONS)
def test_giving_it_again_on_todays_words_covers_all(added: list[Widening], version: str) -> None:
    today = "2026-12-31"
    assert uncovered(given_under(today), added) is None
    for decision in set(Decision) - {GRANTED}:
        assert uncovered(given_under(version, decision), added) is None


def test_a_browser_is_not_asked_about_channels_that_it_does_not_have() -> None:
    """What it shows is its own channel; nobody can be written to or called there."""
    added = Widening("2026-12-01", channels=ids("sms", "email", "web"))
    said = given_under("2026-11-01")
    assert uncovered(said, (added,)) == Uncovered(channels=ids("sms", "email", "web"))
    assert uncovered(said, (added,), browser=True) == Uncovered(channels=ids("web"))
    assert uncovered(said, (SHOP,), browser=True) == Uncovered(recipients=ids("shop"))
    only = Widening("2026-12-01", channels=ids("sms"))
    assert uncovered(said, (only,), browser=True) is None
    other = Widening("2026-12-01", channels=ids("sms"), whole=True)
    assert uncovered(said, (other,), browser=True) == Uncovered(whole=True)


@pytest.mark.parametrize(
    ("subject", "asked"),
    [(SUBJECT, ["email"]), (VISITOR, None)],
)
def test_what_is_shown_and_decided_agrees_with_it(subject: str, asked: list[str] | None) -> None:
    added = {"partner_lists": (Widening("2026-11-22.1", channels=ids("email")),)}
    notice = replace(shipped(), widenings=added)
    said = {"partner_lists": given_under("2026-11-22")}
    stands = replace(standing(subject), decisions=said)
    shown: Any = decisions_shown(stands, notice, NOW)
    again = shown["partner_lists"]["ask_again"]
    assert shown["partner_lists"]["decision"] == ("granted" if asked is None else "ask_again")
    assert (None if again is None else again["channels"]) == asked
    answer = permission(Question(subject, "partner_lists"), stands, notice, NOW)
    assert answer.allowed is (asked is None)
