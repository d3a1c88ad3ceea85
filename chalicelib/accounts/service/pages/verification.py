"""The pages behind the link that proves an address."""

from dataclasses import replace

from chalicelib.accounts.paths import VERIFICATION
from chalicelib.accounts.service.pages.shell import Locale, Words, show
from chalicelib.accounts.service.proof import Next
from chalicelib.notices.model import Notice
from chalicelib.web.pages import FormField


def verification_page(notice: Notice, locale: Locale, token: str, *, refused: bool = False) -> str:
    """The page that asks for the `password` of the registration, or for the address alone.

    It looks nothing up and changes nothing. With `refused` it says that the password sent before
    was wrong; what was sent is not shown again.
    """
    words = {language: _said(language, said, refused=refused) for language, said in _ASK.items()}
    return show(notice, locale, words, token, VERIFICATION)


def verified_page(notice: Notice, locale: Locale, then: Next) -> str:
    """The page after it, which says what is left to do."""
    return show(notice, locale, _DONE if then is Next.SIGN_IN else _PROVEN)


def _said(language: str, said: Words, *, refused: bool) -> Words:
    errors = (_WRONG[language],) if refused else ()
    return replace(said, fields=tuple(replace(field, errors=errors) for field in said.fields))


def _password(label: str) -> FormField:
    return FormField("password", label, "password", "current-password", maximum=0)


def verified_before_page(notice: Notice, locale: Locale) -> str:
    """The page for who presses the button again."""
    return show(notice, locale, _BEFORE)


_ASK = {
    "it": Words(
        "Conferma dell'indirizzo e-mail",
        (
            (
                "Scriva la password scelta quando ha aperto l'account e prema il pulsante: "
                "l'indirizzo è confermato e l'account si attiva con le scelte che ha indicato."
            ),
        ),
        "Confermo l'indirizzo",
        (_password("Password"),),
        (
            "Non ha scelto Lei quella password? Può confermare solo l'indirizzo: la password, i "
            "dati e le scelte di quella registrazione vengono scartati e Le mandiamo un'e-mail "
            "per scegliere una password nuova."
        ),
        "Confermo solo l'indirizzo",
    ),
    "en": Words(
        "Confirm your e-mail address",
        (
            (
                "Type the password that you chose when you opened the account and press the "
                "button: your address is confirmed, and the account starts with your choices."
            ),
        ),
        "Confirm my address",
        (_password("Password"),),
        (
            "You did not choose that password? You can confirm the address alone: the password, "
            "the data and the choices of that registration are dropped, and we send you an e-mail "
            "to choose a new password."
        ),
        "Only confirm my address",
    ),
}

_WRONG = {
    "it": (
        "Non è la password scelta alla registrazione. Se non l'ha scelta Lei, confermi solo "
        "l'indirizzo."
    ),
    "en": (
        "This is not the password that was chosen at registration. If you did not choose it, "
        "confirm the address alone."
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

_PROVEN = {
    "it": Words(
        "Indirizzo confermato: ora scelga una password",
        (
            "Nulla di quella registrazione ha effetto.",
            (
                "Sta arrivando un'e-mail con il collegamento per scegliere una nuova password: poi "
                "potrà accedere dal sito."
            ),
        ),
    ),
    "en": Words(
        "Address confirmed: now choose a password",
        (
            "Nothing of that registration counts.",
            (
                "An e-mail with a link to choose a new password is on its way: then you can sign "
                "in on the site."
            ),
        ),
    ),
}
