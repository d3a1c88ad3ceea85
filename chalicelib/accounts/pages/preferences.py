"""The page of one's language and of the mails that one may turn off."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.accounts.contract.settings_pages import LOCALE, name_of
from chalicelib.accounts.service.profile import Account
from chalicelib.notices.model import Notification
from chalicelib.pages import formats
from chalicelib.pages.languages import primary, tag_of
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.web.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Alert:
    """A kind of mail of the notice; `value` is `yes` or `no`, what the person last said."""

    name: str
    title: str
    text: str
    value: str


def preferences_page(visit: Visit, account: Account) -> str:
    """Returns the page with the settings of the account."""
    notice, language = visit.notice, visit.language
    locale, said = tag_of(language, notice.locales), words("preferences", language)
    kinds = notice.notifications.values()
    alerts = [_alert(one, visit, account, locale) for one in kinds if one.optional]
    always = [_alert(one, visit, account, locale) for one in kinds if not one.optional]
    labels = {LOCALE: said["locale"], **{one.name: one.title for one in alerts}}
    return render(
        "accounts/templates/preferences.html.j2",
        visit.frame,
        said["title"],
        words=said,
        errors=visit.summary(*labels, labels=labels),
        visit=visit,
        recorded=bool(visit.refused and visit.refused.members.get("recorded")),
        spoken="" if primary(locale) == language else locale,
        locales=[(one, formats.own_name(one)) for one in notice.locales],
        locale_now=visit.typed.get(LOCALE, account.locale),
        alerts=alerts,
        always=always,
    )


def _alert(one: Notification, visit: Visit, account: Account, locale: str) -> Alert:
    name, notice = name_of(one.id), visit.notice
    stands = "yes" if account.notifications.get(one.id, True) else "no"
    value = visit.typed.get(name, stands)
    return Alert(name, notice.text(one.title, locale), notice.text(one.description, locale), value)
