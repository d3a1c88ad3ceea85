"""From a request to a use case and back: the decorator that every HTTP handler stands under.

    @route(bp, REGISTER)
    def register(call: Call) -> Answer:
        ...

Chalice's own exceptions, body parsing and CORS are not used: a view never raises, and no answer
leaves without its security headers, whatever came in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import partial, wraps
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from chalice.app import Blueprint, Chalice, Request
from chalice.app import Response as ChaliceResponse

from chalicelib import logs
from chalicelib.errors import NoticeTooOld, Problem
from chalicelib.pages.languages import FALLBACK, spoken
from chalicelib.web import negotiation, request
from chalicelib.web.answer import Answer
from chalicelib.web.call import Call, preferred_locale, read_call
from chalicelib.web.conditional import not_modified
from chalicelib.web.contract import HTML, PROBLEM, Operation
from chalicelib.web.cors import preflight_headers
from chalicelib.web.idempotency import caller_of, is_remembered, payload_hash, run_once
from chalicelib.web.query import asked_languages
from chalicelib.web.respond import of_problem, response
from chalicelib.web.salvage import Keep, read_loosely, salvaged
from chalicelib.web.wiring import wired

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice

__all__ = ["Answer", "Call", "register_routes", "route", "view"]

ANY = ["*/*"]
"""Content types: the kernel checks them itself, since Chalice's 415 is no problem document."""

Handler = Callable[..., Answer]
View = Callable[..., ChaliceResponse]
Unremembered = Callable[[Call], Answer | None]

_current: ContextVar[Request] = ContextVar("riserbo_request")
_routes: WeakKeyDictionary[Blueprint, dict[str, dict[str, View]]] = WeakKeyDictionary()


def route(
    bp: Blueprint,
    operation: Operation,
    also: Callable[[Call], object] | None = None,
    keep: Keep | None = None,
    unremembered: Unremembered | None = None,
) -> Callable[[Handler], View]:
    """Registers a handler under its operation's path and method, and the path's CORS preflight.

    The handler takes a Call, and the path's parameters as keyword arguments (texts of 1 to 128
    unreserved characters). Before an answer stored for an `Idempotency-Key` is replayed, the caller
    is authenticated again, by the operation's `auth`, and `also` raises where the answer may no
    longer be given. `keep` records the no of a refused request (`web.salvage`).
    `unremembered` returns the answer to a call that keeps nothing, or None: no trace of such a
    call's `Idempotency-Key` is kept either.

    An operation that is open to everybody answers HEAD too, as it answers GET (RFC 9110, section
    9.3.2).
    """

    def register(handler: Handler) -> View:
        methods = _methods(bp, operation.path)
        viewed = view(operation, also, keep, unremembered)(handler)
        views = {operation.method: viewed}
        if "OPTIONS" not in methods:
            views["OPTIONS"] = _preflight(handler, methods)
        if operation.answers_head:
            views["HEAD"] = headed(viewed)
        serve(bp, operation.path, views)
        return viewed

    return register


def serve(bp: Blueprint, path: str, views: Mapping[str, View]) -> None:
    """Registers views by method under a path of a blueprint."""
    methods = _methods(bp, path)
    for method, one in views.items():
        methods[method] = one
        bp.route(path, methods=[method], content_types=ANY)(one)


def _methods(bp: Blueprint, path: str) -> dict[str, View]:
    """Returns the views of a path by method, as far as they are registered."""
    routes = _routes.setdefault(bp, {})
    if not routes:
        bp.register_middleware(bind, "http")
    return routes.setdefault(path, {})


def current_request() -> Request:
    """Returns the request that Chalice is handling now."""
    return _current.get()


def register_routes(bp: Blueprint, app: Chalice) -> None:
    """Registers a blueprint's operations in an app, leaving the blueprint as it was.

    Chalice can register a blueprint only once: it removes the methods and content types from the
    blueprint's own record, and a second app would serve everything as GET. That one registration
    belongs to app.py, so the app around a single capability gets its routes from here.
    """
    for path, methods in _routes.get(bp, {}).items():
        for method, viewed in methods.items():
            app.route(path, methods=[method], content_types=list(ANY))(viewed)


def bind(current: Request, proceed: Callable[[Request], Any]) -> Any:
    """Chalice middleware that gives views their request.

    A blueprint's own `current_request` is that of the app that registered it last.
    """
    token = _current.set(current)
    try:
        return proceed(current)
    finally:
        _current.reset(token)


def view(
    operation: Operation,
    also: Callable[[Call], object] | None = None,
    keep: Keep | None = None,
    unremembered: Unremembered | None = None,
) -> Callable[[Handler], View]:
    """Turns a handler into a Chalice view: read and validate, run, and write answer or problem."""

    def decorate(handler: Handler) -> View:
        run = partial(_run, handler=handler, also=also, unremembered=unremembered)

        @wraps(handler)
        def viewed(**path: str) -> ChaliceResponse:
            started = time.perf_counter()
            current = _current.get()
            event = current.to_original_event()
            request_id = request.request_id(event, current.lambda_context)
            answer = _answer(operation, run, keep, event, path, request_id)
            sent = response(answer, event, request_id)
            logs.log(
                "http.answered",
                operation=operation.id,
                request_id=request_id,
                status=sent.status_code,
                milliseconds=round((time.perf_counter() - started) * 1000),
            )
            return sent

        return viewed

    return decorate


