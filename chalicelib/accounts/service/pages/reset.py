"""Asking for a new password, and choosing it behind the link that was mailed."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.accounts.model import PASSWORD_MIN
from chalicelib.accounts.paths import NEW_PASSWORD, RESETS
from chalicelib.accounts.service.pages.shell import Locale, Words, show
from chalicelib.notices.model import Notice
from chalicelib.web.pages import FormField


def reset_request_page(notice: Notice, locale: Locale) -> str:
    """The page that asks for an `email` address."""
    return show(notice, locale, _REQUEST, path=RESETS)


def reset_requested_page(notice: Notice, locale: Locale) -> str:
    """The page after it, the same whether or not somebody has the address."""
    return show(notice, locale, _REQUESTED)


def reset_page(notice: Notice, locale: Locale, token: str, errors: Sequence[str] = ()) -> str:
    """The page that asks for the new `password`; it looks nothing up and changes nothing.

    `errors` are the reasons why the one sent before was refused, in the reader's language. What
    was sent is not shown again.
    """
    words = {
        locale: replace(
            said, fields=tuple(replace(field, errors=tuple(errors)) for field in said.fields)
        )
        for locale, said in _CHOOSE.items()
    }
    return show(notice, locale, words, token, NEW_PASSWORD)


def reset_done_page(notice: Notice, locale: Locale) -> str:
    """The page after it."""
    return show(notice, locale, _DONE)


def reset_before_page(notice: Notice, locale: Locale) -> str:
    """The page for who presses the button again, perhaps with another password."""
    return show(notice, locale, _BEFORE)


def _address(label: str) -> FormField:
    return FormField("email", label, "email", "email", maximum=254)


def _password(label: str, hint: str) -> FormField:
    return FormField(
        "password", label, "password", "new-password", PASSWORD_MIN, maximum=0, hint=hint
    )


_REQUEST = {
    "it": Words(
        "Nuova password",
        (
            (
                "Scriva l'indirizzo e-mail del Suo account. Le mandiamo un collegamento per "
                "scegliere una nuova password."
            ),
        ),
        "Chiedo il collegamento",
        (_address("Indirizzo e-mail"),),
    ),
    "en": Words(
        "New password",
        (
            (
                "Type the e-mail address of your account. We will send you a link to choose a new "
                "password."
            ),
        ),
        "Send me the link",
        (_address("E-mail address"),),
    ),
}

_REQUESTED = {
    "it": Words(
        "Controlli la posta",
        (
            (
                "Se a questo indirizzo corrisponde un account, tra poco arriva un'e-mail con il "
                "collegamento per scegliere una nuova password."
            ),
            (
                "Se non arriva, controlli la posta indesiderata e che l'indirizzo sia quello "
                "giusto, poi riprovi tra qualche minuto."
            ),
        ),
    ),
    "en": Words(
        "Check your mail",
        (
            (
                "If this address has an account, an e-mail with a link to choose a new password "
                "will arrive shortly."
            ),
            (
                "If it does not arrive, look among your spam, check that the address is the right "
                "one, and try again in a few minutes."
            ),
        ),
    ),
}

_CHOOSE = {
    "it": Words(
        "Scelga una nuova password",
        (
            (
                "Quando la password cambia, tutti i dispositivi vengono disconnessi: poi potrà "
                "accedere con quella nuova."
            ),
        ),
        "Cambio la password",
        (
            _password(
                "Nuova password",
                (
                    f"Almeno {PASSWORD_MIN} caratteri, spazi compresi. Vanno bene più parole senza "
                    "legame tra loro. Non usi una password che ha già altrove."
                ),
            ),
        ),
    ),
    "en": Words(
        "Choose a new password",
        (
            (
                "When the password changes, all devices are signed out: you can then sign in with "
                "the new one."
            ),
        ),
        "Change the password",
        (
            _password(
                "New password",
                (
                    f"At least {PASSWORD_MIN} characters, spaces included. Several unrelated words "
                    "do well. Do not use a password that you have elsewhere."
                ),
            ),
        ),
    ),
}

_DONE = {
    "it": Words(
        "Password cambiata",
        (
            (
                "Tutti i dispositivi sono stati disconnessi. Ora può accedere dal sito con la "
                "nuova password."
            ),
        ),
    ),
    "en": Words(
        "Password changed",
        ("All devices were signed out. You can now sign in on the site with the new password.",),
    ),
}

_BEFORE = {
    "it": Words(
        "Password già cambiata",
        (
            (
                "Con questo collegamento la password è già stata cambiata, e non è stata cambiata "
                "di nuovo."
            ),
            "Se ne vuole un'altra, chieda un nuovo collegamento.",
        ),
    ),
    "en": Words(
        "Password changed already",
        (
            ("The password was already changed with this link, and it was not changed once more."),
            "If you want another one, ask for a new link.",
        ),
    ),
}
