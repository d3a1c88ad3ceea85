"""From a request to a page and back: the decorators that every page handler stands under.

    @shows(bp, contract.SIGN_IN)
    def show_sign_in(visit: Visit) -> str:
        ...

    @acts(bp, contract.SIGN_IN_FORM, again=show_sign_in)
    def sign_in(visit: Visit) -> Done:
        ...

A page never raises: a refusal is a page too, with a way on. A form whose use case refuses it is
shown again, with what was typed and the reasons; a page that needs a session leads to the page for
signing in, and from there back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any
from weakref import WeakKeyDictionary

from chalice.app import Blueprint
from chalice.app import Response as ChaliceResponse

from chalicelib import logs
from chalicelib.errors import Conflict, Contention, Forbidden, Problem
from chalicelib.pages.frame import Frame
from chalicelib.web import request
from chalicelib.web.answer import Answer
from chalicelib.web.pages import again as again_code
from chalicelib.web.pages import reading
from chalicelib.web.pages.answers import Done, html, redirect
from chalicelib.web.pages.contract import AGAIN, PageOperation
from chalicelib.web.pages.form import read_form_fields, run_once
from chalicelib.web.pages.refusals import refused
from chalicelib.web.pages.visit import Visit
from chalicelib.web.respond import response
from chalicelib.web.salvage import counts
from chalicelib.web.view import View, current_request, headed, serve
from chalicelib.web.wiring import wired

Shown = str | Answer | Done
"""The answer of a page handler: HTML, a ready answer, or the way to another page."""

Shows = Callable[..., Shown]
"""A handler: it takes the Visit, and the path's parameters as keyword arguments."""

Keep = Callable[[Visit, Mapping[str, Sequence[str]]], bool | Done]
"""Records the refusals of consent, or of mails, in a form that was refused.

It takes the visit, and all values of the form's fields, which may fit nothing. It returns whether
it recorded any, or the way on from a form that is nothing but a refusal."""

Event = Mapping[str, Any]
"""API Gateway's event of a request."""

_NOT_THE_FORM = frozenset({404, 405, 415})
"""Statuses of refusals that are not about what a form held, and are no reason to show it again."""

_shown: WeakKeyDictionary[Shows, PageOperation] = WeakKeyDictionary()
"""The operation of the page that a handler shows."""

_operations: WeakKeyDictionary[Blueprint, list[PageOperation]] = WeakKeyDictionary()


def shows(
    bp: Blueprint, operation: PageOperation, others: Sequence[str] = ()
) -> Callable[[Shows], Shows]:
    """Registers the handler of a page under its operation's path, for GET and HEAD.

    The handler stays callable as it is, so that a form can show the page again. `others` are
    further methods that it answers; only an address with nothing behind it has any.
    """

    def register(handler: Shows) -> Shows:
        def show(visit: Visit, _: Event) -> Answer:
            visit = _admitted(operation, visit)
            return _answer(operation, visit, handler(visit, **visit.call.path))

        view = _view(operation, handler, show)
        more = dict.fromkeys(others, view)
        serve(bp, operation.path, {"GET": view, "HEAD": headed(view), **more})
        _operations.setdefault(bp, []).append(operation)
        _shown[handler] = operation
        return handler

    return register


def acts(
    bp: Blueprint,
    operation: PageOperation,
    again: Shows | None = None,
    keep: Keep | None = None,
) -> Callable[[Shows], Shows]:
    """Registers the handler of a form under its operation's path, for POST.

    The handler calls one use case and returns Done. Where the form does not fit its schema, or the
    use case raises a Problem below 500, `again` shows the page with `visit.refused`, and the
    answer has the problem's status. Without `again` the refusal is a page of its own.

    `keep` records the no in a form that is refused for anything but its sender (`web.salvage`).
    The problem then has the member `recorded`, and `again` shows the page whatever the reason is.
    """

    def register(handler: Shows) -> Shows:
        def act(visit: Visit, event: Event) -> Answer:
            fields: dict[str, str] | None = None
            if operation.staff:
                visit, fields = _sent_by_staff(operation, visit, event)
            try:
                if fields is not None:
                    raise Conflict("The session began after the form.", type="signed-in-again")
                fields = reading.fields(event, visit.session, operation.max_body, operation.decodes)
                if operation.staff:
                    fields.pop(AGAIN, None)
                    again_code.require(operation, visit, event)
                return _acted(operation, handler, visit, fields)
            except Problem as problem:
                recorded = _recorded(keep, visit, event, problem)
                if isinstance(recorded, Done):
                    return redirect(recorded, visit.frame)
                about = fields is not None and _is_about_the_form(problem)
                if again is None or not (about or recorded):
                    raise
                fields = fields or {}
                frame = _frame_again(_shown.get(again, operation), visit, event, fields)
                shown = visit.shown_again(problem, fields, frame)
                page = again(shown, **visit.call.path)
                if not isinstance(page, str):
                    raise
                return html(page, shown.language, problem.status, headers=problem.headers)

        serve(bp, operation.path, {"POST": _view(operation, handler, act)})
        _operations.setdefault(bp, []).append(operation)
        return handler

    return register


