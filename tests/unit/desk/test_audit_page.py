"""The page of the audit: views and acts by ids, filtered, in pages, with their chain verified."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from chalicelib.audit import service as audit
from chalicelib.audit.model import Act, Action, Outcome
from chalicelib.audit.store import EntryItem
from chalicelib.desk.contract.report_pages import ENTRIES
from chalicelib.pages.languages import languages
from chalicelib.pages.words import words as texts
from tests.unit.core.samples import SUBJECT, association, shipped_in
from tests.unit.desk.member import words
from tests.unit.desk.office import OFFICER, OTHER, READER, Office
from tests.unit.desk.shelf import links, opens
from tests.unit.web.accessible import check_accessible

PAGE = "/desk/audit"
REQUEST = "q" * 26


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")


def looks(office: Office, by: str = OFFICER, action: Action = Action.REQUEST_READ) -> None:
    """An entry, a second later."""
    office.now += timedelta(seconds=1)
    audit.record(Act(by, action, SUBJECT, REQUEST), office.notice)


def numbers(text: str) -> list[int]:
    """The numbers of the entries that a page shows."""
    return [int(one) for one in re.findall(r'<div class="quiet small code">(\d+) ·', text)]


@pytest.mark.parametrize("by", [OFFICER, READER])
def test_it_says_who_did_what_when_and_that_it_is_whole(office: Office, by: str) -> None:
    looks(office)
    looks(office, OTHER, Action.SUBJECT_SEARCHED)
    sent = opens(office, PAGE, who=by)
    assert sent.status == 200
    assert numbers(sent.text) == [2, 1]
    text = words(sent)
    assert "Verified: the entries 1 to 2 (2) are as they were written" in text
    assert f"Looked at a request person {SUBJECT[:8]} request {REQUEST[:8]}" in text
    assert "Searched for a person" in text
    assert OTHER[:8] in text
    assert 'role="alert"' not in sent.text


def test_a_look_at_it_is_no_entry_of_its_own(office: Office) -> None:
    looks(office)
    assert opens(office, PAGE).status == 200
    assert len(office.audited()) == 1


def test_views_and_acts_of_the_desk_are_in_it(office: Office) -> None:
    request = office.ask("port")
    office.read(request)
    office.done(request, "note", text="Somebody's words.")
    sent = opens(office, PAGE, request=request)
    assert [one.split(" person")[0] for one in re.findall(r"[NL]o[^.]*? person", words(sent))]
    assert numbers(sent.text) == [2, 1]
    assert "Somebody" not in sent.text
    addresses = links(sent)
    assert f"https://privacy.example/desk/requests/{request}?lang=en" in addresses


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"by": OTHER}, [2]),
        ({"subject": SUBJECT}, [3, 2, 1]),
        ({"subject": OFFICER}, []),
        ({"request": REQUEST}, [3, 2, 1]),
        ({"action": "subject_searched"}, [2]),
        ({"by": OTHER, "action": "request_read"}, []),
        ({"from": "2026-11-22", "to": "2026-11-22"}, [3, 2, 1]),
        ({"from": "2026-11-23"}, []),
        ({"to": "2026-11-21"}, []),
        ({"by": "", "subject": " ", "action": "", "from": ""}, [3, 2, 1]),
    ],
)
def test_a_filter_leaves_what_fits(
    office: Office, query: dict[str, str], expected: list[int]
) -> None:
    looks(office)
    looks(office, OTHER, Action.SUBJECT_SEARCHED)
    looks(office)
    sent = opens(office, PAGE, **query)
    assert sent.status == 200
    assert numbers(sent.text) == expected
    assert ("There are no such entries" in words(sent)) == (not expected)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"by": "ada@example.org"}, "Who of the desk (number)"),
        ({"subject": "<script>alert(1)</script>"}, "Person (number)"),
        ({"request": "x" * 1_900}, "Request (number)"),
        ({"action": "everything"}, "Action"),
        ({"from": "2026-02-29"}, "From this day"),
        ({"to": "0001-01-01"}, "Up to this day"),
        ({"from": "2026-11-22T10:00:00Z"}, "From this day"),
        ({"from": "2026-11-23", "to": "2026-11-22"}, "The last day is before the first one"),
    ],
)
def test_what_is_no_filter_gives_its_findings_and_shows_nothing(
    office: Office, query: dict[str, str], told: str
) -> None:
    looks(office)
    sent = opens(office, PAGE, **query)
    assert sent.status == 400
    assert told in words(sent)
    assert 'role="alert"' in sent.text
    assert numbers(sent.text) == []
    assert "<script>alert" not in sent.text


@pytest.mark.parametrize("query", [{"by": "?"}, {"cursor": "?"}, {"from": "x" * 900}])
def test_it_tells_nothing_to_somebody_without_a_role(office: Office, query: dict[str, str]) -> None:
    sent = opens(office, PAGE, who=SUBJECT, **query)
    assert sent.status == 404
    assert sent.text == opens(office, PAGE, who=SUBJECT).text


@pytest.mark.parametrize("cursor", ["none", "x" * 1_500, "e30", "?"])
def test_what_is_no_place_in_the_list_is_refused(office: Office, cursor: str) -> None:
    assert opens(office, PAGE, cursor=cursor).status == 400


def test_older_entries_are_behind_a_link_that_keeps_the_filter(office: Office) -> None:
    for _ in range(ENTRIES + 3):
        looks(office)
    sent = opens(office, PAGE, who=READER, subject=SUBJECT)
    assert len(numbers(sent.text)) == ENTRIES
    (address,) = links(sent, rel="next")
    query = dict(parse_qsl(urlsplit(address).query))
    assert query["subject"] == SUBJECT
    older = opens(office, PAGE, **query)
    assert numbers(older.text) == [3, 2, 1]
    assert links(older, rel="next") == []


def test_an_entry_that_was_changed_is_told_first(office: Office) -> None:
    for _ in range(3):
        looks(office)
    entries = [one for one in office.tables.all(EntryItem) if "head" not in one.sk]
    changed = next(one for one in entries if one.seq == 2)
    changed.outcome = str(Outcome.NOT_FOUND)
    office.tables.put(changed)
    sent = opens(office, PAGE)
    assert 'role="alert"' in sent.text
    assert "Entry 2 is not as it was written" in words(sent)
    assert "Verified" not in words(sent)


def test_an_action_of_a_later_release_is_shown_by_its_code(office: Office) -> None:
    looks(office)
    (entry,) = (one for one in office.tables.all(EntryItem) if "head" not in one.sk)
    entry.action = "something_new"
    office.tables.put(entry)
    assert "something_new" in words(opens(office, PAGE))


def test_another_organisation_s_desk_has_its_own(office: Office) -> None:
    office.notice = association()
    sent = opens(office, PAGE)
    assert sent.status == 200
    assert numbers(sent.text) == []


@pytest.mark.parametrize("language", languages())
def test_it_stands_in_every_language_with_a_word_for_each_action(
    office: Office, language: str
) -> None:
    office.notice = shipped_in(*languages())
    looks(office)
    check_accessible(opens(office, PAGE, lang=language).text, language)
    check_accessible(opens(office, PAGE, lang=language, to="?").text, language)
    said = texts("desk_reports", language)
    assert {f"action.{one}" for one in Action} <= set(said)
    assert {f"outcome.{one}" for one in Outcome if one is not Outcome.DONE} <= set(said)
