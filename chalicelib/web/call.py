"""One request, read and validated against its operation's contract."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from chalicelib import clock, settings
from chalicelib.errors import BadRequest, NotAcceptable, NotFound, Problem, Unauthenticated
from chalicelib.web import negotiation, request
from chalicelib.web.contract import FORM, JSON, MAX_BODY, Auth, Operation
from chalicelib.web.forms import read_form
from chalicelib.web.json_body import check_content_type, read_json
from chalicelib.web.network import line
from chalicelib.web.query import read_query
from chalicelib.web.request import Headers
from chalicelib.web.validation import findings, unfit
from chalicelib.web.wiring import wired

_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_NEEDS_BEARER = frozenset({Auth.SESSION, Auth.REQUEST, Auth.SERVICE, Auth.STAFF})
_READS_BEARER = _NEEDS_BEARER | {Auth.VISITOR_OR_SESSION, Auth.SESSION_OR_LINK}
_READS_VISITOR = frozenset({Auth.VISITOR, Auth.VISITOR_OR_SESSION})


@dataclass(frozen=True, slots=True)
class Call:
    """One request, as a handler gets it.

    `body` is the JSON value (or the form's fields) that fits the body schema, None where the
    operation takes none. `query` holds the declared parameters that were given, with their types.
    `bearer` and `visitor` are tokens of which only the form was checked; they are None where the
    operation's `auth` does not read them. `media_type` is the answer's, as negotiated. `gpc` is
    True when the browser sent `Sec-GPC: 1`, `recognised` when the kernel has authenticated the
    caller, as it does before it reads a large body. `source_ip` is personal data: it may be hashed
    into a key, never stored or logged.
    """

    operation: Operation
    body: Any
    query: Mapping[str, Any]
    path: Mapping[str, str]
    headers: Headers
    media_type: str
    request_id: str
    bearer: str | None = field(default=None, repr=False)
    visitor: str | None = field(default=None, repr=False)
    idempotency_key: str | None = field(default=None, repr=False)
    source_ip: str | None = field(default=None, repr=False)
    gpc: bool = False
    recognised: bool = False

    @property
    def network(self) -> str:
        """The shortened network address of the caller, by which limits count."""
        return line(self.source_ip)

    def country(self, header: str | None) -> str | None:
        """Returns the country code in the header set by a proxy in front; None without a proxy."""
        value = self.headers.one(header) if header else None
        return value if value is not None and _COUNTRY.match(value) else None

    def locale(self, offered: Sequence[str]) -> str:
        """Returns the best offered language: by `?lang=`, by Accept-Language, else the first."""
        return preferred_locale(self.query.get("lang", ()), self.headers, offered)


def read_call(
    operation: Operation, event: Mapping[str, Any], path: Mapping[str, Any], request_id: str
) -> Call:
    """Reads an API Gateway event.

    The caller of an operation with a bearer token is authenticated before a large body is read, and
    before any finding is answered: an unknown caller gets 401 (or 403) for any request.

    Raises a Problem below 500 for an invalid request; findings about query, headers and body come
    together.
    """
    if operation.opens_accounts and not wired().notice().registers:
        raise NotFound("The notice in force has no form of registration: there are no accounts.")
    headers = request.headers_of(event)
    bearer = request.bearer_token(headers) if operation.auth in _READS_BEARER else None

    def recognise() -> None:
        wired().recognise(Call(operation, None, {}, {}, headers, JSON, request_id, bearer))

    def read(recognised: bool = False) -> Call:
        return _read(operation, headers, event, path, request_id, bearer, recognised)

    if operation.auth not in _NEEDS_BEARER or (bearer is None and _is_browser(operation, headers)):
        return read()
    if bearer is None:
        raise Unauthenticated("Send a token as: Authorization: Bearer <token>.")
    if operation.max_body > MAX_BODY:
        recognise()
        return read(recognised=True)
    try:
        return read()
    except Problem:
        recognise()
        raise


def _read(
    operation: Operation,
    headers: Headers,
    event: Mapping[str, Any],
    path: Mapping[str, Any],
    request_id: str,
    bearer: str | None,
    recognised: bool,
) -> Call:
    """Returns the call with everything that the request holds."""
    parameters = request.path_parameters(path)
    media_type = _media_type(operation, headers)
    visitor, query, key, body = _all_or_every_finding(
        lambda: _visitor(operation, headers),
        lambda: read_query(event, operation),
        lambda: request.idempotency_key(headers) if operation.idempotent else None,
        lambda: _body(operation, event, headers),
    )
    return Call(
        operation,
        body,
        query,
        parameters,
        headers,
        media_type,
        request_id,
        bearer,
        visitor,
        key,
        source_ip=request.source_ip(event, _told_address(headers)),
        gpc=request.global_privacy_control(headers),
        recognised=recognised,
    )


def preferred_locale(asked: Sequence[str], headers: Headers, offered: Sequence[str]) -> str:
    """Returns the language for a person who `asked` by `?lang=`, else by the browser's list.

    `asked` are lower-case tags: the first that is on offer is taken.
    """
    for tag in asked:
        found = negotiation.lookup(tag, offered)
        if found is not None:
            return found
    return negotiation.language(headers.get("Accept-Language"), offered)


def _told_address(headers: Headers) -> str | None:
    """Returns the client's address in the header set by a proxy in front; None without a proxy."""
    name = settings.address_header()
    return headers.one(name) if name else None


def _is_browser(operation: Operation, headers: Headers) -> bool:
    """Tells whether a caller may come, and comes, with the token of a browser."""
    by_browser = operation.visitor and operation.auth is Auth.REQUEST
    return by_browser and request.visitor_token(headers) is not None


def _visitor(operation: Operation, headers: Headers) -> str | None:
    if operation.auth not in _READS_VISITOR and not operation.visitor:
        return None
    token = request.visitor_token(headers)
    if token is None and operation.auth is Auth.VISITOR:
        raise Unauthenticated("Send the visitor's token as: Riserbo-Visitor: <token>.")
    return token


def _media_type(operation: Operation, headers: Headers) -> str:
    """Returns the answer's type. Raises NotAcceptable only where the operation offers several."""
    offered = operation.media_types or (JSON,)
    if len(offered) == 1:
        return offered[0]
    chosen = negotiation.media_type(headers.get("Accept"), offered)
    if chosen is None:
        raise NotAcceptable("On offer: " + ", ".join(offered) + ".")
    return chosen


def _body(operation: Operation, event: Mapping[str, Any], headers: Headers) -> Any:
    if operation.body is None:
        return None
    raw = request.raw_body(event, operation.max_body)
    content_type = headers.one("Content-Type")
    value: Any
    if operation.form and (content_type or "").lower().startswith(FORM):
        check_content_type(content_type, FORM)
        value = read_form(raw)
    else:
        check_content_type(content_type)
        value = read_json(raw)
    check_body(operation, value)
    return value


def check_body(operation: Operation, value: Any) -> None:
    """Raises BadRequest with all findings, unless the value fits the operation's body."""
    body, check = operation.body or {}, operation.check
    if not callable(body):
        found = findings(body, value, f"body:{operation.id}")
        notice = None if check is None else wired().notice()
    else:
        notice = wired().notice()
        found = findings(partial(body, notice), value, f"body:{operation.id}:{notice.digest}")
    if check is not None and notice is not None:
        told = {finding.pointer for finding in found}
        more = check(notice, value, clock.now())
        found += tuple(finding for finding in more if finding.pointer not in told)
    if found:
        raise unfit(found)


def _all_or_every_finding(*readers: Callable[[], Any]) -> list[Any]:
    """Returns the values of all readers. Raises one BadRequest with the findings of all of them."""
    values: list[Any] = []
    refusals: list[BadRequest] = []
    for read in readers:
        try:
            values.append(read())
        except BadRequest as refusal:
            refusals.append(refusal)
    if len(refusals) > 1:
        everything = tuple(finding for refusal in refusals for finding in refusal.findings)
        raise BadRequest(
            "The request does not fit what is expected here.",
            type="validation",
            findings=everything,
        ) from None
    if refusals:
        raise refusals[0]
    return values
