"""A month at the desk in Chromium: what comes in, what stands still, what goes out, in its order.

The stack is one of its own, whose clock goes on from day to day; its notice names a system that is
asked about erasures and does not answer. The officer works with the keyboard alone, in Italian; a
reader looks at the same pages with a mouse, in English.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.pages import formats
from chalicelib.pages.words import words
from tests.browser.chromium import Browsers
from tests.browser.hands import Keyboard, Mouse
from tests.browser.officer import Officer, signs_in
from tests.functions import desk, people, versions
from tests.functions.api import Api, ok
from tests.functions.second_factor import Device
from tests.functions.stack import DeployedStack, deployed
from tests.functions.waiting import until
from tests.product import product_document

ARCHIVE = "archive_host"
DESK, ENTRY, NOTICES = "/desk", "/desk/requests/new", "/desk/notices"
TOLD = words("desk_notices", "it")["told.complete"]
REASON = "I documenti sono in due archivi di undici anni."
ROME = ZoneInfo("Europe/Rome")
DAY = 24 * 3600


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    folder = tmp_path_factory.mktemp("month")
    document = product_document()
    asked = next(one for one in document["recipients"] if one["id"] == ARCHIVE)
    asked["answers"] = {"rights": ["erase"], "within": {"days": 10}}
    notice = folder / "notice.json"
    notice.write_text(json.dumps(document), "utf-8")
    with deployed(folder, notice=notice) as running:
        yield running


@dataclass
class Month:
    """The desk's month: its people, and the day that the stack's clock has reached."""

    api: Api
    browsers: Browsers
    officer: Device
    reader: Device

    @property
    def stack(self) -> DeployedStack:
        return self.api.stack

    @property
    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.stack.local.place.ahead)

    @property
    def today(self) -> date:
        return self.now.astimezone(ROME).date()

    @contextmanager
    def at_the_desk(self) -> Iterator[Officer]:
        """The officer, who has signed in and come to the list."""
        with self.browsers.reader(self.api.base_url, "it", 1280, True) as reader:
            found = Officer(reader, Keyboard(reader.page))
            signs_in(found, self.officer, f"{DESK}?lang=it")
            yield found
            assert [one for one in reader.complaints if "422" not in one] == []

    def goes_on(self, days: int) -> None:
        """Lets days go by."""
        self.stack.move_clock(self.stack.local.place.ahead + days * DAY)


@pytest.fixture(scope="module")
def month(browsers: Browsers, stack: DeployedStack) -> Month:
    api = Api(stack)
    return Month(api, browsers, desk.officer(api)[1], desk.officer(api, "reader")[1])


def opens(officer: Officer, number: str) -> None:
    """Opens a request from the list."""
    officer.goes(officer.part(f"a[href*='{number}']"))
    assert officer.place == f"{DESK}/requests/{number}"


def token_of(officer: Officer) -> str:
    """The session in which an officer sits at the desk."""
    (token,) = [one["value"] for one in officer.reader.page.context.cookies() if "value" in one]
    return token


def due(month: Month, officer: Officer, number: str) -> date:
    """The due day of a request, as the desk's operation says it to the same session."""
    path = f"/v1/desk/requests/{number}"
    found = ok(month.api.get(path, headers=people.bearer(token_of(officer))))
    return date.fromisoformat(found["due_on"])


def acts(officer: Officer, act: str, ground: str = "", text: str = "") -> None:
    """Fills in the form of an act on the request that is shown, and sends it."""
    form = officer.form(act)
    if act != "approve":
        officer.hand.press(officer.part(f"details:has(input[value='{act}']) > summary"))
    if ground:
        officer.hand.choose(form.locator(f"input[value='{ground}']"))
    if text:
        officer.hand.write(form.locator("textarea"), text)
    officer.goes(form.get_by_role("button"))
    assert officer.place.endswith(f" {act}")
    assert officer.part("[role=status]").count() == 1


def opens_next(officer: Officer, number: str) -> None:
    """Goes from a request to another, by way of the list."""
    officer.goes(officer.part(f"a[href*='{DESK}?']"))
    opens(officer, number)


def is_entered(
    officer: Officer, right: str, channel: str, received: date, who: str
) -> tuple[str, str]:
    """Enters what came to the desk; the request's number, and what was shown before."""
    officer.goes(officer.reader.page.locator(f"main a[href*='{ENTRY}']").first)
    form = officer.part("form")
    officer.hand.pick(form.locator("select[name=right]"), right)
    officer.hand.choose(form.locator(f"input[value={channel}]"))
    officer.hand.write_day(form.locator("[name=received_on]"), received)
    officer.hand.write(form.locator("[name=who]"), who)
    officer.goes(form.get_by_role("button"))
    shown = officer.text
    officer.goes(officer.part("form").get_by_role("button"))
    number = re.search("[a-z2-7]{26}", officer.place)
    assert number
    return number[0], shown


def row(officer: Officer, number: str) -> str:
    """What the list says of a request."""
    found: str = officer.part(f"tr:has(a[href*='{number}'])").inner_text()
    return found


def test_a_month(month: Month) -> None:
    letter, call, due_first, erasure = _comes_in(month)
    _stands_still(month, call, due_first)
    _goes_on(month, letter, call)
    _waits(month, erasure)
    _is_published(month)
    _is_read(month, letter, call)


