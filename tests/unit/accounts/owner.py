"""Somebody signed in at the pages of an account, where no store is: use cases find what is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib import clock
from chalicelib.accounts.service import profile, second_factor
from chalicelib.accounts.service.profile import Account
from chalicelib.accounts.service.second_factor import Stands
from chalicelib.notices.model import Notice
from chalicelib.pages.languages import languages
from chalicelib.publications.model import Obligation, Status
from chalicelib.publications.service import told
from chalicelib.requests.machine import Status as RequestStatus
from chalicelib.requests.model import Request, timed
from chalicelib.requests.service import view
from chalicelib.sessions import service as sessions
from chalicelib.sessions.model import Opened, Session, SignedIn
from chalicelib.storage.pages import Page
from chalicelib.subjects.model import Asked, Life, Standing
from chalicelib.web.pages import view as web_view
from chalicelib.web.pages.cookie import form_token
from chalicelib.web.wiring import wired
from functions.http import credentials
from functions.http import profile as profile_function
from functions.http import sessions as session_function
from tests.unit.accounts.visitor import HOSTILE, ONCE, PUBLIC
from tests.unit.core.samples import NOW, SUBJECT, shipped, shipped_in, standing
from tests.unit.web.pages.sample import SAME, TOKEN, signed_in
from tests.unit.web.sample import CONTEXT, Sent, event

LOCALES = languages()
LONG = "ع" * 4_000
UNKNOWN = Opened()
HERE, THERE = "h" * 43, "t" * 43
PAGES: Mapping[str, Any] = {
    "/account": profile_function.handler,
    "/account/profile": profile_function.handler,
    "/account/email": profile_function.handler,
    "/account/preferences": profile_function.handler,
    "/account/messages": profile_function.handler,
    "/account/leave": profile_function.handler,
    "/account/password": credentials.handler,
    "/account/second-factor": credentials.handler,
    "/account/sessions": session_function.handler,
}


class Person:
    """Whoever is signed in, and what the use cases would find about them."""

    def __init__(self) -> None:
        self.standing: Standing = replace(standing(), registered_at=NOW)
        self.opened = Opened()
        self.factor: Stands | None = None
        self.role: str | None = None
        self.obligations: list[Obligation] = []
        self.requests: list[Request] = []
        self.sessions: list[Session] = []
        self.profile: dict[str, dict[str, str]] = {}
        self.next: str | None = None
        self.more: str | None = None

    @property
    def signed_in(self) -> SignedIn:
        return SignedIn(session(HERE, self.opened), self.standing, self.role)

    @property
    def account(self) -> Account:
        return Account(
            id=SUBJECT,
            state="active",
            locale=self.standing.locale,
            registered_at=NOW,
            notice_version="2026-11-22",
            role=None,
            second_factor=self.opened.second_factor,
            notifications={},
            profile=self.profile,
        )


def session(id: str, opened: Opened = UNKNOWN) -> Session:
    return Session(SUBJECT, id, NOW, NOW + timedelta(days=10), 0, opened)


def obligation(version: str, status: Status) -> Obligation:
    return Obligation(SUBJECT, version, status, (), NOW, NOW, NOW, None, None, 1)


def request(right: str, status: RequestStatus) -> Request:
    return Request("r" * 26, right, status, "website", NOW, None, ())


def arrived(monkeypatch: pytest.MonkeyPatch) -> Person:
    """Somebody who is signed in at the pages, under the product's notice in all languages."""
    found = Person()
    in_force(monkeypatch, shipped_in(*LOCALES))
    monkeypatch.setenv("RISERBO_PUBLIC_URL", PUBLIC)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setattr(web_view, "run_once", lambda _operation, _visit, _once, act: act())
    monkeypatch.setattr(sessions, "authenticate", lambda *_, **__: found.signed_in)
    monkeypatch.setattr(second_factor, "stands", lambda _: found.factor)
    monkeypatch.setattr(profile, "account", lambda *_: found.account)
    monkeypatch.setattr(told, "told", lambda *_: Page(tuple(found.obligations), found.more))

    def listed(*_: object) -> Page[Any]:
        notice = wired().notice()
        return Page(tuple(timed(one, notice, NOW) for one in found.requests), found.more)

    monkeypatch.setattr(view, "listed", listed)
    monkeypatch.setattr(sessions, "sessions", lambda *_: Page(tuple(found.sessions), found.next))
    return found


def in_force(monkeypatch: pytest.MonkeyPatch, notice: Notice) -> None:
    monkeypatch.setattr(wired(), "notice", lambda: notice)


def shown(path: str, locale: str = "", **query: str) -> Sent:
    asked = {name: [value] for name, value in {**query, "lang": locale}.items() if value}
    sent = event("GET", path, None, {"Accept": "text/html"} | signed_in(), asked)
    return Sent(PAGES[path](sent, CONTEXT))


def pressed(path: str, locale: str = "en", /, **fields: str) -> Sent:
    form = "application/x-www-form-urlencoded"
    headers = {"Accept": "text/html", "Content-Type": form} | SAME | signed_in()
    body = urlencode({"form": form_token(TOKEN), "once": ONCE} | fields)
    return Sent(PAGES[path](event("POST", path, body, headers, {"lang": [locale]}), CONTEXT))


def everything(found: Person) -> None:
    """Gives a person all that the pages can show."""
    found.opened = Opened(True, "203.0.113.0/24", "IT")
    found.factor = Stands(NOW, 1)
    asked = Asked(1, NOW)
    found.standing = replace(
        found.standing, life=Life.DEACTIVATED, asks=dict.fromkeys(shipped().choices, asked)
    )
    found.obligations = [obligation(f"2026-12-0{one}", Status.SENT) for one in (1, 2)]
    found.requests = [
        request("copy", RequestStatus.PAUSED),
        request("of_an_old_notice", RequestStatus.RECEIVED),
    ]
    found.sessions = [session(HERE, found.opened), *(session(f"{one:043}") for one in range(39))]
    found.next = THERE
    found.profile = {
        one.category: {}
        for one in shipped().forms["registration"].optional
        | shipped().forms["registration"].required
    }
    for one in shipped().forms["registration"].optional:
        found.profile[one.category][one.field] = HOSTILE + LONG
