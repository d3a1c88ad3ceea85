"""The answers of pages: HTML with its headers, and the redirect after a form."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.pages.frame import DONE
from chalicelib.web.answer import Answer
from chalicelib.web.contract import HTML

if TYPE_CHECKING:
    from chalicelib.pages.frame import Frame

_STYLE = ("<style>", "</style>")


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
    headers = {**_private(), "Location": address, **done.headers}
    if done.cookie is not None:
        headers["Set-Cookie"] = done.cookie
    return Answer(303, "", headers, HTML, page=True)


def html(
    text: str,
    language: str,
    status: int = 200,
    shares: int = 0,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Returns a page with its headers; `shares` are the seconds for which any cache may keep it.

    Its policy allows the style in it by hash, and scripts of this software's own files.
    """
    kept = f"public, max-age={shares}" if shares and status == 200 else "no-store"
    own = {
        **_private(),
        "Cache-Control": kept,
        "Content-Language": language,
        "Content-Security-Policy": policy(text),
    }
    return Answer(status, text, own | dict(headers or {}), HTML, page=True)


def policy(text: str) -> str:
    """Returns the content security policy of a page (W3C, CSP level 3)."""
    return (
        f"default-src 'none'; style-src {_style_source(text)}; script-src 'self'; "
        "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def _style_source(text: str) -> str:
    """Returns the source that allows the page's one style element, which stands in its head."""
    begin, end = (text.find(mark) for mark in _STYLE)
    if begin < 0 or end < begin:
        return "'none'"
    style = text[begin + len(_STYLE[0]) : end]
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


def _private() -> dict[str, str]:
    return {
        "Cross-Origin-Opener-Policy": "same-origin",
        # Pages of other sites have no business in a page: unlike the interface, it is not for them.
        "Cross-Origin-Resource-Policy": "same-origin",
    }
