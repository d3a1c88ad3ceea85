"""The two pages behind the link that proves an address."""

from chalicelib.accounts.paths import VERIFICATION
from chalicelib.accounts.service.pages.shell import Locale, Words, show
from chalicelib.notices.model import Notice


def verification_page(notice: Notice, locale: Locale, token: str) -> str:
    """The page that asks for the press of a button; it looks nothing up and changes nothing."""
    return show(notice, locale, _ASK, token, VERIFICATION)


def verified_page(notice: Notice, locale: Locale) -> str:
    """The page after it."""
    return show(notice, locale, _DONE)


def verified_before_page(notice: Notice, locale: Locale) -> str:
    """The page for who presses the button again."""
    return show(notice, locale, _BEFORE)


_ASK = {
    "it": Words(
        "Conferma dell'indirizzo e-mail",
        ("Prema il pulsante per confermare il Suo indirizzo e attivare l'account.",),
        "Confermo l'indirizzo",
    ),
    "en": Words(
        "Confirm your e-mail address",
        ("Press the button to confirm your address and start your account.",),
        "Confirm my address",
    ),
}

_DONE = {
    "it": Words(
        "Indirizzo confermato",
        ("Il Suo account è attivo: ora può accedere dal sito.",),
    ),
    "en": Words(
        "Address confirmed",
        ("Your account is active: you can now sign in on the site.",),
    ),
}

_BEFORE = {
    "it": Words(
        "Indirizzo già confermato",
        (
            "Con questo collegamento l'indirizzo è già stato confermato.",
            "Non serve premere di nuovo il pulsante.",
        ),
    ),
    "en": Words(
        "Address confirmed already",
        (
            "Your address was already confirmed with this link.",
            "You need not press the button again.",
        ),
    ),
}
