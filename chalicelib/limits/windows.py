"""The rules of limits: how many tries, from which network, at which address. Pure.

Tries are counted in fixed windows, up to three times over: by address and network together, by
address, and by network. A guesser on one network uses up that network's tries at an account, and
the owner, on another network, can still sign in. When an address is tried from many networks at
once, or one network tries many addresses, each network still has one try a window at each address:
an owner who knows the password needs no more, so attackers cannot lock owners out.

A cheap, frequent act is counted by samples: one act in so many adds so many.
"""

import hashlib
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of tries in a window of time."""

    tries: int
    window: timedelta

    def starts(self, now: datetime) -> int:
        """Returns the start of the window that `now` lies in, in seconds since 1970."""
        seconds = int(self.window.total_seconds())
        return int(now.timestamp()) // seconds * seconds

    def ends(self, now: datetime) -> datetime:
        """Returns the end of the window that `now` lies in."""
        return datetime.fromtimestamp(self.starts(now), UTC) + self.window

    def times(self, factor: int) -> "Limit":
        """Returns a limit with the same window and `factor` times the tries."""
        return Limit(self.tries * factor, self.window)

    @property
    def step(self) -> int:
        """The number of tries that one sample stands for; 1 where every try is counted."""
        return max(1, self.tries // SAMPLES)

    def is_sample(self, draw: float) -> bool:
        """Tells whether the try for which `draw` was drawn (at random, from 0 up to 1) is counted.

        Its chance is one in `step`. Of two limits the one with the smaller step counts every try
        that the other counts.
        """
        return draw * self.step < 1


SAMPLES = 50
"""The number of samples in a full limit, so that its count is right within a seventh (the standard
deviation of a binomial count is its root). A limit below 100 counts each try."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a thing was done in the window that began at `since` (seconds since 1970)."""

    since: int
    count: int

    def within(self, limit: Limit, now: datetime) -> int:
        """Returns the count in the window that `now` lies in."""
        return self.count if self.since == limit.starts(now) else 0

    def once_more(self, limit: Limit, now: datetime) -> "Rate":
        """Returns the rate after one more time at `now`."""
        return Rate(limit.starts(now), self.within(limit, now) + 1)


NEVER = Rate(0, 0)
"""The rate of a thing that was never done."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one kind of action.

    `pair` limits one network at one address (None where `address` alone counts), `address` all
    networks at one address, `network` one network at all addresses. With `strict` an address whose
    limit is reached allows no try, and with `closed` a network whose limit is reached has none;
    without them, each network keeps one try a window at an address. `wide_48` and `wide_32` are the
    factors of the limits of the wider networks around an IPv6 address.
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
        """The limit of one network at one address, or of the address where `pair` is None."""
        return self.address if self.pair is None else self.pair

    def pairs(self, network: str) -> tuple[tuple[str, Limit], ...]:
        """Lists the networks that count tries at one address, narrowest first, with limits.

        An IPv6 site holds 65,536 networks of 64 bits, so the site is counted here and not each of
        them.
        """
        if self.pair is None:
            return ()
        _, *wider = around(network)
        if not wider:
            return ((network, self.pair),)
        site, provider = wider
        return (site, self.pair), (provider, self.pair.times(self.wide_32))

    def networks(self, network: str) -> tuple[tuple[str, Limit], ...]:
        """Lists the networks that count tries at all addresses, narrowest first, with limits."""
        factors = (1, self.wide_48, self.wide_32)
        found = around(network)
        return tuple((one, self.network.times(by)) for one, by in zip(found, factors, strict=False))


_WIDER = (48, 32)
"""Prefix lengths of the networks around an IPv6 /64: a site's and a provider's."""


def around(network: str) -> Sequence[str]:
    """Lists a network and those around it: of IPv6 /64, /48 and /32; of IPv4 only itself."""
    if ":" not in network:  # IPv4, or unknown
        return (network,)
    try:
        narrow = ipaddress.IPv6Network(network)
    except ValueError:
        return (network,)
    first = int(narrow.network_address)
    wider = list[str]()
    for bits in _WIDER:
        prefix = min(bits, narrow.prefixlen)
        cut = narrow.max_prefixlen - prefix
        wider.append(f"{ipaddress.IPv6Address(first >> cut << cut)}/{prefix}")
    return (network, *wider)


def place(action: str, scope: str, key: str) -> str:
    """Returns a counter's key, a hash, since a network is data about a person."""
    return hashlib.sha256(f"{action}\n{scope}\n{key}".encode()).hexdigest()[:40]


def allowed(limits: Limits, address_count: int, *, exhausted: bool = False) -> int:
    """Returns how many tries one network has at an address that has `address_count` tries in all.

    `exhausted` says that the network has used up its tries at all addresses.
    """
    if address_count >= limits.address.tries:
        return 0 if limits.strict else 1
    if exhausted:
        return 0 if limits.closed else 1
    return limits.own.tries
