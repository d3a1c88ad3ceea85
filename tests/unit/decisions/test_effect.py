"""One effective state of a consent: `granted` is told only where the decision point says yes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.consents import presentation
from chalicelib.consents.contract.schemas import EFFECT, STANDING
from chalicelib.consents.presentation import decisions_shown, effects_shown
from chalicelib.decisions.effect import WORDS, effect
from chalicelib.decisions.permission import Question, Reason, permission
from chalicelib.instants import optional_instant
from chalicelib.notices.model import Lasting, LegalBasis, Notice, Period, Since, Widening
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words
from chalicelib.subjects import store
from chalicelib.subjects.model import NO_LIMITS, Decided, Decision, Life, Origin, Standing
from tests.unit.consents.asked import CONSENT, GIVEN, HOUR, noticed, stands
from tests.unit.core.samples import (
    DISOWNED,
    EVERY_STANDING,
    NOW,
    SUBJECT,
    VISITOR,
    association,
    shipped,
)

MONTH = timedelta(days=30)
NOTICES = {
    "as it was": noticed(),
    "ends": noticed(lasts=Lasting(Period(days=30))),
    "ends without interest": noticed(lasts=Lasting(Period(days=30), Since.LAST_INTEREST)),
    "partly wider": noticed(widenings=(Widening("2027-01-01", channels=frozenset({"sms"})),)),
    "another purpose now": noticed(widenings=(Widening("2027-01-01", whole=True),)),
    "another basis": noticed(basis=LegalBasis.LEGITIMATE_INTEREST),
    "without the purpose": association(),
}


def standings() -> Iterator[Standing]:
    """Each decision, by each origin, in each life and with each limit, with and without mail."""
    accounts = [(SUBJECT, life, limits) for life, limits in EVERY_STANDING]
    people = [*accounts, (VISITOR, Life.ACTIVE, NO_LIMITS), (VISITOR, Life.ERASING, NO_LIMITS)]
    for decision, origin, (subject, life, limits) in product(Decision, Origin, people):
        known = stands(decision, origin=origin, subject=subject, life=life, limits=limits)
        yield known
        yield replace(known, suppressed="bounce")
        yield interested(known, at=NOW)
        yield interested(known, at=NOW, lapsed_at=NOW - HOUR)
        if subject == VISITOR:
            yield replace(known, offered=known.seq)


def interested(known: Standing, at: datetime, lapsed_at: datetime | None = None) -> Standing:
    """The same person, who signed in since, too late for a consent that had ended by then."""
    decided = replace(known.decisions[CONSENT], interest_at=at, lapsed_at=lapsed_at)
    return replace(known, decisions={CONSENT: decided}, interest_at=at)


def answers(known: Standing, notice: Notice, now: datetime) -> dict[str, str]:
    """What each answer that tells of consents says about the purpose."""
    stored = store.standing_item(known)
    beside = {"interest_at": optional_instant(stored.interest_at), "lapsed": stored.lapsed}
    fields: dict[str, Any] = {
        "state": str(known.life),
        "locale": known.locale,
        "notice_version": known.notice_version,
        "decisions": stored.decisions,
        **{name: value for name, value in beside.items() if value is not None},
        "offered": known.offered or None,
        "disowned": known.disowned or None,
        "head": b"",
        **({} if known.suppressed is None else {"suppressed": known.suppressed}),
    }
    standing: Any = decisions_shown(known, notice, now)
    preferences: Any = effects_shown(known, notice, now)
    copied = presentation.standing_told(known.subject, fields, notice, now)["decisions"]
    recorded = str(known.decisions[CONSENT].decision)
    assert recorded == standing[CONSENT]["recorded"] == copied[CONSENT]["recorded"]
    Draft202012Validator(STANDING).validate(standing)
    return {
        "consents, captures, ledger, receipts, desk": standing[CONSENT]["decision"],
        "preferences": preferences[CONSENT],
        "copy": copied[CONSENT]["decision"],
    }


@pytest.mark.parametrize("notice", NOTICES.values(), ids=NOTICES)
@pytest.mark.parametrize("after", [timedelta(0), MONTH])
def test_granted_is_told_where_the_decision_point_says_yes(
    notice: Notice, after: timedelta
) -> None:
    now, told = NOW + after, set[str]()
    for known in standings():
        may = (
            CONSENT in notice.purposes
            and permission(Question(known.subject, CONSENT), known, notice, now).allowed
        )
        said = answers(known, notice, now)
        assert {word == "granted" for word in said.values()} == {may}, (known, said)
        assert len(set(said.values())) == 1
        told |= set(said.values())
    assert len(told) > 3


def test_something_is_still_granted() -> None:
    assert effect(CONSENT, stands(Decision.GRANTED), shipped(), NOW) is Reason.GRANTED


@pytest.mark.parametrize(
    ("known", "notice", "word"),
    [
        (stands(Decision.GRANTED), NOTICES["ends"], "expired"),
        (stands(Decision.GRANTED), NOTICES["ends without interest"], "expired"),
        (interested(stands(Decision.GRANTED), NOW + HOUR), NOTICES["ends"], "expired"),
        (
            interested(stands(Decision.GRANTED), NOW + HOUR),
            NOTICES["ends without interest"],
            "granted",
        ),
        (
            interested(stands(Decision.GRANTED), NOW + HOUR, lapsed_at=NOW),
            NOTICES["ends without interest"],
            "expired",
        ),
        (stands(Decision.GRANTED), NOTICES["partly wider"], "ask_again"),
        (stands(Decision.GRANTED), NOTICES["another purpose now"], "ask_again"),
        (stands(Decision.GRANTED), NOTICES["without the purpose"], "undeclared"),
        (stands(Decision.WITHDRAWN), NOTICES["without the purpose"], "withdrawn"),
        (stands(Decision.GRANTED, suppressed="bounce"), shipped(), "suppressed"),
        (stands(Decision.GRANTED, life=Life.DEACTIVATED), shipped(), "deactivated"),
        (stands(Decision.GRANTED, life=Life.PENDING), shipped(), "unverified"),
        (stands(Decision.GRANTED, life=Life.PENDING, limits=DISOWNED), shipped(), "disowned"),
        (stands(Decision.GRANTED, life=Life.ERASING), shipped(), "erased"),
        (stands(Decision.WITHDRAWN, life=Life.DEACTIVATED), shipped(), "withdrawn"),
        (stands(Decision.DENIED, origin=Origin.SIGNAL), shipped(), "denied"),
        (stands(Decision.OBJECTED), shipped(), "objected"),
    ],
)
def test_what_is_told_instead(known: Standing, notice: Notice, word: str) -> None:
    assert effect(CONSENT, known, notice, NOW + MONTH) == word


def test_a_yes_that_an_account_was_offered_is_none_of_the_browser_s_any_more() -> None:
    offered = stands(Decision.GRANTED, subject=VISITOR, offered=3)
    assert effect(CONSENT, offered, shipped(), NOW) is Reason.NOT_ASKED


def test_only_the_purposes_that_are_asked_about_are_told() -> None:
    known = stands(Decision.GRANTED)
    more = {**known.decisions, "promotion": Decided(Decision.DENIED, 3, NOW, GIVEN)}
    both = replace(known, decisions=more)
    assert set(decisions_shown(both, shipped(), NOW)) == {CONSENT, "promotion"}
    assert set(decisions_shown(both, shipped(), NOW, {"promotion"})) == {"promotion"}


def test_every_word_is_in_the_contract_and_in_each_language_of_a_receipt() -> None:
    assert EFFECT["enum"] == [str(word) for word in WORDS]
    for language in languages():
        named = {name for name in words("receipts", language) if name.startswith("effect_")}
        assert named == {f"effect_{word}" for word in EFFECT["enum"]}
