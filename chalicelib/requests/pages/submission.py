"""The page by which a right is used: first which one, then what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from chalicelib.accounts.pages.fields import ProfileField, profile_field
from chalicelib.accounts.service.forms import FORM
from chalicelib.pages import formats
from chalicelib.pages.languages import primary, tag_of
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.requests.contract.submission import rights_of
from chalicelib.requests.contract.submission_pages import (
    CATEGORIES,
    CHANGES,
    NEW,
    OWN,
    PURPOSES,
    asks_for,
)
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import Action, Actor, Entry, Status
from chalicelib.requests.model import Channel, Request, RestrictionGround, timed
from chalicelib.requests.scope import AT_ONCE

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice, Purpose
    from chalicelib.web.pages.visit import Visit

_FILE = "submission"

_CHOSEN = frozenset({Right.OBJECT, Right.WITHDRAW})
"""The rights whose form is about the boxes in it; in others, ticking one narrows the request."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """The fields of a category of the notice that can be corrected; `open` where one was typed."""

    title: str
    fields: tuple[ProfileField, ...]
    open: bool


def submission_page(visit: Visit, now: datetime) -> str:
    """Returns the choice among the notice's rights, or the form of the one that the address names.

    `now` is the moment from which the day of the answer is counted. Raises NoticeTooOld.
    """
    right = visit.value("right")
    return _form(visit, right, now) if right in visit.notice.rights else _choice(visit)


def _choice(visit: Visit) -> str:
    notice, language = visit.notice, visit.language
    said = words(_FILE, language)
    rights = (notice.rights[one] for one in rights_of(notice))
    doors = [
        (
            visit.frame.to(NEW, right=right.id),
            notice.text(right.title, language),
            notice.text(right.description, language),
            _foreign(right.title, visit),
        )
        for right in rights
    ]
    return render(
        "requests/templates/rights.html.j2", visit.frame, said["title"], words=said, doors=doors
    )


def _form(visit: Visit, right: str, now: datetime) -> str:
    """Returns the form of a right: what the right asks for, and what happens then."""
    notice, language = visit.notice, visit.language
    said, locale = words(_FILE, language), tag_of(language, notice.locales)
    stated, asked = notice.rights[right], asks_for(right)
    purposes = list(_purposes(right, notice, locale)) if PURPOSES in asked else []
    categories = _categories(notice, locale) if CATEGORIES in asked else []
    corrected = list(_corrected(visit, locale)) if CHANGES in asked else []
    labels = {
        **({} if visit.frame.signed_in else {"email": said["email"]}),
        "ground": said["ground"],
        PURPOSES: said["purposes"],
        CATEGORIES: said["categories"],
        **{one.name: one.title for group in corrected for one in group.fields},
        "details": said["details"],
        "password": said["password"],
        "code": said["code"],
    }
    return render(
        "requests/templates/submission.html.j2",
        visit.frame,
        notice.text(stated.title, language),
        words=said,
        errors=visit.summary(*labels, labels=labels),
        visit=visit,
        right=right,
        hidden={"right": right, **({OWN: "yes"} if visit.frame.signed_in else {})},
        description=notice.text(stated.description, language),
        spoken=_foreign(stated.title, visit),
        noticed="" if primary(locale) == language else locale,
        rights=NEW,
        purposes=purposes,
        categories=categories,
        corrected=corrected,
        folded=right not in _CHOSEN,
        grounds=_grounds(said) if "ground" in asked else [],
        erases=right == Right.ERASE,
        next=list(_next(visit, right, said, now)),
    )


def _foreign(title: Mapping[str, str], visit: Visit) -> str:
    """Returns the language of words of the notice; empty where it is the page's."""
    language, first = visit.language, visit.notice.locales[0]
    known = language if any(primary(one) == language for one in title) else first
    return "" if primary(known) == language else known


def _purposes(right: str, notice: Notice, locale: str) -> Iterator[tuple[str, str]]:
    """Yields the purposes that a right can be about: field and title."""
    for purpose in notice.purposes.values():
        if _is_meant(right, purpose):
            yield f"{PURPOSES}.{purpose.id}", notice.text(purpose.title, locale)


def _is_meant(right: str, purpose: Purpose) -> bool:
    if right == Right.OBJECT:
        return purpose.opposable
    return right != Right.WITHDRAW or purpose.needs_consent


def _categories(notice: Notice, locale: str) -> list[tuple[str, str]]:
    return [
        (f"{CATEGORIES}.{one.id}", notice.text(one.title, locale))
        for one in notice.categories.values()
    ]


def _corrected(visit: Visit, locale: str) -> Iterator[Corrected]:
    """Yields the fields of the profile by category; other data is corrected by one's own words."""
    notice = visit.notice
    form = notice.forms[FORM]
    grouped: dict[str, list[ProfileField]] = {}
    for ref in sorted((form.required | form.optional) - {form.address}):
        field = profile_field(ref, notice, locale, visit.language, required=False)
        changed = replace(field, name=f"{CHANGES}.{ref.category}.{ref.field}")
        grouped.setdefault(ref.category, []).append(changed)
    for category, fields in grouped.items():
        typed = any(visit.value(one.name) for one in fields)
        yield Corrected(
            notice.text(notice.categories[category].title, locale), tuple(fields), typed
        )


def _grounds(said: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(str(one), said[f"ground_{one}"]) for one in RestrictionGround]


def _next(visit: Visit, right: str, said: Mapping[str, str], now: datetime) -> Iterator[str]:
    """Yields what happens after the form is sent, and by when."""
    if not visit.frame.signed_in:
        yield said["next_email"]
    if right in AT_ONCE:
        yield said["next_at_once"]
    else:
        due = _due_on(visit.notice, right, now)
        yield said["next_due"].format(day=formats.day(due, visit.language))
    if right == Right.ERASE:
        yield said["next_erase"]
    if right not in AT_ONCE:
        yield said["next_free"]


def _due_on(notice: Notice, right: str, now: datetime) -> date:
    """Returns the day by which a request that is made now is answered."""
    received = (Entry(now, Status.RECEIVED, Action.SUBMIT, Actor.PERSON),)
    request = Request("", right, Status.RECEIVED, Channel.WEBSITE, now, None, received)
    return timed(request, notice, now).deadline.due_on
