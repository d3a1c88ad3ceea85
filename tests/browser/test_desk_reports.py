"""The desk's reports in a browser: read and taken home, with a mouse or a keyboard alone."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page

from chalicelib.audit.model import Action
from chalicelib.jobs.service import Ticket
from chalicelib.pages.languages import languages
from chalicelib.webhooks.model import Status
from tests.browser.chromium import Browsers
from tests.browser.hands import Keyboard, Mouse
from tests.browser.judge import NARROW, faults
from tests.browser.officer import Officer, signs_in
from tests.functions.api import Api
from tests.functions.second_factor import Device
from tests.functions.stack import DeployedStack
from tests.unit.core.samples import shipped_in
from tests.unit.desk.shelf import opens, sends
from tests.unit.desk.test_audit_page import looks
from tests.unit.desk.test_failures_page import failed
from tests.unit.retention.evidence.test_report import Desk as Reports
from tests.unit.retention.evidence.test_report import erased, held

PROCESSING, ACTIVITIES = "/desk/processing", "/desk/processing/table"
AUDIT, FAILURES = "/desk/audit", "/desk/failures"
RETENTION, MONTH = "/desk/retention", "/desk/retention/table"


@pytest.mark.parametrize(
    ("locale", "width", "script"), [("it", 390, False), ("en", 1280, True)], ids=["mouse", "keys"]
)
def test_an_officer_reads_the_reports(
    browsers: Browsers,
    api: Api,
    stack: DeployedStack,
    staff: Device,
    locale: str,
    width: int,
    script: bool,
) -> None:
    with browsers.reader(api.base_url, locale, width, script) as reader:
        officer = Officer(reader, Keyboard(reader.page) if script else Mouse())
        signs_in(officer, staff, f"/desk?lang={locale}")
        officer.goes(reader.page.locator(f".tabs a[href*='{RETENTION}']").first)
        assert (officer.place, reader.language) == (RETENTION, locale)
        assert read_table(officer, f"a[href*='{MONTH}']")[0][:2] == ["month", "rule"]
        officer.goes(officer.part("nav a[href*='month=']"))
        assert officer.place == RETENTION

        officer.goes(reader.page.locator(f".tabs a[href*='{PROCESSING}']").first)
        assert (officer.place, reader.language) == (PROCESSING, locale)
        rows = read_table(officer, f"a[href*='{ACTIVITIES}']")
        assert len(rows) == officer.reader.page.locator("section h2[id^=activity-]").count() + 1

        url = stack.outputs["MailDeadLettersUrl"]
        letters = stack.client("sqs")
        letters.purge_queue(QueueUrl=url)
        letters.send_message(QueueUrl=url, MessageBody=Ticket("a" * 26, "b" * 26).body())
        officer.goes(reader.page.locator(f".tabs a[href*='{FAILURES}']").first)
        assert officer.place == FAILURES
        assert "bbbbbbbb" in officer.text
        officer.hand.press(officer.part("details:has(input[value='mail']) > summary"))
        officer.goes(officer.part("form:has(input[value='mail']) button"))
        assert officer.place == f"{FAILURES} letters"
        assert officer.part("[role=status]").count() == 1
        assert officer.part("form").count() == 0
        officer.goes(reader.page.locator(f".tabs a[href*='{AUDIT}']").first)
        assert officer.place == AUDIT
        assert officer.part(".note.good").count() == 1
        officer.hand.press(officer.part("details > summary"))
        officer.hand.write(reader.field("subject"), "nobody")
        officer.goes(officer.part("form button"), 400)
        officer.goes(officer.part("form a.button"))
        officer.goes(officer.part("td a.code"))
        assert officer.part("details[open]").count() == 1
        assert [one for one in reader.complaints if "400" not in one] == []


def read_table(officer: Officer, link: str) -> list[list[str]]:
    """The rows of the file that a link of the page leads to."""
    with officer.reader.page.expect_download() as waited:
        officer.hand.press(officer.part(link))
    assert waited.value.suggested_filename.endswith(".csv")
    text = Path(waited.value.path()).read_bytes().decode()
    return list(csv.reader(io.StringIO(text, newline="")))


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Reports:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
    made = Reports(monkeypatch)
    made.notice = shipped_in(*languages())
    made.ran(erased(97), held())
    made.now += timedelta(days=1)
    made.ran(erased(12, timedelta(hours=60)))
    for number, status in enumerate(Status):
        failed(made, status, number=number)
    for number in range(12):
        looks(made, action=list(Action)[number])
    return made


def states(office: Reports, language: str) -> dict[str, str]:
    """The pages of reports in the states that differ."""
    return {
        "retention": opens(office, RETENTION, lang=language).text,
        "empty month": opens(office, RETENTION, lang=language, month="2026-01").text,
        "audit": opens(office, AUDIT, lang=language).text,
        "audit, refused": opens(office, AUDIT, lang=language, subject="x", to="y").text,
        "failures": opens(office, FAILURES, lang=language).text,
        "failures, gone": sends(office, FAILURES, what="propagation").text,
        "processing": opens(office, PROCESSING, lang=language).text,
    }


def test_axe_has_nothing_to_say(office: Reports, judge: Page) -> None:
    for name, text in states(office, "it").items():
        assert faults(judge, text) == [], name


@pytest.mark.parametrize("language", [one for one in languages() if one != "it"])
def test_no_language_goes_beyond_a_phone(office: Reports, judge: Page, language: str) -> None:
    judge.set_viewport_size({"width": NARROW, "height": 900})
    for name, text in states(office, language).items():
        judge.set_content(text)
        assert judge.evaluate("document.documentElement.scrollWidth") <= NARROW, name


def test_a_month_of_retention_prints_whole_and_in_black(office: Reports, judge: Page) -> None:
    judge.set_content(states(office, "en")["retention"])
    judge.emulate_media(media="print")
    judge.set_viewport_size({"width": 680, "height": 900})  # A4 between its margins
    assert judge.evaluate("document.documentElement.scrollWidth") <= 680
    assert not judge.locator("main .acts").first.is_visible()
    bar = judge.locator(".chart rect").first
    assert bar.evaluate("one => getComputedStyle(one).fill") == "rgb(0, 0, 0)"
    assert judge.get_by_role("table").last.is_visible()
    judge.emulate_media(media="screen", forced_colors="active")
    ink = judge.locator("main h1").evaluate("one => getComputedStyle(one).color")
    assert bar.evaluate("one => getComputedStyle(one).fill") == ink
    judge.emulate_media(media="screen", forced_colors="none")
