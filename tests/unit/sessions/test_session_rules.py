from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib import clock
from chalicelib.errors import DoneAlready, Unauthenticated, Unprocessable
from chalicelib.limits.store import LimitItem
from chalicelib.notices.model import Notice
from chalicelib.sessions import service, store
from chalicelib.sessions.model import Opened, Token
from chalicelib.sessions.store import LinkItem, SessionItem, link_item
from chalicelib.storage import reads
from chalicelib.subjects.store import StandingItem, standing_item
from tests.unit.core.samples import NOW, SUBJECT, association, shipped, standing

TOKEN = Token(SUBJECT, "s" * 43)


OPENED = Opened(True, "203.0.113.0/24", "IT")


def new_session(notice: Notice | None = None) -> tuple[Token, SessionItem]:
    """A session of the sample's subject."""
    return service.new_session(SUBJECT, OPENED, 0, notice or shipped(), NOW)


def stands() -> StandingItem:
    """The standing of the sample's subject."""
    return standing_item(standing())


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def test_the_notice_says_how_long_a_session_lasts() -> None:
    for notice in (shipped(), association()):
        token, item = new_session(notice)
        ends = notice.rule("session", "created").ends(NOW)
        assert item.expires_at == ends > NOW
        assert item.expires == ends.replace(microsecond=0), "DynamoDB's own clock has seconds"
        assert token.fingerprint in item.sk
        assert token.secret not in repr(item.serialize())


def test_the_notice_says_how_long_a_link_works() -> None:
    token, item = service.new_link(SUBJECT, "verify", "x", shipped(), NOW)
    assert item.expires_at == NOW + timedelta(days=7)
    assert token.secret not in repr(item.serialize())


@pytest.mark.parametrize("milliseconds", [-1, 0])
def test_a_session_that_ended_is_none(milliseconds: int) -> None:
    _, item = new_session()
    now = item.expires_at - timedelta(milliseconds=milliseconds)
    with pytest.raises(Unauthenticated):
        service.recognise(item, stands(), now)


def test_what_is_not_there_is_no_session() -> None:
    _, item = new_session()
    with pytest.raises(Unauthenticated):
        service.recognise(None, stands(), NOW)
    with pytest.raises(Unauthenticated):
        service.recognise(item, None, NOW)
    assert service.recognise(item, stands(), NOW)


def test_a_session_is_alive_until_its_last_millisecond() -> None:
    token, item = new_session()
    read = SessionItem.from_raw_data(item.serialize())
    last = item.expires_at - timedelta(milliseconds=1)
    use = LimitItem("L#", "core#limit#use", kind="limit", used_at=last, expires_at=last)
    signed_in = service.recognise(read, stands(), last, use=use)
    session = signed_in.session
    assert (session.subject, session.id) == (SUBJECT, token.fingerprint)
    assert (session.created_at, session.expires_at) == (NOW, item.expires_at)
    assert session.opened == OPENED
    assert (signed_in.subject, signed_in.standing) == (SUBJECT, standing())


@pytest.mark.parametrize("text", [None, "", "nonsense", str(TOKEN)[:-1]])
def test_what_is_no_token_is_not_looked_up(
    text: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked_up(token: Token) -> None:
        raise AssertionError("the table was asked")

    monkeypatch.setattr(reads, "batch", looked_up)
    monkeypatch.setattr(reads, "together", looked_up)
    monkeypatch.setattr(store, "get_link", looked_up)
    with pytest.raises(Unauthenticated):
        service.authenticate(text)
    with pytest.raises(Unprocessable):
        service.open_link(text or "", "verify")


def test_a_link_may_work_for_less_than_the_notice_says_and_never_longer() -> None:
    hour, month = timedelta(hours=1), timedelta(days=30)
    for valid, ends in ((hour, NOW + hour), (month, NOW + timedelta(days=7))):
        _, item = service.new_link(SUBJECT, "verify", "x", shipped(), NOW, valid)
        assert item.expires_at == ends


def link(action: str = "verify", ends: timedelta = timedelta(days=1)) -> LinkItem:
    return link_item(TOKEN, action, "target", NOW + ends)


@pytest.mark.parametrize(
    "found",
    [
        None,
        link("reset"),
        link("used:reset"),
        link(ends=timedelta(0)),
        link(ends=timedelta(milliseconds=-1)),
        link("used:verify", ends=timedelta(0)),
    ],
    ids=["unknown", "for another", "used for another", "ended now", "ended", "used and ended"],
)
def test_every_link_that_is_not_valid_is_answered_the_same(
    found: LinkItem | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "get_link", lambda token: found)
    with pytest.raises(Unprocessable) as refused:
        service.open_link(str(TOKEN), "verify")
    problem = refused.value
    assert type(problem) is Unprocessable
    assert (problem.type, problem.detail) == ("link-not-valid", service.NO_LINK)
    assert type(service.refusal(str(TOKEN), "verify")) is Unprocessable


def test_a_used_link_says_so_to_who_holds_it_and_no_program_sees_the_difference(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store, "get_link", lambda token: link("used:verify"))
    with pytest.raises(DoneAlready) as refused:
        service.open_link(str(TOKEN), "verify")
    for problem in (refused.value, service.refusal(str(TOKEN), "verify")):
        assert isinstance(problem, DoneAlready)
        assert (problem.type, problem.detail) == ("link-not-valid", service.NO_LINK)
        assert problem.title == service.link_not_valid().title


def test_a_link_that_lost_a_race_to_something_else_is_not_valid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store, "get_link", lambda token: link())
    assert type(service.refusal(str(TOKEN), "verify")) is Unprocessable


def test_a_valid_link_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "get_link", lambda token: link())
    token, item = service.open_link(str(TOKEN), "verify")
    assert token == TOKEN
    assert item.target == "target"
