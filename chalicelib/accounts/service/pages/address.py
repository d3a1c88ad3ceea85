"""The pages behind the two links of a change of address: the new one's and the old one's."""

from dataclasses import replace

from chalicelib.accounts.paths import FORMER_ADDRESS, NEW_ADDRESS
from chalicelib.accounts.service.pages.shell import Locale, Words, show
from chalicelib.notices.model import Notice
from chalicelib.web.pages import FormField


def confirm_address_page(
    notice: Notice, locale: Locale, token: str, *, refused: bool = False
) -> str:
    """The page that asks whoever reads the new address; it changes nothing.

    The `password` may be left out. With `refused` the one sent before was wrong; what was sent is
    not shown again.
    """
    words = {
        language: replace(
            said,
            fields=tuple(
                replace(field, errors=(_WRONG[language],) if refused else ())
                for field in said.fields
            ),
        )
        for language, said in _CONFIRM.items()
    }
    return show(notice, locale, words, token, NEW_ADDRESS)


def address_confirmed_page(notice: Notice, locale: Locale) -> str:
    """The page after it."""
    return show(notice, locale, _CONFIRMED)


def undo_address_page(notice: Notice, locale: Locale, token: str) -> str:
    """The page that asks whoever reads the old address; it changes nothing."""
    return show(notice, locale, _UNDO, token, FORMER_ADDRESS)


def address_undone_page(notice: Notice, locale: Locale) -> str:
    """The page after it: a mail with a link for a new password is on its way."""
    return show(notice, locale, _UNDONE)


def address_confirmed_before_page(notice: Notice, locale: Locale) -> str:
    """The page for who confirms again."""
    return show(notice, locale, _CONFIRMED_BEFORE)


def address_undone_before_page(notice: Notice, locale: Locale) -> str:
    """The page for who undoes again."""
    return show(notice, locale, _UNDONE_BEFORE)


def _password(label: str, hint: str) -> FormField:
    return FormField(
        "password", label, "password", "current-password", maximum=0, required=False, hint=hint
    )


_WRONG = {
    "it": "Non è la password di questo account. Può anche lasciare vuoto il campo.",
    "en": "This is not the password of this account. You can also leave the field empty.",
}

_CONFIRM = {
    "it": Words(
        "Conferma del nuovo indirizzo e-mail",
        ("Prema il pulsante se vuole usare questo indirizzo per il Suo account.",),
        "Confermo il nuovo indirizzo",
        (
            _password(
                "Password dell'account (facoltativa)",
                (
                    "Se usa la verifica in due passaggi, scrivendola questa resta attiva anche se "
                    "un giorno sceglierà una nuova password tramite e-mail."
                ),
            ),
        ),
    ),
    "en": Words(
        "Confirm your new e-mail address",
        ("Press the button if you want to use this address for your account.",),
        "Confirm my new address",
        (
            _password(
                "Password of the account (optional)",
                (
                    "If you use two-step sign-in, typing it keeps that on, also when you choose a "
                    "new password by e-mail one day."
                ),
            ),
        ),
    ),
}

_CONFIRMED = {
    "it": Words(
        "Indirizzo cambiato",
        (
            "Il Suo account usa il nuovo indirizzo, anche per accedere.",
            "Avvisiamo il vecchio indirizzo: da lì il cambio si può annullare.",
        ),
    ),
    "en": Words(
        "Address changed",
        (
            "Your account uses the new address, also for signing in.",
            "We are telling the old address, from which the change can be undone.",
        ),
    ),
}

_UNDO = {
    "it": Words(
        "Annullamento del cambio di indirizzo",
        (
            ("Prema il pulsante se non è stato Lei a cambiare l'indirizzo e-mail del Suo account."),
            (
                "L'account riprende il vecchio indirizzo, tutti i dispositivi vengono disconnessi "
                "e Le mandiamo un'e-mail per scegliere una nuova password."
            ),
        ),
        "Annullo il cambio",
    ),
    "en": Words(
        "Undo the change of address",
        (
            "Press the button if it was not you who changed the e-mail address of your account.",
            (
                "The account gets its old address back, all devices are signed out, and we send "
                "you an e-mail to choose a new password."
            ),
        ),
        "Undo the change",
    ),
}

_UNDONE = {
    "it": Words(
        "Cambio annullato",
        (
            (
                "Il Suo account usa di nuovo il vecchio indirizzo e tutti i dispositivi sono stati "
                "disconnessi."
            ),
            (
                "Sta arrivando un'e-mail con il collegamento per scegliere una nuova password: lo "
                "usi appena può."
            ),
        ),
    ),
    "en": Words(
        "Change undone",
        (
            "Your account uses its old address again, and all devices were signed out.",
            "An e-mail with a link to choose a new password is on its way: use it soon.",
        ),
    ),
}

_CONFIRMED_BEFORE = {
    "it": Words(
        "Indirizzo già cambiato",
        (
            "Con questo collegamento il nuovo indirizzo è già stato confermato.",
            (
                "Se poi il cambio è stato annullato dal vecchio indirizzo, l'account usa di nuovo "
                "quello."
            ),
        ),
    ),
    "en": Words(
        "Address changed already",
        (
            "The new address was already confirmed with this link.",
            (
                "If the change was undone from the old address since, the account uses that one "
                "again."
            ),
        ),
    ),
}

_UNDONE_BEFORE = {
    "it": Words(
        "Cambio già annullato",
        (
            "Con questo collegamento il cambio di indirizzo è già stato annullato.",
            "Per scegliere una nuova password usi l'e-mail che Le abbiamo mandato.",
        ),
    ),
    "en": Words(
        "Change undone already",
        (
            "The change of address was already undone with this link.",
            "To choose a new password, use the e-mail that we sent you.",
        ),
    ),
}
