"""The pages behind "I did not open this account"."""

from chalicelib.accounts.paths import DISAVOWAL
from chalicelib.accounts.service.pages.shell import Locale, Words, show
from chalicelib.notices.model import Notice


def disavowal_page(notice: Notice, locale: Locale, token: str) -> str:
    """The page that asks first; it looks nothing up, so it says what follows in either case."""
    return show(notice, locale, _ASK, token, DISAVOWAL)


def disavowed_page(notice: Notice, locale: Locale, *, verified: bool) -> str:
    """The page after it.

    An account whose address nobody had `verified` is disowned and will be erased; about a
    verified one a request was opened, because the link alone does not prove whose it is.
    """
    return show(notice, locale, _REQUESTED if verified else _STOPPED)


def disavowed_before_page(notice: Notice, locale: Locale) -> str:
    """The page for who presses the button again; it looks nothing up, so it says both outcomes."""
    return show(notice, locale, _BEFORE)


_ASK = {
    "it": Words(
        "Non ha aperto Lei questo account?",
        (
            (
                "Qualcuno ha aperto un account con il Suo indirizzo e-mail. Se non è stato Lei, "
                "prema il pulsante."
            ),
            (
                "Se l'indirizzo non è ancora confermato, blocchiamo subito l'account e poi ne "
                "cancelliamo i dati. Se è già confermato, l'account resta com'è: apriamo una "
                "richiesta e Le rispondiamo."
            ),
        ),
        "Non ho aperto io questo account",
    ),
    "en": Words(
        "You did not open this account?",
        (
            (
                "Someone opened an account with your e-mail address. If it was not you, press the "
                "button."
            ),
            (
                "If the address is not confirmed yet, we stop the account at once and then erase "
                "its data. If it is confirmed already, the account stays as it is: we open a "
                "request and answer you."
            ),
        ),
        "I did not open this account",
    ),
}

_STOPPED = {
    "it": Words(
        "Account bloccato",
        (
            "L'account non si può più usare e i suoi dati saranno cancellati.",
            "Non deve fare altro.",
        ),
    ),
    "en": Words(
        "Account stopped",
        (
            "The account can no longer be used, and its data will be erased.",
            "There is nothing else to do.",
        ),
    ),
}

_REQUESTED = {
    "it": Words(
        "Richiesta ricevuta",
        (
            (
                "L'indirizzo di questo account è già confermato, perciò non lo blocchiamo da qui: "
                "abbiamo aperto una richiesta e la esaminiamo."
            ),
            "Riceverà la risposta per e-mail.",
        ),
    ),
    "en": Words(
        "Request received",
        (
            (
                "The address of this account is confirmed already, so we do not stop it from here: "
                "we opened a request and are looking into it."
            ),
            "You will get the answer by e-mail.",
        ),
    ),
}

_BEFORE = {
    "it": Words(
        "Lo ha già detto",
        (
            "Ci ha già detto, con questo collegamento, di non avere aperto l'account.",
            (
                "Se l'indirizzo non era confermato, l'account è bloccato e i suoi dati saranno "
                "cancellati. Se era confermato, abbiamo aperto una richiesta: riceverà la risposta "
                "per e-mail."
            ),
        ),
    ),
    "en": Words(
        "You told us already",
        (
            "You already told us with this link that you did not open the account.",
            (
                "If the address was not confirmed, the account is stopped and its data will be "
                "erased. If it was confirmed, we opened a request: you will get the answer by "
                "e-mail."
            ),
        ),
    ),
}
