"""Somebody in front of the pages of accounts, where no store is: the pages look nothing up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from functions.http import accounts, credentials, profile, sessions, site
from tests.unit.web.pages.sample import SAME
from tests.unit.web.sample import CONTEXT, Sent, event

HANDLERS: Final[Mapping[str, Any]] = {
    "accounts": accounts.handler,
    "credentials": credentials.handler,
    "profile": profile.handler,
    "sessions": sessions.handler,
    "site": site.handler,
}

PUBLIC = "https://privacy.example"
TOKEN = "a2" * 13 + "." + "Zz9_-" * 8 + "abc"
ONCE = "o" * 43
HOSTILE = "\"></form><script>alert('x')</script>{{ 7 * 7 }}&amp;"


def opened(function: str, path: str, query: Mapping[str, str], language: str = "") -> Sent:
    """The page at an address of a function, in a language of the address."""
    return _sent(function, "GET", path, None, query, language)


def sent(function: str, path: str, fields: Mapping[str, str], language: str = "") -> Sent:
    """What comes of a form that a page of ours sends."""
    return _sent(function, "POST", path, urlencode(fields), {}, language)


def _sent(
    function: str,
    method: str,
    path: str,
    body: str | None,
    query: Mapping[str, str],
    language: str,
) -> Sent:
    headers = {"Accept": "text/html", **SAME}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    asked = {name: [value] for name, value in query.items()}
    if language:
        asked["lang"] = [language]
    return Sent(HANDLERS[function](event(method, path, body, headers, asked), CONTEXT))
