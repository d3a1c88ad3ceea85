"""Counts tries in the same transaction as the act that is tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from chalicelib import settings, traces
from chalicelib.errors import TooManyRequests
from chalicelib.limits import model, store
from chalicelib.limits.model import Limit, Limits
from chalicelib.limits.store import LimitItem
from chalicelib.storage.reads import Place
from chalicelib.storage.transaction import ConditionFailed, Transaction

PAIR, ADDRESS, NETWORK = "limit of pair", "limit of address", "limit of network"
FACTOR = "limit of factor"
"""Labels of the counters' conditions in a transaction."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try at an address, known or not, from a network.

    `address` is the keyed hash of an address (or a person's id) and `network` a shortened IP
    address. The counters as read are only a first look: the conditions of the transaction decide.
    """

    limits: Limits
    address: str
    network: str
    now: datetime
    subject: str | None = None

    def about(self, subject: str | None) -> "Attempt":
        """Returns the same try with the id of the account it is about, for the log."""
        return replace(self, subject=subject)

    def places(self) -> list[Place]:
        """Lists the keys of the counters, to be read together with the act's other reads."""
        return [(LimitItem, one.item.pk, one.item.sk) for one in self._counters()]

    def refuse_exhausted(self, counters: Sequence[LimitItem | None]) -> int:
        """Returns how many tries this network has, by the counters that were read at `places`.

        Raises TooManyRequests when none is left.
        """
        counted = list(zip(self._counters(), map(store.count_of, counters), strict=True))
        full = [one for one, count in counted if count >= one.limit.tries]
        networks = [one.limit for one in full if one.label == NETWORK]
        (address,) = [count for one, count in counted if one.label == ADDRESS]
        tries = model.allowed(self.limits, address, exhausted=bool(networks))
        if tries == 0:
            beyond = address >= self.limits.address.tries
            limit, label = (self.limits.address, ADDRESS) if beyond else (networks[0], NETWORK)
            raise self._refusal(limit, label)
        (own, count), *_ = counted
        if count >= tries or any(one.label == PAIR for one in full):
            raise self._refusal(own.limit, own.label)
        return tries

    def count(self, write: Transaction, tries: int | None = None) -> None:
        """Adds one more try to the counters, on condition that it is within the limits.

        `tries` is the answer of `refuse_exhausted`, if it was asked. Where that left a single try,
        the counters of address and network go on counting beyond their limits.
        """
        most = self.limits.own.tries if tries is None else tries
        spared = most < self.limits.own.tries
        own = True
        for one in self._counters():
            bound: int | None = one.limit.tries
            if own:
                bound, own = min(most, one.limit.tries), False
            elif one.label == ADDRESS:
                bound = bound if self.limits.strict else None
            elif one.label == NETWORK and spared and not self.limits.closed:
                bound = None
            condition = None if bound is None else store.below(bound)
            actions = store.more(one.limit.ends(self.now))
            write.update(one.item, actions, condition, label=one.label)

    def forgive(self, write: Transaction, tries: int) -> None:
        """Adds the deletion of this network's counter at the address, if a try is left.

        Of many guesses sent at once, the right one counts only while a try is left, so guessing in
        parallel gains nothing. The counters of wider networks are kept.
        """
        own, *others = self._counters()
        write.delete(own.item, condition=store.below(tries), label=own.label)
        for one in others:
            if one.label == PAIR or (one.label == ADDRESS and self.limits.strict):
                self._check(write, one, one.limit.tries)

    def forget(self) -> None:
        """Deletes the count at this address, of all networks. One DeleteItem."""
        for one in self._counters():
            if one.label == ADDRESS:
                one.item.delete()

    def require(self, write: Transaction, tries: int) -> None:
        """Adds the condition that this network has a try left, without counting one."""
        own, *others = self._counters()
        self._check(write, own, tries)
        for one in others:
            if one.label == PAIR:
                self._check(write, one, one.limit.tries)

    def refusal(self, failed: ConditionFailed) -> TooManyRequests | None:
        """Returns the refusal, if one of these limits made a transaction fail; else None."""
        limits = self.limits
        for label, limit in (
            (NETWORK, limits.network),
            (ADDRESS, limits.address),
            (PAIR, limits.own),
        ):
            if label in failed.labels:
                return self._refusal(limit, label)
        return None

    def only_by_network(self, failed: ConditionFailed) -> bool:
        """Tells whether only the network's limit failed, which leaves the network one try."""
        return failed.labels == {NETWORK} and not self.limits.closed

    def _counters(self) -> list["_Counter"]:
        """Lists the counters, the one of this network at this address first."""
        limits, now = self.limits, self.now

        def counter(scope: str, key: str, limit: Limit, label: str) -> _Counter:
            found_by = model.place(limits.action, scope, key)
            return _Counter(store.counter(found_by, limit, now), limit, label)

        return [
            *(
                counter("pair", f"{self.address}\n{network}", limit, PAIR)
                for network, limit in limits.pairs(self.network)
            ),
            counter("address", self.address, limits.address, ADDRESS),
            *(
                counter("network", network, limit, NETWORK)
                for network, limit in limits.networks(self.network)
            ),
        ]

    def _check(self, write: Transaction, one: "_Counter", most: int) -> None:
        write.check(LimitItem, one.item.pk, one.item.sk, store.below(most), one.label)

    def _refusal(self, limit: Limit, label: str) -> TooManyRequests:
        scope = label.rsplit(" ", 1)[-1]
        traces.limited(f"{self.limits.action}.{scope}", self.network, self.subject)
        return refusal(limit, self.now)


@dataclass(frozen=True, slots=True)
class _Counter:
    item: LimitItem
    limit: Limit
    label: str


@dataclass(frozen=True, slots=True)
class FactorAttempt:
    """A code of a second factor given with the account's right password, from any network.

    `counted` is the number of wrong codes in this window, as it was read.
    """

    limit: Limit
    subject: str
    now: datetime
    counted: int = 0

    @property
    def place(self) -> Place:
        """The key of the counter, to be read together with the second factor."""
        item = self._item()
        return LimitItem, item.pk, item.sk

    @property
    def tells(self) -> bool:
        """Whether the next wrong code is the one after which the account's owner is told."""
        return self.counted == model.TOLD_AFTER - 1

    def read(self, counter: LimitItem | None) -> "FactorAttempt":
        """Returns the same attempt with the count of the counter that was read at `place`.

        Raises TooManyRequests when no try is left.
        """
        counted = store.count_of(counter)
        if counted >= self.limit.tries:
            raise self.beyond()
        return replace(self, counted=counted)

    def count(self, write: Transaction) -> None:
        """Adds one wrong code, on condition that `tells` was right and a try was left."""
        last = model.TOLD_AFTER - 1
        as_read = store.exactly(last) if self.tells else store.not_exactly(last)
        condition = as_read & store.below(self.limit.tries)
        actions = store.more(self.limit.ends(self.now))
        write.update(self._item(), actions, condition, label=FACTOR)

    def require(self, write: Transaction) -> None:
        """Adds the condition that a try is left, so that guessing in parallel gains nothing."""
        _, pk, sk = self.place
        write.check(LimitItem, pk, sk, store.below(self.limit.tries), FACTOR)

    def refusal(self, failed: ConditionFailed) -> TooManyRequests | None:
        """Returns the refusal, if this limit made a transaction fail; else None."""
        return self.beyond() if FACTOR in failed.labels else None

    def beyond(self) -> TooManyRequests:
        """Returns the refusal beyond the limit, and logs that it was reached."""
        traces.limited("factor.account", None, self.subject)
        return refusal(self.limit, self.now)

    def _item(self) -> LimitItem:
        return store.counter(model.place("factor", "account", self.subject), self.limit, self.now)


def refusal(limit: Limit, now: datetime) -> TooManyRequests:
    """Returns the refusal beyond a limit, with the seconds until its window ends."""
    seconds = (limit.ends(now) - now) / timedelta(seconds=1)
    return TooManyRequests(
        "There were too many tries; wait before the next one.", retry_after=int(seconds) + 1
    )


def figures() -> Mapping[str, int]:
    """The figures of this stage. Raises UnfitFigures for an invalid setting."""
    return _figures(settings.limits())


@cache
def _figures(text: str) -> Mapping[str, int]:
    return model.read(text)


def guess(address: str, network: str, now: datetime) -> Attempt:
    """Returns the limits of giving a password or a code of a second factor."""
    return Attempt(model.guesses(figures()), address, network, now)


def factor(subject: str, now: datetime) -> FactorAttempt:
    """Returns the limit of giving a code of a second factor with the right password."""
    return FactorAttempt(model.factor(figures()), subject, now)


def code(address: str, network: str, now: datetime) -> Attempt:
    """Returns the limits of giving the short code of a verification mail."""
    return Attempt(model.codes(figures()), address, network, now)


def reset(address: str, network: str, now: datetime) -> Attempt:
    """Returns the limits of asking for a new password for an address that may not be one's own."""
    return Attempt(model.resets(figures()), address, network, now)


def mail(address: str, network: str, now: datetime) -> Attempt:
    """Returns the limits of causing a mail to an address that may be unproven."""
    return Attempt(model.mails(figures()), address, network, now)


def comeback(subject: str, network: str, now: datetime) -> Attempt:
    """Returns the limits of resuming an account that was stopped."""
    return Attempt(model.returns(figures()), subject, network, now)
