"""The rules of limits: how many tries, from where, at what. Pure.

Tries are counted in fixed windows, up to three times over: by address and network together, by
address, and by network. So who guesses at an account from one network uses up what that network
may try, and its owner, elsewhere, goes on. When an address is tried from many networks at once,
or one network tries many addresses, each network still has a single try a window at each address:
one that knows the password needs no more, so nobody shuts anybody out.

A cheap act that is done often is counted by samples: one act in so many adds so many.
"""

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in a window of time."""

    tries: int
    window: timedelta

    def starts(self, now: datetime) -> int:
        """When the window that `now` lies in began, in seconds since 1970."""
        seconds = int(self.window.total_seconds())
        return int(now.timestamp()) // seconds * seconds

    def ends(self, now: datetime) -> datetime:
        """When the window that `now` lies in is over."""
        return datetime.fromtimestamp(self.starts(now), UTC) + self.window

    def times(self, factor: int) -> "Limit":
        """The limit of something that holds so many of what this one is about."""
        return Limit(self.tries * factor, self.window)

    @property
    def step(self) -> int:
        """How many tries a sample stands for, where not each of them is counted."""
        return max(1, self.tries // SAMPLES)

    def is_sample(self, draw: float) -> bool:
        """Whether the try for which `draw` was drawn (at random, from 0 up to 1) is counted.

        It is with the chance of one in `step`. Of two limits the one with the smaller step counts
        all that the other counts.
        """
        return draw * self.step < 1


SAMPLES = 50
"""How many samples a limit is reached after, so that its count is right within a seventh (the
standard deviation of a binomial count is its root). A limit below 100 counts each try."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often somebody did something in the window that began at `since` (seconds since 1970)."""

    since: int
    count: int

    def within(self, limit: Limit, now: datetime) -> int:
        """How often in the window that `now` lies in."""
        return self.count if self.since == limit.starts(now) else 0

    def once_more(self, limit: Limit, now: datetime) -> "Rate":
        """The rate when it is done once more at `now`."""
        return Rate(limit.starts(now), self.within(limit, now) + 1)


NEVER = Rate(0, 0)
"""How often something was done that was never done."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be tried at one kind of action.

    `pair` limits one network at one address (None where `address` says it all), `address` all
    networks at one address, `network` one network at all addresses. With `strict` nothing more is
    done for an address whose limit is reached, and with `closed` nothing more from a network whose
    limit is; without, one try of the network at the address is left a window. `wide_48` and
    `wide_32` say how many times as much the wider networks around an IPv6 address may try.
    """

    action: str
    pair: Limit | None
    address: Limit
    network: Limit
    strict: bool
    closed: bool = False
    wide_48: int = 2
    wide_32: int = 20

    @property
    def own(self) -> Limit:
        """The limit of one network at one address, or of the address where there is none."""
        return self.address if self.pair is None else self.pair

    def pairs(self, network: str) -> tuple[tuple[str, Limit], ...]:
        """The networks by which tries at one address are counted, the narrowest first.

        An IPv6 site holds 65,536 networks of 64 bits, so they are no networks of their own here.
        """
        if self.pair is None:
            return ()
        _, *wider = around(network)
        if not wider:
            return ((network, self.pair),)
        site, provider = wider
        return (site, self.pair), (provider, self.pair.times(self.wide_32))

    def networks(self, network: str) -> tuple[tuple[str, Limit], ...]:
        """The networks by which tries at all addresses are counted, the narrowest first."""
        factors = (1, self.wide_48, self.wide_32)
        found = around(network)
        return tuple((one, self.network.times(by)) for one, by in zip(found, factors, strict=False))


_WIDER = (48, 32)
"""Bits of the networks around an IPv6 network of 64: a site, and a provider."""


def around(network: str) -> Sequence[str]:
    """A network and those that it lies in: of IPv6 /64, /48 and /32, else only itself."""
    try:
        narrow = ipaddress.ip_network(network)
    except ValueError:
        return (network,)
    if isinstance(narrow, ipaddress.IPv4Network):
        return (network,)
    wider = [str(narrow.supernet(new_prefix=min(bits, narrow.prefixlen))) for bits in _WIDER]
    return (network, *wider)


def place(action: str, scope: str, key: str) -> str:
    """What a counter is found by: a hash, since a network says something about a person."""
    return hashlib.sha256(f"{action}\n{scope}\n{key}".encode()).hexdigest()[:40]


def allowed(limits: Limits, address_count: int, *, exhausted: bool = False) -> int:
    """How many tries one network has at an address that was tried so often altogether.

    `exhausted` says that the network has used up what it may try at all addresses.
    """
    if address_count >= limits.address.tries:
        return 0 if limits.strict else 1
    if exhausted:
        return 0 if limits.closed else 1
    return limits.own.tries
