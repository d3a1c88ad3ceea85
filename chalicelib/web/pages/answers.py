"""The answers of pages: HTML with its headers, and the redirect after a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.pages.frame import DONE
from chalicelib.web.answer import Answer
from chalicelib.web.contract import HTML

if TYPE_CHECKING:
    from chalicelib.pages.frame import Frame


@dataclass(frozen=True, slots=True)
class Done:
    """An act was done: the browser goes on to a page (303), so that a reload never repeats it.

    `path` is a page's path, with a query where `destinations.destination` gave it one; `word` is
    the `?done=` of that page's closed list. `cookie` is a value of Set-Cookie (`cookie.opened` or
    `cookie.ended`), `headers` are further ones.
    """

    path: str
    word: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    cookie: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


def redirect(done: Done, frame: Frame) -> Answer:
    """Returns the 303 (RFC 9110, section 15.4.4) to a page, in the language asked for."""
    address = frame.to(done.path, **done.query, **({DONE: done.word} if done.word else {}))
    headers = {"Location": address, **done.headers}
    if done.cookie is not None:
        headers["Set-Cookie"] = done.cookie
    return Answer(303, "", headers, HTML, page=True)


def onward(path: str, frame: Frame, **query: str) -> Answer:
    """Returns the 307 (RFC 9110, section 15.4.8) by which a browser sends the same form to a path.

    `path` may hold a query; `query` is added to it.
    """
    return Answer(307, "", {"Location": frame.to(path, **query)}, HTML, page=True)


def html(
    text: str,
    language: str,
    status: int = 200,
    shares: int = 0,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Returns a page; `shares` are the seconds for which any cache may keep it.

    Its security headers are written by `web.respond`, as those of every page.
    """
    kept = f"public, max-age={shares}" if shares and status == 200 else "no-store"
    own = {"Cache-Control": kept, "Content-Language": language}
    return Answer(status, text, own | dict(headers or {}), HTML, page=True)
