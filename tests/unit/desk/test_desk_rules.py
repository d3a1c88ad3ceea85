"""What the desk may record, and what it keeps of how it came: pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from chalicelib.consents import desk
from chalicelib.consents.desk import Channel, Received, date_findings, refusable
from chalicelib.consents.model import Choice, decide, verify
from chalicelib.notices.model import LegalBasis, Notice
from chalicelib.subjects.model import Decision
from tests.unit.core.samples import NOW, SHOWN, SUBJECT, association, shipped, standing

STAFF = "b" * 26
RECEIVED = Received(Channel.POST, NOW - timedelta(days=3), "2026/118")


@pytest.mark.parametrize("notice", [shipped(), association()], ids=["shipped", "association"])
def test_every_purpose_takes_the_refusal_that_the_law_knows_for_it(notice: Notice) -> None:
    offered = refusable(notice)
    for purpose in notice.purposes.values():
        denied = purpose.basis is LegalBasis.CONSENT
        objected = purpose.basis is LegalBasis.LEGITIMATE_INTEREST or purpose.marketing
        expected = {
            choice
            for choice, given in ((Choice.DENIED, denied), (Choice.OBJECTED, objected))
            if given
        }
        assert set(offered.get(purpose.id, ())) == expected
    assert {choice for choices in offered.values() for choice in choices} == {
        Choice.DENIED,
        Choice.OBJECTED,
    }


def test_nothing_is_refused_that_the_law_or_a_contract_needs() -> None:
    offered = refusable(shipped())
    assert "run_account" not in offered
    assert "rights_and_proof" not in offered
    assert offered["surveys"] == (Choice.DENIED,)
    assert offered["products_email"] == (Choice.DENIED, Choice.OBJECTED)
    assert offered["improvement"] == (Choice.OBJECTED,)


@pytest.mark.parametrize(
    ("given", "detail"),
    [
        (NOW, None),
        (NOW - timedelta(days=5 * 365), None),
        (NOW + timedelta(milliseconds=1), "must not be in the future"),
        (NOW - timedelta(days=5 * 366), "must not be longer ago than five years"),
        (NOW.astimezone(timezone(timedelta(hours=14))), None),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "must not be longer ago"),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=12))), "must not be in the"),
    ],
)
def test_something_came_in_before_now_and_not_long_ago(given: datetime, detail: str | None) -> None:
    found = date_findings({"received_at": given.isoformat()}, NOW)
    if detail is None:
        assert found == ()
    else:
        (finding,) = found
        assert finding.pointer == "/received_at"
        assert finding.detail.startswith(detail)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "x",
        {},
        {"received_at": None},
        {"received_at": 7},
        {"received_at": []},
        {"received_at": ""},
        {"received_at": "soon"},
        {"received_at": "2026-02-30T00:00:00Z"},
        {"received_at": "2026-11-22T16:00:00"},
    ],
)
def test_what_is_no_instant_is_for_the_schema_to_tell(body: object) -> None:
    assert date_findings(body, NOW) == ()


def test_an_entry_keeps_how_a_refusal_came_and_its_commitment_can_be_checked() -> None:
    kept = desk.provenance(RECEIVED, SUBJECT, STAFF)
    after, entry = decide(
        standing(),
        {"surveys": Choice.DENIED},
        SHOWN,
        event="",
        payload="",
        salt="s" * 26,
        now=NOW,
        provenance=kept,
    )
    assert entry.opened["channel"] == "post"
    assert entry.opened["desk"] == {
        "received_at": "2026-11-19T16:00:00.123Z",
        "reference": "2026/118",
        "by": desk.recorded_by(SUBJECT, STAFF),
    }
    assert verify([entry], after.head)
    assert after.decisions["surveys"].decision is Decision.DENIED


def test_a_time_in_another_zone_is_kept_in_utc() -> None:
    east = RECEIVED.at.astimezone(timezone(timedelta(hours=9)))
    kept = desk.provenance(Received(Channel.PHONE, east), SUBJECT, STAFF)
    assert kept["desk"]["received_at"] == RECEIVED.at.astimezone(UTC).isoformat(
        timespec="milliseconds"
    ).replace("+00:00", "Z")
    assert "reference" not in kept["desk"]


def test_who_recorded_it_is_found_by_who_knows_the_desk_and_by_nobody_else() -> None:
    by = desk.recorded_by(SUBJECT, STAFF)
    assert STAFF not in by
    assert by == desk.recorded_by(SUBJECT, STAFF)
    others = {
        desk.recorded_by(SUBJECT, "c" * 26),
        desk.recorded_by("d" * 26, STAFF),
        desk.recorded_by(STAFF, SUBJECT),
    }
    assert by not in others
    assert len(others) == 3
