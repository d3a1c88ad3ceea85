"""The page of the desk's requests: filters with counts, and fifty rows by their due day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from chalicelib.desk.contract.pages import PAGE
from chalicelib.desk.filters import OF_OPEN, Counts, Filter, Show, counted
from chalicelib.desk.pages import titles
from chalicelib.desk.pages.days import Day, due
from chalicelib.desk.paths import LIST, NEW, ONE
from chalicelib.pages import formats
from chalicelib.pages.navigation import DESK
from chalicelib.pages.page import render
from chalicelib.pages.words import words
from chalicelib.subjects.model import is_visitor
from chalicelib.web.cursor import decode, encode

if TYPE_CHECKING:
    from chalicelib.requests.service.worklist import Open
    from chalicelib.web.pages.visit import Visit

_Address = Callable[..., str]

SHORT = 8
"""Characters of a request's number in the list; the whole of it stands on its own page."""


@dataclass(frozen=True, slots=True)
class Link:
    """A filter as a link: its words, how many it leaves (None where that is not counted)."""

    text: str
    address: str
    count: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A request in the list."""

    address: str
    title: str
    who: str
    number: str
    channel: str
    received_on: date
    due: Day


@dataclass(frozen=True, slots=True)
class Part:
    """Up to fifty requests of a list: from which on, of how many, and the cursor of the next."""

    found: Sequence[Open]
    first: int
    whole: int
    after: str


def part(found: Iterable[Open], chosen: Filter, today: date, cursor: str | None) -> Part:
    """Returns the part of the open requests that a page shows, by their due day.

    A place in the list is a due day and an id, so that a request which is closed meanwhile moves
    none beyond the next page. Raises BadRequest for what is no cursor of this list.
    """
    fit = sorted((one for one in found if chosen.fits(one.timed, today)), key=_place)
    after = decode(cursor, ["on", "id"])
    place = ("", "") if after is None else (after["on"], after["id"])
    rest = [one for one in fit if _place(one) > place]
    shown = rest[:PAGE]
    last = dict(zip(("on", "id"), _place(shown[-1]), strict=True)) if len(rest) > PAGE else None
    return Part(shown, len(fit) - len(rest) + 1, len(fit), "" if last is None else encode(last))


def _place(found: Open) -> tuple[str, str]:
    return found.timed.deadline.due_on.isoformat(), found.timed.request.id


def open_page(
    visit: Visit, found: Sequence[Open], chosen: Filter, today: date, *, more: bool
) -> str:
    """Returns the page of open requests; `more` says that there are others that were not read."""
    shown = part(found, chosen, today, visit.call.query.get("cursor"))
    counts = counted((one.timed for one in found), chosen, today)
    address = _addresses(visit, chosen)
    said = words("desk", visit.language)
    told = said["shown"].format(
        first=shown.first, last=shown.first + len(shown.found) - 1, whole=shown.whole
    )
    return _page(
        visit,
        shown.found,
        today,
        filters=_shows(said, chosen, counts, address),
        rights=_rights(visit, chosen, counts, address),
        channels=_channels(said, chosen, counts, address),
        told=told if shown.found else "",
        more=said["more"].format(count=len(found)) if more else "",
        later=address(cursor=shown.after) if shown.after else "",
        months=(),
    )


def closed_page(
    visit: Visit, found: Sequence[Open], chosen: Filter, today: date, month: str, after: str
) -> str:
    """Returns the page of requests that were closed in a month; `after` is the next cursor."""
    said, address = words("desk", visit.language), _addresses(visit, chosen)
    first = date.fromisoformat(f"{month}-01")
    near = [_month(first, -1)] + ([_month(first, 1)] if _month(first, 1) <= today else [])
    return _page(
        visit,
        found,
        today,
        filters=_shows(said, chosen, None, address),
        rights=(),
        channels=(),
        told=said["closed_in"].format(month=formats.month(first, visit.language)),
        more="",
        later=address(month=month, cursor=after) if after else "",
        months=[
            Link(formats.month(one, visit.language), address(month=f"{one:%Y-%m}"), None, False)
            for one in near
        ],
    )


def _month(first: date, step: int) -> date:
    months = first.year * 12 + first.month - 1 + step
    return date(months // 12, months % 12 + 1, 1)


def _addresses(visit: Visit, chosen: Filter) -> _Address:
    """Returns what makes addresses of the list, which keep its filter unless told otherwise."""
    kept = {
        "show": "" if chosen.show is Show.OPEN else str(chosen.show),
        "right": chosen.right or "",
        "channel": chosen.channel or "",
    }
    return lambda **other: visit.frame.to(LIST, **{**kept, **other})


def _shows(
    said: Mapping[str, str], chosen: Filter, counts: Counts | None, address: _Address
) -> list[Link]:
    return [
        Link(
            said[f"show.{one}"],
            address(show="" if one is Show.OPEN else str(one)),
            counts.shows[one] if counts is not None and one in OF_OPEN else None,
            chosen.show is one,
        )
        for one in Show
    ]


def _rights(visit: Visit, chosen: Filter, counts: Counts, address: _Address) -> list[Link]:
    named = {one: titles.right(one, visit.notice, visit.language) for one in counts.rights}
    links = (
        Link(named[one], address(right=one), counts.rights[one], chosen.right == one)
        for one in sorted(named, key=lambda one: named[one])
    )
    every = words("desk", visit.language)["every"]
    return [Link(every, address(right=""), None, chosen.right is None), *links]


def _channels(
    said: Mapping[str, str], chosen: Filter, counts: Counts, address: _Address
) -> list[Link]:
    links = (
        Link(said[f"channel.{one}"], address(channel=one), count, chosen.channel == one)
        for one, count in sorted(counts.channels.items())
    )
    return [Link(said["every"], address(channel=""), None, chosen.channel is None), *links]


def _page(visit: Visit, found: Sequence[Open], today: date, **values: Any) -> str:
    said = words("desk", visit.language)
    return render(
        "desk/templates/requests.html.j2",
        visit.frame,
        said["title"],
        words=said,
        area="desk",
        tabs=DESK,
        acts=visit.acts,
        entry=NEW,
        rows=[_row(visit, said, one, today) for one in found],
        **values,
    )


def _row(visit: Visit, said: Mapping[str, str], found: Open, today: date) -> Row:
    request = found.timed.request
    return Row(
        visit.frame.to(ONE.format(id=request.id)),
        titles.right(request.right, visit.notice, visit.language),
        said[f"who.{who(found.subject, request.id)}"],
        request.id[:SHORT],
        said[f"channel.{request.channel}"],
        found.timed.received_on,
        due(found.timed, today, visit.language),
    )


def who(subject: str, request_id: str) -> str:
    """Returns the kind of person that a request is of: `account`, `browser` or `contact`."""
    if subject == request_id:
        return "contact"
    return "browser" if is_visitor(subject) else "account"
