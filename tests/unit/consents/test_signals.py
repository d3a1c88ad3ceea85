"""What a browser's signal decides, beside what its person does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.consents.contract.operations import SOURCES
from chalicelib.consents.model import Choice
from chalicelib.consents.signals import DELIBERATE, SOURCE, heard, signalled
from chalicelib.subjects.model import Decided, Decision, Origin, Standing
from tests.unit.core.samples import NOW, association, shipped, standing

NOTICE = shipped()
ASKED = sorted(signalled(NOTICE))
ADS, LISTS, LISTED = ASKED
OTHER = "surveys"
GRANT, DENY = Choice.GRANTED, Choice.DENIED
BEFORE, AFTER = NOW - timedelta(days=1), NOW + timedelta(days=1)

PURPOSES = st.sampled_from([*ASKED, OTHER])
CHOICES = st.dictionaries(PURPOSES, st.sampled_from([GRANT, DENY]))
DECIDED = st.builds(
    Decided,
    decision=st.sampled_from(Decision),
    seq=st.just(1),
    at=st.sampled_from([BEFORE, NOW, AFTER]),
    origin=st.sampled_from(Origin),
)
STANDINGS = st.none() | st.builds(
    lambda decisions, at: replace(standing(), decisions=decisions, signal_at=at),
    st.dictionaries(PURPOSES, DECIDED),
    st.none() | st.just(NOW),
)
PLACES = st.sampled_from([*SOURCES, "preferences", "registration"])


def stands(
    decision: Decision = Decision.GRANTED,
    origin: Origin = Origin.OWN,
    days: int = -1,
    signal: bool = False,
) -> Standing:
    """Somebody who decided about all that the signal denies, so many days after it was honoured."""
    made = Decided(decision, 1, NOW + timedelta(days=days), NOTICE.version, origin)
    signal_at = NOW if signal else None
    return replace(standing(), decisions=dict.fromkeys(ASKED, made), signal_at=signal_at)


def test_it_denies_what_the_notice_says_and_nothing_else() -> None:
    found = heard(None, {}, "banner", NOTICE)
    assert found.choices == dict.fromkeys(ASKED, DENY)
    assert found.origins == dict.fromkeys(ASKED, Origin.SIGNAL)
    assert found.provenance == {"signal": {"gpc": ASKED}}
    assert ADS == "advertising_cookies"


def test_where_the_notice_does_not_honour_it_nothing_is_denied() -> None:
    assert signalled(association()) == frozenset()
    found = heard(None, {"newsletter": GRANT}, "banner", association())
    assert (found.choices, found.provenance) == ({"newsletter": GRANT}, {})


@pytest.mark.parametrize("source", sorted(DELIBERATE))
def test_a_choice_about_that_very_purpose_wins_in_the_same_act(source: str) -> None:
    found = heard(None, {ADS: GRANT}, source, NOTICE)
    assert found.choices == {ADS: GRANT, LISTS: DENY, LISTED: DENY}
    assert found.origins.keys() == {LISTS, LISTED}


@pytest.mark.parametrize("source", ["banner", "api"])
def test_it_goes_before_a_button_for_everything(source: str) -> None:
    found = heard(None, {ADS: GRANT, OTHER: GRANT}, source, NOTICE)
    assert found.choices == {OTHER: GRANT, **dict.fromkeys(ASKED, DENY)}
    assert ADS in found.origins


def test_a_refusal_in_the_same_act_stays_the_persons_own() -> None:
    found = heard(None, {ADS: DENY}, "banner", NOTICE)
    assert found.choices[ADS] is DENY
    assert ADS not in found.origins


def test_it_withdraws_a_yes_from_before_it_was_seen() -> None:
    assert heard(stands(), {}, "banner", NOTICE).choices == dict.fromkeys(ASKED, DENY)
    late = stands(days=-1, signal=True)
    assert heard(late, {}, "banner", NOTICE).choices == dict.fromkeys(ASKED, DENY)


@pytest.mark.parametrize("days", [0, 1])
def test_a_choice_from_after_it_was_honoured_is_not_touched(days: int) -> None:
    chosen = stands(days=days, signal=True)
    assert heard(chosen, {}, "banner", NOTICE).choices == {}
    assert heard(chosen, {ADS: GRANT}, "banner", NOTICE).choices == {}


def test_a_yes_taken_over_from_a_browser_is_not_of_the_persons_own() -> None:
    taken = stands(origin=Origin.JOINED, days=1, signal=True)
    assert heard(taken, {}, "preferences", NOTICE).choices == dict.fromkeys(ASKED, DENY)


@pytest.mark.parametrize("decision", [Decision.DENIED, Decision.WITHDRAWN, Decision.OBJECTED])
@pytest.mark.parametrize("origin", list(Origin))
def test_what_is_refused_is_not_refused_twice(decision: Decision, origin: Origin) -> None:
    refused = stands(decision, origin)
    assert heard(refused, {}, SOURCE, NOTICE).choices == {}
    assert heard(refused, {ADS: GRANT}, "banner", NOTICE).choices == {}
    assert heard(refused, {ADS: GRANT}, "preference_centre", NOTICE).choices == {ADS: GRANT}


def test_told_of_alone_it_may_name_more() -> None:
    found = heard(None, {OTHER: DENY}, SOURCE, NOTICE)
    assert found.choices == dict.fromkeys([*ASKED, OTHER], DENY)
    assert found.origins.keys() == {*ASKED, OTHER}


@given(STANDINGS, CHOICES, PLACES)
def test_it_never_grants_and_touches_nothing_that_it_need_not(
    before: Standing | None, choices: dict[str, Choice], source: str
) -> None:
    found = heard(before, choices, source, NOTICE)
    granted = {purpose for purpose, choice in found.choices.items() if choice is GRANT}
    assert granted <= {purpose for purpose, choice in choices.items() if choice is GRANT}
    assert all(found.choices[purpose] is DENY for purpose in found.origins)
    assert found.choices.keys() <= choices.keys() | set(ASKED)
    for purpose, choice in choices.items():
        if purpose not in ASKED and source != SOURCE:
            assert found.choices[purpose] is choice
        if choice is DENY:
            stood = before.decisions.get(purpose) if before else None
            assert purpose in found.choices or (source == SOURCE and stood is not None)


@given(STANDINGS, CHOICES, PLACES)
def test_heard_again_it_changes_nothing(
    before: Standing | None, choices: dict[str, Choice], source: str
) -> None:
    found = heard(before, choices, source, NOTICE)
    decisions = {
        purpose: Decided(
            Decision(str(choice)), 2, AFTER, NOTICE.version, found.origins.get(purpose, Origin.OWN)
        )
        for purpose, choice in found.choices.items()
    }
    known = before or standing()
    signal_at = known.signal_at or AFTER
    after = replace(known, decisions={**known.decisions, **decisions}, signal_at=signal_at)
    assert heard(after, {}, SOURCE, NOTICE).choices == {}
