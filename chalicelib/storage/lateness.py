"""What is known of an item of the due index that could not be handled when it was due: pure.

Such an item gets a later place in the index, so that it keeps nothing behind it waiting. The date
at which its period ended is no less true for that, and is kept here.
"""

from dataclasses import dataclass
from datetime import datetime

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


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment
