"""How many examples the property tests try: a third, and all with `make test PROFILE=full`."""

from __future__ import annotations

import os

SHARE = 1 if os.environ.get("PROFILE") == "full" else 3
"""One of so many examples is tried."""


def examples(full: int) -> int:
    """The number of examples of a test that tries `full` of them when all are asked for."""
    return max(1, full // SHARE)
