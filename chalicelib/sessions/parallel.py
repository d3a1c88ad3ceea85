"""Sessions of one account at once: a packed list of them, by which the oldest is found. Pure.

The list lies in the claim, which a sign-in reads and writes anyway: so the limit costs no call.
"""

import base64
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.sessions.model import MOST

_SECONDS = 4


@dataclass(frozen=True, slots=True)
class Began:
    """A session began: `added` joins the list where there is room, else `left` is the new list.

    `ended` are the ids of the oldest sessions, which make room.
    """

    added: bytes
    left: frozenset[bytes]
    ended: tuple[str, ...]


def packed(session_id: str, created_at: datetime) -> bytes:
    """Returns a session as the list holds it, in 24 bytes: its beginning in seconds, and its id."""
    seconds = int(created_at.astimezone(UTC).timestamp())
    return seconds.to_bytes(_SECONDS, "big") + base64.b32decode(session_id.upper())


def begin(known: Collection[bytes], session_id: str, created_at: datetime) -> Began:
    """Returns the changes of the list when another session begins."""
    added, ordered = packed(session_id, created_at), sorted(known)
    ended = ordered[: max(0, len(ordered) - MOST + 1)]
    left = frozenset({*ordered[len(ended) :], added})
    return Began(added, left, tuple(_id(one) for one in ended))


def _id(one: bytes) -> str:
    return base64.b32encode(one[_SECONDS:]).decode().lower()
