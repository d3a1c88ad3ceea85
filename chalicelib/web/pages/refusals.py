"""Refusals of pages: a page with a way on for people, a problem document for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from chalicelib import logs
from chalicelib.errors import NotFound, Problem, TooManyRequests, Unauthenticated
from chalicelib.pages.frame import Frame
from chalicelib.pages.languages import FALLBACK
from chalicelib.web import negotiation, request
from chalicelib.web.answer import Answer
from chalicelib.web.call import preferred_locale
from chalicelib.web.contract import HTML, PROBLEM
from chalicelib.web.pages import cookie, reading
from chalicelib.web.pages.answers import Done, html, redirect
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.pages.visit import SECRET, wait
from chalicelib.web.query import asked_languages, given
from chalicelib.web.respond import of_problem
from chalicelib.web.wiring import SECOND_FACTOR_FIRST, wired

_EDGE: Final = PageOperation(id="edge", method="GET", path="/")

SIGN_IN: Final = "/sign-in"
TO: Final = "to"
"""The page for signing in, and its parameter for the page that asked."""

SECOND_FACTOR: Final = "/account/second-factor"
DESK: Final = "desk"
"""The page for setting a second factor up, and its word for who needs one at the desk."""

_NOWHERE: Final = PageOperation(id="nowhere", method="GET", path="/{proxy+}", session=Session.NONE)
"""An address with nothing behind it, as `site` answers it."""

OVER: Final = "over"
"""The word by which the page that asks for a request's token says that one did not open a page."""


def refused(
    operation: PageOperation, problem: Problem, event: Mapping[str, Any], request_id: str
) -> Answer:
    """Returns the answer to a refused visit; without a session, the way to sign in and back."""
    headers = request.headers_of(event)
    if operation.staff and problem.status == NotFound.status:
        # As that of any unknown address: the desk does not tell that it is there.
        operation = _NOWHERE
    if negotiation.media_type(headers.get("Accept"), (PROBLEM, HTML)) != HTML:
        return of_problem(problem, request_id)
    frame = _frame(operation, event)
    if frame is None:
        from chalicelib.pages.page import problem_page

        locale = preferred_locale(asked_languages(event), headers, (FALLBACK,))
        return html(problem_page(problem, locale, request_id), locale, problem.status)
    if problem.type == SECOND_FACTOR_FIRST:
        return redirect(Done(SECOND_FACTOR, DESK), frame)
    if reading.is_without_session(problem) and operation.session is not Session.NONE:
        if operation.asks_key and cookie.request_token(headers) is not None:
            return redirect(Done(operation.asks_key, OVER), frame)
        known = cookie.session_token(headers) is not None
        if operation.staff and operation.method == "POST":
            return _with_what_was_typed(operation, frame, event, known=known)
        if operation.session is Session.REQUIRED or known:
            return _without_session(operation, frame, known=known)
    return refusal(problem, frame, request_id)


def refused_at_the_edge(problem: Problem, event: Mapping[str, Any], request_id: str) -> Answer:
    """Returns the answer to a request that no page or operation of a function takes."""
    return refused(_EDGE, problem, event, request_id)


def refusal(problem: Problem, frame: Frame, request_id: str = "") -> Answer:
    """Returns a refusal as a page in the shell, without technical detail."""
    from chalicelib.pages.page import refusal_page

    waiting = wait(problem, frame.language) if isinstance(problem, TooManyRequests) else ""
    page = refusal_page(problem.status, frame, request_id, waiting)
    return html(page, frame.language, problem.status, headers=problem.headers)


def _without_session(operation: PageOperation, frame: Frame, *, known: bool) -> Answer:
    """Returns the way to the page for signing in, or to this page as it is without a session.

    A cookie whose session is over is removed.
    """
    over = cookie.ended() if known else None
    if operation.session is Session.OPTIONAL:
        return redirect(Done(frame.path, query=frame.query, cookie=over), frame)
    asked = _relative(frame)
    return redirect(Done(SIGN_IN, query={TO: asked}, cookie=over), frame)


def _with_what_was_typed(
    operation: PageOperation, frame: Frame, event: Mapping[str, Any], *, known: bool
) -> Answer:
    """Returns the page that keeps what was typed in a form of the desk, beside the way to sign in.

    The texts stay in the browser alone. A form that cannot be read, or is longer than most, leads
    to signing in.
    """
    from chalicelib.pages.page import over_page

    try:
        typed = reading.fields(event, None)
    except Problem:
        typed = {}
    fields = {name: text for name, text in typed.items() if name not in SECRET}
    if not fields:
        return _without_session(operation, frame, known=known)
    frame = replace(frame, signed_in=False, token="")
    page = over_page(frame, frame.to(SIGN_IN, **{TO: "/desk"}), {**fields, reading.KEPT: "yes"})
    headers = {"Set-Cookie": cookie.ended()} if known else {}
    return html(page, frame.language, Unauthenticated.status, headers=headers)


def _relative(frame: Frame) -> str:
    """Returns the page's path and query, without language, as `to` carries it."""
    from urllib.parse import urlencode

    return frame.path + (f"?{urlencode(frame.query)}" if frame.query else "")


def _frame(operation: PageOperation, event: Mapping[str, Any]) -> Frame | None:
    """Returns the frame of the page that was asked for; None where the notice cannot be read."""
    try:
        path = event.get("pathParameters") or {}
        query = {name: found[0] for name in operation.query if (found := given(event, name))}
        return reading.framed(operation, wired().notice(), event, path, query)
    except Exception as error:  # noqa: BLE001 - the refusal itself has to be answered
        logs.failure("http.language_unknown", error)
        return None