def headed(viewed: View) -> View:
    """Returns the view with an empty body."""

    @wraps(viewed)
    def answered(**path: str) -> ChaliceResponse:
        sent = viewed(**path)
        sent.body = ""
        return sent

    return answered


def _answer(
    operation: Operation,
    run: Callable[[Call], Answer],
    keep: Keep | None,
    event: Mapping[str, Any],
    path: Mapping[str, str],
    request_id: str,
) -> Answer:
    try:
        try:
            answer = run(read_call(operation, event, path, request_id))
        except Problem as problem:
            kept = _kept(keep, problem, operation, event, path, request_id)
            if kept is None:
                raise
            answer = kept
        wanted = request.headers_of(event).get("If-None-Match")
        return not_modified(operation.method, wanted, answer)
    except Problem as problem:
        if isinstance(problem, NoticeTooOld):
            logs.log(
                "http.notice_too_old",
                operation=operation.id,
                request_id=request_id,
                missing=problem.missing,
            )
        elif problem.status >= 500:
            logs.failure("http.failed", problem, request_id=request_id, operation=operation.id)
        return _refusal(problem, operation, event, request_id)
    except Exception as error:  # noqa: BLE001 - Chalice would log its message, which may quote
        logs.failure("http.failed", error, request_id=request_id, operation=operation.id)
        return _refusal(Problem(), operation, event, request_id)


def _kept(
    keep: Keep | None,
    problem: Problem,
    operation: Operation,
    event: Mapping[str, Any],
    path: Mapping[str, str],
    request_id: str,
) -> Answer | None:
    """Returns the answer to a refused request whose no was recorded; None where it has none."""
    if keep is None:
        return None
    answer = salvaged(keep, problem, lambda: read_loosely(operation, event, path, request_id))
    if answer is not None or "recorded" in problem.members:
        logs.log(
            "http.no_kept", operation=operation.id, request_id=request_id, problem=problem.type
        )
    return answer


def _run(
    call: Call,
    handler: Handler,
    also: Callable[[Call], object] | None,
    unremembered: Unremembered | None,
) -> Answer:
    key = call.idempotency_key
    if not key or not is_remembered(call.operation, call.bearer, call.visitor):
        return handler(call, **call.path)
    nothing = None if unremembered is None else unremembered(call)
    if nothing is not None:
        return nothing

    def refuse() -> None:
        if not call.recognised:
            wired().recognise(call)
        if also is not None:
            also(call)

    return run_once(
        wired().idempotency(),
        caller_of(call.operation.id, call.bearer, call.visitor, call.source_ip),
        key,
        payload_hash(key, call.path, {**call.query, **_signals(call)}, call.body),
        lambda: handler(call, **call.path),
        refuse,
    )


def _signals(call: Call) -> dict[str, bool]:
    """Returns the browser's signals, which are part of the request as much as its body."""
    return {"Sec-GPC": True} if call.gpc else {}


def _refusal(
    problem: Problem, operation: Operation, event: Mapping[str, Any], request_id: str
) -> Answer:
    """Returns a problem document, or a page for a person at a page."""
    headers = request.headers_of(event)
    shows_pages = operation.form or HTML in operation.media_types
    accepted = negotiation.media_type(headers.get("Accept"), (PROBLEM, HTML))
    if not shows_pages or accepted != HTML:
        return of_problem(problem, request_id)
    notice = _notice()
    offered = (FALLBACK,) if notice is None else spoken(notice.locales)
    locale = preferred_locale(asked_languages(event), headers, offered)
    page = _refusal_page(problem, locale, request_id, notice)
    return Answer(problem.status, page, problem.headers, HTML)


def _refusal_page(problem: Problem, locale: str, request_id: str, notice: Notice | None) -> str:
    """Returns the page of a refusal, without the shell where that cannot be made."""
    from chalicelib.pages.page import problem_page  # templates are only needed for people

    try:
        return problem_page(problem, locale, request_id, notice)
    except Exception as error:  # noqa: BLE001 - the refusal itself has to be answered
        logs.failure("http.failed", error, request_id=request_id)
        return problem_page(problem, locale, request_id)


def _notice() -> Notice | None:
    """Returns the notice around a refusal; None where it cannot be read now."""
    try:
        return wired().notice()
    except Exception as error:  # noqa: BLE001 - the refusal itself has to be answered
        logs.failure("http.language_unknown", error)
        return None


def _preflight(handler: Handler, methods: Mapping[str, View]) -> View:
    def preflight(**_: str) -> ChaliceResponse:
        current = _current.get()
        event = current.to_original_event()
        origin = request.headers_of(event).get("Origin")
        headers = preflight_headers(origin, wired().origins(), set(methods) - {"OPTIONS"})
        return response(
            Answer(204, None, headers), event, request.request_id(event, current.lambda_context)
        )

    # Deployment finds the function that serves a path by the module of its view.
    preflight.__module__ = handler.__module__
    preflight.__name__ = f"{handler.__name__}_preflight"
    return preflight
