"""Writes an answer as Chalice's response: security headers, CORS, problem documents."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from chalice.app import Response

from chalicelib import logs
from chalicelib.errors import Problem
from chalicelib.pages.assets import style_sources
from chalicelib.web import request
from chalicelib.web.answer import Answer
from chalicelib.web.contract import HTML, PROBLEM
from chalicelib.web.cors import answer_headers
from chalicelib.web.security import HEADERS
from chalicelib.web.wiring import wired

PROBLEM_URN = "urn:riserbo:problem:"
"""The prefix of a problem's slug in its `type`."""

_COMMON = {
    **HEADERS,
    # Any answer, also a refusal, may differ by what its reader prefers.
    "Vary": "Accept, Accept-Language",
}

_PAGE_POLICY = (
    "default-src 'none'; style-src {style}; script-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PAGE: Final = {
    "Cross-Origin-Opener-Policy": "same-origin",
    # No other site embeds or reads a page.
    "Cross-Origin-Resource-Policy": "same-origin",
}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def response(answer: Answer, event: Mapping[str, Any], request_id: str) -> Response:
    """Returns Chalice's response. An answer that cannot be written becomes a 500, no exception."""
    try:
        return _written(answer, event, request_id)
    except Exception as error:  # noqa: BLE001 - the last place where it can become a problem
        logs.failure("http.not_written", error, request_id=request_id)
        return _written(of_problem(Problem(), request_id), event, request_id)


def of_problem(problem: Problem, request_id: str = "") -> Answer:
    """Returns a problem document (RFC 9457) with every finding; on a 5xx with the request's id."""
    body: dict[str, Any] = {
        "type": PROBLEM_URN + problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail or problem.title,
        "errors": [
            {"pointer": finding.pointer, "detail": finding.detail} for finding in problem.findings
        ],
        **problem.members,
    }
    if problem.status >= 500 and request_id:
        body["instance"] = f"urn:riserbo:request:{request_id}"
    return Answer(problem.status, body, problem.headers, PROBLEM)


def _written(answer: Answer, event: Mapping[str, Any], request_id: str) -> Response:
    headers = _headers(answer, request_id)
    if not answer.page:
        origin = request.headers_of(event).get("Origin")
        headers |= answer_headers(origin, wired().origins(), headers)
    if _CONTROL.search("".join(headers.values())):
        raise ValueError("a header holds a control character")
    return Response(body=answer.text(), headers=dict(headers), status_code=answer.status)


def _page_headers(answer: Answer) -> dict[str, str]:
    """Returns the headers of a page: its policy lets in its own styles and script alone.

    A 304 has no page. A browser puts its headers in the place of those of the page that it kept
    (RFC 9111, section 3.2), so it repeats none that depends on the page.
    """
    policy = _PAGE_POLICY.format(style=style_sources(answer.text()))
    return {**_PAGE, "Content-Security-Policy": policy}


def _headers(answer: Answer, request_id: str) -> dict[str, str]:
    headers = dict(_COMMON)
    if answer.media_type == HTML and answer.status == 304:
        del headers["Content-Security-Policy"]
    elif answer.media_type == HTML:
        headers |= _page_headers(answer)
    if answer.status not in (204, 304):
        charset = "" if answer.media_type.endswith("json") else "; charset=utf-8"
        headers["Content-Type"] = answer.media_type + charset
    if request_id:
        headers["Riserbo-Request-Id"] = request_id
    return headers | dict(answer.headers)
