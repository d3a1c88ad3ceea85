"""The desk's page of a month of retention: the report, a file, and what comes to its end soon."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from chalicelib.desk.pages import retention as page
from chalicelib.pages.languages import languages
from chalicelib.retention import outlook
from chalicelib.retention.evidence.presentation import report_csv
from chalicelib.retention.outlook import MOST
from chalicelib.retention.records import LANE
from chalicelib.storage import keys
from tests.unit.core.samples import NOW, association, shipped_in
from tests.unit.desk.member import words
from tests.unit.desk.office import OFFICER, READER
from tests.unit.desk.shelf import links, opens
from tests.unit.retention.evidence.test_report import MONTH, OTHER, RULE, Desk, erased, held
from tests.unit.web.accessible import check_accessible

PAGE, TABLE = "/desk/retention", "/desk/retention/table"
DAY = timedelta(days=1)
IMPORTED = page, outlook
"""Imported by the page when it is opened, but here before tables take DynamoDB's place."""


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
    made = Desk(monkeypatch)
    made.ran(erased(97), held())
    made.ran(erased(5, rule=OTHER))
    return made


def waits(desk: Desk, number: int, after: timedelta, shard: int | None = None) -> None:
    """A record of a rule, due after so long."""
    place = f"S#{number:026}", "core#standing#"
    lane = keys.shards(LANE)[number % 16 if shard is None else shard]
    texts = {
        "pk": place[0],
        "sk": place[1],
        "kind": "standing",
        "lane": lane,
        "due_at": (desk.now + after).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "due_event": "last_decision",
        "due_since": desk.now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    desk.tables.items[False, *place] = {name: {"S": text} for name, text in texts.items()}


@pytest.mark.parametrize("by", [OFFICER, READER])
def test_a_month_by_rule_with_chart_and_table(desk: Desk, by: str) -> None:
    sent = opens(desk, PAGE, who=by)
    assert sent.status == 200
    text = words(sent)
    assert desk.notice.retention[RULE].title["en"] in text
    for label in ("Looked at", "Ended", "Not done", "Oldest when looked at"):
        assert f'columnheader" scope="col">{label}<' in sent.text
    assert "erased: 97" in text
    assert "30 minutes" in text
    assert "<svg" in sent.text
    assert " style=" not in sent.text
    assert "<form" not in sent.text.partition("<main")[2]
    assert 'id="root"' in sent.text


def test_the_file_is_the_operation_s_and_names_nobody(desk: Desk) -> None:
    (address,) = [one for one in links(opens(desk, PAGE)) if TABLE in one]
    assert address == f"https://privacy.example{TABLE}?month={MONTH}&lang=en"
    sent = opens(desk, TABLE, month=MONTH)
    from chalicelib.retention.evidence import month

    assert sent.text.encode() == report_csv(month.of_month(MONTH, None, desk.notice))
    assert sent.headers["Content-Disposition"] == f'attachment; filename="retention-{MONTH}.csv"'


def test_other_months_are_links_and_none_that_has_not_begun(desk: Desk) -> None:
    shown = [one for one in links(opens(desk, PAGE)) if "month=" in one and TABLE not in one]
    assert [re.findall(r"month=(\d{4}-\d\d)", one)[0] for one in shown] == ["2025-11", "2026-10"]
    shown = [one for one in links(opens(desk, PAGE, month="2026-01")) if TABLE not in one]
    assert [re.findall(r"month=(\d{4}-\d\d)", one) for one in shown] == [
        ["2025-01"],
        ["2025-12"],
        ["2026-02"],
    ]
    shown = [one for one in links(opens(desk, PAGE, month="2000-01")) if TABLE not in one]
    assert [re.findall(r"month=(\d{4}-\d\d)", one) for one in shown] == [["2000-02"]]


@pytest.mark.parametrize(
    ("month", "told"),
    [
        ("2026-10", "No record of this month is kept here"),
        ("2999-12", "The month has not begun"),
        ("2000-01", "No record of this month is kept here"),
    ],
)
def test_an_empty_month_says_so(desk: Desk, month: str, told: str) -> None:
    sent = opens(desk, PAGE, month=month)
    assert sent.status == 200
    assert told in words(sent)
    assert "<svg class" not in sent.text
    assert opens(desk, TABLE, month=month).status == 200


@pytest.mark.parametrize(
    "month",
    ["", "2026-13", "0000-00", "1999-12", "9999-12", "2026-1", "x" * 900, "../x", "2026-11\n"],
)
def test_what_is_no_month_is_this_one(desk: Desk, month: str) -> None:
    sent = opens(desk, PAGE, month=month)
    assert sent.status == 200
    assert "Retention in November 2026" in words(sent)


def test_what_comes_to_its_end_soon_is_counted_by_rule(desk: Desk) -> None:
    assert "Nothing comes to its end by" in words(opens(desk, PAGE))
    for number in range(3):
        waits(desk, number, (1 + number) * DAY)
    waits(desk, 9, 31 * DAY)
    text = words(opens(desk, PAGE))
    first = (desk.now + DAY).astimezone(desk.notice.zone)
    title = desk.notice.retention[RULE].title["en"]
    assert f"{title} 3 {first:%B} {first.day}, {first.year}" in text or (
        f"{title} 3 {first.day} {first:%B} {first.year}" in text
    )
    assert "There are more" not in text


def test_the_outlook_counts_a_bounded_number_and_says_so(desk: Desk) -> None:
    for number in range(MOST + 5):
        waits(desk, number, DAY, shard=0)
    found = outlook.outlook(desk.notice, desk.now)
    assert ([one.count for one in found.rules], found.more) == ([MOST], True)
    assert "There are more: only the first 100" in words(opens(desk, PAGE))


def test_records_that_no_rule_names_and_broken_ones_break_nothing(desk: Desk) -> None:
    waits(desk, 1, DAY)
    place = (False, f"S#{1:026}", "core#standing#")
    desk.tables.items[place]["due_event"] = {"S": "unheard_of"}
    waits(desk, 2, DAY)
    del desk.tables.items[False, f"S#{2:026}", "core#standing#"]["due_since"]
    (found,) = outlook.outlook(desk.notice, desk.now).rules
    assert (found.rule, found.count) == ("-", 1)
    assert "No rule 1" in words(opens(desk, PAGE))


@pytest.mark.parametrize("language", languages())
def test_it_stands_in_every_language(desk: Desk, language: str) -> None:
    desk.notice = shipped_in(*languages())
    waits(desk, 1, DAY)
    sent = opens(desk, PAGE, lang=language)
    check_accessible(sent.text, language)


def test_another_organisation_has_its_own_and_nothing_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
    desk = Desk(monkeypatch)
    desk.notice = desk.versions[association().version] = association()
    sent = opens(desk, PAGE)
    assert sent.status == 200
    assert NOW.year == 2026
    assert "No record of this month is kept here" in words(sent)
