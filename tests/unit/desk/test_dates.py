"""The table of dates, entered at the desk as letters, and read there: each day and its reason.

Where a row has events, the desk acts at their moments: it extends, asks, and goes on. An act that
comes too late is refused by 409, and the row's day is that without it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.requests.clock.deadline import Deadline
from tests.unit.desk.office import REASON, Office
from tests.unit.requests.deadline_rows import ROWS, Row
from tests.unit.requests.test_deadline import found, moment

ENTERED = [
    row
    for row in ROWS
    if (row.zone, row.country) == ("Europe/Rome", "IT") and "proof" not in row.facts
]
ACTS: dict[str, dict[str, str]] = {
    "extended": {"action": "extend", "ground": "complexity", "reason": REASON},
    "clarification": {"action": "pause", "ground": "clarification", "text": "Which year?"},
    "identity": {"action": "pause", "ground": "identity"},
    "continued": {"action": "resume"},
}


def entered(office: Office, row: Row) -> str:
    """The letter of a row, with what happened to it; its id."""
    office.set_clock(moment(row.received))
    request: str = office.entered("copy")["id"]
    for part in row.facts.split(", ") if row.facts else ():
        event, at = part.split(" ", 1)
        office.set_clock(moment(at))
        sent = office.does(request, **ACTS[event])
        assert sent.status in (200, 409), sent.text
        office.work_off()
    office.set_clock(moment(row.now))
    return request


def clock(shown: Any) -> dict[str, Any]:
    """What an answer says of the clock."""
    return {
        "received_on": shown["received_on"],
        "due_on": shown["due_on"],
        "extended": shown["extended"],
        **shown["clock"],
    }


def expected(deadline: Deadline) -> dict[str, Any]:
    """The same of a deadline that was computed from the row's facts alone."""
    extended_on = deadline.extended_on
    return {
        "received_on": str(deadline.received_on),
        "due_on": str(deadline.due_on),
        "extended": extended_on is not None,
        "counted_from": str(deadline.received_on),
        "first_due_on": str(deadline.first_due_on),
        "extended_on": None if extended_on is None else str(extended_on),
        "pauses": [
            {
                "cause": str(pause.cause),
                "since": str(pause.since),
                "until": None if pause.until is None else str(pause.until),
                "days": pause.days,
            }
            for pause in deadline.pauses
        ],
        "ends_on": str(deadline.ends_on),
        "days_off": [{"on": str(day), "why": str(why)} for day, why in deadline.days_off],
    }


def test_there_are_enough() -> None:
    assert len(ENTERED) >= 67


@pytest.mark.parametrize("row", ENTERED, ids=lambda row: f"{row.received}: {row.why}")
def test_the_desk_reads_the_day_of_the_table_and_why(office: Office, row: Row) -> None:
    shown = office.read(entered(office, row))
    assert shown["due_on"] == row.due
    assert clock(shown) == expected(found(row))
    listed = office.listed()["items"]
    assert [clock(one) for one in listed] == [clock(shown)]


def test_a_letter_that_lay_for_a_while_counts_from_its_day(office: Office) -> None:
    office.set_clock(moment("2026-12-10 09:00"))
    shown = office.entered("port", received_at="2026-11-25T10:00:00+01:00")
    assert (shown["received_on"], shown["due_on"]) == ("2026-11-25", "2026-12-28")
    assert shown["history"][0]["at"].startswith("2026-12-10")


@pytest.mark.parametrize(
    ("received", "day"),
    [
        ("2026-11-30T23:59:00+01:00", "2026-11-30"),
        ("2026-12-01T00:30:00+01:00", "2026-12-01"),
        ("2026-11-30T23:30:00Z", "2026-12-01"),
    ],
)
def test_the_day_of_receipt_is_that_of_rome(office: Office, received: str, day: str) -> None:
    office.set_clock(moment("2026-12-10 09:00"))
    assert office.entered("port", received_at=received)["received_on"] == day


def test_a_letter_that_lay_too_long_is_late_already(office: Office) -> None:
    office.set_clock(moment("2026-12-10 09:00"))
    received = office.now - timedelta(days=5 * 365)
    shown = office.entered("port", received_at=received.isoformat())
    assert shown["overdue"]
    assert date.fromisoformat(shown["due_on"]) < office.now.date()
    assert datetime.fromisoformat(shown["received_at"]) == received.replace(microsecond=0)
