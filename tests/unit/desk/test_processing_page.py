"""The page of the record of processing activities: what the notice says, as a page and a file."""

from __future__ import annotations

import csv
import io

import pytest

from chalicelib.notices.processing import report_csv
from chalicelib.pages.languages import languages
from tests.unit.core.samples import association, shipped_in
from tests.unit.desk.member import words
from tests.unit.desk.office import OFFICER, READER, Office
from tests.unit.desk.shelf import links, opens
from tests.unit.web.accessible import check_accessible

PAGE, TABLE = "/desk/processing", "/desk/processing/table"


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")


def test_every_activity_is_told_with_what_article_30_asks_for(office: Office) -> None:
    page = opens(office, PAGE)
    assert page.status == 200
    text = words(page)
    for purpose in office.notice.purposes.values():
        assert f'id="activity-{purpose.id}"' in page.text
        assert office.notice.text(purpose.title, "en") in text
    for label in ("Controller", "Categories of data subjects", "time limits", "Transfers"):
        assert label in text
    assert office.notice.version in text
    assert office.notice.digest in text


@pytest.mark.parametrize("by", [OFFICER, READER])
def test_the_file_is_the_operation_s_and_names_nobody(office: Office, by: str) -> None:
    (address,) = [one for one in links(opens(office, PAGE, who=by)) if TABLE in one]
    assert address == f"https://privacy.example{TABLE}?lang=en"
    sent = opens(office, TABLE, who=by)
    assert sent.text.encode() == report_csv(office.notice, "en")
    name = f'attachment; filename="processing-{office.notice.version}.csv"'
    assert sent.headers["Content-Disposition"] == name
    assert sent.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert sent.headers["Cache-Control"] == "no-store"
    read = list(csv.reader(io.StringIO(sent.text, newline="")))
    assert len(read) == len(office.notice.purposes) + 1


def test_a_look_at_it_is_no_entry_of_the_audit(office: Office) -> None:
    assert opens(office, PAGE).status == 200
    assert opens(office, TABLE).status == 200
    assert office.audited() == []


def test_another_organisation_has_its_own(office: Office) -> None:
    office.notice = association()
    page = opens(office, PAGE, lang="en")
    assert page.status == 200
    for purpose in office.notice.purposes.values():
        assert f'id="activity-{purpose.id}"' in page.text
    assert opens(office, TABLE, lang="en").status == 200


@pytest.mark.parametrize("language", languages())
def test_it_stands_in_every_language(office: Office, language: str) -> None:
    office.notice = shipped_in(*languages())
    page = opens(office, PAGE, lang=language)
    assert page.headers["Content-Language"] == language
    check_accessible(page.text, language)
