"""The page at the root, with links to the pages for people and to the interface of programs."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from chalicelib.errors import NotFound
from chalicelib.pages.languages import spoken
from chalicelib.pages.page import Locale, page
from chalicelib.pages.words import words
from chalicelib.web import negotiation
from chalicelib.web.contract import HTML, JSON
from chalicelib.web.request import Headers

_PLACES = {
    "notice": ("/v1/notice", ""),
    "cookies": ("/v1/notice", "cookies"),
    "password": ("/v1/password-resets", ""),
    "catalogue": ("/v1/cookies", ""),
    "docs": ("/docs", ""),
    "openapi": ("/openapi.json", ""),
    "health": ("/v1/health", ""),
}
"""Word of a link -> path, and section of the page."""


def refuse_programs(headers: Headers) -> None:
    """Raises NotFound for a client that does not prefer HTML: the root has nothing for programs."""
    if negotiation.media_type(headers.get("Accept"), (JSON, HTML)) != HTML:
        raise NotFound("There is nothing at this address.")


def home_page(site: str, locales: Sequence[str], locale: Locale, public_url: str) -> str:
    """Returns the page, in the reader's language among the notice's `locales`.

    Its links are whole addresses, since the address of the page may end with a slash or without.
    """
    chosen = locale(spoken(locales))
    said, query = words("home", chosen), urlencode({"lang": chosen})
    links = [
        (said[name], f"{public_url}{path}?{query}" + (f"#{section}" if section else ""))
        for name, (path, section) in _PLACES.items()
    ]
    return page(said["title"], said["text"], chosen, site=site, links=links)
