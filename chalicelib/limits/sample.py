"""Counting by samples what costs a little each time and is done often.

One act in so many, drawn by lot, reads the counters together with what it reads anyway, and adds
so many to them: so counting costs next to nothing, and writers at one counter seldom meet. A
process keeps in mind which counters it found full: from then on it refuses until their windows are
over. Those whom the lot spares until a process finds out pass, which is a share of the limit for
each process that serves the same network, as small as a sample is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from pynamodb.exceptions import PynamoDBException

from chalicelib import ids, logs, traces
from chalicelib.limits import model, service, store
from chalicelib.limits.model import Limit, Limits
from chalicelib.limits.store import LimitItem
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction

Counts: TypeAlias = Sequence[LimitItem | None]
"""Counters as they were read; None for one that nothing was counted at."""

_MOST_KEPT = 1000
_full: set[tuple[str, str]] = set()
"""Where counters lie that this process found full. Each is of one window, so none has to be taken
out; all are when there are too many, and found again."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """An act that is counted if the lot falls on it.

    `draw` is the lot: one number for all counters, so that they are read and written together.
    """

    counters: tuple["_Counter", ...]
    network: str
    now: datetime
    draw: float
    subject: str | None = None

    def places(self) -> list[Place]:
        """Where the counters lie by which it is counted, to be read together with the rest."""
        return [(LimitItem, one.item.pk, one.item.sk) for one in self._drawn()]

    def refuse_exhausted(self, found: Counts) -> None:
        """Lets the act go on, by counters that were read at `places`.

        Raises TooManyRequests where one is full, by what was read or what this process knows.
        """
        for one, item in zip(self._drawn(), found, strict=True):
            if store.count_of(item) >= one.limit.tries:
                _keep(one)
        for one in self.counters:
            if one.key in _full:
                traces.limited(one.name, self.network, self.subject)
                raise service.refusal(one.limit, self.now)

    def count(self, write: Transaction) -> None:
        """Adds to the act's own transaction that it is counted, if it is.

        There is no condition: what was read of the counters is enough for limits this wide.
        """
        for one in self._drawn():
            actions = store.more(one.limit.ends(self.now), one.limit.step)
            write.update(one.item, actions, None, label=one.name)

    def note(self) -> None:
        """Counts the act by itself, if it is counted: one UpdateItem for each such counter.

        That it cannot be counted refuses nobody.
        """
        for one in self._drawn():
            try:
                store.put_more(one.item, one.limit.step, one.limit.ends(self.now))
            except PynamoDBException as failed:
                logs.failure("limits.sample_not_noted", failed)

    def _drawn(self) -> list["_Counter"]:
        return [one for one in self.counters if one.limit.is_sample(self.draw)]


@dataclass(frozen=True, slots=True)
class _Counter:
    name: str
    item: LimitItem
    limit: Limit

    @property
    def key(self) -> tuple[str, str]:
        return self.item.pk, self.item.sk


def capture(network: str, now: datetime) -> Sampled:
    """Somebody decides, with a yes among what they say."""
    limits = model.captures(service.figures())
    return Sampled(_networks(limits, network, now), network, now, ids.new_draw())


def signature(subject: str, network: str, now: datetime) -> Sampled:
    """Somebody fetches a receipt of their own, which is signed for them."""
    limits = model.signatures(service.figures())
    own = _counter(limits, "person", subject, limits.address, now)
    counters = (own, *_networks(limits, network, now))
    return Sampled(counters, network, now, ids.new_draw(), subject)


def forget() -> None:
    """Forgets which counters were full, as a new process has not found any."""
    _full.clear()


def _networks(limits: Limits, network: str, now: datetime) -> tuple[_Counter, ...]:
    return tuple(
        _counter(limits, "network", one, limit, now) for one, limit in limits.networks(network)
    )


def _counter(limits: Limits, scope: str, key: str, limit: Limit, now: datetime) -> _Counter:
    found_by = model.place(limits.action, scope, key)
    return _Counter(f"{limits.action}.{scope}", store.counter(found_by, limit, now), limit)


def _keep(one: _Counter) -> None:
    if len(_full) >= _MOST_KEPT:
        _full.clear()
    _full.add(one.key)
