"""What is still used when a consent ends, what goes, and when somebody may be asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.consents import clocks
from chalicelib.decisions import renewal as asking
from chalicelib.notices.model import Lasting, LegalBasis, Notice, Period, Purpose, Widening
from chalicelib.subjects.model import Decided, Decision, Origin, Standing
from tests.unit.core.samples import NOW, association, shipped, standing

NEWSLETTER, INTERESTS = "newsletter", "interests"
GARDEN = association()


def stands(**decisions: Decision) -> Standing:
    made = {
        purpose: Decided(decision, 1, NOW, GARDEN.version)
        for purpose, decision in decisions.items()
    }
    return replace(standing(), decisions=made)


def with_purpose(**changes: object) -> Notice:
    """The association's notice with one more purpose that uses the same category."""
    purpose: Purpose = replace(GARDEN.purposes[NEWSLETTER], id="swaps", **changes)  # type: ignore[arg-type]
    return replace(GARDEN, purposes={**GARDEN.purposes, "swaps": purpose})


def users(notice: Notice, standing: Standing, days: int = 0) -> list[str]:
    now = NOW + timedelta(days=days)
    return [one.id for one in clocks.uses(INTERESTS, standing, notice, now)]


def test_only_what_a_person_can_end_may_end() -> None:
    assert clocks.endable([NEWSLETTER], GARDEN) == (INTERESTS,)
    assert clocks.endable(["membership"], GARDEN) == ()
    kept = with_purpose(basis=LegalBasis.CONTRACT)
    assert clocks.endable([NEWSLETTER], kept) == ()
    assert clocks.endable(shipped().choices, shipped()) == (), "an ordinary capture reads no more"


def test_without_a_rule_nothing_ends() -> None:
    rules = {name: one for name, one in GARDEN.retention.items() if one.event != clocks.WITHDRAWN}
    assert clocks.rule(replace(GARDEN, retention=rules)) is None
    assert clocks.endable([NEWSLETTER], replace(GARDEN, retention=rules)) == ()
    found = clocks.rule(GARDEN)
    assert found is not None
    reviewed = {**GARDEN.retention, found.id: replace(found, then="review")}
    assert clocks.rule(replace(GARDEN, retention=reviewed)) is None


@pytest.mark.parametrize(
    ("decision", "used"),
    [
        (Decision.GRANTED, [NEWSLETTER]),
        (Decision.DENIED, []),
        (Decision.WITHDRAWN, []),
        (Decision.OBJECTED, []),
    ],
)
def test_a_consent_uses_data_while_it_stands(decision: Decision, used: list[str]) -> None:
    assert users(GARDEN, stands(newsletter=decision)) == used
    assert users(GARDEN, stands()) == []


def test_one_that_expired_or_does_not_cover_the_data_uses_it_no_more() -> None:
    granted = stands(newsletter=Decision.GRANTED)
    short = replace(GARDEN.purposes[NEWSLETTER], lasts=Lasting(Period(months=6)))
    notice = replace(GARDEN, purposes={**GARDEN.purposes, NEWSLETTER: short})
    assert users(notice, granted, 180) == [NEWSLETTER]
    assert users(notice, granted, 190) == []
    later = Widening("2090-01-01", categories=frozenset({INTERESTS}))
    assert users(replace(GARDEN, widenings={NEWSLETTER: (later,)}), granted) == []


def test_legitimate_interest_uses_it_until_the_person_objects() -> None:
    notice = with_purpose(basis=LegalBasis.LEGITIMATE_INTEREST)
    assert users(notice, stands()) == ["swaps"]
    assert users(notice, stands(swaps=Decision.OBJECTED)) == []
    assert clocks.endable([NEWSLETTER], notice) == (INTERESTS,)
    duty = with_purpose(basis=LegalBasis.LEGAL_OBLIGATION)
    assert users(duty, stands(swaps=Decision.DENIED)) == [], "a refusal outlives a change of basis"


def told(standing: Standing, ends: Mapping[str, object] | None = None) -> list[object]:
    found = clocks.consequences([NEWSLETTER], standing, ends or {}, GARDEN, NOW)  # type: ignore[arg-type]
    return [
        (one.category, one.erased_at, [purpose.id for purpose in one.kept_for]) for one in found
    ]


def test_a_withdrawal_says_what_goes_and_what_stays_for_what() -> None:
    others = ["membership", "rights_and_proof", "sign_in_safety"]
    withdrawn = stands(newsletter=Decision.WITHDRAWN)
    assert told(withdrawn, {INTERESTS: NOW}) == [("member", None, others), (INTERESTS, NOW, [])]
    assert told(withdrawn) == [("member", None, others), (INTERESTS, None, [])]


def test_who_never_agreed_is_told_only_of_what_goes() -> None:
    denied = stands(newsletter=Decision.DENIED)
    assert told(denied) == []
    assert told(denied, {INTERESTS: NOW}) == [(INTERESTS, NOW, [])]
    assert told(stands(newsletter=Decision.GRANTED)) == []
    assert told(stands()) == []


MEASURED, ADVERTISED = "site_measurement", "advertising_cookies"


def choice(decision: Decision = Decision.GRANTED, version: str = "") -> Decided:
    return Decided(decision, 1, NOW, version or shipped().version, Origin.OWN)


def test_a_yes_ends_when_the_notice_says_and_a_no_never() -> None:
    ends = Period(months=6).after(NOW)
    assert asking.expires_at(MEASURED, choice(), shipped()) == ends
    assert asking.expires_at(MEASURED, choice(Decision.DENIED), shipped()) is None
    assert asking.expires_at("surveys", choice(), shipped()) is None
    assert asking.expires_at("gone since", choice(), shipped()) is None


def test_a_banner_leaves_people_in_peace_for_as_long_as_the_notice_says() -> None:
    again = Period(months=6).after(NOW)
    for decision in Decision:
        assert asking.ask_again_at(MEASURED, choice(decision), shipped()) == again
    assert asking.ask_again_at("surveys", choice(), shipped()) is None, "no banner asks about it"
    assert asking.ask_again_at(NEWSLETTER, choice(), GARDEN) is None, "there is no banner"


def test_it_may_ask_sooner_where_a_yes_ends_or_covers_too_little() -> None:
    brief = replace(shipped().purposes[MEASURED], lasts=Lasting(Period(days=30)))
    notice = replace(shipped(), purposes={**shipped().purposes, MEASURED: brief})
    assert asking.ask_again_at(MEASURED, choice(), notice) == NOW + timedelta(days=30)
    refused = asking.ask_again_at(MEASURED, choice(Decision.DENIED), notice)
    assert refused == Period(months=6).after(NOW)
    wider = replace(notice, widenings={MEASURED: (Widening("2090-01-01", whole=True),)})
    assert asking.ask_again_at(MEASURED, choice(), wider) is None
    assert asking.ask_again_at(MEASURED, choice(Decision.DENIED), wider) == refused
