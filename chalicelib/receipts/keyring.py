"""The public keys by which receipts verify: the one that signs, and its predecessors.

The key in use is a setting of the deployment. All keys are kept in the table as soon as one is
replaced, so that a receipt stays verifiable for as long as its person keeps it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib import clock
from chalicelib.receipts import store
from chalicelib.receipts.store import Jwk

FRESH = timedelta(seconds=60)
"""Time for which a process trusts the list that it read."""

PATIENCE = timedelta(seconds=2)
"""Time for which a process does not look again for an unknown key, so that made-up keys do not
cause a read of the table each time."""


@dataclass
class _Memory:
    jwks: list[Jwk] = field(default_factory=list)
    read_at: datetime | None = None


_memory = _Memory()


def published(current: Jwk) -> list[Jwk]:
    """Lists all keys, oldest first, with the one in use. One GetItem a minute in a process."""
    kept = _kept(FRESH)
    return kept if current in kept else [*kept, current]


def retired(kid: str) -> Jwk | None:
    """Returns the stored key of that id, or None.

    No call for a key that this process knows; else one GetItem, at most one every two seconds.
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
