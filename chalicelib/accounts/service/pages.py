"""The pages of accounts: those behind the links of mails, and asking for a new password.

A page that asks looks nothing up and changes nothing; what was sent is never shown again. A page
with `before` in its name is for people who press a button again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from chalicelib.accounts.model import PASSWORD_MAX, PASSWORD_MIN
from chalicelib.accounts.paths import (
    DISAVOWAL,
    FORMER_ADDRESS,
    NEW_ADDRESS,
    NEW_PASSWORD,
    RESETS,
    VERIFICATION,
    WARNING,
)
from chalicelib.accounts.service.proof import Next
from chalicelib.notices.model import Notice
from chalicelib.pages.forms import Form, FormField, answer_to
from chalicelib.pages.languages import spoken
from chalicelib.pages.page import Locale, page
from chalicelib.pages.words import words

_ADDRESS = FormField("email", "", "email", "email", maximum=254)
_CURRENT = FormField("password", "", "password", "current-password", maximum=0)
_NEW = FormField("password", "", "password", "new-password", PASSWORD_MIN, maximum=0)


def verification_page(notice: Notice, locale: Locale, token: str, *, refused: bool = False) -> str:
    """The page that asks for the `password` of the registration, or for the address alone.

    With `refused` it says that the password sent before was wrong.
    """
    return _ask(notice, locale, "verify", VERIFICATION, token, _CURRENT, wrong=refused)


def verified_page(notice: Notice, locale: Locale, then: Next) -> str:
    """The page after it, which says what is left to do."""
    return _told(notice, locale, "verified" if then is Next.SIGN_IN else "proven")


def verified_before_page(notice: Notice, locale: Locale) -> str:
    """The page after it, a second time."""
    return _told(notice, locale, "verified_before")


def disavowal_page(notice: Notice, locale: Locale, token: str) -> str:
    """The page that asks whether the reader did not open the account; it says both outcomes."""
    return _ask(notice, locale, "disavow", DISAVOWAL, token)


def disavowed_page(notice: Notice, locale: Locale, *, verified: bool) -> str:
    """Returns the page after it.

    An account whose address was not `verified` is disowned and will be erased; about a verified one
    a request was opened, because the link alone does not prove whose it is.
    """
    return _told(notice, locale, "disavowal_requested" if verified else "disavowed")


def disavowed_before_page(notice: Notice, locale: Locale) -> str:
    """The page after it, a second time; it says both outcomes."""
    return _told(notice, locale, "disavowed_before")


def keep_page(notice: Notice, locale: Locale, token: str) -> str:
    """The page that asks whether an unused account is to stay."""
    return _ask(notice, locale, "keep", WARNING, token)


def kept_page(notice: Notice, locale: Locale) -> str:
    """The page after it."""
    return _told(notice, locale, "kept")


def kept_before_page(notice: Notice, locale: Locale) -> str:
    """The page after it, a second time, or for who used the account since the warning."""
    return _told(notice, locale, "kept_before")


def keep_gone_page(notice: Notice, locale: Locale) -> str:
    """The page for who comes when the account is gone already."""
    return _told(notice, locale, "keep_gone")


def reset_request_page(notice: Notice, locale: Locale) -> str:
    """The page that asks for an `email` address, to which a link for a new password goes."""
    return _ask(notice, locale, "reset_request", RESETS, None, _ADDRESS)


def reset_requested_page(notice: Notice, locale: Locale) -> str:
    """Returns the page after it, the same whether or not an account holds the address."""
    return _told(notice, locale, "reset_requested")


def reset_page(notice: Notice, locale: Locale, token: str, errors: Sequence[str] = ()) -> str:
    """The page that asks for the new `password`.

    `errors` are the reasons why the one sent before was refused, in the reader's language.
    """
    field = replace(_NEW, errors=tuple(errors))
    return _ask(notice, locale, "reset", NEW_PASSWORD, token, field)


def reset_done_page(notice: Notice, locale: Locale) -> str:
    """The page after it."""
    return _told(notice, locale, "reset_done")


def reset_before_page(notice: Notice, locale: Locale) -> str:
    """The page after it, a second time and perhaps with another password."""
    return _told(notice, locale, "reset_before")


def confirm_address_page(
    notice: Notice, locale: Locale, token: str, *, refused: bool = False
) -> str:
    """The page that asks for the press of a button in the new address's mail.

    The `password` may be left out. With `refused` the one sent before was wrong.
    """
    field = replace(_CURRENT, required=False)
    return _ask(notice, locale, "confirm_address", NEW_ADDRESS, token, field, wrong=refused)


def address_confirmed_page(notice: Notice, locale: Locale) -> str:
    """The page after it."""
    return _told(notice, locale, "address_confirmed")


def address_confirmed_before_page(notice: Notice, locale: Locale) -> str:
    """The page after it, a second time."""
    return _told(notice, locale, "address_confirmed_before")


def undo_address_page(notice: Notice, locale: Locale, token: str) -> str:
    """The page that asks for the press of a button in the old address's mail."""
    return _ask(notice, locale, "undo_address", FORMER_ADDRESS, token)


def address_undone_page(notice: Notice, locale: Locale) -> str:
    """The page after it: a mail with a link for a new password is on its way."""
    return _told(notice, locale, "address_undone")


def address_undone_before_page(notice: Notice, locale: Locale) -> str:
    """The page after it, a second time."""
    return _told(notice, locale, "address_undone_before")


def refusal_texts(notice: Notice, locale: Locale, reasons: Iterable[str]) -> list[str]:
    """Returns why a password was refused, in the reader's language, in the order of `reasons`."""
    said = words("accounts", locale(spoken(notice.locales)))
    return [
        said[f"password_{reason}"].format(minimum=PASSWORD_MIN, maximum=PASSWORD_MAX)
        for reason in reasons
    ]


def _ask(
    notice: Notice,
    locale: Locale,
    name: str,
    path: str,
    token: str | None,
    field: FormField | None = None,
    *,
    wrong: bool = False,
) -> str:
    """The page called `name`, which is at `path` and posts to there.

    A link's `token` is sent along unseen. Where the page has words for another way, a second form
    without the `field` follows. With `wrong` it says that what was sent in the field was wrong.
    """
    chosen = locale(spoken(notice.locales))
    said = words("accounts", chosen)
    hidden, action = {} if token is None else {"token": token}, answer_to(path, chosen)
    fields = () if field is None else (_worded(field, name, said, wrong=wrong),)
    forms = [Form(said[f"{name}_button"], action, hidden, fields)]
    if f"{name}_other" in said:
        lead = said[f"{name}_other"]
        forms.append(Form(said[f"{name}_other_button"], action, hidden, lead=lead))
    title, text = said[f"{name}_title"], said[f"{name}_text"]
    return page(title, text, chosen, forms, notice)


def _worded(field: FormField, name: str, said: Mapping[str, str], *, wrong: bool) -> FormField:
    """A field of the page called `name` with its words."""
    own = f"{name}_{field.name}"
    return replace(
        field,
        label=said[own],
        hint=said.get(f"{own}_hint", "").format(minimum=PASSWORD_MIN),
        errors=(said[f"{name}_wrong"],) if wrong else field.errors,
    )


def _told(notice: Notice, locale: Locale, name: str) -> str:
    """The page called `name`, which has nothing to press."""
    chosen = locale(spoken(notice.locales))
    said = words("accounts", chosen)
    return page(said[f"{name}_title"], said[f"{name}_text"], chosen, notice=notice)
