"""Somebody in front of the desk's pages of reports, on tables in memory: what they open, send."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from chalicelib.sessions.model import Opened
from chalicelib.sessions.service import new_session
from chalicelib.web.pages import cookie
from functions.http import desk_reports
from tests.unit.desk.office import OFFICER, Office
from tests.unit.web.pages.sample import SAME
from tests.unit.web.sample import CONTEXT, Sent, event


def opens(office: Office, path: str, who: str | None = OFFICER, **query: str) -> Sent:
    """A page of reports, as somebody gets it; None is somebody who is not signed in."""
    return answered(office, "GET", path, who, None, {"lang": "en", **query})


def sends(
    office: Office,
    path: str,
    who: str | None = OFFICER,
    headers: Mapping[str, str] = SAME,
    once: str = "o" * 43,
    **fields: str,
) -> Sent:
    """What a form of such a page is answered."""
    return answered(office, "POST", path, who, {"once": once, **fields}, {"lang": "en"}, headers)


def answered(
    office: Office,
    method: str,
    path: str,
    by: str | None,
    fields: Mapping[str, str] | None,
    query: Mapping[str, str],
    headers: Mapping[str, str] = SAME,
) -> Sent:
    """What the function answers to one request."""
    given, body = {"Accept": "text/html", "Accept-Language": "en", **headers}, None
    token = ""
    if by is not None:
        made, session = new_session(by, Opened(second_factor=True), 0, office.notice, office.now)
        office.tables.put(session)
        token = str(made)
        given["Cookie"] = f"{cookie.NAME}={token}"
    if fields is not None:
        signed = cookie.form_token(token) if token else ""
        body = urlencode({"form": signed, **fields})
        given["Content-Type"] = "application/x-www-form-urlencoded"
    asked = {name: [value] for name, value in query.items()}
    return Sent(desk_reports.handler(event(method, path, body, given, asked, {}), CONTEXT))


def words(page: Sent | str) -> str:
    """The text of a page's contents, in one line."""
    text = page if isinstance(page, str) else page.text
    main = text.partition("<main")[2].partition("</main>")[0]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))


def links(page: Sent, rel: str = "") -> list[str]:
    """The addresses of the links of a page's contents, without the public base."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    mark = f'rel="{rel}" ' if rel else ""
    return [html.unescape(one) for one in re.findall(rf'<a {mark}[^>]*?href="([^"]+)"', main)]
