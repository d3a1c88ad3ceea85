"""Takes the due items of a lane one by one, all shards in turn, for a part of the time there is."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib import logs
from chalicelib.storage import due, keys
from chalicelib.storage.due import Entry, Start

PAGE = 50
"""Items of a shard that one Query reads."""

WORKS = 0.8
"""The share of its time in which a schedule acts; in the rest it counts the items that are left."""

FIRST_PAUSE = timedelta(minutes=50)
"""Time to the second try of an item that failed once; the next hourly run tries it again."""

LONGEST_PAUSE = timedelta(hours=12)
"""The longest time between two tries of an item. The alarms on the oldest item look further
back."""


def is_over(whole: timedelta, remaining: timedelta) -> bool:
    """Tells whether a run that had `whole` has to stop now that `remaining` is left of it."""
    return whole - remaining >= WORKS * whole


def pause(tries: int) -> timedelta:
    """Returns the time to the next try of an item that failed `tries` times: doubling, bounded."""
    return min(FIRST_PAUSE * (1 << min(tries - 1, 10)), LONGEST_PAUSE)


@dataclass(frozen=True, slots=True)
class SetBack:
    """An item that could not be handled, and the date at which it was due first, where known."""

    due_at: datetime | None


def set_back(entry: Entry, failed: Exception, run: str, now: datetime) -> SetBack | None:
    """Logs an item that a run could not handle and moves it to a later date.

    `run` is the beginning of the names of the events. An item that was moved or deleted meanwhile
    is left alone, and None returned. If the move fails too, the item stays, and the next run finds
    it again. One GetItem and one UpdateItem.
    """
    late = None
    try:
        late = due.defer(entry, now, pause)
        if late is None:
            return None
    except Exception as error:  # noqa: BLE001 - the others are waiting
        logs.failure(f"{run}.not_set_back", error, kind=entry.kind)
    logs.failure(f"{run}.failed", failed, kind=entry.kind, attempt=late.tries if late else 0)
    return SetBack(late.first if late else entry.due_at)


class Turns:
    """The items of a lane that are due at `now`: the shards take turns, an item each.

    So none waits for another. Iterating ends when nothing is due, or when four fifths of the time
    are used; `remaining` answers the time that is left. Sixteen Queries when nothing is due, and
    one more for each `page` of a shard.
    """

    def __init__(
        self, lane: str, now: datetime, remaining: Callable[[], timedelta], page: int = PAGE
    ) -> None:
        self._whole, self._remaining = remaining(), remaining
        self._shards = deque(_Shard(shard, now, page) for shard in keys.shards(lane))

    def __iter__(self) -> Iterator[Entry]:
        while self._shards and not is_over(self._whole, self._remaining()):
            shard = self._shards.popleft()
            item = shard.take()
            if item is not None:
                self._shards.append(shard)
                yield item

    def rest(self) -> Iterator[tuple[int, datetime | None]]:
        """Yields, for each shard that is not done, how many items are left, and the oldest date.

        Items beyond the next MB are not counted.
        """
        for shard in self._shards:
            yield shard.rest()


class _Shard:
    """The due items of one shard, read page by page as they are taken."""

    def __init__(self, name: str, now: datetime, page: int) -> None:
        self._name, self._now, self._page = name, now, page
        self._read = deque[Entry]()
        self._next: Start | None = None
        self._more = True

    def take(self) -> Entry | None:
        """Returns the next due item; None when there is none left."""
        self._fill()
        return self._read.popleft() if self._read else None

    def rest(self) -> tuple[int, datetime | None]:
        """Returns the number of items still due and the date of the oldest."""
        self._fill()
        count = len(self._read)
        if self._next is not None:
            count += due.count(self._name, self._now, self._next)
        return count, self._read[0].due_at if self._read else None

    def _fill(self) -> None:
        while not self._read and self._more:
            found, self._next = due.page(self._name, self._now, self._next, self._page)
            self._read.extend(found)
            self._more = self._next is not None
