"""Somebody in front of the desk's pages, on tables in memory: what they open and send."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from chalicelib.web.pages import cookie
from functions.http import desk_requests
from tests.unit.desk.member import answered, session
from tests.unit.desk.office import OFFICER, Office
from tests.unit.web.pages.sample import SAME
from tests.unit.web.sample import Sent

LIST, ONE = "/desk", "/desk/requests/{id}"
ONCE = "o" * 43


def opens(
    office: Office,
    request: str = "",
    by: str = OFFICER,
    token: str | None = None,
    **query: str,
) -> Sent:
    """The page of the list, or of a request."""
    held = session(office, by) if token is None else token
    return _answered("GET", request, held, None, query)


def sends(
    office: Office,
    request: str,
    act: str,
    by: str = OFFICER,
    token: str | None = None,
    headers: Mapping[str, str] = SAME,
    form: str | None = None,
    once: str = ONCE,
    lang: str = "en",
    **fields: str,
) -> Sent:
    """What a form of a request's page is answered."""
    held = session(office, by) if token is None else token
    signed = (cookie.form_token(held) if held else "") if form is None else form
    body = urlencode({"form": signed, "once": once, "act": act, **fields})
    return _answered("POST", request, held, body, {"lang": lang}, headers)


def _answered(
    method: str,
    request: str,
    token: str,
    body: str | None,
    query: Mapping[str, str],
    headers: Mapping[str, str] = SAME,
) -> Sent:
    path, parameters = (ONE, {"id": request}) if request else (LIST, {})
    return answered(desk_requests.handler, method, path, token, body, query, headers, parameters)


def seen(page: Sent) -> str:
    """The fingerprint of the preview that a page shows."""
    found = re.search(r'name="seen" value="([^"]*)"', page.text)
    assert found is not None
    return html.unescape(found[1])


def forms(page: Sent) -> set[str]:
    """The acts that a page offers."""
    return set(re.findall(r'name="act" value="(\w+)"', page.text))
