"""The public keys by which receipts verify: the one that signs, and those that did before it.

The one in use is a setting of the deployment. All are kept in the table as soon as one is replaced,
so that a receipt stays verifiable for as long as its person keeps it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib import clock
from chalicelib.receipts import store
from chalicelib.receipts.store import Jwk

FRESH = timedelta(seconds=60)
"""How long a process trusts the list that it read."""

PATIENCE = timedelta(seconds=2)
"""How long a process does not look again for a key that it does not find: whoever makes keys up
must not make it read the table each time."""


@dataclass
class _Memory:
    jwks: list[Jwk] = field(default_factory=list)
    read_at: datetime | None = None


_memory = _Memory()


def published(current: Jwk) -> list[Jwk]:
    """All keys, oldest first, the one in use among them. One GetItem a minute in a process."""
    kept = _kept(FRESH)
    return kept if current in kept else [*kept, current]


def retired(kid: str) -> Jwk | None:
    """The key of that id among those kept; None where there is none such.

    No call for a key that this process knows; else one GetItem, but none within seconds of another.
    """
    return _find(kid) or _find(kid, _kept(PATIENCE))


def forget() -> None:
    """Makes this process read the list again."""
    _memory.jwks, _memory.read_at = [], None


def _find(kid: str, among: list[Jwk] | None = None) -> Jwk | None:
    jwks = _memory.jwks if among is None else among
    return next((one for one in jwks if one["kid"] == kid), None)


def _kept(fresh: timedelta) -> list[Jwk]:
    now = clock.now()
    if _memory.read_at is None or abs(now - _memory.read_at) >= fresh:
        _memory.jwks, _memory.read_at = store.public_keys(), now
    return _memory.jwks
