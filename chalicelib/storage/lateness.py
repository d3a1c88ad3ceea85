"""The record of an item of the due index that could not be handled when it was due: pure.

Such an item gets a later date in the index, so that it does not block the items behind it. The date
at which its period ended stays true, and is kept here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.instants import instant


@dataclass(frozen=True, slots=True)
class Lateness:
    """An item was due at `first`, could not be handled `tries` times, and is due again at `until`.

    An item with another date in the index than `until` was moved since, so the record is void.
    """

    until: datetime
    first: datetime
    tries: int

    def text(self) -> str:
        """Returns the lateness in an item's form."""
        return f"{instant(self.until)} {instant(self.first)} {self.tries}"


def read(text: str) -> Lateness:
    """Returns the lateness in an item's text. Raises ValueError."""
    until, first, tries = text.split(" ")
    return Lateness(_instant(until), _instant(first), int(tries))


def later(
    known: Lateness | None,
    due_at: datetime | None,
    now: datetime,
    pause: Callable[[int], timedelta],
) -> Lateness:
    """Returns the lateness of an item that could not be handled just now, with its next date.

    `known` is the record of earlier tries; `due_at` is the due date if this was the first, None
    where it cannot be read. `pause` answers the time to the next try after so many tries.
    """
    tries = 1 if known is None else known.tries + 1
    first = (due_at or now) if known is None else known.first
    return Lateness(now + pause(tries), first, tries)


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment
