"""Who comes into the desk: each page and form of it, tried by everybody who is not of it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.sessions.model import AWAKE, DESK_IDLE
from chalicelib.sessions.role_store import role_item
from chalicelib.sessions.service.recognition import authenticate
from chalicelib.subjects.model import Life
from chalicelib.subjects.store import standing_item
from chalicelib.web.app import lambda_handler
from chalicelib.web.pages.cookie import NAME, form_token
from chalicelib.web.pages.visit import SECRET
from chalicelib.web.wiring import wired
from functions.http import sessions
from functions.pages import page_operations, site
from tests.unit.core.samples import SUBJECT, standing
from tests.unit.desk.clerk import forms, opens, sends
from tests.unit.desk.doors import (
    CODES,
    ROWS,
    Door,
    code,
    doors,
    enrol,
    goes,
    proves,
    publish_first,
    staffed,
)
from tests.unit.desk.member import session, words
from tests.unit.desk.office import OFFICER, READER, Office
from tests.unit.web.accessible import check_accessible
from tests.unit.web.conftest import MemoryStore
from tests.unit.web.pages.sample import SAME
from tests.unit.web.sample import CONTEXT, Sent, event

PUBLIC = "https://privacy.example"
STOPPED, UNPROVEN = "s" * 26, "u" * 26
MINUTE = timedelta(minutes=1)
PAGES, FORMS = doors("GET"), doors("POST")
NOTE = next(one for one in FORMS if one.fields.get("act") == "note")
every = pytest.mark.parametrize("door", [*PAGES, *FORMS], ids=str)
ACTS = [one for one in FORMS if not one.operation.reads]
LOOKS = {f"{PUBLIC}{one.operation.path}" for one in FORMS if one.operation.reads}
each_form = pytest.mark.parametrize("door", FORMS, ids=str)
each_act = pytest.mark.parametrize("door", ACTS, ids=str)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)


@pytest.fixture
def request_id(office: Office) -> str:
    office.tables.put(
        standing_item(standing(STOPPED, Life.DEACTIVATED)),
        role_item(STOPPED, "desk"),
        standing_item(standing(UNPROVEN)),
        role_item(UNPROVEN, "desk"),
    )
    publish_first(office)
    return office.ask("erase")


def test_each_page_and_form_of_the_desk_has_a_row_here() -> None:
    assert {one.id for _, one in staffed()} == set(ROWS)


def test_what_lies_under_the_desk_is_of_its_staff() -> None:
    under = {one.id for one in page_operations() if one.path.split("/")[1] == "desk"}
    assert under == {one.id for _, one in staffed()}


def ended(office: Office) -> str:
    return "e" * 26 + "." + "s" * 43


def nobody(office: Office) -> str:
    return ""


def stored(office: Office) -> dict[Any, Any]:
    """All that is stored but sessions and their uses, each as it stands."""
    access = ("session", "limit")
    return {
        place: dict(raw)
        for place, raw in office.tables.items.items()
        if not any(name in place[2] for name in access)
    }


@pytest.mark.parametrize("door", PAGES, ids=str)
@pytest.mark.parametrize("who", [nobody, ended])
def test_without_a_session_the_way_is_to_sign_in_and_back(
    office: Office, request_id: str, door: Door, who: Callable[[Office], str]
) -> None:
    before = stored(office)
    sent = goes(door, who(office), request_id)
    assert sent.status == 303
    assert sent.headers["Location"].startswith(f"{PUBLIC}/sign-in?to=%2Fdesk")
    assert stored(office) == before


@each_form
@pytest.mark.parametrize("who", [nobody, ended])
def test_a_form_without_a_session_keeps_what_was_typed_and_does_nothing(
    office: Office, request_id: str, door: Door, who: Callable[[Office], str]
) -> None:
    before = stored(office)
    sent = goes(door, who(office), request_id, more={"again_code": "123456"})
    kept = {name: text for name, text in door.fields.items() if name not in SECRET}
    assert sent.status == (401 if kept else 303)  # of no fields there is nothing to keep
    assert "123456" not in sent.text
    for text in kept.values():
        assert text in html.unescape(sent.text)
    assert stored(office) == before


def test_what_was_typed_for_forty_minutes_is_sent_after_signing_in_again(
    office: Office, request_id: str
) -> None:
    token = session(office, OFFICER)
    office.now += 40 * MINUTE
    over = goes(NOTE, token, request_id)
    assert over.status == 401
    assert 'target="_blank" rel="noopener"' in over.text
    assert "Max-Age=0" in over.headers["Set-Cookie"]
    check_accessible(over.text, "en")
    again = session(office, OFFICER)
    shown = goes(NOTE, again, request_id, form="", more={"kept": "yes"})
    assert shown.status == 409
    assert NOTE.fields["note_text"] in shown.text
    assert "Look at it, and press once more" in words(shown)
    assert [one.action for one in office.audited()] == ["request_read"]
    assert goes(NOTE, again, request_id).status == 303


@each_form
@pytest.mark.parametrize("subject", [SUBJECT, READER])
def test_a_form_that_outlived_its_session_opens_nothing_to_anybody_else(
    office: Office, request_id: str, door: Door, subject: str
) -> None:
    token, before = session(office, subject), stored(office)
    sent = goes(door, token, request_id, form="", more={"kept": "yes"})
    reads = subject == READER and door.operation.reads
    assert sent.status == (409 if reads else 404 if subject == SUBJECT else 403)
    assert stored(office) == before


@pytest.mark.parametrize("site", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
def test_another_site_cannot_send_one_that_outlived_its_session(
    office: Office, request_id: str, site: dict[str, str]
) -> None:
    token, before = session(office, OFFICER), stored(office)
    sent = goes(NOTE, token, request_id, headers=site, form="", more={"kept": "yes"})
    assert sent.status == 403
    assert stored(office) == before


@every
@pytest.mark.parametrize("subject", [SUBJECT, STOPPED])
def test_without_a_role_it_is_the_page_of_an_unknown_address(
    office: Office, request_id: str, door: Door, subject: str
) -> None:
    token, before = session(office, subject), stored(office)
    sent, nowhere = goes(door, token, request_id), _nowhere(token)
    assert sent.status == 404
    assert (sent.text, _shown(sent)) == (nowhere.text, _shown(nowhere))
    assert stored(office) == before


def _nowhere(token: str) -> Sent:
    headers = {"Accept": "text/html", "Accept-Language": "en", **SAME}
    sent = event("GET", "/{proxy+}", None, headers, {"lang": ["en"]}, {"proxy": "nowhere"})
    return Sent(lambda_handler(site.bp, "site")(sent, CONTEXT))


def _shown(sent: Sent) -> dict[str, str]:
    return {name: value for name, value in sent.headers.items() if "Request" not in name}


@every
def test_a_role_without_a_second_factor_is_led_to_setting_it_up(
    office: Office, request_id: str, door: Door
) -> None:
    token, before = session(office, UNPROVEN, second_factor=False), stored(office)
    sent = goes(door, token, request_id)
    assert sent.status == 303
    assert sent.headers["Location"] == f"{PUBLIC}/account/second-factor?done=desk&lang=en"
    assert stored(office) == before


@pytest.mark.parametrize("door", [one for one in PAGES if not one.apart], ids=str)
def test_a_reader_sees_the_same_without_forms(office: Office, request_id: str, door: Door) -> None:
    sent = goes(door, session(office, READER), request_id)
    assert sent.status == 200
    main = sent.text.partition("<main")[2].partition("</main>")[0]
    actions = re.findall(r'<form method="post" action="([^?"]*)', main)
    assert set(actions) <= LOOKS


@each_act
def test_a_reader_acts_on_nothing(office: Office, request_id: str, door: Door) -> None:
    token, before = session(office, READER), stored(office)
    office.now += AWAKE
    assert goes(door, token, request_id).status == 403
    assert proves(door, token, request_id, "000000").status == 403
    assert stored(office) == before


@each_form
@pytest.mark.parametrize(
    "site",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}],
)
@pytest.mark.parametrize("subject", [OFFICER, READER, SUBJECT])
def test_a_form_of_another_site_is_refused_whoever_sends_it(
    office: Office, request_id: str, door: Door, site: dict[str, str], subject: str
) -> None:
    token, before = session(office, subject), stored(office)
    assert goes(door, token, request_id, headers=site).status == 403
    assert stored(office) == before


@each_form
@pytest.mark.parametrize("form", ["", "f" * 64])
@pytest.mark.parametrize("subject", [OFFICER, READER, SUBJECT])
def test_a_form_without_its_session_s_token_is_refused_whoever_sends_it(
    office: Office, request_id: str, door: Door, form: str, subject: str
) -> None:
    token, before = session(office, subject), stored(office)
    assert goes(door, token, request_id, form=form).status == 403
    assert stored(office) == before


class TestAfterFifteenMinutes:
    """Without a request for so long, acting asks for the code again; what was typed stays."""

    @pytest.mark.parametrize("door", [one for one in FORMS if one.operation.reads], ids=str)
    def test_a_look_asks_for_none(self, office: Office, request_id: str, door: Door) -> None:
        token = session(office, OFFICER)
        office.now += AWAKE
        sent = goes(door, token, request_id)
        assert sent.status < 400
        assert "again_code" not in sent.text

    @each_act
    def test_no_form_acts_without_a_code(self, office: Office, request_id: str, door: Door) -> None:
        token, before = session(office, OFFICER), stored(office)
        office.now += AWAKE
        sent = goes(door, token, request_id)
        if door.operation.own_code:
            assert sent.status in (400, 401)
            return
        assert sent.status == 401
        assert 'name="again_code"' in sent.text or door.apart
        assert sent.text.count('id="field-again_code"') <= 1  # none where the act is not offered
        assert "Type the code of your second factor" in words(sent)
        for text in door.fields.values():
            assert " " not in text or text in sent.text
        changed = {place for place, raw in stored(office).items() if before.get(place) != raw}
        assert {place[1] for place in changed} <= {"T"}  # a view is audited

    def test_a_right_code_acts_by_the_same_press_and_lasts(
        self, office: Office, request_id: str
    ) -> None:
        enrol(office)
        token = session(office, OFFICER)
        office.now += 20 * MINUTE
        asked = goes(NOTE, token, request_id)
        assert asked.status == 401
        assert 'href="#field-again_code"' in asked.text
        assert 'id="field-again_code"' in asked.text
        sent = proves(NOTE, token, request_id, code(office))
        assert sent.status == 303
        assert sent.headers["Location"].endswith("done=note&lang=en")
        assert [one.action for one in office.audited()].count("request_noted") == 1
        again = {"once": "p" * 43, "note_text": "And another."}
        assert goes(NOTE, token, request_id, more=again).status == 303
        assert "again_code" not in opens(office, request_id, token=token).text

    def test_the_same_press_twice_acts_once(
        self, office: Office, request_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = MemoryStore()
        monkeypatch.setattr(wired(), "idempotency", lambda: store)
        enrol(office)
        token = session(office, OFFICER)
        office.now += AWAKE
        for _ in range(2):
            assert proves(NOTE, token, request_id, code(office)).status == 303
        assert [one.action for one in office.audited()].count("request_noted") == 1

    def test_a_recovery_code_does_too_and_its_person_is_told(
        self, office: Office, request_id: str
    ) -> None:
        enrol(office)
        token = session(office, OFFICER)
        office.now += AWAKE
        assert proves(NOTE, token, request_id, CODES[0]).status == 303
        assert "recovery_code_used" in str([vars(one) for one in office.jobs()])
        office.now += AWAKE
        sent = proves(NOTE, token, request_id, CODES[0], once="p" * 43)
        assert (sent.status, "used already" in words(sent)) == (401, True)

    def test_a_code_works_once(self, office: Office, request_id: str) -> None:
        enrol(office)
        first, second = session(office, OFFICER), session(office, OFFICER)
        office.now += AWAKE
        given = code(office)
        assert proves(NOTE, first, request_id, given).status == 303
        sent = proves(NOTE, second, request_id, given, once="p" * 43)
        assert sent.status == 401
        assert given not in sent.text

    def test_wrong_codes_are_counted_as_at_sign_in(self, office: Office, request_id: str) -> None:
        enrol(office)
        token = session(office, OFFICER)
        office.now += AWAKE
        found = [proves(NOTE, token, request_id, "000000", once=f"{n:0>43}") for n in range(11)]
        assert found[0].status == 401
        assert "This code is not right" in words(found[0])
        assert found[-1].status == 429
        assert "too many attempts" in words(found[-1])
        assert "What the archive said." in found[-1].text
        assert proves(NOTE, token, request_id, code(office)).status == 429

    def test_opening_pages_does_not_replace_the_code(self, office: Office, request_id: str) -> None:
        token = session(office, OFFICER)
        office.now += AWAKE
        page = opens(office, request_id, token=token)
        assert page.status == 200
        assert page.text.count('name="again_code"') == len(forms(page))
        for _ in range(3):
            office.now += 2 * MINUTE
            assert opens(office, token=token).status == 200
            assert sends(office, request_id, "note", token=token, note_text="x").status == 401

    def test_with_requests_in_between_none_is_asked_for(
        self, office: Office, request_id: str
    ) -> None:
        token = session(office, OFFICER)
        for _ in range(5):
            office.now += AWAKE - MINUTE
            assert "again_code" not in opens(office, request_id, token=token).text
        office.now += AWAKE - MINUTE
        assert sends(office, request_id, "note", token=token, note_text="x").status == 303

    def test_what_the_address_says_of_a_code_decides_nothing(
        self, office: Office, request_id: str
    ) -> None:
        token = session(office, OFFICER)
        for outcome in ("", "right", "wrong", "60"):
            sent = goes(
                NOTE, token, request_id, query={"again": outcome}, more={"once": f"{outcome:o<43}"}
            )
            assert sent.status == 303
        office.now += AWAKE
        for outcome in ("", "right", "wrong", "60", "9" * 30, "-1", "\N{SUPERSCRIPT TWO}"):
            sent = goes(NOTE, token, request_id, query={"again": outcome})
            assert sent.status in (401, 429)

    def test_the_way_of_a_code_leads_nowhere_but_to_the_desk(self, office: Office) -> None:
        token = session(office, OFFICER)
        for to in ("", "/account", "//desk", "https://evil.example/desk", "/desk/../account"):
            headers = {
                "Accept": "text/html",
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"{NAME}={token}",
                **SAME,
            }
            body = f"form={form_token(token)}&again_code=000000"
            sent = event("POST", "/sign-in/again", body, headers, {"to": [to]})
            assert Sent(sessions.handler(sent, CONTEXT)).status == 404


def test_the_role_is_that_of_the_moment_of_acting(office: Office, request_id: str) -> None:
    token = session(office, OFFICER)
    assert opens(office, request_id, token=token).status == 200
    office.tables.put(role_item(OFFICER, "reader"))
    assert sends(office, request_id, "note", token=token, note_text="x").status == 403
    office.now += DESK_IDLE
    assert sends(office, request_id, "note", token=token, note_text="x").status == 401


@pytest.mark.parametrize("door", [one for one in PAGES if one.operation.query], ids=str)
def test_a_wrong_address_is_told_to_members_alone(
    office: Office, request_id: str, door: Door
) -> None:
    wrong = dict.fromkeys(door.operation.query, "x" * 5_000)
    tokens = [session(office, OFFICER), session(office, SUBJECT), ""]
    sent = [goes(door, one, request_id, query=wrong).status for one in tokens]
    assert sent == [400, 404, 303]
    assert office.audited() == []


def test_a_page_of_the_account_wakes_no_session_of_the_desk(
    office: Office, request_id: str
) -> None:
    """It goes on with the session, since it does not know the role; the desk does not."""
    token = session(office, OFFICER)
    office.now += timedelta(hours=9)
    authenticate(token)
    assert opens(office, request_id, token=token).status == 303
    assert office.audited() == []


def test_an_unknown_request_is_an_unknown_address_for_the_desk_too(office: Office) -> None:
    assert opens(office, "z" * 26).status == 404
    assert sends(office, "z" * 26, "note", note_text="x").status == 404
    assert office.audited() == []
