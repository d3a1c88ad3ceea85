"""The page on which the desk enters a request: the due day first, then one request."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.consents.desk import OLDEST
from chalicelib.pages.languages import languages
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys
from chalicelib.vault import service as vault
from chalicelib.web.wiring import wired
from tests.unit.accounts.world import mac
from tests.unit.core.samples import NOW, SUBJECT, association, shipped_in
from tests.unit.desk.doors import ENTRY, Door, doors, goes
from tests.unit.desk.member import session, words
from tests.unit.desk.office import OFFICER, Office
from tests.unit.requests.asker import HOSTILE
from tests.unit.web.accessible import check_accessible
from tests.unit.web.conftest import MemoryStore
from tests.unit.web.sample import Sent

OPEN = next(one for one in doors("GET") if one.operation.id == "showEntryOfRequest")
CHECK = next(one for one in doors("POST") if one.operation.id == "checkEntryByForm")
ENTER = next(one for one in doors("POST") if one.operation.id == "enterRequestByForm")


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", "https://privacy.example")
    monkeypatch.setattr(vault, "address_mac", mac)
    monkeypatch.setattr(vault, "new_key", vault.new_visitor_key)  # one without KMS


def sends(office: Office, door: Door, **fields: str) -> Sent:
    """What a form answers to an officer; a field that is empty is left out."""
    whole = {**dict.fromkeys(door.fields, ""), **fields}
    return goes(door, session(office, OFFICER), "", more=whole)


def checks(office: Office, **fields: str) -> Sent:
    """What the first press answers: the fields are those of a letter, but for these."""
    return sends(office, CHECK, **{**ENTRY, **fields})


def shown(page: Sent) -> dict[str, str]:
    """The hidden fields of the form that enters what a page shows."""
    form = page.text.partition('action="https://privacy.example/desk/requests?')[2]
    found = re.findall(
        r'type="hidden" name="([^"]+)" value="([^"]*)"', form.partition("</form>")[0]
    )
    own = ("form", "once")
    return {name: html.unescape(value) for name, value in found if name not in own}


def enters(office: Office, page: Sent, **more: str) -> Sent:
    """What the second press answers."""
    return sends(office, ENTER, **{**shown(page), **more})


def requests(office: Office) -> list[Any]:
    """Every request there is."""
    return office.tables.all(RequestItem)


def test_the_first_press_shows_the_due_day_and_whose_it_is_and_keeps_nothing(
    office: Office,
) -> None:
    before = {place for place in office.tables.items if "session" not in place[2]}
    page = checks(office)
    assert page.status == 200
    text = words(page)
    assert "21 December 2026" in text  # a month after the 20th is a Sunday
    assert "Sunday" in text
    assert f"Number {SUBJECT}" in text
    assert {place for place in office.tables.items if "session" not in place[2]} == before
    assert shown(page) == {**ENTRY, "due_on": "2026-12-21"}


def test_the_second_press_enters_what_was_shown(office: Office) -> None:
    sent = enters(office, checks(office))
    assert sent.status == 303
    (item,) = requests(office)
    number = keys.record_id(item.sk)
    place = f"/desk/requests/{number}?done=enter&lang=en"
    assert sent.headers["Location"].endswith(place)
    found = office.read(number)
    assert (found["due_on"], found["details"]) == ("2026-12-21", ENTRY["details"])
    assert next(iter(office.audited())).action == "request_recorded"


def test_a_second_press_of_the_same_form_enters_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MemoryStore()
    monkeypatch.setattr(wired(), "idempotency", lambda: store)
    page, token = checks(office, who="", details="I live at 1 Road."), session(office, OFFICER)
    found = [
        goes(ENTER, token, "", more={**dict.fromkeys(ENTRY, ""), **shown(page)}) for _ in range(2)
    ]
    assert [one.status for one in found] == [303, 303]
    assert found[0].headers["Location"] == found[1].headers["Location"]
    assert len(requests(office)) == 1


def test_one_that_is_open_is_joined_and_said_so(office: Office) -> None:
    request = office.ask("port")
    sent = enters(office, checks(office))
    assert sent.headers["Location"].endswith(f"/desk/requests/{request}?done=joined&lang=en")


@pytest.mark.parametrize("who", ["nobody@example.org", " Ada@Example.COM "])
def test_by_an_address_that_stands_in_no_address_bar(office: Office, who: str) -> None:
    page = checks(office, who=who)
    assert who.strip() in words(page)
    sent = enters(office, page)
    assert sent.status == 303
    assert "@" not in sent.headers["Location"]
    assert "%40" not in sent.headers["Location"]
    assert len(requests(office)) == 1


def test_some_uses_alone(office: Office) -> None:
    purpose = next(one.id for one in office.notice.purposes.values() if one.opposable)
    page = checks(office, right="object", **{f"purposes.{purpose}": "yes"})
    assert f"purposes.{purpose}" in shown(page)
    enters(office, page)
    (item,) = requests(office)
    assert office.read(keys.record_id(item.sk))["purposes"] == [purpose]


@pytest.mark.parametrize(
    ("fields", "place", "text"),
    [
        ({"received_on": "2026-11-23"}, "received_on", "has not come yet"),
        ({"received_on": "2026-02-29"}, "received_on", "whole date"),
        ({"received_on": "22.11.2026"}, "received_on", "whole date"),
        ({"received_on": "0001-01-01"}, "received_on", "five years"),
        ({"received_on": "9999-12-31"}, "received_on", "has not come yet"),
        ({"received_on": "2021-11-21"}, "received_on", "five years"),
        ({"received_on": ""}, "received_on", "fill in"),
        ({"right": ""}, "right", "fill in"),
        ({"right": "everything"}, "right", "choose"),
        ({"channel": "pigeon"}, "channel", "choose"),
        ({"channel": "website"}, "channel", "choose"),
        ({"who": "", "details": ""}, "details", "fill in"),
        ({"who": "ada@"}, "who", ""),
        ({"who": "the neighbour"}, "who", ""),
        ({"details": "x" * 10_000}, "details", "at most"),
        ({"details": " \t "}, "details", ""),
        ({"identified_by": "x" * 300}, "identified_by", "at most 200"),
        ({"locale": "tlh"}, "locale", ""),
        ({"ground": "accuracy"}, "ground", ""),
        ({"purposes.improvement": "yes"}, "purposes", ""),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_what_was_typed_stays(
    office: Office, fields: dict[str, str], place: str, text: str
) -> None:
    for door in (CHECK, ENTER):
        whole = {**ENTRY, "identified_by": "A signature.", **fields}
        more = {"due_on": "2026-12-21"} if door is ENTER else {}
        sent = sends(office, door, **{**whole, **more})
        assert sent.status == 400, words(sent)
        assert f'href="#field-{place}"' in sent.text
        at = re.search(rf'id="errors-{place}">(.*?)</div>', sent.text, re.DOTALL)
        assert at is not None
        assert text in at[1]
        kept = fields.get("identified_by", "A signature.")
        assert kept in sent.text
        check_accessible(sent.text, "en")
    assert requests(office) == []
    assert office.audited() == []


def test_the_twenty_ninth_of_february_of_a_leap_year(office: Office) -> None:
    office.now = datetime(2028, 3, 1, 9, tzinfo=UTC)
    assert "29 March 2028" in words(checks(office, received_on="2028-02-29"))


def test_a_day_is_that_of_the_notice_s_zone(office: Office) -> None:
    office.now = NOW.replace(hour=23, minute=30)  # half past midnight there
    assert "has not come" not in words(checks(office, received_on="2026-11-23"))
    assert enters(office, checks(office, received_on="2026-11-23")).status == 303
    (item,) = requests(office)
    assert item.received_at == office.now


def test_the_oldest_day_that_is_taken(office: Office) -> None:
    day = (office.now - OLDEST).date().replace(day=23)
    assert checks(office, received_on=day.isoformat()).status == 200


def test_nobody_with_that_number_is_a_finding(office: Office) -> None:
    sent = enters(office, checks(office, who="z" * 26))
    assert sent.status == 400
    assert 'href="#field-who"' in sent.text
    assert requests(office) == []


def test_a_due_day_that_is_another_by_now_is_shown_once_more(office: Office) -> None:
    sent = enters(office, checks(office), due_on="2026-12-20")
    assert sent.status == 409
    assert ENTRY["details"] in sent.text
    assert requests(office) == []


def test_markup_is_text(office: Office) -> None:
    page = checks(office, details=HOSTILE)
    assert HOSTILE not in page.text
    assert shown(page)["details"].replace("\r\n", "\n") == HOSTILE


@pytest.mark.parametrize("language", languages())
def test_it_is_whole_in_every_language(office: Office, language: str) -> None:
    office.notice = shipped_in(language)
    token = session(office, OFFICER)
    for door in (OPEN, CHECK):
        sent = goes(door, token, "", query={"lang": language})
        assert sent.status == 200
        check_accessible(sent.text, language)


def test_another_organisation_s_notice(office: Office) -> None:
    office.notice = association()
    page = goes(OPEN, session(office, OFFICER), "")
    assert page.status == 200
    right = re.findall(r'<option value="([a-z_]+)"', page.text)[0]
    assert checks(office, right=right).status == 200


def test_a_number_in_the_address_is_taken_over(office: Office) -> None:
    page = goes(OPEN, session(office, OFFICER), "", query={"who": SUBJECT})
    assert f'value="{SUBJECT}"' in page.text
