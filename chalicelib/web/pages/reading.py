"""Reads the request of a page: the guard of forms, the session's cookie, the address, the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chalicelib import ids
from chalicelib.errors import Forbidden, Problem, Unauthenticated
from chalicelib.pages.frame import DONE, Frame
from chalicelib.pages.languages import language_for, spoken
from chalicelib.web import request
from chalicelib.web.call import preferred_locale, read_call
from chalicelib.web.contract import FORM, MAX_BODY
from chalicelib.web.forms import read_form, read_form_loosely
from chalicelib.web.json_body import check_content_type
from chalicelib.web.negotiation import lookup
from chalicelib.web.pages import cookie, guard
from chalicelib.web.pages.contract import PageOperation, Session
from chalicelib.web.pages.visit import Visit
from chalicelib.web.query import asked_languages, given
from chalicelib.web.request import Headers
from chalicelib.web.salvage import MOST
from chalicelib.web.wiring import wired

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice

FORM_TOKEN = "form"
"""The field of the session's token in a form."""


def visit(
    operation: PageOperation, event: Mapping[str, Any], path: Mapping[str, Any], request_id: str
) -> Visit:
    """Reads everything of a request but its form.

    Raises a Problem below 500 for a form from elsewhere, for an address that is wrong, and
    Unauthenticated where the page needs a session and there is no cookie with one. Faults
    of an address of the desk are told to its members alone: others get the errors of
    `Wiring.member`.
    """
    headers = request.headers_of(event)
    if operation.method == "POST":
        guard.refuse_foreign(headers)
    session = session_of(operation, headers)
    try:
        call = read_call(operation.read, event, path, request_id)
    except Problem:
        if operation.staff:
            wired().member(session)
        raise
    if session is None and operation.session is Session.REQUIRED:
        raise Unauthenticated("Sign in first.")
    notice = wired().notice()
    frame = framed(operation, notice, event, call.path, call.query)
    return Visit(call, notice, frame, session, once=ids.new_secret())


def framed(
    operation: PageOperation,
    notice: Notice,
    event: Mapping[str, Any],
    path: Mapping[str, str],
    query: Mapping[str, Any],
) -> Frame:
    """Returns the frame of a page; `path` and `query` are the parameters that it was opened with.

    Parameters that the page does not declare are left out, since others append them to addresses.
    """
    headers, offered = request.headers_of(event), spoken(notice.locales)
    asked = [tag for tag in asked_languages(event) if lookup(tag, offered)]
    session = session_of(operation, headers)
    words = given(event, DONE)
    return Frame(
        notice=notice,
        language=language_for(preferred_locale(asked, headers, offered), notice.locales),
        path=operation.address(path),
        query={name: _text(value) for name, value in query.items() if name in operation.query},
        asked=bool(asked),
        signed_in=session is not None and cookie.session_token(headers) is not None,
        token="" if session is None else cookie.form_token(session),
        done=words[0] if words and words[0] in operation.done else "",
        tab=operation.tab,
    )


def session_of(operation: PageOperation, headers: Headers) -> str | None:
    """Returns the token in the session's cookie, where the page reads it.

    Of a page that a request's token opens it is that token, where the cookie holds one.
    """
    if operation.session is Session.NONE:
        return None
    session = cookie.session_token(headers)
    if session is None and operation.asks_key:
        return cookie.request_token(headers)
    return session


def require_token(event: Mapping[str, Any], session: str | None, most: int = MAX_BODY) -> None:
    """Raises Forbidden unless a form of up to `most` bytes carries the token of its `session`.

    Nothing else of it is decoded. Raises TooLarge, UnsupportedMediaType.
    """
    raw = request.raw_body(event, most)
    check_content_type(request.headers_of(event).one("Content-Type"), FORM)
    name = f"{FORM_TOKEN}=".encode()
    tokens = [part[len(name) :] for part in raw.split(b"&") if part.startswith(name)]
    if session is not None and not (
        len(tokens) == 1 and cookie.is_form_token(tokens[0].decode("ascii", "replace"), session)
    ):
        raise Forbidden("This form was made for another session.", type=guard.FOREIGN)


def fields(
    event: Mapping[str, Any],
    session: str | None,
    most: int = MAX_BODY,
    only: frozenset[str] | None = None,
) -> dict[str, str]:
    """Returns the fields of a form of up to `most` bytes as texts, without those that came empty.

    Of a form of which `only` some fields are decoded, the others count as left out. A form that a
    `session` sends must carry its token. Raises Forbidden, TooLarge, UnsupportedMediaType, and
    BadRequest for a body that is no form.
    """
    raw = request.raw_body(event, most)
    check_content_type(request.headers_of(event).one("Content-Type"), FORM)
    if only is not None:
        names = {name.encode() for name in only | {FORM_TOKEN}}
        raw = b"&".join(one for one in raw.split(b"&") if one.partition(b"=")[0] in names)
    # Browsers end the lines of a text area with CR LF, whatever the person's keyboard did.
    found = {name: str(value).replace("\r\n", "\n") for name, value in read_form(raw).items()}
    token = found.pop(FORM_TOKEN, "")
    if session is not None and not cookie.is_form_token(token, session):
        raise Forbidden("This form was made for another session.", type=guard.FOREIGN)
    return {name: value for name, value in found.items() if value}


def fields_loosely(event: Mapping[str, Any], session: str | None) -> dict[str, list[str]]:
    """Returns all values of all fields of a form of which nothing has to fit but the token.

    Raises Forbidden where the form lacks its session's token, TooLarge beyond `salvage.MOST`.
    """
    found = read_form_loosely(request.raw_body(event, MOST))
    tokens = found.pop(FORM_TOKEN, [])
    if session is not None and not any(cookie.is_form_token(one, session) for one in tokens):
        raise Forbidden("This form was made for another session.", type=guard.FOREIGN)
    return found


KEPT = "kept"
"""The field of a form that outlived its session: the page after that session sends it again."""


def kept(event: Mapping[str, Any], most: int) -> dict[str, str] | None:
    """Returns the fields of a form of up to `most` bytes that outlived its session; else None.

    It carries no session's token, and so must do nothing but be shown again. Raises as `fields`.
    """
    raw = request.raw_body(event, most)
    if f"{KEPT}=yes".encode() not in raw.split(b"&"):
        return None
    found = fields(event, None, most)
    return {name: text for name, text in found.items() if name != KEPT}


def is_without_session(problem: Problem) -> bool:
    """Tells whether a use case was called without a session that works.

    Every other refusal with 401, such as that of a wrong password, has a type of its own.
    """
    return problem.status == Unauthenticated.status and problem.type == Unauthenticated.default_type


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
