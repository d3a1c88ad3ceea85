"""Counting tries in the same transaction as what was tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.errors import TooManyRequests
from chalicelib.limits import model, store
from chalicelib.limits.model import CODES, GUESSES, MAILS, RESETS, Limit, Limits
from chalicelib.limits.store import LimitItem
from chalicelib.storage.reading import Place
from chalicelib.storage.transaction import ConditionFailed, Transaction

PAIR, ADDRESS, NETWORK = "limit of pair", "limit of address", "limit of network"
"""Labels of the counters' conditions in a transaction."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody on a network who tries something at an address, known or not.

    `address` is the keyed hash of an address and `network` a shortened IP address. What was read
    of the counters is only a first look: the conditions of the transaction decide.
    """

    limits: Limits
    address: str
    network: str
    now: datetime

    def places(self) -> list[Place]:
        """Where the counters lie, to be read together with what is tried."""
        return [(LimitItem, item.pk, item.sk) for item in self._counters()]

    def refuse_exhausted(self, counters: Sequence[LimitItem | None]) -> int:
        """How many tries this network has, by counters that were read at `places`.

        Raises TooManyRequests when there is none left.
        """
        pair, address, network = map(store.count_of, counters)
        tries = model.allowed(self.limits, address)
        if pair >= tries:
            raise self._refusal(self.limits.address if tries == 0 else self.limits.pair)
        if network >= self.limits.network.tries:
            raise self._refusal(self.limits.network)
        return tries

    def count(self, write: Transaction, tries: int | None = None) -> None:
        """Adds that one more try was made, on condition that it may be.

        `tries` is what `refuse_exhausted` answered, if it was asked.
        """
        pair, address, network = self._counters()
        most = self.limits.pair.tries if tries is None else tries
        self._add(write, pair, self.limits.pair, PAIR, most)
        strict = self.limits.address.tries if self.limits.strict else None
        self._add(write, address, self.limits.address, ADDRESS, strict)
        self._add(write, network, self.limits.network, NETWORK, self.limits.network.tries)

    def forgive(self, write: Transaction, tries: int) -> None:
        """Adds that this network's tries at the address are forgotten, if there were some left.

        Of many guesses sent at once, the right one counts only while a try is left: so guessing
        in parallel gains nothing.
        """
        pair, address, _ = self._counters()
        write.delete(pair, condition=store.below(tries), label=PAIR)
        if self.limits.strict:
            most = store.below(self.limits.address.tries)
            write.check(LimitItem, address.pk, address.sk, most, ADDRESS)

    def require(self, write: Transaction, tries: int) -> None:
        """Adds the condition that this network has a try left, which is not used up."""
        item = self._counters()[0]
        write.check(LimitItem, item.pk, item.sk, store.below(tries), PAIR)

    def refusal(self, failed: ConditionFailed) -> TooManyRequests | None:
        """The answer, if it was one of these limits that a transaction failed by."""
        for label, limit in (
            (NETWORK, self.limits.network),
            (ADDRESS, self.limits.address),
            (PAIR, self.limits.pair),
        ):
            if label in failed.labels:
                return self._refusal(limit)
        return None

    def _counters(self) -> tuple[LimitItem, LimitItem, LimitItem]:
        action = self.limits.action
        pair = model.place(action, "pair", f"{self.address}\n{self.network}")
        address = model.place(action, "address", self.address)
        network = model.place(action, "network", self.network)
        return (
            store.counter(pair, self.limits.pair, self.now),
            store.counter(address, self.limits.address, self.now),
            store.counter(network, self.limits.network, self.now),
        )

    def _add(
        self, write: Transaction, item: LimitItem, limit: Limit, label: str, most: int | None
    ) -> None:
        condition = None if most is None else store.below(most)
        write.update(item, store.one_more(limit.ends(self.now)), condition, label=label)

    def _refusal(self, limit: Limit) -> TooManyRequests:
        seconds = (limit.ends(self.now) - self.now).total_seconds()
        return TooManyRequests(
            "There were too many tries; wait before the next one.", retry_after=int(seconds) + 1
        )


def guess(address: str, network: str, now: datetime) -> Attempt:
    """Somebody gives a password or a second factor."""
    return Attempt(GUESSES, address, network, now)


def code(address: str, network: str, now: datetime) -> Attempt:
    """Somebody gives the short code of a verification mail."""
    return Attempt(CODES, address, network, now)


def reset(address: str, network: str, now: datetime) -> Attempt:
    """Somebody asks for a new password for an address that they need not own."""
    return Attempt(RESETS, address, network, now)


def mail(address: str, network: str, now: datetime) -> Attempt:
    """Somebody causes a mail to an address that they need not own."""
    return Attempt(MAILS, address, network, now)
