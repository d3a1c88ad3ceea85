"""The page for opening an account: the fields and questions of the notice's form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.accounts import age
from chalicelib.accounts.contract.registration_pages import DECISIONS
from chalicelib.accounts.model import PASSWORD_MIN
from chalicelib.accounts.pages.fields import ProfileField, profile_field
from chalicelib.accounts.service.forms import FORM, described
from chalicelib.notices.model import FieldRef, Notice
from chalicelib.pages.languages import primary, tag_of
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.web.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Group:
    """The optional fields of a category of the notice; `refused` where one of them has an error."""

    title: str
    fields: tuple[ProfileField, ...]
    refused: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A purpose that a person decides about: its field, its words, its place in the notice.

    `explicit` are the words that ask for explicit consent, empty where none is needed.
    """

    name: str
    title: str
    text: str
    place: str
    explicit: str


def registration_page(visit: Visit) -> str:
    """Returns the page; nothing in it is chosen beforehand."""
    notice, language = visit.notice, visit.language
    locale, said = tag_of(language, notice.locales), words("registration", language)
    form = described(notice, locale)
    required, groups = _fields(form["fields"], visit, locale)
    questions = _questions(form["choices"], notice, locale)
    least = form.get("age", {})
    confirmed = age.MEMBER if least.get("by") == age.MEMBER else ""
    labels = {
        "email": said["email"],
        "password": said["password"],
        **{one.name: one.title for one in required},
        **{one.name: one.title for group in groups for one in group.fields},
        **({confirmed: said["age"]} if confirmed else {}),
        **{one.name: one.title for one in questions},
    }
    return render(
        "accounts/templates/register.html.j2",
        visit.frame,
        said["title"],
        words=said,
        errors=visit.summary(*labels, labels=labels),
        visit=visit,
        hidden={"notice_version": notice.version, "locale": locale},
        spoken="" if primary(locale) == language else locale,
        password_hint=said["password_hint"].format(minimum=PASSWORD_MIN),
        password_minimum=PASSWORD_MIN,
        consequence=form["consequence"],
        required=required,
        groups=groups,
        questions=questions,
        confirmed=confirmed,
        of_age=said["of_age"].format(years=least.get("least", "")),
    )


def _fields(
    stated: Sequence[Mapping[str, Any]], visit: Visit, locale: str
) -> tuple[list[ProfileField], list[Group]]:
    """Returns the required fields, and the optional ones by category, in the notice's order.

    The address that one signs in with is no field here: the page asks for it first of all.
    """
    notice, required = visit.notice, list[ProfileField]()
    optional: dict[str, list[ProfileField]] = {}
    for one in stated:
        ref = FieldRef(one["category"], one["field"])
        if ref == notice.forms[FORM].address:
            continue
        field = profile_field(ref, notice, locale, visit.language, required=one["required"])
        place = required if field.required else optional.setdefault(ref.category, [])
        place.append(field)
    groups = [
        Group(
            notice.text(notice.categories[category].title, locale),
            tuple(fields),
            any(visit.errors(field.name) for field in fields),
        )
        for category, fields in optional.items()
    ]
    return required, groups


def _questions(choices: Sequence[Mapping[str, str]], notice: Notice, locale: str) -> list[Question]:
    return [
        Question(
            f"{DECISIONS}.{one['purpose']}",
            one["title"],
            notice.text(notice.purposes[one["purpose"]].description, locale),
            one["place"],
            one.get("explicit", ""),
        )
        for one in choices
    ]