def _comes_in(month: Month) -> tuple[str, str, date, str]:
    """A letter of twenty days ago, a call by telephone, and an erasure by somebody signed in."""
    ada = people.signed_in(month.api, locale="en")
    asked = month.api.post("/v1/requests", headers=ada.headers, json={"right": "erase"})
    erasure = ok(asked, 201)["id"]
    with month.at_the_desk() as officer:
        received = month.today - timedelta(days=20)
        letter, shown = is_entered(officer, "copy", "post", received, "ottavia@example.org")
        assert formats.day(due(month, officer, letter), "it") in shown, "as it was shown before"
        officer.goes(officer.part(f"a[href*='{DESK}?']"))
        call, _ = is_entered(officer, "erase", "phone", month.today, "bruno@example.org")
        due_first = due(month, officer, call)
        acts(officer, "pause", "identity")
        officer.goes(officer.part(f"a[href*='{DESK}?']"))
        rows = officer.reader.page.locator("main tbody tr").all_inner_texts()
        assert len(rows) == 3
        assert letter[:8] in rows[0], "what is due first stands first"
        assert "In pausa: identità" in row(officer, call)
    return letter, call, due_first, erasure


def _stands_still(month: Month, call: str, before: date) -> None:
    """A week later the caller has said who it is: the time goes on, and ends later."""
    month.goes_on(7)
    with month.at_the_desk() as officer:
        opens(officer, call)
        acts(officer, "resume")
        assert "(7 giorni)" in officer.text
        assert due(month, officer, call) > before


def _goes_on(month: Month, letter: str, call: str) -> None:
    """The letter is extended within its month; the call is refused, and the caller is told."""
    with month.at_the_desk() as officer:
        before = due(month, officer, letter)
        opens(officer, letter)
        acts(officer, "extend", "complexity", REASON)
        assert due(month, officer, letter) > before
        assert officer.form("extend").count() == 0
        opens_next(officer, call)
        acts(officer, "refuse", "not_identified")
    refusal = people.mails(month.stack, "bruno@example.org", 3)[-1]["BodyText"]
    assert "12(6)" in refusal
    assert "autorità di protezione dei dati" in refusal
    assert "giudice" in refusal


def _waits(month: Month, erasure: str) -> None:
    """The erasure waits for a system that never answers, until its own time is nearly over."""
    with month.at_the_desk() as officer:
        opens(officer, erasure)
        assert "Malabar Archive" in officer.part(".plan").inner_text()
        acts(officer, "approve")
        officer.goes(officer.part(f"a[href*='{DESK}?']"))
        officer.goes(officer.part("a[href*='show=waiting']"))
        opens(officer, erasure)
        left = due(month, officer, erasure) - month.today
    month.goes_on(left.days - 2)
    for schedule in ("deadlines", "relay"):
        month.stack.run_schedule(schedule)
    with month.at_the_desk() as officer:
        address = f"{month.api.base_url}{DESK}/requests/{erasure}?lang=it"
        assert until(lambda: "Conclusa" in _shown(officer, address)), officer.text
        assert "Malabar Archive non ha risposto in tempo" in officer.text


def _shown(officer: Officer, address: str) -> str:
    officer.reader.open(address)
    return officer.text


def _is_published(month: Month) -> None:
    """A notice is drafted, corrected by its findings, tried out, published, and told."""
    document = versions.changed(versions.following(timedelta(days=20), month.now))
    version, mistaken = document["version"], {**document, "purpose": []}
    with month.at_the_desk() as officer:
        reader = officer.reader
        officer.goes(reader.page.locator(f"nav a[href*='{NOTICES}']").first)
        reader.field("document").fill(json.dumps(mistaken))
        officer.goes(officer.part("form").get_by_role("button").first, 422)
        assert "/purpose" in officer.text
        assert reader.field("document").input_value() == json.dumps(mistaken)
        reader.field("document").fill(json.dumps(document))
        officer.goes(officer.part("form").get_by_role("button").first)
        assert officer.place == f"{NOTICES}/{version} saved"
        officer.goes(officer.part(f"a[href*='{version}/simulation']"))
        officer.goes(officer.part(f"a[href*='{version}/publication']"))
        officer.hand.write(reader.field("typed"), version)
        officer.hand.write(reader.field("code"), desk.fresh_code(month.officer))
        officer.goes(officer.part("form:has([name=typed])").get_by_role("button"))
        assert officer.place == f"{NOTICES}/{version}/publication published"
        staff = replace(month.officer.person, token=token_of(officer))
        desk.all_told(month.api, staff, version)
        told = f"{month.api.base_url}{NOTICES}/{version}/publication?lang=it"
        assert TOLD in _shown(officer, told)


def _is_read(month: Month, letter: str, call: str) -> None:
    """A reader sees the same without forms, and in the audit who did what, looks too."""
    said = words("desk_reports", "en")
    with month.browsers.reader(month.api.base_url, "en", 390) as reader:
        found = Officer(reader, Mouse())
        signs_in(found, month.reader, f"{DESK}?lang=en")
        opens(found, letter)
        assert found.part("form").count() == 0
        reader.open(f"{month.api.base_url}/desk/audit?request={call}&lang=en")
        rows = reader.page.locator("main tbody tr").all_inner_texts()
        for act in ("recorded", "paused", "read", "resumed", "refused"):
            assert any(said[f"action.request_{act}"] in row for row in rows), (act, rows)
        assert found.part(".note.good").count() == 1, "the entries are as they were written"
