"""A run of the schedule that has all the time it needs, whose batches are worked off at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from chalicelib.kinds.registry import Registry
from chalicelib.notices.model import Notice
from chalicelib.retention import batch
from chalicelib.retention import sweep as schedule
from chalicelib.retention.evidence import model, store
from chalicelib.retention.evidence.model import Tally
from chalicelib.retention.evidence.store import TallyItem
from chalicelib.retention.message import Places
from chalicelib.retention.model import Outcome
from chalicelib.storage import connection
from functions.kinds import registry

POSTPONED = (Outcome.KEPT, Outcome.HELD, Outcome.RESTRICTED)


def five_minutes() -> timedelta:
    """The time that is left."""
    return timedelta(minutes=5)


@dataclass
class Done:
    """What a run handed over, and what the tallies say that became of it."""

    run: schedule.Swept
    did: Tally
    errors: list[Exception] = field(default_factory=list)

    @property
    def erased(self) -> int:
        return self.did.count(Outcome.ERASED)

    @property
    def postponed(self) -> int:
        return sum(self.did.count(one) for one in POSTPONED)

    @property
    def reviews(self) -> int:
        return self.did.count(Outcome.REVIEWED)

    @property
    def failed(self) -> int:
        return self.did.count(Outcome.FAILED) + self.did.count(Outcome.STUCK)

    @property
    def done(self) -> int:
        """Everything that was looked at and handled."""
        return self.erased + self.postponed + self.reviews

    def told(self) -> dict[str, int]:
        """The counts by name."""
        return {
            "done": self.done,
            "erased": self.erased,
            "postponed": self.postponed,
            "reviews": self.reviews,
            "failed": self.failed,
            "left": self.run.left,
            "lag_seconds": int(self.run.lag.total_seconds()),
        }


def sweep(
    notice: Notice,
    kinds: Registry | None = None,
    remaining: Callable[[], timedelta] = five_minutes,
) -> Done:
    """Runs the schedule and works off what it hands over; tallies are taken out of the table."""
    known, errors = kinds or registry(), list[Exception]()

    def send(batches: Sequence[Places]) -> Sequence[int]:
        for places in batches:
            try:
                batch.work(places, notice, known, five_minutes)
            except Exception as error:  # noqa: BLE001 - the message comes again
                errors.append(error)
        return ()

    swept = schedule.sweep(remaining, lambda _: None, send)
    return Done(swept, taken(notice.version), errors)


def taken(version: str = "") -> Tally:
    """Returns the sum of all tallies in the tables in memory, and takes them out."""
    tables: Any = connection.table("records")
    found = tables.of_memory.all(TallyItem)
    for item in found:
        del tables.of_memory.items[False, item.pk, item.sk]
    return model.total(version, map(store.tally_of, found))
