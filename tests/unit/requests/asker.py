"""Somebody in front of the pages of requests, where no store is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from chalicelib.errors import Problem
from chalicelib.pages.frame import Frame
from chalicelib.requests import paths
from chalicelib.requests.contract import course_pages
from chalicelib.requests.machine import Action, Actor, Entry, Status, advanced
from chalicelib.requests.model import Kept, Message, Request, timed
from chalicelib.requests.pages.course import list_page, request_page
from chalicelib.requests.service.exports import Issued
from chalicelib.storage.pages import Page
from chalicelib.web.call import Call
from chalicelib.web.pages.visit import Visit
from chalicelib.web.request import Headers
from chalicelib.web.wiring import wired
from functions.http.requests import handler
from tests.unit.core.samples import NOW
from tests.unit.web.pages.sample import SAME
from tests.unit.web.sample import CONTEXT, Sent, event

PUBLIC = "https://privacy.example"
ONCE = "o" * 43
TOKEN = "a2" * 13 + "." + "Zz9_-" * 8 + "abc"
ID = "r" * 26
HOSTILE = "\"></form><script>alert('x')</script>{{ 7 * 7 }}&amp;"


def opened(path: str, query: Mapping[str, str], language: str = "") -> Sent:
    """The page at an address, without a session."""
    return _sent("GET", path, None, query, language)


def sent(path: str, fields: Mapping[str, str], language: str = "") -> Sent:
    """What comes of a form, without a session."""
    return _sent("POST", path, urlencode({"once": ONCE, **fields}), {}, language)


def _sent(
    method: str, path: str, body: str | None, query: Mapping[str, str], language: str
) -> Sent:
    headers = {"Accept": "text/html", **SAME}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    asked = {name: [value] for name, value in query.items()}
    if language:
        asked["lang"] = [language]
    parameters = {"id": ID} if ID in path else {}
    place = path.replace(ID, "{id}")
    return Sent(handler(event(method, place, body, headers, asked, parameters), CONTEXT))


def visit(language: str, refused: Problem | None = None, **typed: str) -> Visit:
    """A visit of somebody who is signed in, to a page in a language."""
    path = paths.ONE.format(id=ID)
    frame = Frame(
        wired().notice(),
        language,
        path,
        signed_in=True,
        token="form",
        tab="requests",
        refused=refused is not None,
    )
    call = Call(course_pages.ONE_PAGE.read, None, {}, {"id": ID}, Headers({}), "text/html", "r")
    return Visit(call, frame.notice, frame, "session", typed=typed, refused=refused, once=ONCE)


def request(right: str, *actions: Action, **members: Any) -> Request:
    """A request of a right to which these happened, an hour apart."""
    history: tuple[Entry, ...] = ()
    person = {Action.ANSWER, Action.MESSAGE, Action.CANCEL, Action.DISPUTE}
    for number, action in enumerate((Action.SUBMIT, *actions)):
        actor = Actor.PERSON if not number or action in person else Actor.DESK
        reason = "clarification" if action is Action.PAUSE else None
        history = advanced(history, action, actor, NOW + timedelta(hours=number), reason)
    status = history[-1].status
    closed = status in (Status.COMPLETED, Status.REFUSED, Status.CANCELLED)
    base = Request(ID, right, status, "website", NOW, history[-1].at if closed else None, history)
    return replace(base, **members)


def shown(
    language: str,
    found: Request,
    *messages: Message,
    refused: Problem | None = None,
    issued: Issued | None = None,
    **typed: str,
) -> str:
    """The page of a request, in a language."""
    notice = wired().notice()
    on = timed(found, notice, NOW)
    return request_page(visit(language, refused, **typed), on, messages, on.received_on, issued)


def listed(language: str, *found: Request, after: str = "") -> str:
    """The list of requests, in a language."""
    notice = wired().notice()
    return list_page(
        visit(language), Page(tuple(timed(one, notice, NOW) for one in found), None), after
    )


LEFT = Kept("receipt", None, "A reason in the words of the receipt.", "2028-11-22T16:00:00.123Z")
"""Something that an erasure left until a day."""
