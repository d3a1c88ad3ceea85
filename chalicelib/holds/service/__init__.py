"""Holds for other capabilities: what is held, and what becomes of it.

Each module of this package is one use case; what other rooms need is named here. Replay alone needs
`restoration`, which reads the audit.
"""

from chalicelib.holds.service.facts import held, held_beside
from chalicelib.holds.service.lane import (
    add_leave,
    add_requirement,
    keeper,
    place,
    release,
)

__all__ = [
    "add_leave",
    "add_requirement",
    "held",
    "held_beside",
    "keeper",
    "place",
    "release",
]
