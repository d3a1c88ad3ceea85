"""The page of one's data: what the account holds, and the form that corrects it."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.accounts.contract.account_pages import SEEN, corrected_fields
from chalicelib.accounts.pages.fields import ProfileField, profile_field
from chalicelib.accounts.presentation import account_shown
from chalicelib.accounts.service.forms import FORM
from chalicelib.accounts.service.profile import Account
from chalicelib.notices.model import FieldRef
from chalicelib.pages.languages import primary, tag_of
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.web.conditional import tag_of as tag_of_account
from chalicelib.web.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Filled:
    """A field of the form with its value: what the person sent last, else what is recorded."""

    field: ProfileField
    value: str


@dataclass(frozen=True, slots=True)
class Category:
    """A category of the notice with its fields."""

    id: str
    title: str
    fields: tuple[Filled, ...]


def seen(account: Account) -> str:
    """Returns the tag of an account, which the form repeats: another change is not overwritten."""
    return tag_of_account(account_shown(account)).strip('"')


def profile_page(visit: Visit, account: Account) -> str:
    """Returns the page of the account, or the form again as it was refused."""
    notice, language = visit.notice, visit.language
    locale, said = tag_of(language, notice.locales), words("profile", language)
    grouped: dict[str, list[Filled]] = {}
    for ref in corrected_fields(notice):
        grouped.setdefault(ref.category, []).append(_filled(ref, visit, account, locale))
    labels = {one.field.name: one.field.title for group in grouped.values() for one in group}
    address = notice.forms[FORM].address
    return render(
        "accounts/templates/profile.html.j2",
        visit.frame,
        said["title"],
        words=said,
        errors=visit.summary(*labels, labels=labels),
        visit=visit,
        spoken="" if primary(locale) == language else locale,
        address="" if address is None else _recorded(address, account),
        hidden={SEEN: seen(account)},
        categories=[
            Category(name, notice.text(notice.categories[name].title, locale), tuple(fields))
            for name, fields in grouped.items()
        ],
        rectifies="rectify" in notice.rights,
    )


def _filled(ref: FieldRef, visit: Visit, account: Account, locale: str) -> Filled:
    required = ref in visit.notice.forms[FORM].required
    field = profile_field(ref, visit.notice, locale, visit.language, required=required)
    sent = visit.refused is not None
    return Filled(field, visit.typed.get(field.name, "") if sent else _recorded(ref, account))


def _recorded(ref: FieldRef, account: Account) -> str:
    return account.profile.get(ref.category, {}).get(ref.field, "")
