"""Somebody in front of the desk's pages of reports, on tables in memory: what they open, send."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from urllib.parse import urlencode

from chalicelib.web.pages import cookie
from functions.http import desk_reports
from tests.unit.desk.member import answered, session
from tests.unit.desk.office import OFFICER, Office
from tests.unit.web.pages.sample import SAME
from tests.unit.web.sample import Sent


def opens(office: Office, path: str, who: str | None = OFFICER, **query: str) -> Sent:
    """A page of reports, as somebody gets it; None is somebody who is not signed in."""
    token = "" if who is None else session(office, who)
    return answered(desk_reports.handler, "GET", path, token, None, query)


def sends(
    office: Office,
    path: str,
    who: str | None = OFFICER,
    headers: Mapping[str, str] = SAME,
    once: str = "o" * 43,
    **fields: str,
) -> Sent:
    """What a form of such a page is answered."""
    token = "" if who is None else session(office, who)
    signed = cookie.form_token(token) if token else ""
    body = urlencode({"form": signed, "once": once, **fields})
    return answered(desk_reports.handler, "POST", path, token, body, {}, headers)


def links(page: Sent, rel: str = "") -> list[str]:
    """The addresses of the links of a page's contents, without the public base."""
    main = page.text.partition("<main")[2].partition("</main>")[0]
    mark = f'rel="{rel}" ' if rel else ""
    return [html.unescape(one) for one in re.findall(rf'<a {mark}[^>]*?href="([^"]+)"', main)]
