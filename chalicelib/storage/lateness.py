"""What is known of an item of the due index that could not be handled when it was due: pure.

Such an item gets a later place in the index, so that it keeps nothing behind it waiting. The date
at which its period ended is no less true for that, and is kept here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.instants import instant


@dataclass(frozen=True, slots=True)
class Lateness:
    """That an item was due at `first` and could not be handled `tries` times, hence its place.

    `until` is the place in the index that it got for it: one that has another date now was given
    it by somebody else, and this says nothing about it any more.
    """

    until: datetime
    first: datetime
    tries: int

    def text(self) -> str:
        """The lateness as an item stores it."""
        return f"{instant(self.until)} {instant(self.first)} {self.tries}"


def read(text: str) -> Lateness:
    """The lateness that an item stores. Raises ValueError."""
    until, first, tries = text.split(" ")
    return Lateness(_instant(until), _instant(first), int(tries))


def later(
    known: Lateness | None,
    due_at: datetime | None,
    now: datetime,
    pause: Callable[[int], timedelta],
) -> Lateness:
    """The later place of an item that could not be handled just now.

    `known` is what is known of tries before; `due_at` when it was due if this was the first, None
    where not even that can be read. `pause` says how long it rests after so many tries.
    """
    tries = 1 if known is None else known.tries + 1
    first = (due_at or now) if known is None else known.first
    return Lateness(now + pause(tries), first, tries)


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment
