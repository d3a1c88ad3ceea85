"""The sweep: finds what is due and hands it to the queue, in batches; it acts on nothing itself."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeAlias

from chalicelib import clock, logs, settings
from chalicelib.retention import message, model
from chalicelib.retention.evidence import model as evidence
from chalicelib.retention.evidence.model import Tally
from chalicelib.retention.evidence.store import KIND as TALLY
from chalicelib.retention.message import Places
from chalicelib.retention.records import LANE, STUCK
from chalicelib.storage import clients, due, keys, turns
from chalicelib.storage.due import Entry, Start

if TYPE_CHECKING:
    from chalicelib.kinds.registry import Registry
    from chalicelib.notices.model import Notice

MOST: Final = 20_000
"""Most entries that a run hands over."""

WORKS: Final = timedelta(minutes=4)
"""Longest time for which a run hands over; what is left of its time is for counting the rest."""

PAGE: Final = 500
"""Entries of a shard that one Query reads."""

SENT: Final = 10
"""Batches that one call hands to the queue."""

QUEUE: Final = "retention"

Send: TypeAlias = Callable[[Sequence[Places]], Sequence[int]]
"""Hands batches over, up to SENT; returns the positions of those that were not taken."""

Close: TypeAlias = Callable[[Places], object]
"""Closes tallies into the record of a run."""


@dataclass
class Swept:
    """The counts of a run: entries that were handed over, and left, and tallies that were closed.

    `lag` is the age of the oldest entry that was left.
    """

    handed: int = 0
    left: int = 0
    closed: int = 0
    lag: timedelta = timedelta(0)

    def told(self) -> dict[str, int]:
        """Returns the counts as the schedule's answer; all are zero where nothing was due."""
        return {
            "handed": self.handed,
            "left": self.left,
            "closed": self.closed,
            "lag_seconds": int(self.lag.total_seconds()),
        }

    def leave(self, count: int, due_at: datetime | None, now: datetime) -> None:
        """Counts entries that are left, the oldest of them due at an instant."""
        self.left += count
        if count and due_at is not None:
            self.lag = max(self.lag, now - due_at)


def sweep(remaining: Callable[[], timedelta], close: Close, send: Send | None = None) -> Swept:
    """Hands over all that is due, the oldest first, for WORKS, four fifths of its time, or MOST.

    `remaining` answers the time that is left. Sixteen Queries when nothing is due, however many
    subjects there are; one more for each PAGE of a shard, and one SendMessageBatch for ten batches.
    Once a day what was set aside is looked at too, with sixteen more. Items that are left over are
    counted and measured. Nothing is remembered between runs: what was done has left the index, and
    all else is found again; what two runs hand over is done once. Tallies that are due are given to
    `close`.
    """
    run = _Run(clock.now(), remaining, send or hand_over)
    run.hand_over()
    swept = run.rest()
    if run.tallies:
        close(run.tallies)
    _tell(swept)
    return swept


def foresee(
    notice: Notice, kinds: Registry, remaining: Callable[[], timedelta]
) -> tuple[Swept, Tally]:
    """Returns what the next run would do now, by rule; changes nothing.

    It is the run itself, whose batches are decided upon and not handed over. The calls of a run,
    and the reads of its batches.
    """
    from chalicelib.retention import batch

    found: list[Tally] = []

    def decide(batches: Sequence[Places]) -> Sequence[int]:
        found.extend(batch.foresee(places, notice, kinds) for places in batches)
        return ()

    run = _Run(clock.now(), remaining, decide)
    run.hand_over()
    return run.rest(), evidence.total(notice.version, found)


def hand_over(batches: Sequence[Places]) -> Sequence[int]:
    """Sends up to SENT batches to the queue; returns the positions of those that it did not take.

    One SendMessageBatch. An error of SQS is logged and not raised: the next run finds them again.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        answer = clients.sqs().send_message_batch(
            QueueUrl=settings.queue_url(QUEUE),
            Entries=[
                {"Id": str(number), "MessageBody": message.written(places)}
                for number, places in enumerate(batches)
            ],
        )
    except (BotoCoreError, ClientError) as error:
        logs.failure("retention.not_sent", error, count=len(batches))
        return range(len(batches))
    failed = [int(one["Id"]) for one in answer.get("Failed", [])]
    if failed:
        logs.log("retention.not_taken", count=len(failed))
    return failed


def lanes(now: datetime) -> tuple[str, ...]:
    """Returns the lanes that a run looks at: that of what was set aside once a day."""
    return (LANE, STUCK) if now.hour == model.STUCK_HOUR else (LANE,)


class _Run:
    """One run: the entries of all shards in the order of their dates, and what became of them."""

    def __init__(self, now: datetime, remaining: Callable[[], timedelta], send: Send) -> None:
        self._now, self._remaining, self._send = now, remaining, send
        whole = remaining()
        self._until = whole - min(WORKS, whole * turns.WORKS)
        self._shards = [_Shard(name, now) for lane in lanes(now) for name in keys.shards(lane)]
        self._swept = Swept()
        self._ready: list[list[Entry]] = []
        self._batch: list[Entry] = []
        self.tallies: list[tuple[str, str]] = []

    def hand_over(self) -> None:
        """Hands over what there is time for; tallies are put aside."""
        taken = 0
        while taken < MOST and self._remaining() > self._until:
            entry = self._next()
            if entry is None:
                break
            if entry.kind == TALLY:
                self.tallies.append((entry.pk, entry.sk))
            else:
                self._add(entry)
                taken += 1
        self._end_batch()
        self._send_ready()

    def rest(self) -> Swept:
        """Returns the counts, with what was not handed over, as far as it can be counted."""
        for shard in self._shards:
            count, oldest = shard.rest()
            self._swept.leave(count, oldest, self._now)
        self._swept.closed = len(self.tallies)
        return self._swept

    def _next(self) -> Entry | None:
        """Returns the entry that has been due longest; None where there is no more."""
        heads = ((head.place, number) for number, head in self._heads())
        first = min(heads, default=None)
        return None if first is None else self._shards[first[1]].take()

    def _heads(self) -> Iterator[tuple[int, Entry]]:
        for number, shard in enumerate(self._shards):
            head = shard.head()
            if head is not None:
                yield number, head

    def _add(self, entry: Entry) -> None:
        self._batch.append(entry)
        if len(self._batch) == message.SIZE:
            self._end_batch()
        if len(self._ready) == SENT:
            self._send_ready()

    def _end_batch(self) -> None:
        if self._batch:
            self._ready.append(self._batch)
            self._batch = []

    def _send_ready(self) -> None:
        if not self._ready:
            return
        ready, self._ready = self._ready, []
        failed = set(self._send([[(one.pk, one.sk) for one in found] for found in ready]))
        for number, found in enumerate(ready):
            if number in failed:
                self._swept.leave(len(found), found[0].due_at, self._now)
            else:
                self._swept.handed += len(found)


class _Shard:
    """The due entries of one shard, read page by page as they are taken."""

    def __init__(self, name: str, now: datetime) -> None:
        self._name, self._now = name, now
        self._read = deque[Entry]()
        self._next: Start | None = None
        self._more = True

    def head(self) -> Entry | None:
        """Returns the entry that has been due longest; None when there is none left."""
        while not self._read and self._more:
            found, self._next = due.page(self._name, self._now, self._next, PAGE)
            self._read.extend(found)
            self._more = self._next is not None
        return self._read[0] if self._read else None

    def take(self) -> Entry:
        """Returns the same, and goes on to the next one."""
        return self._read.popleft()

    def rest(self) -> tuple[int, datetime | None]:
        """Returns the number of entries that are left, tallies apart, and the date of the oldest.

        Beyond what was read it counts those of the next MB, tallies among them.
        """
        self.head()
        left = [one for one in self._read if one.kind != TALLY]
        count = len(left)
        if self._next is not None:
            count += due.count(self._name, self._now, self._next)
        return count, left[0].due_at if left else None


def _tell(swept: Swept) -> None:
    """Measures what is left: how much, and how long ago the oldest of it was due."""
    lag = int(swept.lag.total_seconds())
    logs.measure("retention.swept", model.OLDEST_DUE, lag, "Seconds", count=swept.handed)
    logs.measure("retention.left", model.LEFT, swept.left, remaining=swept.left)
