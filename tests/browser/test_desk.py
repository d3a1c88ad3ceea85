"""The desk in a browser: an officer's work on a request, with a mouse or a keyboard alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from chalicelib.pages.languages import languages
from chalicelib.sessions.model import AWAKE
from tests.browser.chromium import Browsers, Reader
from tests.browser.hands import Keyboard, Mouse
from tests.browser.judge import NARROW, faults
from tests.browser.officer import REASON, Officer, asks, signs_in
from tests.functions import desk, people, second_factor
from tests.functions.api import Api, ok
from tests.functions.people import PASSWORD, Person
from tests.functions.second_factor import Device
from tests.functions.waiting import until
from tests.unit.core.samples import shipped_in
from tests.unit.desk.clerk import opens, seen, sends
from tests.unit.desk.member import session
from tests.unit.desk.office import OFFICER, Office
from tests.unit.requests.asker import HOSTILE


@pytest.mark.parametrize(
    ("locale", "width", "script"), [("it", 390, False), ("en", 1280, True)], ids=["mouse", "keys"]
)
def test_an_officer_extends_and_approves_what_changed_meanwhile(
    browsers: Browsers, api: Api, staff: Device, locale: str, width: int, script: bool
) -> None:
    ada = people.signed_in(api, locale="en")
    number = asks(api, ada, "interaction")
    one = f"/desk/requests/{number}"
    with browsers.reader(api.base_url, locale, width, script) as reader:
        officer = Officer(reader, Keyboard(reader.page) if script else Mouse())
        signs_in(officer, staff, f"/desk?lang={locale}")
        assert (officer.place, reader.language) == ("/desk", locale)
        while not officer.part(f"a[href*='{number}']").count():
            officer.goes(officer.part("a[rel=next]"))
        officer.goes(officer.part(f"a[href*='{number}']"))
        assert officer.place == one

        officer.hand.press(officer.part("details:has(input[value='extend']) > summary"))
        form = officer.form("extend")
        officer.hand.choose(form.locator("input[value='complexity']"))
        officer.hand.write(form.locator("textarea"), REASON)
        officer.goes(form.get_by_role("button"))
        assert officer.place == f"{one} extend"
        assert officer.part("[role=status]").count() == 1
        assert officer.form("extend").count() == 0

        asks(api, ada, "cookies")
        officer.goes(officer.form("approve").get_by_role("button"), 409)
        assert ok(api.get(f"/v1/requests/{number}", headers=ada.headers))["status"] == "received"
        assert officer.part(".note.care li").count() >= 1
        officer.goes(officer.form("approve").get_by_role("button"))
        assert officer.place == f"{one} approve"
        assert officer.form("approve").count() == 0
        assert until(lambda: _completed(reader, api.base_url + f"{one}?lang={locale}"))
        assert [one for one in reader.complaints if "409" not in one] == []
        assert all(ada.email not in address for address in reader.asked)
    found = ok(api.get(f"/v1/requests/{number}", headers=ada.headers))
    assert [each["event"] for each in found["history"]].count("approve") == 1
    assert found["status"] == "completed"


@dataclass
class Clicks(Mouse):
    """A mouse that counts: every part that is pressed, chosen or written to is one click."""

    count: int = 0

    def press(self, part: Locator) -> None:
        self.count += 1
        super().press(part)

    def write(self, field: Locator, text: str) -> None:
        self.count += 1
        super().write(field, text)

    def choose(self, radio: Locator) -> None:
        self.count += 1
        super().choose(radio)


class Presses(Keyboard):
    """A keyboard that counts its presses, without those that write words."""

    def __init__(self, page: Page) -> None:
        self.count = 0
        super().__init__(page)
        for name in ("down", "press"):
            self._counted(page.keyboard, name)

    def _counted(self, keyboard: Any, name: str) -> None:
        original = getattr(keyboard, name)

        def counted(*given: Any, **named: Any) -> Any:
            self.count += 1
            return original(*given, **named)

        setattr(keyboard, name, counted)


CLICKS = {"copy": 2, "erase": 2, "extend": 5}
"""Clicks from the list to what became of it: answering a copy, approving an erasure, extending."""

PRESSES = 130
"""Most presses of keys for the same, of which most go through the list with Tab."""


@pytest.mark.parametrize("task", CLICKS)
@pytest.mark.parametrize("keys", [False, True], ids=["mouse", "keys"])
def test_the_commonest_tasks_take_so_many_clicks_and_presses(
    browsers: Browsers, api: Api, clerk: tuple[Person, Device], task: str, keys: bool
) -> None:
    (member, staff), right = clerk, "review" if task == "extend" else task
    letter = {
        "right": right,
        "subject": people.signed_in(api, locale="en").subject,
        "channel": "post",
        "received_at": "2026-11-20T09:00:00Z",
    }
    number = ok(api.post("/v1/desk/requests", headers=member.headers, json=letter), 201)["id"]
    with browsers.reader(api.base_url, "en", 1280, False) as reader:
        signs_in(Officer(reader, Mouse()), staff, f"/desk?right={right}&lang=en")
        hand: Clicks | Presses = Presses(reader.page) if keys else Clicks()
        officer = Officer(reader, hand)
        officer.goes(officer.part(f"a[href*='{number}']"))
        act = "extend" if task == "extend" else "approve"
        form = officer.form(act)
        if task == "extend":
            hand.press(officer.part("details:has(input[value='extend']) > summary"))
            hand.choose(form.locator("input[value='complexity']"))
            hand.write(form.locator("textarea"), REASON)
        officer.goes(form.get_by_role("button"))
        assert officer.place == f"/desk/requests/{number} {act}"
        # A keyboard goes on from what became of it.
        reader.page.wait_for_function("document.activeElement.getAttribute('role') === 'status'")
    assert hand.count <= PRESSES if keys else hand.count == CLICKS[task]


def test_a_letter_is_entered_after_its_due_day_is_shown(
    browsers: Browsers, api: Api, staff: Device
) -> None:
    """By keyboard from /desk/requests/new, by way of "/desk/requests", to the request."""
    with browsers.reader(api.base_url, "it", 1280, True) as reader:
        officer = Officer(reader, Keyboard(reader.page))
        signs_in(officer, staff, "/desk?lang=it")
        officer.goes(officer.part("a[href*='/desk/requests/new']"))
        assert officer.place == "/desk/requests/new"
        form = officer.part("form")
        form.locator("select[name=right]").select_option("copy")
        officer.hand.choose(form.locator("input[value=post]"))
        today = reader.page.evaluate("new Date().toISOString().slice(0, 10)")
        form.locator("[name=received_on]").fill("2031-01-01")
        officer.hand.write(form.locator("[name=who]"), "chiara@example.org")
        officer.goes(form.get_by_role("button"), 400)
        assert officer.part("[name=who]").input_value() == "chiara@example.org"
        form = officer.part("form")
        form.locator("[name=received_on]").fill(today)
        officer.goes(form.get_by_role("button"))
        assert "chiara@example.org" in officer.text
        officer.goes(officer.part("form").get_by_role("button"))
        assert re.fullmatch(r"/desk/requests/[a-z2-7]{26} enter", officer.place)
        assert officer.part("[role=status]").count() == 1
        assert all("chiara" not in address for address in reader.asked)
        assert reader.complaints == [] or all("400" in one for one in reader.complaints)


def test_after_fifteen_minutes_the_same_press_acts_with_a_code(
    browsers: Browsers, api: Api, staff: Device
) -> None:
    number = asks(api, people.signed_in(api, locale="en"), "support")
    one = f"/desk/requests/{number}"
    with browsers.reader(api.base_url, "en", 390, False) as reader:
        officer = Officer(reader, Mouse())
        signs_in(officer, staff, f"{one}?lang=en")
        officer.hand.press(officer.part("details:has(input[value='note']) > summary"))
        officer.hand.write(officer.form("note").locator("textarea"), REASON)
        second_factor.go_on(api.stack, 16 * 60)
        officer.goes(officer.form("note").get_by_role("button"), 401)
        assert officer.form("note").locator("textarea").input_value() == REASON
        assert "/sign-in/again?" in str(officer.form("note").get_attribute("action"))
        officer.hand.write(officer.form("note").locator("[name=again_code]"), second_factor.WRONG)
        officer.goes(officer.form("note").get_by_role("button"), 401)
        assert officer.form("note").locator("textarea").input_value() == REASON
        assert "not right" in officer.text
        code = desk.fresh_code(staff)
        officer.hand.write(officer.form("note").locator("[name=again_code]"), code)
        officer.goes(officer.form("note").get_by_role("button"))
        assert officer.place == f"{one} note"
        assert REASON in officer.text
        assert officer.part("[name=again_code]").count() == 0
        assert all(code not in address for address in reader.asked)


def _completed(reader: Reader, address: str) -> bool:
    """Whether the request is closed by now: the desk may do nothing but note something."""
    reader.open(address)
    acts = reader.page.locator("main input[name=act]")
    return [one.get_attribute("value") for one in acts.all()] == ["note"]


def test_who_does_not_belong_there_finds_nothing(browsers: Browsers, api: Api) -> None:
    ada = people.signed_in(api, locale="en")
    with browsers.reader(api.base_url, "en") as reader:
        reader.open(api.base_url + "/sign-in?to=/desk")
        reader.fill(email=ada.email, password=PASSWORD)
        assert reader.status == 404


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
    made = Office(monkeypatch)
    made.notice = shipped_in(*languages())
    return made


def states(office: Office, language: str) -> dict[str, str]:
    """The desk's pages in the states that differ."""
    office.entered("port", received_at=(office.now - timedelta(days=40)).isoformat())
    paused = office.entered("review", channel="phone", identified_by="By the voice.")["id"]
    office.done(paused, "pause", ground="identity")
    details = f"{HOSTILE}\n" + "\n".join(["x" * 200, *map(str, range(40))])
    asked = office.ask("erase", categories=("interaction",), details=details)
    before = seen(opens(office, asked, lang=language))
    office.ask("erase", categories=("cookies",))
    left = session(office, OFFICER)
    office.now += AWAKE
    return {
        "again": sends(office, asked, "note", token=left, note_text="x", lang=language).text,
        "list": opens(office, lang=language).text,
        "request": opens(office, asked, lang=language).text,
        "changed": sends(office, asked, "approve", seen=before, lang=language).text,
        "paused": opens(office, paused, lang=language).text,
    }


def test_axe_has_nothing_to_say(office: Office, judge: Page) -> None:
    made = states(office, "it")
    for name in ("again", "list", "changed", "paused"):
        assert faults(judge, made[name]) == [], name


@pytest.mark.parametrize("language", [one for one in languages() if one != "it"])
def test_no_language_goes_beyond_a_phone(office: Office, judge: Page, language: str) -> None:
    judge.set_viewport_size({"width": NARROW, "height": 900})
    made = states(office, language)
    for name in ("again", "list", "changed"):
        judge.set_content(made[name])
        assert judge.evaluate("document.documentElement.scrollWidth") <= NARROW, name


def test_a_request_prints_as_a_note_for_the_file(office: Office, judge: Page) -> None:
    judge.set_content(states(office, "en")["request"])
    judge.emulate_media(media="print")
    assert not judge.locator("main form").first.is_visible()
    assert judge.get_by_text("39", exact=True).is_visible(), "what is folded is printed"
    judge.emulate_media(media="screen")
