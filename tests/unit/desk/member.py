"""A member of the desk in front of its pages, on tables in memory: their session, what they get."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from chalicelib.notices.model import Notice
from chalicelib.sessions.model import Opened
from chalicelib.sessions.service import new_session
from chalicelib.web.pages import cookie
from tests.unit.storage.tables import Tables
from tests.unit.web.pages.sample import SAME
from tests.unit.web.sample import CONTEXT, Sent, event


class Deployment(Protocol):
    """A deployment at a time."""

    @property
    def tables(self) -> Tables: ...

    @property
    def notice(self) -> Notice: ...

    @property
    def now(self) -> datetime: ...


def session(at: Deployment, subject: str, *, second_factor: bool = True) -> str:
    """A new session of somebody, opened now."""
    token, item = new_session(subject, Opened(second_factor), 0, at.notice, at.now)
    at.tables.put(item)
    return str(token)


def answered(
    handler: Callable[..., Any],
    method: str,
    path: str,
    token: str,
    body: str | None,
    query: Mapping[str, str],
    headers: Mapping[str, str] = SAME,
    parameters: Mapping[str, str] | None = None,
) -> Sent:
    """What a function answers to a browser that keeps a session; an empty `token` is none."""
    given = {"Accept": "text/html", "Accept-Language": "en", **headers}
    if token:
        given["Cookie"] = f"{cookie.NAME}={token}"
    if body is not None:
        given["Content-Type"] = "application/x-www-form-urlencoded"
    asked = {name: [value] for name, value in {"lang": "en", **query}.items()}
    return Sent(handler(event(method, path, body, given, asked, parameters), CONTEXT))


def words(page: Sent | str) -> str:
    """The text of a page's contents, in one line."""
    text = page if isinstance(page, str) else page.text
    main = text.partition("<main")[2].partition("</main>")[0]
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", main).split()))
