"""The two pages behind a link that ends mails, and what they say is ended."""

from collections.abc import Callable, Sequence

from chalicelib.notices.model import Notice
from chalicelib.pages.languages import spoken
from chalicelib.unsubscribe.model import Kind, Scope
from chalicelib.web.pages import Form, answer_to, page

Locale = Callable[[Sequence[str]], str]
"""Chooses the reader's language among those on offer."""

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
"""What the form sends: the same as a mail program does by itself (RFC 8058, section 3.1)."""

_ASK = {
    "it": (
        "Non vuole più queste e-mail?",
        "Prema il pulsante e non riceverà più e-mail di questo tipo: {about}.",
        "Tutto il resto rimane com'è, anche il Suo account, se ne ha uno. Non serve accedere.",
        "Non voglio più queste e-mail",
    ),
    "en": (
        "No more of these e-mails?",
        "Press the button and you will get no more e-mails of this kind: {about}.",
        (
            "Everything else stays as it is, and so does your account, if you have one. You need "
            "not sign in."
        ),
        "Stop these e-mails",
    ),
}

_DONE = {
    "it": (
        "Fatto",
        (
            "Non riceverà più e-mail di questo tipo: {about}. Può arrivarne ancora qualcuna che "
            "era già in viaggio."
        ),
        "Se cambia idea, lo dica sul sito quando vuole: da questa pagina non si torna indietro.",
    ),
    "en": (
        "Done",
        (
            "You will get no more e-mails of this kind: {about}. One that was already on its way "
            "may still arrive."
        ),
        "If you change your mind, tell us on the site at any time: this page cannot undo it.",
    ),
}

_QUOTED = {"it": "«{}»", "en": "“{}”"}

_UNKNOWN = {"it": "quelle che L'hanno portata qui", "en": "those that brought you here"}
"""What is said where the notice in force knows the link's purpose no more."""


def ask_page(token: str, scope: Scope, notice: Notice, locale: Locale) -> str:
    """The page that asks for the press of a button; it looks nobody up and changes nothing."""
    chosen = locale(spoken(notice.locales))
    title, first, second, button = _ASK[chosen]
    told = (first.format(about=_about(scope, notice, chosen)), second)
    form = Form(button, answer_to(token, chosen), ONE_CLICK)
    return page(title, told, chosen, form, site=notice.site_name)


def done_page(scope: Scope, notice: Notice, locale: Locale) -> str:
    """The page after it."""
    chosen = locale(spoken(notice.locales))
    title, first, second = _DONE[chosen]
    told = (first.format(about=_about(scope, notice, chosen)), second)
    return page(title, told, chosen, site=notice.site_name)


def _about(scope: Scope, notice: Notice, locale: str) -> str:
    known = notice.purposes if scope.kind is Kind.PURPOSE else notice.notifications
    found = known.get(scope.name)
    if found is None:
        return _UNKNOWN[locale]
    return _QUOTED[locale].format(notice.text(found.title, locale))
