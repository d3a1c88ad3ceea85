"""What an account takes over from a browser: no refusal ever becomes a yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.consents.account_join import choices, joining, origins
from chalicelib.consents.model import Choice, decide
from chalicelib.subjects.model import Decided, Decision, Origin, Standing
from tests.unit.core.samples import NOW, SHOWN, VISITOR, shipped, standing

NOTICE = shipped()
PURPOSE, CONTRACT = "site_measurement", "run_account"
NOES = [Decision.DENIED, Decision.WITHDRAWN, Decision.OBJECTED]

DECIDED = st.builds(
    Decided,
    decision=st.sampled_from(Decision),
    seq=st.integers(1, 9),
    at=st.integers(-9, 9).map(lambda days: NOW + timedelta(days=days)),
    notice_version=st.sampled_from(["2023-05-17", NOTICE.version]),
    origin=st.sampled_from(Origin),
)
DECISIONS = st.dictionaries(st.sampled_from([PURPOSE, "surveys", "promotion", CONTRACT]), DECIDED)


def one(
    decision: Decision = Decision.GRANTED, origin: Origin = Origin.OWN, days: int = 0
) -> Decided:
    """A decision of so many days after now."""
    return Decided(decision, 1, NOW + timedelta(days=days), NOTICE.version, origin)


def account(decided: Decided | None = None) -> Standing:
    return replace(standing(), decisions={PURPOSE: decided} if decided else {})


def browser(decided: Decided) -> Standing:
    return replace(standing(VISITOR), decisions={PURPOSE: decided})


def test_a_gap_is_filled_with_either() -> None:
    for decided in (one(), one(Decision.DENIED)):
        assert joining(account(), browser(decided), NOTICE) == {PURPOSE: decided}


@pytest.mark.parametrize("own", list(Decision))
@pytest.mark.parametrize("theirs", list(Decision))
def test_what_the_person_chose_in_the_account_stays(own: Decision, theirs: Decision) -> None:
    assert joining(account(one(own)), browser(one(theirs, days=5)), NOTICE) == {}


@pytest.mark.parametrize("origin", [Origin.JOINED, Origin.SIGNAL])
@pytest.mark.parametrize("refused", NOES)
def test_of_two_others_the_refusal_wins(origin: Origin, refused: Decision) -> None:
    stands = account(one(refused, origin, days=-9))
    assert joining(stands, browser(one(days=9)), NOTICE) == {}
    taken = account(one(origin=Origin.JOINED))
    refusal = one(refused, days=-9)
    assert joining(taken, browser(refusal), NOTICE) == {PURPOSE: refusal}


def test_of_two_yeses_the_later_counts() -> None:
    stands = account(one(origin=Origin.JOINED))
    assert joining(stands, browser(one(days=1)), NOTICE) != {}
    assert joining(stands, browser(one(days=0)), NOTICE) == {}
    assert joining(stands, browser(one(days=-1)), NOTICE) == {}


def test_what_needs_no_consent_any_more_is_left_out() -> None:
    visitor = replace(standing(VISITOR), decisions={CONTRACT: one(), "gone": one()})
    assert joining(account(), visitor, NOTICE) == {}


@pytest.mark.parametrize("refused", NOES)
def test_a_refusal_joins_also_where_the_notice_needs_no_consent_any_more(
    refused: Decision,
) -> None:
    visitor = replace(standing(VISITOR), decisions={CONTRACT: one(refused), "gone": one(refused)})
    assert joining(account(), visitor, NOTICE).keys() == {CONTRACT, "gone"}


def test_what_an_account_was_offered_is_offered_to_no_other() -> None:
    handed_over = replace(browser(one()), offered=1)
    assert joining(account(), handed_over, NOTICE) == {}
    assert joining(account(), replace(handed_over, offered=0), NOTICE) != {}


def test_a_signal_stays_one() -> None:
    taken = {"a": one(Decision.DENIED, Origin.SIGNAL), "b": one(), "c": one(origin=Origin.JOINED)}
    assert origins(taken) == {"a": Origin.SIGNAL, "b": Origin.JOINED, "c": Origin.JOINED}
    assert choices(taken) == {"a": Choice.DENIED, "b": Choice.GRANTED, "c": Choice.GRANTED}


@given(DECISIONS, st.lists(DECISIONS, max_size=3))
def test_no_refusal_of_an_account_ever_becomes_a_yes(
    own: dict[str, Decided], browsers: list[dict[str, Decided]]
) -> None:
    stands = replace(standing(), decisions=own)
    for decisions in browsers:
        visitor = replace(standing(VISITOR), decisions=decisions)
        taken = joining(stands, visitor, NOTICE)
        if not taken:
            continue
        after, _ = decide(
            stands,
            choices(taken),
            SHOWN,
            event="",
            payload="",
            salt="s",
            now=NOW,
            origins=origins(taken),
            taken=taken,
        )
        assert joining(after, visitor, NOTICE) == {}, "joined once, nothing is left to join"
        for purpose, before in stands.decisions.items():
            is_now = after.decisions[purpose]
            if before.decision is not Decision.GRANTED:
                assert is_now.decision is not Decision.GRANTED
            if before.origin is Origin.OWN:
                assert is_now == before
        for purpose, decided in taken.items():
            is_now = after.decisions[purpose]
            assert (is_now.at, is_now.notice_version) == (decided.at, decided.notice_version)
            assert is_now.origin is not Origin.OWN
        assert after.notice_version == stands.notice_version
        stands = after
