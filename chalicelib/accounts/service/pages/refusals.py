"""Why a password was refused, for the person who chose it."""

from collections.abc import Iterable

from chalicelib.accounts.model import PASSWORD_MAX, PASSWORD_MIN
from chalicelib.accounts.service.pages.shell import Locale
from chalicelib.notices.model import Notice
from chalicelib.pages.languages import spoken

REFUSALS = {
    "it": {
        "common": "Questa password è in un elenco di password comuni o trafugate.",
        "own_data": "Questa password è fatta con i Suoi dati, come il nome o l'indirizzo e-mail.",
        "guessable": "Questa password è troppo facile da indovinare: la allunghi con altre parole.",
        "too_short": f"Questa password è troppo corta: servono almeno {PASSWORD_MIN} caratteri.",
        "too_long": f"Questa password è troppo lunga: può avere al massimo {PASSWORD_MAX} "
        "caratteri.",
    },
    "en": {
        "common": "This password is on a list of common or leaked passwords.",
        "own_data": "This password is made of your own data, such as your name or e-mail address.",
        "guessable": "This password is too easy to guess: make it longer with more words.",
        "too_short": f"This password is too short: it needs at least {PASSWORD_MIN} characters.",
        "too_long": f"This password is too long: it may have at most {PASSWORD_MAX} characters.",
    },
}
"""By language and reason."""


def refusal_texts(notice: Notice, locale: Locale, reasons: Iterable[str]) -> list[str]:
    """The texts of the reasons in the reader's language, in their order; KeyError on another."""
    texts = REFUSALS[locale(spoken(notice.locales))]
    return [texts[reason] for reason in reasons]
