"""Counts cheap, frequent acts by samples.

One act in so many, drawn at random, reads the counters together with its other reads and adds so
many to them: counting costs next to nothing, and writers seldom meet at one counter. A process
remembers the counters that it found full and refuses until their windows end. The acts that are not
drawn before a process finds a full counter pass: for each process that serves the network that is a
share of the limit, as small as a sample.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeAlias

from pynamodb.exceptions import PynamoDBException

from chalicelib import ids, logs, traces
from chalicelib.limits import model, service, store
from chalicelib.limits.model import Limit, Limits
from chalicelib.limits.store import LimitItem
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import Transaction

Counts: TypeAlias = Sequence[LimitItem | None]
"""Counters as they were read; None for a counter that does not exist yet."""

_MOST_KEPT = 1000
_full: set[Place] = set()
"""The places of the counters that this process found full. A place is of one window, so none has to
be removed; all are cleared when there are too many, and found again."""


@dataclass(frozen=True)
class Sampled:
    """An act that is counted if it is drawn as a sample.

    It is counted at `own`, a scope such as `person` and the id of one in it, by the limit of an
    address, and on `network`. `draw` is the random number from 0 up to 1 that decides for all
    counters, so that they are read and written together. `subject` is named in traces.
    """

    limits: Limits
    network: str
    now: datetime
    draw: float
    own: tuple[str, str] | None = None
    subject: str | None = None

    @cached_property
    def counters(self) -> tuple["_Counter", ...]:
        """The counters of the act: its own and those of its networks. Most acts need none."""
        limits, now = self.limits, self.now
        found = [
            _counter(limits, "network", one, limit, now)
            for one, limit in limits.networks(self.network)
        ]
        if self.own is not None:
            found.insert(0, _counter(limits, *self.own, limits.address, now))
        return tuple(found)

    def places(self) -> list[Place]:
        """Lists the keys of the counters of this act, to be read together with its other reads."""
        return [one.place for one in self._drawn()]

    def refuse_exhausted(self, found: Counts) -> None:
        """Returns if no counter is full, by the counters that were read at `places`.

        Raises TooManyRequests if one is full, by those or by what this process remembers.
        """
        for one, item in zip(self._drawn(), found, strict=True):
            if store.count_of(item) >= one.limit.tries:
                _keep(one)
        for one in self.counters if _full else ():
            if one.place in _full:
                traces.limited(one.name, self.network, self.subject)
                raise service.refusal(one.limit, self.now)

    def count(self, write: Transaction) -> None:
        """Adds the count to the act's own transaction, if the act is a sample.

        The update has no condition: the counters as read are exact enough for limits this wide.
        """
        for one in self._drawn():
            actions = store.more(one.limit.ends(self.now), one.limit.step)
            write.update(one.item, actions, None, label=one.name)

    def note(self) -> None:
        """Counts the act outside a transaction, if it is a sample: one UpdateItem a counter.

        A failed update is logged, and the act goes on.
        """
        for one in self._drawn():
            try:
                store.put_more(one.item, one.limit.step, one.limit.ends(self.now))
            except PynamoDBException as failed:
                logs.failure("limits.sample_not_noted", failed)

    def _drawn(self) -> list["_Counter"]:
        # A wider network has more tries, so it counts no act that the narrowest does not count.
        by_network = self.limits.network.is_sample(self.draw)
        if not by_network and (self.own is None or not self.limits.address.is_sample(self.draw)):
            return []
        return [one for one in self.counters if one.limit.is_sample(self.draw)]


@dataclass(frozen=True, slots=True)
class _Counter:
    name: str
    place: Place
    limit: Limit

    @property
    def item(self) -> LimitItem:
        _, pk, sk = self.place
        return LimitItem(pk=pk, sk=sk)


def capture(network: str, now: datetime) -> Sampled:
    """Returns the sampled limits of a capture that contains a yes."""
    return Sampled(model.captures(service.figures()), network, now, ids.new_draw())


def signature(subject: str, network: str, now: datetime) -> Sampled:
    """Returns the sampled limits of fetching a receipt of one's own, which is signed."""
    return _of_person(model.signatures(service.figures()), subject, network, now)


def message(subject: str, network: str, now: datetime) -> Sampled:
    """Returns the sampled limits of a message of somebody who is signed in."""
    return _of_person(model.messages(service.figures()), subject, network, now)


def activity(subject: str, network: str, now: datetime) -> Sampled:
    """Returns the sampled limits of a batch of activity of a browser or an account."""
    return _of_person(model.activity(service.figures()), subject, network, now)


def record(key: str, network: str, now: datetime) -> Sampled:
    """Returns the sampled limits of handing over a record with an API key, by the key's id."""
    limits = model.records(service.figures())
    return Sampled(limits, network, now, ids.new_draw(), ("key", key))


def forget() -> None:
    """Clears the remembered full counters, as in a new process."""
    _full.clear()


def _of_person(limits: Limits, subject: str, network: str, now: datetime) -> Sampled:
    return Sampled(limits, network, now, ids.new_draw(), ("person", subject), subject)


def _counter(limits: Limits, scope: str, key: str, limit: Limit, now: datetime) -> _Counter:
    found_by = model.place(limits.action, scope, key)
    return _Counter(f"{limits.action}.{scope}", store.counter_place(found_by, limit, now), limit)


def _keep(one: _Counter) -> None:
    if len(_full) >= _MOST_KEPT:
        _full.clear()
    _full.add(one.place)
