"""Counting tries in the same transaction as what was tried."""

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
    """Somebody on a network who tries something at an address, known or not.

    `address` is the keyed hash of an address (or a person's id) and `network` a shortened IP
    address. What was read of the counters is only a first look: the conditions of the transaction
    decide.
    """

    limits: Limits
    address: str
    network: str
    now: datetime
    subject: str | None = None

    def about(self, subject: str | None) -> "Attempt":
        """The same, known to be about somebody's account: for the log."""
        return replace(self, subject=subject)

    def places(self) -> list[Place]:
        """Where the counters lie, to be read together with what is tried."""
        return [(LimitItem, one.item.pk, one.item.sk) for one in self._counters()]

    def refuse_exhausted(self, counters: Sequence[LimitItem | None]) -> int:
        """How many tries this network has, by counters that were read at `places`.

        Raises TooManyRequests when there is none left.
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
        """Adds that one more try was made, on condition that it may be.

        `tries` is what `refuse_exhausted` answered, if it was asked. Where it left one try, the
        counters of address and network count on, beyond what they limit.
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
        """Adds that this network's tries at the address are forgotten, if there were some left.

        Of many guesses sent at once, the right one counts only while a try is left: so guessing
        in parallel gains nothing. What wider networks tried is not forgotten.
        """
        own, *others = self._counters()
        write.delete(own.item, condition=store.below(tries), label=own.label)
        for one in others:
            if one.label == PAIR or (one.label == ADDRESS and self.limits.strict):
                self._check(write, one, one.limit.tries)

    def require(self, write: Transaction, tries: int) -> None:
        """Adds the condition that this network has a try left, which is not used up."""
        own, *others = self._counters()
        self._check(write, own, tries)
        for one in others:
            if one.label == PAIR:
                self._check(write, one, one.limit.tries)

    def refusal(self, failed: ConditionFailed) -> TooManyRequests | None:
        """The answer, if it was one of these limits that a transaction failed by."""
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
        """Whether a transaction failed by the network's limit alone, beyond which a try is left."""
        return failed.labels == {NETWORK} and not self.limits.closed

    def _counters(self) -> list["_Counter"]:
        """The counters, the one of this network at this address first."""
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
    """Somebody who knows an account's password, on any network, gives a code of its factor.

    `counted` is how many were wrong in this window, as it was read.
    """

    limit: Limit
    subject: str
    now: datetime
    counted: int = 0

    @property
    def place(self) -> Place:
        """Where the counter lies, to be read together with the second factor."""
        item = self._item()
        return LimitItem, item.pk, item.sk

    @property
    def tells(self) -> bool:
        """Whether one more wrong code is the one that the account's owner is told of."""
        return self.counted == model.TOLD_AFTER - 1

    def read(self, counter: LimitItem | None) -> "FactorAttempt":
        """The same with the counter that was read at `place`.

        Raises TooManyRequests when no try is left.
        """
        counted = store.count_of(counter)
        if counted >= self.limit.tries:
            raise self.beyond()
        return replace(self, counted=counted)

    def count(self, write: Transaction) -> None:
        """Adds that a code was wrong, on condition that `tells` was right and a try was left."""
        last = model.TOLD_AFTER - 1
        as_read = store.exactly(last) if self.tells else store.not_exactly(last)
        condition = as_read & store.below(self.limit.tries)
        actions = store.more(self.limit.ends(self.now))
        write.update(self._item(), actions, condition, label=FACTOR)

    def require(self, write: Transaction) -> None:
        """Adds the condition that a try was left, so that guessing at once gains nothing."""
        _, pk, sk = self.place
        write.check(LimitItem, pk, sk, store.below(self.limit.tries), FACTOR)

    def refusal(self, failed: ConditionFailed) -> TooManyRequests | None:
        """The answer, if it was this limit that a transaction failed by."""
        return self.beyond() if FACTOR in failed.labels else None

    def beyond(self) -> TooManyRequests:
        """What is answered beyond the limit."""
        traces.limited("factor.account", None, self.subject)
        return refusal(self.limit, self.now)

    def _item(self) -> LimitItem:
        return store.counter(model.place("factor", "account", self.subject), self.limit, self.now)


def refusal(limit: Limit, now: datetime) -> TooManyRequests:
    """What is answered beyond a limit: when its window is over."""
    seconds = (limit.ends(now) - now) / timedelta(seconds=1)
    return TooManyRequests(
        "There were too many tries; wait before the next one.", retry_after=int(seconds) + 1
    )


def figures() -> Mapping[str, int]:
    """The figures of this stage. Raises UnfitFigures for a setting that cannot be."""
    return _figures(settings.limits())


@cache
def _figures(text: str) -> Mapping[str, int]:
    return model.read(text)


def guess(address: str, network: str, now: datetime) -> Attempt:
    """Somebody gives a password or a second factor."""
    return Attempt(model.guesses(figures()), address, network, now)


def factor(subject: str, now: datetime) -> FactorAttempt:
    """Somebody gives a code of a second factor with the right password."""
    return FactorAttempt(model.factor(figures()), subject, now)


def code(address: str, network: str, now: datetime) -> Attempt:
    """Somebody gives the short code of a verification mail."""
    return Attempt(model.codes(figures()), address, network, now)


def reset(address: str, network: str, now: datetime) -> Attempt:
    """Somebody asks for a new password for an address that they need not own."""
    return Attempt(model.resets(figures()), address, network, now)


def mail(address: str, network: str, now: datetime) -> Attempt:
    """Somebody causes a mail to an address that they need not own, and nobody may have proved."""
    return Attempt(model.mails(figures()), address, network, now)


def comeback(subject: str, network: str, now: datetime) -> Attempt:
    """Somebody takes up again an account that was stopped."""
    return Attempt(model.returns(figures()), subject, network, now)
