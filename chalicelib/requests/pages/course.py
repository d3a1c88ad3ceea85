"""The pages of one's own requests: the list, and one of them with all that can be done with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from chalicelib.notices import erasure
from chalicelib.pages import formats
from chalicelib.pages.languages import primary, tag_of
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.requests import paths
from chalicelib.requests.contract import course_pages as contract
from chalicelib.requests.contract.submission_pages import NEW
from chalicelib.requests.grounds import Right
from chalicelib.requests.machine import (
    CLOSED,
    Action,
    Actor,
    MoveNotAllowed,
    Status,
    move,
)
from chalicelib.requests.model import MADE, Message, Timed
from chalicelib.requests.presentation import event_text
from chalicelib.requests.preview import preview

if TYPE_CHECKING:
    from chalicelib.notices.model import Notice
    from chalicelib.requests.service.exports import Issued
    from chalicelib.storage.pages import Page
    from chalicelib.web.pages.visit import Visit

_KINDS: Mapping[Status, str] = {
    Status.AWAITING_VERIFICATION: "care",
    Status.PAUSED: "care",
    Status.COMPLETED: "good",
    Status.RECEIVED: "now",
    Status.IN_PROGRESS: "now",
}
"""The kind of the tag (of `components.html.j2`) that says a status; plain where there is none."""


@dataclass(frozen=True, slots=True)
class Row:
    """A request in the list. `due_on` is None once there is no day to wait for."""

    address: str
    title: str
    status: str
    kind: str
    received_on: date
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Step:
    """An event of a request: its state (`done`, `here`), words, and moment."""

    state: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Fate:
    """The fate of a kind of data: an outcome of the words, the day it ends, and why."""

    title: str
    outcome: str
    kind: str
    why: str


def list_page(visit: Visit, found: Page[Timed], after: str) -> str:
    """Returns the list; `after` is the cursor of the next page, empty on the last."""
    said = words("course", visit.language)
    return render(
        "requests/templates/requests.html.j2",
        visit.frame,
        said["title"],
        words=said,
        rows=[_row(visit, one) for one in found.items],
        later=visit.frame.to(contract.LIST, cursor=after) if after else "",
        new=NEW,
    )


def _row(visit: Visit, found: Timed) -> Row:
    request = found.request
    return Row(
        visit.frame.to(paths.ONE.format(id=request.id)),
        _title(visit, request.right),
        _status(visit, request.status),
        _KINDS.get(request.status, ""),
        found.received_on,
        None if request.status in CLOSED else found.deadline.due_on,
    )


def request_page(
    visit: Visit,
    found: Timed,
    messages: Sequence[Message],
    today: date,
    issued: Issued | None = None,
) -> str:
    """Returns one request: its day, its course, what happens to which data, what one can do.

    For a person without an account, whose token of the request is the visit's `session`, it shows
    that token, to be kept. `today` is the civil day in the notice's zone. `issued` is the address
    of the copy, where the person has just asked for it.
    """
    notice, language, request = visit.notice, visit.language, found.request
    said = {**words("requests", language), **words("course", language)}
    locale = tag_of(language, notice.locales)
    labels = {"text": said["text"]}
    answered = request.status in CLOSED
    return render(
        "requests/templates/request.html.j2",
        visit.frame,
        _title(visit, request.right),
        words=said,
        errors=visit.summary(*labels, labels=labels),
        visit=visit,
        list=contract.LIST,
        request=request,
        spoken="" if primary(locale) == language else locale,
        state=_status(visit, request.status),
        kind=_KINDS.get(request.status, ""),
        found=found,
        answered=answered,
        gone=max(0, (today - found.deadline.received_on).days),
        whole=max(1, (found.deadline.due_on - found.deadline.received_on).days),
        left=formats.due_in((found.deadline.due_on - today).days, language),
        begins_at=None if answered else request.begins_at,
        steps=list(_steps(found, language)),
        data=list(_data(found, visit, said, locale)),
        facts=list(_facts(found, visit, said, locale)),
        messages=messages,
        issued=issued,
        can=_can(found),
        own=paths.ONE.format(id=request.id),
        key="" if visit.frame.signed_in else visit.session,
    )


def _title(visit: Visit, right: str) -> str:
    known = visit.notice.rights.get(right)
    return right if known is None else visit.notice.text(known.title, visit.language)


def _status(visit: Visit, status: Status) -> str:
    text = words("requests", visit.language)[f"status.{status}"]
    return text[:1].upper() + text[1:]


def _steps(found: Timed, language: str) -> Iterator[Step]:
    """Yields the events, of which the last is where an open request stands; notes are left out."""
    shown = [one for one in found.request.history if one.event is not Action.NOTE]
    for number, entry in enumerate(shown, 1):
        here = number == len(shown) and found.request.status not in CLOSED
        text = event_text(entry, found, language)
        if text is not None:
            yield Step("here" if here else "done", text, entry.at)


def _data(found: Timed, visit: Visit, said: Mapping[str, str], locale: str) -> Iterator[Fate]:
    """Yields what an erasure will do to which data; once it is carried out, what it left."""
    notice, request = visit.notice, found.request
    if request.right != Right.ERASE:
        return
    for one in request.kept:
        ends = None if one.ends_at is None else datetime.fromisoformat(one.ends_at)
        outcome = said["kept"]
        if ends is not None:
            day = formats.day(ends.astimezone(notice.zone).date(), visit.language)
            outcome = said["kept_until"].format(day=day)
        ground = said.get(f"ground.{one.ground}", one.ground)
        title = _category(one.category, notice, locale) if one.category else ""
        yield Fate(title or _kind(one.kind or "", notice, locale), outcome, "care", ground)
    planned = preview(request, {}, notice)
    if planned is None:
        return
    for category in planned.erased:
        yield Fate(_category(category, notice, locale), said["erased"], "good", said["erased_why"])
    for category in planned.needed:
        yield Fate(_category(category, notice, locale), said["needed"], "care", said["needed_why"])
    stays = erasure.plan(notice, erasure.REQUESTED).stays
    for kind in planned.kept:
        why = notice.text(stays[kind].why, locale) if kind in stays else ""
        yield Fate(_kind(kind, notice, locale), said["kept"], "care", why)


def _category(category: str, notice: Notice, locale: str) -> str:
    known = notice.categories.get(category)
    return category if known is None else notice.text(known.title, locale)


def _kind(kind: str, notice: Notice, locale: str) -> str:
    known = notice.records.get(kind)
    return kind if known is None else notice.text(known.title, locale)


def _facts(
    found: Timed, visit: Visit, said: Mapping[str, str], locale: str
) -> Iterator[tuple[str, str]]:
    """Yields what the request is about, by name."""
    notice, request = visit.notice, found.request
    yield said["fact_number"], request.id
    if request.completed_at is not None:
        answered = request.completed_at.astimezone(notice.zone).date()
        yield said["answered"], formats.day(answered, visit.language)
    purposes = (
        notice.text(notice.purposes[one].title, locale) if one in notice.purposes else one
        for one in request.purposes
    )
    categories = (_category(one, notice, locale) for one in request.categories)
    fields = (_field(one, notice, locale) for one in request.fields)
    about: Iterable[tuple[str, Iterable[str]]] = (
        ("purposes", purposes),
        ("categories", categories),
        ("fields", fields),
    )
    for name, texts in about:
        listed = formats.listing(texts, visit.language)
        if listed:
            yield said[name], listed


def _field(name: str, notice: Notice, locale: str) -> str:
    """Returns the title of a field, given as `category.field`."""
    category, _, field = name.partition(".")
    known = notice.categories.get(category)
    if known is None or field not in known.fields:
        return name
    return notice.text(known.fields[field].title, locale)


def _can(found: Timed) -> frozenset[str]:
    """Returns what the person can do with the request as it stands."""
    request = found.request
    acts = {
        "confirm": request.status is Status.AWAITING_VERIFICATION,
        "answer": _may(found, Action.ANSWER),
        "message": _may(found, Action.MESSAGE),
        "dispute": _may(found, Action.DISPUTE),
        "cancel": _may(found, Action.CANCEL),
        "download": request.status is Status.COMPLETED and request.right in MADE,
        "receipt": request.status is Status.COMPLETED and request.right == Right.ERASE,
    }
    return frozenset(name for name, allowed in acts.items() if allowed)


def _may(found: Timed, action: Action) -> bool:
    with suppress(MoveNotAllowed):
        move(found.request.history, action, Actor.PERSON)
        return True
    return False
