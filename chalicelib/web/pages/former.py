"""Addresses that pages had before: they lead to where the pages are now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from chalice.app import Blueprint
from chalice.app import Response as ChaliceResponse

from chalicelib import settings
from chalicelib.errors import Problem
from chalicelib.pages.frame import Frame
from chalicelib.pages.languages import language_for, spoken
from chalicelib.web import request
from chalicelib.web.answer import Answer
from chalicelib.web.call import Call
from chalicelib.web.contract import HTML
from chalicelib.web.pages.answers import Done, redirect
from chalicelib.web.query import all_given
from chalicelib.web.respond import of_problem, response
from chalicelib.web.view import View, current_request, headed, serve
from chalicelib.web.wiring import wired

_former: WeakKeyDictionary[Blueprint, dict[str, str]] = WeakKeyDictionary()


def moved(bp: Blueprint, addresses: Mapping[str, str]) -> None:
    """Registers former addresses, each with the path of its page by now, for GET and HEAD.

    The answer is 303 to the page, with the query as it came: the links of mails hold tokens there.
    Parameters in braces have the same names in both paths.
    """
    for address, path in addresses.items():
        view = _moved(path)
        # Deployment finds the function that serves a path by the module of its view.
        view.__module__ = bp._import_name
        serve(bp, address, {"GET": view, "HEAD": headed(view)})
    _former.setdefault(bp, {}).update(addresses)


def former(bp: Blueprint) -> Mapping[str, str]:
    """Returns the former addresses that a blueprint serves, each with its page's path by now."""
    return _former.get(bp, {})


def _moved(path: str) -> View:
    def viewed(**parameters: str) -> ChaliceResponse:
        current = current_request()
        event = current.to_original_event()
        request_id = request.request_id(event, current.lambda_context)
        try:
            answer = _answer(path, event, request.path_parameters(parameters))
        except Problem as problem:
            answer = of_problem(problem, request_id)
        return response(answer, event, request_id)

    return viewed


def _answer(path: str, event: Mapping[str, Any], parameters: Mapping[str, str]) -> Answer:
    query = urlencode(all_given(event), doseq=True)
    address = settings.public_url() + path.format(**parameters) + (f"?{query}" if query else "")
    headers = {"Location": address, "Referrer-Policy": "no-referrer"}
    return Answer(303, "", headers, HTML, page=True)


def onward(call: Call, done: Done) -> Answer | None:
    """Returns the way to a page (303) for a browser that sent a form to where forms once went.

    It is None for a program, which gets the operation's own answer. The page is in the language
    that the form's address asked for.
    """
    if call.media_type != HTML:
        return None
    notice = wired().notice()
    language = language_for(call.locale(spoken(notice.locales)), notice.locales)
    return redirect(done, Frame(notice, language, done.path, asked="lang" in call.query))
