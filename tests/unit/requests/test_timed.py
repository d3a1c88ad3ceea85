"""A request's deadline, recomputed from its facts, and the JSON of both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chalicelib.errors import NoticeTooOld
from chalicelib.notices.compiler import load_published
from chalicelib.notices.model import Notice
from chalicelib.requests.contract import course
from chalicelib.requests.machine import Action, Actor, Entry, Status, advanced
from chalicelib.requests.model import Request, timed
from chalicelib.requests.presentation import request_shown
from tests.product import product_document
from tests.unit.core.samples import shipped

RECEIVED = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)
"""Half past midnight of Friday 27 November in Rome."""

DAY = timedelta(days=1)
SCHEMA = course.CANCEL.answers[200].schema or {}
P, D, S = Actor.PERSON, Actor.DESK, Actor.SYSTEM


def request(*steps: tuple[int, Action, Actor, str | None], right: str = "copy") -> Request:
    """A request that was received and had these events, so many days later."""
    history = advanced((), Action.SUBMIT, P, RECEIVED)
    for days, action, actor, reason in steps:
        history = advanced(history, action, actor, RECEIVED + days * DAY, reason)
    last = history[-1]
    closed = last.at if last.status in (Status.COMPLETED, Status.REFUSED) else None
    return Request("q" * 26, right, last.status, "website", RECEIVED, closed, history)


def shown(known: Request, now: datetime, notice: Notice | None = None) -> Any:
    """The JSON of a request, which fits the contract."""
    found = request_shown(timed(known, notice or shipped(), now))
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(found)] == []
    return found


def test_the_day_of_receipt_is_that_of_the_zone_and_holidays_move_the_end() -> None:
    found = shown(request(), RECEIVED)
    assert found["received_on"] == found["clock"]["counted_from"] == "2026-11-27"
    assert found["clock"]["ends_on"] == "2026-12-27"
    assert found["clock"]["days_off"] == [{"on": "2026-12-27", "why": "sunday"}]
    assert found["due_on"] == found["clock"]["first_due_on"] == "2026-12-28"
    assert found["due_at"] == "2026-12-28T22:59:59.999Z"
    assert found["history"] == [
        {
            "at": "2026-11-26T23:30:00.000Z",
            "status": "received",
            "event": "submit",
            "by": "person",
            "reason": None,
            "text": "The request was received.",
        }
    ]


@pytest.mark.parametrize(("late", "overdue"), [(0, False), (1, True)])
def test_it_is_overdue_after_the_last_millisecond(late: int, overdue: bool) -> None:
    due_at = timed(request(), shipped(), RECEIVED).deadline.due_at
    assert shown(request(), due_at + late * timedelta(milliseconds=1))["overdue"] is overdue


def test_an_extension_and_a_pause_are_told_with_their_days() -> None:
    known = request(
        (3, Action.PAUSE, D, "clarification"),
        (5, Action.ANSWER, P, None),
        (9, Action.EXTEND, D, "complexity"),
    )
    found = shown(known, RECEIVED + 10 * DAY)
    assert found["extended"] is True
    assert found["clock"]["extended_on"] == "2026-12-06"
    assert found["clock"]["pauses"] == [
        {"cause": "clarification", "since": "2026-11-30", "until": "2026-12-02", "days": 2}
    ]
    assert found["clock"]["first_due_on"] == "2026-12-29"
    assert found["due_on"] == found["clock"]["ends_on"] == "2027-03-01"
    assert found["history"][3]["reason"] == "complexity"


def test_a_stopped_clock_says_since_when() -> None:
    known = request((3, Action.PAUSE, D, "clarification"))
    found = shown(known, RECEIVED + 6 * DAY)
    assert found["paused_since"] == "2026-11-29T23:30:00.000Z"
    assert found["clock"]["pauses"][0]["days"] == 3


def test_a_closed_request_has_the_clock_of_its_answer() -> None:
    known = request((3, Action.PAUSE, D, "identity"), (20, Action.REFUSE, D, "not_identified"))
    early, late = shown(known, RECEIVED + 20 * DAY), shown(known, RECEIVED + 400 * DAY)
    assert early == late
    assert (late["overdue"], late["paused_since"]) == (False, None)
    assert (late["status"], late["outcome"]) == ("refused", "refused")


def test_a_dispute_has_a_clock_of_its_own_and_keeps_the_outcome() -> None:
    known = request((20, Action.REFUSE, D, "no_ground"), (30, Action.DISPUTE, P, None))
    found = shown(known, RECEIVED + 31 * DAY)
    assert (found["status"], found["outcome"]) == ("in_progress", "refused")
    assert found["disputed"] is True
    assert found["received_on"] == "2026-11-27"
    assert found["clock"]["counted_from"] == "2026-12-27"
    assert found["due_on"] == "2027-01-27"


def test_a_request_of_an_earlier_release_is_shown() -> None:
    history = (Entry(RECEIVED, Status.RECEIVED), Entry(RECEIVED + DAY, Status.COMPLETED))
    known = Request(
        "q" * 26, "copy", Status.COMPLETED, "website", RECEIVED, RECEIVED + DAY, history
    )
    found = shown(known, RECEIVED + 90 * DAY)
    assert (found["due_on"], found["overdue"]) == ("2026-12-28", False)
    assert [entry["event"] for entry in found["history"]] == [None, None]


def test_a_notice_without_working_days_has_no_deadline() -> None:
    document = product_document()
    del document["requests"]["calendar"]
    assert timed(request(), load_published(document), RECEIVED)  # the controller's country tells it
    del document["controller"]["country"]
    with pytest.raises(NoticeTooOld):
        timed(request(), load_published(document), RECEIVED)
