"""The two pages behind the link that proves an address."""

from collections.abc import Callable, Sequence

from chalicelib.notices.model import Notice
from chalicelib.web.pages import LOCALES, Form, page

_WORDS = {
    "it": {
        "title": "Conferma dell'indirizzo e-mail",
        "text": "Prema il pulsante per confermare il Suo indirizzo e attivare l'account.",
        "button": "Confermo l'indirizzo",
        "done": "Indirizzo confermato",
        "next": "Il Suo account è attivo: ora può accedere dal sito.",
    },
    "en": {
        "title": "Confirm your e-mail address",
        "text": "Press the button to confirm your address and start your account.",
        "button": "Confirm my address",
        "done": "Address confirmed",
        "next": "Your account is active: you can now sign in on the site.",
    },
}

Locale = Callable[[Sequence[str]], str]
"""Chooses the reader's language among those on offer."""


def verification_page(notice: Notice, locale: Locale, token: str) -> str:
    """The page that asks for the press of a button; it looks nothing up and changes nothing."""
    chosen = locale(LOCALES)
    words = _WORDS[chosen]
    form = Form(words["button"], hidden={"token": token})
    return page(words["title"], [words["text"]], chosen, form, site=notice.site_name)


def verified_page(notice: Notice, locale: Locale) -> str:
    """The page after it."""
    chosen = locale(LOCALES)
    words = _WORDS[chosen]
    return page(words["done"], [words["next"]], chosen, site=notice.site_name)
