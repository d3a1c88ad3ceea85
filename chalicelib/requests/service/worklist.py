"""The desk's lists of requests: open ones by their due day, and closed ones by month."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from chalicelib import clock
from chalicelib.notices import ends
from chalicelib.notices.model import Notice
from chalicelib.requests import store
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.machine import CLOSED
from chalicelib.requests.model import Timed, timed
from chalicelib.requests.store import RequestItem
from chalicelib.storage import keys
from chalicelib.storage.shelves import Shelved

LOOKS: Final = 5
"""Most rounds in which a page with a filter looks for requests that fit, so that it has a bound."""

EVERY: Final = 500
"""Most open requests that are read together, of which a page shows some and counts all."""

_EARLIEST, _LATEST = date(1970, 1, 1), date(9000, 1, 1)
"""Days before and after all due days, whose moments can be written."""

_AT_ONCE: Final = 100
"""Requests that such a round looks at."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The requests that are asked for; None means any.

    `due_before` is a civil day, and `closed_in` a month, such as `2026-11`, of closed ones; without
    it open ones are asked for.
    """

    status: str | None = None
    right: str | None = None
    due_before: date | None = None
    overdue: bool | None = None
    closed_in: str | None = None

    @property
    def shelf(self) -> str:
        """The shelf on which they stand."""
        return keys.OPEN_SHELF if self.closed_in is None else keys.closed_shelf(self.closed_in)

    @property
    def picks(self) -> bool:
        """Tells whether it leaves out some of a shelf."""
        return any(one is not None for one in (self.status, self.right, self.overdue)) or (
            self.closed_in is not None and self.due_before is not None
        )

    def fits(self, found: Timed) -> bool:
        """Tells whether a request is one of them, by what it is now."""
        closed = found.request.status in CLOSED
        return (
            closed is (self.closed_in is not None)
            and self.status in (None, str(found.request.status))
            and self.right in (None, found.request.right)
            and self.overdue in (None, found.overdue)
            and (self.due_before is None or found.deadline.due_on < self.due_before)
        )


@dataclass(frozen=True, slots=True)
class Open:
    """A request in the list, and its person."""

    subject: str
    timed: Timed


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of requests, and where it ended; None where there is no more.

    `last` is the date on the shelf, the subject and the id of the last request that was looked at.
    """

    requests: tuple[Open, ...]
    last: tuple[datetime, str, str] | None


def listed(
    wanted: Wanted, after: tuple[datetime, str, str] | None, limit: int, notice: Notice
) -> Listed:
    """Lists up to `limit` requests of the desk after a place.

    Open ones come by their due day, closed ones by the moment of the answer. One Query of the index
    and one BatchGetItem, among however many requests; with a filter up to LOOKS of each, so a page
    may hold fewer than `limit` although more follow. Raises NoticeTooOld.
    """
    now, before = clock.now(), _before(wanted, notice)
    found, place = list[Open](), None if after is None else _shelved(*after)
    for _ in range(LOOKS if wanted.picks else 1):
        look = _AT_ONCE if wanted.picks else limit
        shelved, more = store.on_shelf(wanted.shelf, place, look, before)
        for one, opened in _read(shelved, notice, now):
            if opened is not None and wanted.fits(opened.timed):
                found.append(opened)
                if len(found) == limit:
                    ended = more is None and one == shelved[-1]
                    return Listed(tuple(found), None if ended else _ended(one))
        place = more
        if more is None:
            break
    return Listed(tuple(found), None if place is None else _ended(place))


def every_open(notice: Notice) -> tuple[tuple[Open, ...], bool]:
    """Returns the open requests by their due day, up to EVERY, and whether there are more.

    One Query and one BatchGetItem for each hundred. Raises NoticeTooOld.
    """
    now, found, place = clock.now(), list[Open](), None
    for _ in range(EVERY // _AT_ONCE):
        shelved, place = store.on_shelf(keys.OPEN_SHELF, place, _AT_ONCE, None)
        read = (opened for _, opened in _read(shelved, notice, now) if opened is not None)
        found += [one for one in read if one.timed.request.status not in CLOSED]
        if place is None:
            break
    return tuple(found), place is not None


def _shelved(at: datetime, subject: str, request: str) -> Shelved:
    return Shelved(*store.request_place(subject, request), at)


def _ended(place: Shelved) -> tuple[datetime, str, str]:
    return place.at, keys.subject_of(place.pk), keys.record_id(place.sk)


def _before(wanted: Wanted, notice: Notice) -> datetime | None:
    """Returns the end of the day before the one by which the requests are due, for their shelf."""
    if wanted.due_before is None or wanted.closed_in is not None:
        return None
    day = min(max(wanted.due_before, _EARLIEST), _LATEST)
    return calendar_of(*notice.working_days).first_moment(day)


def _read(
    shelved: list[Shelved], notice: Notice, now: datetime
) -> Iterator[tuple[Shelved, Open | None]]:
    """Yields the places on a shelf with their requests; None for one that is gone."""
    items = {(item.pk, item.sk): item for item in _items(shelved)}
    for one in shelved:
        item = items.get((one.pk, one.sk))
        if item is None or ends.gone(item, notice, now):
            yield one, None
        else:
            found = timed(store.request_of(item), notice, now)
            yield one, Open(keys.subject_of(item.pk), found)


def _items(shelved: list[Shelved]) -> list[RequestItem]:
    return store.requests_at([(one.pk, one.sk) for one in shelved])


__all__ = ["EVERY", "LOOKS", "Listed", "Open", "Wanted", "every_open", "listed"]
