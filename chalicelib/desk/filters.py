"""The filters of the desk's list of open requests, and how many each of them leaves. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from chalicelib.requests.machine import Status
from chalicelib.requests.model import Timed

SOON: Final = 7
"""The days until a due day that counts as near."""


class Show(StrEnum):
    """The part of the requests that a list shows."""

    OPEN = "open"
    LATE = "late"
    SOON = "soon"
    """Due today or within SOON days."""
    PAUSED = "paused"
    WAITING = "waiting"
    """Those that wait for the answer of another system."""
    CLOSED = "closed"
    """Those that were closed in a month, which are another list."""


OF_OPEN: Final = tuple(one for one in Show if one is not Show.CLOSED)
"""The filters that are counted."""


@dataclass(frozen=True, slots=True)
class Filter:
    """The narrowing of a list of open requests; None means any."""

    show: Show = Show.OPEN
    right: str | None = None
    channel: str | None = None

    def fits(self, found: Timed, today: date) -> bool:
        """Tells whether an open request is in the list."""
        request = found.request
        return (
            _is_shown(self.show, found, today)
            and self.right in (None, request.right)
            and self.channel in (None, request.channel)
        )


@dataclass(frozen=True, slots=True)
class Counts:
    """The lengths of the lists that the links of a list lead to.

    Each keeps the other two narrowings of the list that it stands on.
    """

    shows: Mapping[Show, int]
    rights: Mapping[str, int]
    channels: Mapping[str, int]


def counted(found: Iterable[Timed], chosen: Filter, today: date) -> Counts:
    """Returns how many requests each filter beside the one that is chosen would leave."""
    every = list(found)
    shows: dict[Show, int] = {
        one: sum(replace(chosen, show=one).fits(each, today) for each in every) for one in OF_OPEN
    }
    any_right, any_channel = replace(chosen, right=None), replace(chosen, channel=None)
    return Counts(
        shows,
        Counter(one.request.right for one in every if any_right.fits(one, today)),
        Counter(one.request.channel for one in every if any_channel.fits(one, today)),
    )


def is_soon(found: Timed, today: date) -> bool:
    """Tells whether the due day of a request whose clock runs is today or near."""
    return not found.paused_since and 0 <= (found.deadline.due_on - today).days <= SOON


def _is_shown(show: Show, found: Timed, today: date) -> bool:
    match show:
        case Show.LATE:
            return found.overdue
        case Show.SOON:
            return is_soon(found, today)
        case Show.PAUSED:
            return found.request.status is Status.PAUSED
        case Show.WAITING:
            return bool(found.request.waiting)
    return True
