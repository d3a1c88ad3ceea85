from __future__ import annotations

import hashlib
from dataclasses import fields, replace
from datetime import timedelta

import pytest
import rfc8785

from chalicelib.consents import model
from chalicelib.consents.model import Choice, Entry, Shown, decide
from chalicelib.subjects import model as subject_model
from chalicelib.subjects.model import Decided, Decision, Event, Life, Standing
from tests.unit.consents.chains import SALT, decided
from tests.unit.core.samples import NOW, SHOWN, SUBJECT, VISITOR, standing

GRANT, DENY = Choice.GRANTED, Choice.DENIED


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        ([GRANT], Decision.GRANTED),
        ([DENY], Decision.DENIED),
        ([DENY, DENY], Decision.DENIED),
        ([GRANT, DENY], Decision.WITHDRAWN),
        ([GRANT, DENY, DENY], Decision.WITHDRAWN),
        ([GRANT, GRANT, DENY], Decision.WITHDRAWN),
        ([DENY, GRANT], Decision.GRANTED),
        ([GRANT, DENY, GRANT], Decision.GRANTED),
        ([GRANT, DENY, GRANT, DENY], Decision.WITHDRAWN),
    ],
)
def test_what_stands_after_what_was_said(said: list[Choice], stands: Decision) -> None:
    after = standing()
    for choice in said:
        after, entry = decided(after, {"surveys": choice})
    assert after.decisions["surveys"].decision is stands
    assert entry.opened["decisions"] == {"surveys": str(stands)}


def test_a_denial_after_an_objection_is_no_grant() -> None:
    objected = replace(standing(), decisions={"security": Decided(Decision.OBJECTED, 1, NOW)})
    after, _ = decided(objected, {"security": DENY})
    assert after.decisions["security"].decision in (Decision.DENIED, Decision.OBJECTED)


def test_what_was_not_decided_is_left_as_it_was() -> None:
    first, _ = decided(standing(), {"surveys": GRANT, "offers_email": DENY})
    second, entry = decided(first, {"surveys": DENY}, minutes=5)
    assert second.decisions["offers_email"] == first.decisions["offers_email"]
    assert second.decisions["surveys"] == Decided(
        Decision.WITHDRAWN, 2, NOW + timedelta(minutes=5), SHOWN.notice_version
    )
    assert set(entry.opened["decisions"]) == {"surveys"}


def test_each_decision_remembers_the_words_it_was_made_on() -> None:
    later = replace(SHOWN, notice_version="2027-01-01")
    first, _ = decided(standing(), {"surveys": GRANT, "offers_email": GRANT})
    second, _ = decide(first, {"surveys": GRANT}, later, event="", payload="", salt=SALT, now=NOW)
    versions = {name: one.notice_version for name, one in second.decisions.items()}
    assert versions == {"surveys": "2027-01-01", "offers_email": SHOWN.notice_version}


def test_the_standing_given_is_not_changed() -> None:
    before = standing()
    decided(before, {"surveys": GRANT})
    assert before == standing()


def test_the_standing_follows_its_entry() -> None:
    shown = Shown("2027-01-01", "e" * 64, "en", "banner", "1.2027-01-01.en.mac")
    after, entry = decide(
        standing(), {"surveys": GRANT}, shown, event="", payload="", salt=SALT, now=NOW
    )
    assert (after.seq, after.head) == (1, entry.hash)
    assert after.notice_version == "2027-01-01"
    assert (entry.notice_version, entry.notice_digest) == ("2027-01-01", "e" * 64)
    assert (entry.source, entry.opened["locale"]) == ("banner", "en")
    assert entry.opened["evidence"] == "1.2027-01-01.en.mac"
    assert entry.id == f"{SUBJECT}.1"


@pytest.mark.parametrize(
    ("stands", "locale"),
    [
        (standing(VISITOR), "en"),
        (standing(life=Life.PENDING), "it"),
        (standing(life=Life.ACTIVE), "it"),
    ],
)
def test_the_language_of_the_words_shown_is_not_that_of_an_accounts_mail(
    stands: Standing, locale: str
) -> None:
    shown = replace(SHOWN, locale="en")
    after, entry = decide(
        stands, {"surveys": GRANT}, shown, event="", payload="", salt=SALT, now=NOW
    )
    assert after.locale == locale
    assert entry.opened["locale"] == "en"


def test_without_evidence_none_is_sealed() -> None:
    _, entry = decided(standing(), {"surveys": GRANT})
    assert set(entry.opened) == {"salt", "decisions", "locale"}


def test_the_commitment_is_a_salted_hash_of_what_is_sealed() -> None:
    _, entry = decided(standing(), {"surveys": GRANT, "offers_email": DENY})
    canonical = rfc8785.dumps(
        {
            "decisions": {"offers_email": "denied", "surveys": "granted"},
            "locale": SHOWN.locale,
            "salt": SALT,
        }
    )
    assert entry.commitment == hashlib.sha256(canonical).hexdigest()


def test_the_same_decision_under_another_salt_cannot_be_recognised() -> None:
    salts = (SALT, SALT[::-1])
    made = [
        decide(standing(), {"surveys": GRANT}, SHOWN, event="", payload="", salt=salt, now=NOW)
        for salt in salts
    ]
    assert made[0][1].commitment != made[1][1].commitment


def test_what_is_in_the_clear_does_not_say_what_was_decided() -> None:
    _, granted = decided(standing(), {"surveys": GRANT})
    _, denied = decided(standing(), {"surveys": DENY})
    open_parts = ("opened", "commitment")
    for name in {one.name for one in fields(Entry)} - set(open_parts):
        assert getattr(granted, name) == getattr(denied, name)


@pytest.mark.parametrize("minutes", [-1, -60 * 24 * 365])
def test_time_never_runs_backwards(minutes: int) -> None:
    first, _ = decided(standing(), {"surveys": GRANT}, minutes=10)
    second, entry = decided(first, {"surveys": DENY}, minutes=minutes)
    assert entry.at == first.last_activity_at == NOW + timedelta(minutes=10)
    assert second.last_activity_at == second.decisions["surveys"].at == entry.at


def test_the_last_eight_events_are_remembered() -> None:
    after = standing()
    for number in range(1, 12):
        after, _ = decided(after, {"surveys": GRANT}, event=f"event-{number}")
    assert [event.seq for event in after.events] == list(range(4, 12))
    assert model.EVENTS_KEPT == 8
    assert after.event("event-3") is None
    assert after.event("event-4") == Event("event-4", "b" * 12, 4)


def test_a_decision_without_event_id_pushes_none_out() -> None:
    after, _ = decided(standing(), {"surveys": GRANT}, event="kept")
    for _ in range(10):
        after, entry = decided(after, {"surveys": DENY})
    assert entry.event == ""
    assert [event.id for event in after.events] == ["kept"]
    assert after.event("") is None


@pytest.mark.parametrize(
    ("event", "minutes"), [("registered", 0), ("last_activity", 7), ("last_decision", 7)]
)
def test_since_when_a_retention_period_runs(event: str, minutes: int) -> None:
    after, _ = decided(standing(), {"surveys": GRANT}, minutes=7)
    assert subject_model.since(after, event) == NOW + timedelta(minutes=minutes)
