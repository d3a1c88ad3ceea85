"""The long lists about a person, shown page by page: requests, disclosures, and what was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.desk.pages import titles
from chalicelib.desk.pages.dates import day_of
from chalicelib.desk.pages.days import Day, due
from chalicelib.desk.paths import ONE, PERSON
from chalicelib.pages import formats

if TYPE_CHECKING:
    from chalicelib.desk.people import Person
    from chalicelib.disclosures.model import Disclosure
    from chalicelib.origins.model import Told
    from chalicelib.publications.model import Obligation
    from chalicelib.requests.model import Timed
    from chalicelib.storage.pages import Page
    from chalicelib.web.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of the person: its page, right, due day, and the day of receipt."""

    address: str
    title: str
    received_on: date
    due: Day


@dataclass(frozen=True, slots=True)
class Given:
    """A disclosure: who was given what for what, and when."""

    recipient: str
    what: str
    purpose: str
    on: date


@dataclass(frozen=True, slots=True)
class Letter:
    """A version of the notice that the person was or is to be told of, or an origin of data."""

    text: str
    address: str
    state: str
    kind: str
    on: date


@dataclass(frozen=True, slots=True)
class List:
    """A page of a list: its rows, and the addresses of the next page and of the first."""

    rows: tuple[object, ...]
    later: str
    first: str


def lists(
    visit: Visit,
    person: Person,
    changes: Page[Obligation],
    today: date,
    said: Mapping[str, str],
) -> dict[str, List]:
    """Returns the lists by their names; all but the changes begin with the latest.

    `changes` are the versions of the notice that the person was or is to be told of, `today` is the
    civil day of the requests' clock.
    """
    requests = sorted(person.requests.items, key=lambda one: one.request.received_at, reverse=True)
    given = sorted(person.disclosures.items, key=lambda one: one.disclosed_at, reverse=True)
    found = sorted(person.origins.items, key=lambda one: one.began_at, reverse=True)
    return {
        name: _list(name, rows, after, visit, person)
        for name, rows, after in (
            ("requests", [_asked(one, visit, today) for one in requests], person.requests.next),
            ("disclosures", [_given(one, visit, said) for one in given], person.disclosures.next),
            ("changes", [_change(one, visit, said) for one in changes.items], changes.next),
            ("origins", [_origin(one, visit, said) for one in found], person.origins.next),
        )
    }


def _list(
    name: str, rows: Sequence[object], after: str | None, visit: Visit, person: Person
) -> List:
    """Returns a page of a list; `after` is the place of the next, None where there is none."""
    own = f"{PERSON.format(id=person.subject)}#{name}"
    return List(
        tuple(rows),
        visit.frame.to(own, **{name: after}) if after else "",
        visit.frame.to(own) if visit.call.query.get(name) else "",
    )


def _asked(found: Timed, visit: Visit, today: date) -> Asked:
    request = found.request
    return Asked(
        visit.frame.to(ONE.format(id=request.id)),
        titles.right(request.right, visit.notice, visit.language),
        found.received_on,
        due(found, today, visit.language),
    )


def _given(one: Disclosure, visit: Visit, said: Mapping[str, str]) -> Given:
    notice, language = visit.notice, visit.language
    fields = [titles.field(f"{one.category}.{name}", notice, language) for name in one.fields]
    category = titles.category(one.category, notice, language)
    what = said["fields_of"].format(category=category, fields=formats.listing(fields, language))
    return Given(
        titles.recipient(one.recipient, notice, language),
        what if fields else category,
        titles.purpose(one.purpose, notice, language),
        day_of(one.disclosed_at, visit),
    )


def _change(one: Obligation, visit: Visit, said: Mapping[str, str]) -> Letter:
    kinds = {"sent": "good", "seen": "good", "bounced": "bad", "due": "care"}
    on = one.seen_at or one.bounced_at or one.sent_at or one.created_at
    return Letter(
        said["version"].format(version=one.version),
        visit.frame.to(f"/notice/{one.version}"),
        said[f"told.{one.shown}"],
        kinds.get(one.shown, ""),
        day_of(on, visit),
    )


def _origin(one: Told, visit: Visit, said: Mapping[str, str]) -> Letter:
    state, kind = "open", "care"
    if one.sent_at is not None:
        state, kind = "sent", "good"
    elif one.unreached is not None:
        state, kind = "unreached", "bad"
    return Letter(
        titles.category(one.category, visit.notice, visit.language),
        "",
        said[f"origin.{state}"],
        kind,
        day_of(one.sent_at or one.began_at, visit),
    )


__all__ = ["lists"]
