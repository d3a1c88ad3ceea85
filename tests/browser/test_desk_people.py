"""The desk's pages of people in a browser: somebody is found, looked at, and helped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page

from chalicelib.accounts import store as accounts
from chalicelib.accounts.store import ClaimItem
from chalicelib.pages.languages import languages
from chalicelib.vault import service as vault
from tests.browser.chromium import Browsers
from tests.browser.hands import Keyboard, Mouse
from tests.browser.judge import NARROW, faults
from tests.browser.officer import REASON, Officer, asks, signs_in
from tests.functions import people
from tests.functions.api import Api, ok
from tests.functions.second_factor import Device
from tests.unit.accounts.world import ADDRESS, mac
from tests.unit.core.samples import NOW, SUBJECT, shipped_in
from tests.unit.desk.office import Office
from tests.unit.desk.people import opens, sends
from tests.unit.requests.asker import HOSTILE

PEOPLE, ROME = "/desk/people", ZoneInfo("Europe/Rome")


@pytest.mark.parametrize(
    ("locale", "width", "script"), [("it", 390, False), ("en", 1280, True)], ids=["mouse", "keys"]
)
def test_an_officer_finds_a_person_by_their_address(
    browsers: Browsers, api: Api, staff: Device, locale: str, width: int, script: bool
) -> None:
    ada = people.signed_in(api, locale="en")
    number = asks(api, ada, "interaction")
    today = datetime.now(UTC).astimezone(ROME).date()
    with browsers.reader(api.base_url, locale, width, script) as reader:
        officer = Officer(reader, Keyboard(reader.page) if script else Mouse())
        signs_in(officer, staff, f"/desk?lang={locale}")
        officer.goes(reader.page.locator(f"nav a[href*='{PEOPLE}']"))
        assert officer.place == PEOPLE

        officer.hand.write(reader.field("sought"), f"x{ada.email}")
        officer.goes(officer.part("form button"))
        assert officer.part("[role=status]").count() == 1
        assert reader.field("sought").input_value() == f"x{ada.email}"
        assert ada.email not in reader.page.title()
        officer.hand.write(reader.field("sought"), ada.email)
        officer.goes(officer.part("form button"))
        person = officer.place
        assert person == f"/desk/people/{ada.subject}"
        assert ada.email not in officer.text

        officer.hand.press(officer.part("details:has(input[value='refuse']) > summary"))
        form = officer.form("refuse")
        officer.goes(form.get_by_role("button"), 400)
        assert reader.page.locator("main [role=alert] a").count() == 3
        form = officer.form("refuse")
        officer.hand.pick(form.locator("select[name='decisions.offers_email']"), "objected")
        officer.hand.tick(form.locator("input[name='decisions.surveys']"))
        officer.hand.pick(form.locator("select[name='channel']"), "phone")
        officer.hand.write_day(reader.field("received_on"), today)
        officer.goes(form.get_by_role("button"))
        assert officer.place == f"{person} refuse"
        assert officer.part("[role=status]").count() == 1

        officer.hand.press(officer.part("details:has(input[value='hold']) > summary"))
        form = officer.form("hold")
        officer.hand.tick(form.locator("input[name='classes.evidence']"))
        officer.hand.choose(form.locator("input[value='claims']"))
        officer.hand.write(reader.field("reason"), REASON)
        officer.hand.write_day(reader.field("until_on"), today + timedelta(days=300))
        officer.goes(form.get_by_role("button"))
        assert officer.place == f"{person} hold"
        assert REASON in officer.text
        officer.hand.press(officer.part("details:has(input[value='lift']) > summary"))
        officer.goes(officer.form("lift").get_by_role("button"))
        assert officer.place == f"{person} lift"
        assert REASON not in officer.text

        officer.goes(officer.part(f"a[href*='{number}']"))
        assert officer.place == f"/desk/requests/{number}"
        assert [one for one in reader.complaints if "400" not in one] == []
        assert all(ada.email not in address for address in reader.asked)
    looks = ok(api.get("/v1/desk/audit", headers=staff.person.headers, params={"limit": 100}))
    of_ada = [one["action"] for one in looks["items"] if one["subject"] == ada.subject]
    acts = ("decisions_recorded", "hold_placed", "hold_lifted")
    recorded = ["subject_read", *(one for act in acts for one in (act, "subject_read"))]
    assert of_ada == ["subject_searched", "subject_read", *recorded, "request_read"]
    standing = ok(api.get("/v1/consents", headers=ada.headers))
    said = {one: standing["standing"][one]["decision"] for one in ("surveys", "offers_email")}
    assert said == {"surveys": "denied", "offers_email": "objected"}


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
    monkeypatch.setattr(vault, "address_mac", mac)
    made = Office(monkeypatch)
    made.notice = shipped_in(*languages())
    place = accounts.claim_place(mac(ADDRESS))
    made.tables.put(ClaimItem(*place, kind="claim", subject=SUBJECT, verified_at=NOW))
    return made


def states(office: Office, language: str) -> dict[str, str]:
    """The pages of people in the states that differ."""
    office.ask("port")
    fields: dict[str, Any] = {
        "act": "hold",
        "ground": "claims",
        "reason": HOSTILE,
        "until_on": "2027-11-22",
    }
    sends(office, SUBJECT, more=[("classes.evidence", "yes")], lang=language, **fields)
    held = opens(office, SUBJECT, lang=language)
    return {
        "search": opens(office, lang=language).text,
        "nobody": sends(office, sought="nobody@example.com", lang=language).text,
        "refused": sends(office, sought="ada@", lang=language).text,
        "person": opens(office, SUBJECT, lang=language).text,
        "held": held.text,
        "unheld": sends(office, SUBJECT, act="hold", reason=HOSTILE, lang=language).text,
        "unfit": sends(office, SUBJECT, act="refuse", reference="§", lang=language).text,
    }


def test_axe_has_nothing_to_say(office: Office, judge: Page) -> None:
    for name, text in states(office, "it").items():
        assert faults(judge, text) == [], name


@pytest.mark.parametrize("language", [one for one in languages() if one != "it"])
def test_no_language_goes_beyond_a_phone(office: Office, judge: Page, language: str) -> None:
    judge.set_viewport_size({"width": NARROW, "height": 900})
    for name, text in states(office, language).items():
        judge.set_content(text)
        assert judge.evaluate("document.documentElement.scrollWidth") <= NARROW, name
