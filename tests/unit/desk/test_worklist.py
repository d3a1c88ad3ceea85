"""The desk's lists: open requests by due day with filters, closed ones by month, and their cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.requests import store
from chalicelib.requests.machine import Status
from chalicelib.requests.service import worklist
from chalicelib.storage import keys
from tests.unit.core.samples import NOW, SUBJECT
from tests.unit.desk.office import OFFICER, READER, REASON, REQUESTS, Office

DAY = timedelta(days=1)
RIGHTS = ("port", "erase", "review", "copy")


def filled(office: Office, days: int = 1) -> list[str]:
    """An open request of each right, some days apart; their ids by due day."""
    found = []
    for right in RIGHTS:
        found.append(office.ask(right))
        office.now += days * DAY
    return found


def ids(page: Any) -> list[str]:
    """The ids on a page."""
    return [one["id"] for one in page["items"]]


def pages(office: Office, **query: str) -> list[str]:
    """The ids on all pages."""
    page = office.listed(**query)
    found = ids(page)
    while page["next"]:
        page = office.listed(cursor=page["next"], **query)
        found += ids(page)
    return found


def test_open_ones_come_by_their_due_day(office: Office) -> None:
    made = filled(office, 7)
    office.done(made[0], "extend", ground="number", reason=REASON)
    assert ids(office.listed()) == [*made[1:], made[0]]
    assert [one["subject"] for one in office.listed()["items"]] == [SUBJECT] * 4
    assert pages(office, limit="1") == pages(office, limit="3") == [*made[1:], made[0]]


def test_what_is_answered_is_listed_by_its_month(office: Office) -> None:
    made = filled(office)
    office.done(made[1], "refuse", ground="no_ground")
    office.now += 30 * DAY
    office.done(made[0], "refuse", ground="not_covered")
    assert pages(office) == made[2:]
    assert ids(office.listed(closed_in="2026-11")) == [made[1]]
    assert ids(office.listed(closed_in="2026-12")) == [made[0]]
    assert ids(office.listed(closed_in="2026-10")) == []
    assert ids(office.listed(closed_in="2026-12", right="erase")) == []


def test_filters(office: Office) -> None:
    made = filled(office, 7)
    office.done(made[3], "pause", ground="clarification", text="Which?")
    assert ids(office.listed(right="erase")) == [made[1]]
    assert ids(office.listed(status="paused")) == [made[3]]
    assert ids(office.listed(status="in_progress")) == []
    due = [one["due_on"] for one in office.listed()["items"]]
    assert ids(office.listed(due_before=due[2])) == made[:2]
    assert ids(office.listed(due_before="0001-01-01")) == []
    assert ids(office.listed(due_before="9999-12-31")) == made
    assert ids(office.listed(overdue="true")) == []
    assert ids(office.listed(overdue="false")) == made
    office.now = NOW + 31 * DAY
    assert ids(office.listed(overdue="true")) == [made[0]]
    assert pages(office, overdue="false", limit="1") == made[1:]


def test_the_month_is_that_of_the_notices_zone(office: Office) -> None:
    request = office.ask("port")
    office.now = office.now.replace(month=11, day=30, hour=23, minute=30)  # half past midnight
    office.done(request, "refuse", ground="not_covered")
    assert ids(office.listed(closed_in="2026-12")) == [request]


@pytest.mark.parametrize("count", [100, 10_000])
def test_a_page_costs_the_same_among_few_and_many(office: Office, count: int) -> None:
    request = office.ask("port")
    item = office.stored(request)
    for number in range(count):
        copy = store.RequestItem.from_raw_data(item.serialize())
        copy.pk, copy.sk = store.request_place(f"{number:026d}".replace("0", "a"), "b" * 26)
        copy.pk = keys.subject(f"{number:026d}")
        copy.sealed_fields = frozenset()
        office.tables.put(copy)
    office.steps.names.clear()
    assert len(office.listed(limit="3")["items"]) == 3
    assert office.steps.names == ["batch", "shelf", "batch"]


def test_a_page_with_a_filter_looks_at_so_many(office: Office) -> None:
    request = office.ask("port")
    item = office.stored(request)
    for number in range(worklist.LOOKS * 100):
        copy = store.RequestItem.from_raw_data(item.serialize())
        copy.pk = keys.subject(f"{number:026d}")
        copy.sealed_fields = frozenset()
        office.tables.put(copy)
    page = office.listed(right="erase")
    assert ids(page) == []
    assert page["next"] is not None
    assert office.listed(right="erase", cursor=page["next"])["next"] is None


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"status": "open"}, "/query/status"),
        ({"right": "everything"}, "/query/right"),
        ({"due_before": "tomorrow"}, "/query/due_before"),
        ({"overdue": "maybe"}, "/query/overdue"),
        ({"closed_in": "2026-13"}, "/query/closed_in"),
        ({"cursor": "bm9uc2Vuc2U"}, "/query/cursor"),
        (
            {"cursor": "eyJhdCI6Ii0xIiwic3ViamVjdCI6ImEiLCJyZXF1ZXN0IjoiYiJ9"},
            "/query/cursor",
        ),
    ],
)
def test_what_is_no_filter(office: Office, query: dict[str, str], pointer: str) -> None:
    sent = office.call("GET", REQUESTS, query=query)
    assert sent.status == 400
    assert [one["pointer"] for one in sent.json["errors"]] == [pointer]


def test_who_may_read_it(office: Office) -> None:
    filled(office)
    assert len(ids(office.call("GET", REQUESTS, by=READER).json)) == 4
    assert office.call("GET", REQUESTS, by=None).status == 401
    assert office.call("GET", REQUESTS, by=SUBJECT).status == 403
    assert office.call("GET", REQUESTS, by=OFFICER).status == 200
    assert office.audited() == []  # no words of anybody are shown


def test_what_the_index_shows_too_late_is_left_out(office: Office) -> None:
    made = filled(office)
    item = office.stored(made[0])
    item.status = str(Status.REFUSED)
    item.sealed_fields = frozenset()
    office.tables.put(item)
    gone = office.stored(made[1])
    place = (False, gone.pk, gone.sk)
    office.tables.items[place]["kind"] = {"S": "request"}
    assert ids(office.listed()) == made[1:]
