"""The page at the root: where the pages for people, and what programs need, are found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from chalicelib.errors import NotFound
from chalicelib.pages.languages import spoken
from chalicelib.web import negotiation
from chalicelib.web.contract import HTML, JSON
from chalicelib.web.pages import page
from chalicelib.web.request import Headers

_TITLE = {"it": "Privacy: da qui si comincia", "en": "Privacy: where to begin"}

_INTRODUCTION = {
    "it": (
        "Qui trova come trattiamo i dati personali. Le altre pagine si aprono dai collegamenti "
        "nelle e-mail che Le mandiamo."
    ),
    "en": (
        "This is where you find how we treat personal data. The other pages open from the links "
        "in the e-mails that we send you."
    ),
}

_PLACES = (
    ("/v1/notice", "", {"it": "Informativa sulla privacy", "en": "Privacy notice"}),
    ("/v1/notice", "cookies", {"it": "Cookie in uso", "en": "Cookies in use"}),
    ("/v1/password-resets", "", {"it": "Password dimenticata", "en": "Forgotten password"}),
    (
        "/v1/cookies",
        "",
        {"it": "Catalogo dei cookie per il banner (JSON)", "en": "Catalogue for the banner (JSON)"},
    ),
    ("/docs", "", {"it": "Interfaccia per programmi", "en": "Interface for programs"}),
    (
        "/openapi.json",
        "",
        {"it": "La stessa in OpenAPI (JSON)", "en": "The same as OpenAPI (JSON)"},
    ),
    ("/v1/health", "", {"it": "Stato del servizio (JSON)", "en": "State of the service (JSON)"}),
)
"""Path, section of the page, and what is found there by language."""


def refuse_programs(headers: Headers) -> None:
    """Raises NotFound for who does not prefer a page: at the root there is nothing for programs."""
    if negotiation.media_type(headers.get("Accept"), (JSON, HTML)) != HTML:
        raise NotFound("There is nothing at this address.")


def home_page(
    site: str, locales: Sequence[str], locale: Callable[[Sequence[str]], str], public_url: str
) -> str:
    """The page, in the reader's language among the notice's `locales`; its links are whole.

    The address of the page may end with a slash or without, so nothing is relative to it.
    """
    chosen = locale(spoken(locales))
    query = urlencode({"lang": chosen})
    links = [
        (said[chosen], f"{public_url}{path}?{query}" + (f"#{section}" if section else ""))
        for path, section, said in _PLACES
    ]
    return page(_TITLE[chosen], [_INTRODUCTION[chosen]], chosen, site=site, links=links)
