"""The report on a month's requests: counts and days by right, channel and outcome, without ids."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.requests.machine import Status
from chalicelib.requests.report import counted, report
from chalicelib.requests.service import statistics
from functions.http import desk_reports
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.desk.member import session
from tests.unit.desk.office import OFFICER, READER, REASON, Office
from tests.unit.web.sample import CONTEXT, Sent, event

PATH = "/v1/desk/reports/requests"
DAY = timedelta(days=1)
IMPORTED = statistics
"""Imported before tables take DynamoDB's place."""


def fetch(
    office: Office, by: str = OFFICER, accept: str = "application/json", **query: str
) -> Sent:
    """What the function of reports answers."""
    headers = {"Accept": accept, "Authorization": f"Bearer {session(office, by)}"}
    asked = {name: [value] for name, value in query.items()}
    return Sent(desk_reports.handler(event("GET", PATH, None, headers, asked), CONTEXT))


@pytest.fixture
def november(office: Office) -> Office:
    """Four requests of November, of which two are answered, and one of December."""
    port, late = office.ask("port"), office.ask("erase")
    office.entered("review", channel="phone", received_at=(NOW - DAY).isoformat())
    office.done(port, "extend", ground="number", reason=REASON)
    office.now = NOW + 12 * DAY
    office.done(port, "refuse", ground="not_covered")
    office.ask("port")  # on 4 December
    office.now = NOW + 40 * DAY
    office.done(late, "refuse", ground="no_ground")
    return office


def test_a_month_is_counted_by_right_channel_and_outcome(november: Office) -> None:
    found: Any = fetch(november, READER, month="2026-11").json
    assert {name: found[name] for name in ("received", "extended", "overdue")} == {
        "received": 3,
        "extended": 1,
        "overdue": 2,  # the erasure was late, and the review is
    }
    assert (found["median_days"], found["longest_days"]) == (26.0, 40)
    assert found["rights"] == {"erase": 1, "port": 1, "review": 1}
    assert found["channels"] == {"phone": 1, "website": 2}
    assert found["outcomes"] == {"open": 1, "refused": 2}
    rows = [(row["right"], row["channel"], row["outcome"]) for row in found["rows"]]
    assert rows == [
        ("erase", "website", "refused"),
        ("port", "website", "refused"),
        ("review", "phone", "open"),
    ]
    assert fetch(november, month="2026-12").json["received"] == 1
    assert fetch(november, month="2026-10").json["rows"] == []


def test_as_csv(november: Office) -> None:
    sent = fetch(november, accept="text/csv", month="2026-11")
    assert sent.status == 200
    assert sent.text.split("\r\n") == [
        "month,right,channel,outcome,received,median_days,longest_days,extended,overdue",
        "2026-11,erase,website,refused,1,40.0,40,0,1",
        "2026-11,port,website,refused,1,12.0,12,1,0",
        "2026-11,review,phone,open,1,,,0,1",
        "",
    ]


def test_it_has_no_ids_and_is_no_look(november: Office) -> None:
    looks = len(november.audited())
    assert SUBJECT not in fetch(november, month="2026-11").text
    assert len(november.audited()) == looks


@pytest.mark.parametrize("query", [{}, {"month": "2026-13"}, {"month": "november"}])
def test_what_is_no_month(office: Office, query: dict[str, str]) -> None:
    sent = fetch(office, **query)
    assert sent.status == 400
    assert [one["pointer"] for one in sent.json["errors"]] == ["/query/month"]
    assert fetch(office, SUBJECT, month="2026-11").status == 403


def test_more_than_a_page_is_counted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "_AT_ONCE", 2)
    for right in ("port", "erase", "review", "copy", "object"):
        office.ask(right)
    assert fetch(office, month="2026-11").json["received"] == 5


def test_what_counts() -> None:
    received = date(2026, 11, 20)

    def one(status: Status, answered: date | None = None) -> Any:
        return counted("port", "post", status, (received, answered), extended=False, overdue=False)

    closed = [one(Status.COMPLETED, received + days * DAY) for days in (1, 2, 9)]
    others = [one(Status.CANCELLED, received + 50 * DAY), one(Status.PAUSED), one(Status.RECEIVED)]
    found = report("2026-11", [*closed, *others])
    assert (found.whole.median_days, found.whole.longest_days) == (2.0, 9)
    assert found.outcomes == {"cancelled": 1, "completed": 3, "open": 2}
    assert report("2026-11", []).whole.median_days is None
