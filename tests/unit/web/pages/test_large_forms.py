"""A form larger than others is the desk's alone, and nobody else's is decoded."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from chalicelib.errors import NotFound
from chalicelib.pages.frame import PROVE
from chalicelib.web.contract import MAX_BODY, Json
from chalicelib.web.forms import read_form
from chalicelib.web.pages import cookie, reading
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.wiring import wired
from functions.http import sessions
from functions.pages import page_operations
from tests.unit.publications.noticeboard import LIST, Board, board
from tests.unit.web.pages.sample import SAME, TOKEN
from tests.unit.web.sample import CONTEXT, Sent, event

LARGE = "x" * (MAX_BODY * 4)


def test_only_the_desk_has_large_forms() -> None:
    with pytest.raises(ValueError, match="large form"):
        PageOperation("x", "POST", "/x", Session.REQUIRED, max_body=MAX_BODY + 1)
    assert {one.id for one in page_operations() if one.max_body > MAX_BODY} == {
        "saveDraftByForm",
        "proveAgainByForm",
    }


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Board:
    return board(monkeypatch)


def test_a_form_of_nobody_at_the_desk_is_not_decoded(
    desk: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(_: str | None) -> None:
        raise NotFound

    decoded: list[str] = []
    monkeypatch.setattr(wired(), "member", nobody)
    monkeypatch.setattr(reading, "read_form", decoded.append)
    assert desk.sends(document=LARGE).status == 404
    assert decoded == []


@pytest.mark.parametrize("token", ["", "form=&", "form=f&", "form={0}&form={0}&", "%66orm={0}&"])
def test_a_form_without_its_token_is_refused_before_it_is_known_whose(
    desk: Board, token: str
) -> None:
    body = token.format(cookie.form_token(TOKEN)) + urlencode({"document": LARGE})
    sent = desk.answered("POST", LIST, TOKEN, body, {}, SAME)
    assert sent.status == 403


def test_a_form_beyond_the_limit_is_a_page_that_says_so(desk: Board) -> None:
    assert desk.sends(document="x" * (4 * 1024 * 1024)).status == 413
    assert desk.drafts() == set()


def test_a_large_form_that_goes_by_way_of_a_code_arrives_whole(
    desk: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of it the function of sessions decodes the code alone, however much else there is."""
    decoded: list[int] = []

    def counted(body: bytes) -> dict[str, Json]:
        decoded.append(len(body))
        return read_form(body)

    monkeypatch.setattr(reading, "read_form", counted)
    token = desk.session(desk.officer)
    fields = {"form": cookie.form_token(token), "document": LARGE, "again_code": "000000"}
    given = {
        "Accept": "text/html",
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{cookie.NAME}={token}",
        **SAME,
    }
    sent = event("POST", PROVE, urlencode(fields), given, {"to": [LIST]})
    assert Sent(sessions.handler(sent, CONTEXT)).status == 307
    assert decoded
    assert max(decoded) < 200
