"""Who comes into the desk: each page and form of it, tried by everybody who is not of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.sessions.model import DESK_IDLE
from chalicelib.sessions.role_store import role_item
from chalicelib.subjects.model import Life
from chalicelib.subjects.store import standing_item
from chalicelib.web.pages.view import operations
from functions.pages import desk_requests, site
from tests.unit.core.samples import SUBJECT, standing
from tests.unit.desk.clerk import forms, opens, sends, session
from tests.unit.desk.office import OFFICER, READER, Office
from tests.unit.web.pages.sample import SAME
from tests.unit.web.sample import CONTEXT, Sent, event

PUBLIC = "https://privacy.example"
STOPPED, UNPROVEN = "s" * 26, "u" * 26
FORMS = ("approve", "refuse", "extend", "pause", "resume", "complete", "lift", "note")


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
    return office.ask("erase")


def pages(office: Office, request: str, token: str) -> list[Sent]:
    return [opens(office, token=token), opens(office, request, token=token)]


def every_form(office: Office, request: str, token: str) -> list[Sent]:
    """Each act, with fields that fit none of them, so that nobody is told what would."""
    return [sends(office, request, act, token=token, note_text="x") for act in FORMS]


def test_each_page_and_form_of_the_desk_is_of_its_staff() -> None:
    assert all(one.staff for one in operations(desk_requests.bp))
    assert {one.path for one in operations(desk_requests.bp)} == {"/desk", "/desk/requests/{id}"}


def ended(office: Office) -> str:
    return "e" * 26 + "." + "s" * 43


def nobody(office: Office) -> str:
    return ""


@pytest.mark.parametrize("who", [nobody, ended])
def test_without_a_session_the_way_is_to_sign_in_and_back(
    office: Office, request_id: str, who: Callable[[Office], str]
) -> None:
    before = vars(office.stored(request_id))
    token = who(office)
    for sent in [*pages(office, request_id, token), *every_form(office, request_id, token)]:
        assert sent.status == 303
        assert sent.headers["Location"].startswith(f"{PUBLIC}/sign-in?to=%2Fdesk")
    assert vars(office.stored(request_id)) == before
    assert office.audited() == []


@pytest.mark.parametrize("subject", [SUBJECT, STOPPED])
def test_without_a_role_it_is_the_page_of_an_unknown_address(
    office: Office, request_id: str, subject: str
) -> None:
    token = session(office, subject)
    nowhere = _nowhere(token)
    for sent in pages(office, request_id, token):
        assert sent.status == 404
        assert (sent.text, _shown(sent)) == (nowhere.text, _shown(nowhere))
    assert {one.status for one in every_form(office, request_id, token)} == {404}
    assert office.audited() == []


def _nowhere(token: str) -> Sent:
    from chalicelib.web.app import lambda_handler

    headers = {"Accept": "text/html", "Accept-Language": "en", **SAME}
    sent = event("GET", "/{proxy+}", None, headers, {"lang": ["en"]}, {"proxy": "nowhere"})
    return Sent(lambda_handler(site.bp, "site")(sent, CONTEXT))


def _shown(sent: Sent) -> dict[str, str]:
    return {name: value for name, value in sent.headers.items() if "Request" not in name}


def test_a_role_without_a_second_factor_is_led_to_setting_it_up(
    office: Office, request_id: str
) -> None:
    token = session(office, UNPROVEN, second_factor=False)
    for sent in [*pages(office, request_id, token), *every_form(office, request_id, token)]:
        assert sent.status == 303
        assert sent.headers["Location"] == f"{PUBLIC}/account/second-factor?done=desk&lang=en"
    assert office.audited() == []


def test_a_reader_sees_the_same_without_forms_and_acts_on_nothing(
    office: Office, request_id: str
) -> None:
    token = session(office, READER)
    before = vars(office.stored(request_id))
    for sent in pages(office, request_id, token):
        assert sent.status == 200
        assert forms(sent) == set()
    assert {one.status for one in every_form(office, request_id, token)} == {403}
    assert vars(office.stored(request_id)) == before
    assert [one.action for one in office.audited()] == ["request_read"]


@pytest.mark.parametrize(
    "site",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}],
)
@pytest.mark.parametrize("subject", [OFFICER, READER, SUBJECT])
def test_a_form_of_another_site_is_refused_whoever_sends_it(
    office: Office, request_id: str, site: dict[str, str], subject: str
) -> None:
    sent = sends(office, request_id, "note", by=subject, headers=site, note_text="x")
    assert sent.status == 403
    assert office.audited() == []


@pytest.mark.parametrize("form", ["", "f" * 64])
@pytest.mark.parametrize("subject", [OFFICER, READER, SUBJECT])
def test_a_form_without_its_session_s_token_is_refused_whoever_sends_it(
    office: Office, request_id: str, form: str, subject: str
) -> None:
    sent = sends(office, request_id, "note", by=subject, form=form, note_text="x")
    assert sent.status == 403
    assert office.audited() == []


def test_the_role_is_that_of_the_moment_of_acting(office: Office, request_id: str) -> None:
    token = session(office, OFFICER)
    assert opens(office, request_id, token=token).status == 200
    office.tables.put(role_item(OFFICER, "reader"))
    assert sends(office, request_id, "note", token=token, note_text="x").status == 403
    office.now += DESK_IDLE
    assert sends(office, request_id, "note", token=token, note_text="x").status == 303


def test_an_unknown_request_is_an_unknown_address_for_the_desk_too(office: Office) -> None:
    assert opens(office, "z" * 26).status == 404
    assert sends(office, "z" * 26, "note", note_text="x").status == 404
    assert office.audited() == []