def operations(bp: Blueprint) -> tuple[PageOperation, ...]:
    """Lists the page operations that a blueprint serves."""
    return tuple(_operations.get(bp, ()))


def _admitted(operation: PageOperation, visit: Visit) -> Visit:
    """Returns the visit with the member of the desk whose it is, where the page is the desk's.

    Raises the errors of `Wiring.member`, and Forbidden for a form of somebody who only reads,
    unless the form changes nothing.
    """
    if not operation.staff:
        return visit
    member = wired().member(visit.session)
    if operation.method == "POST" and not (member.acts or operation.reads):
        raise Forbidden("A reader acts on nothing.", type="staff-only")
    frame = replace(visit.frame, asks_again=member.acts and member.asks_again)
    return replace(visit, member=member, frame=frame).speaking(member.locale)


def _sent_by_staff(
    operation: PageOperation, visit: Visit, event: Event
) -> tuple[Visit, dict[str, str] | None]:
    """Returns the visit of a form of the desk, admitted; its fields where it outlived its session.

    The token is looked at before it is known who sends it, so that no other site learns of
    anybody's role. Raises the errors of `_admitted`, and Forbidden without the token.
    """
    kept = reading.kept(event, operation.max_body)
    if kept is None:
        reading.require_token(event, visit.session, operation.max_body)
    return _admitted(operation, visit), kept


def _recorded(keep: Keep | None, visit: Visit, event: Event, problem: Problem) -> bool | Done:
    """Tells whether the no in a refused form is recorded; it is by now, where it can be.

    Of a form that is nothing but a no it returns the way on.
    """
    if "recorded" in problem.members:
        return True
    if keep is None or not counts(problem):
        return False
    try:
        recorded = keep(visit, reading.fields_loosely(event, visit.session))
    except Problem as other:
        if other.status >= 500 or isinstance(other, Contention):
            raise
        return False
    if recorded:
        problem.members["recorded"] = True
    return recorded


def _acted(
    operation: PageOperation, handler: Shows, visit: Visit, fields: Mapping[str, str]
) -> Answer:
    """Returns the answer to a form whose fields fit; a creating form is run once."""
    form = read_form_fields(operation, fields)
    whole = replace(visit, body=form.body)

    def act() -> Answer:
        return _answer(operation, whole, handler(whole, **whole.call.path))

    return act() if form.once is None else run_once(operation, whole, form.once, act)


def _frame_again(
    operation: PageOperation, visit: Visit, event: Event, fields: Mapping[str, str]
) -> Frame:
    """Returns the frame of the page that shows a form again: its parameters came in the form."""
    query = {name: fields[name] for name in operation.query if name in fields}
    frame = reading.framed(operation, visit.notice, event, visit.call.path, query)
    return replace(frame, language=visit.language, asks_again=visit.frame.asks_again)


def _is_about_the_form(problem: Problem) -> bool:
    if problem.status >= 500 or problem.status in _NOT_THE_FORM:
        return False
    return not reading.is_without_session(problem)


def _answer(operation: PageOperation, visit: Visit, shown: Shown) -> Answer:
    if isinstance(shown, Done):
        return redirect(shown, visit.frame)
    if isinstance(shown, Answer):
        return shown
    return html(shown, visit.language, shares=operation.shares)


def _view(
    operation: PageOperation,
    handler: Shows,
    answer: Callable[[Visit, Event], Answer],
) -> View:
    @wraps(handler)
    def viewed(**path: str) -> ChaliceResponse:
        started = time.perf_counter()
        current = current_request()
        event = current.to_original_event()
        request_id = request.request_id(event, current.lambda_context)
        shown = _referring(operation, _safely(operation, answer, event, path, request_id))
        sent = response(shown, event, request_id)
        logs.log(
            "http.answered",
            operation=operation.id,
            request_id=request_id,
            status=sent.status_code,
            milliseconds=round((time.perf_counter() - started) * 1000),
        )
        return sent

    return viewed


def _referring(operation: PageOperation, answer: Answer) -> Answer:
    """Returns the answer with its referrer policy: an address with a token is told to nobody."""
    policy = "no-referrer" if operation.token else "same-origin"
    return replace(answer, headers={"Referrer-Policy": policy, **answer.headers})


def _safely(
    operation: PageOperation,
    answer: Callable[[Visit, Event], Answer],
    event: Event,
    path: Mapping[str, str],
    request_id: str,
) -> Answer:
    try:
        visit = reading.visit(operation, event, path, request_id)
        return answer(visit, event)
    except Problem as problem:
        if problem.status >= 500:
            logs.failure("http.failed", problem, request_id=request_id, operation=operation.id)
        return refused(operation, problem, event, request_id)
    except Exception as error:  # noqa: BLE001 - Chalice would log its message, which may quote
        logs.failure("http.failed", error, request_id=request_id, operation=operation.id)
        return refused(operation, Problem(), event, request_id)
