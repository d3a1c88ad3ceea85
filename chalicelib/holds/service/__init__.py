"""Holds for other capabilities: what is held, and what becomes of it.

Each module of this package is one use case; what other rooms need is named here.
"""

from chalicelib.holds.service.facts import held, held_beside
from chalicelib.holds.service.lane import release, spare
from chalicelib.holds.service.restoration import restore

__all__ = ["held", "held_beside", "release", "restore", "spare"]
