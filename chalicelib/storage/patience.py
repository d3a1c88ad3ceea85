"""Trying again what lost a race for the head of a chain."""

import random
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from chalicelib import logs
from chalicelib.errors import Contention
from chalicelib.storage.transaction import ConditionFailed, Contended

T = TypeVar("T")

PATIENCE = timedelta(seconds=5)
"""How long a capture that keeps losing the race for the head of a chain is tried again."""


def patiently(once: Callable[[], T], patience: timedelta | None = None) -> T:
    """What `once` answers when it wins the race, after waiting with full jitter between tries.

    Raises Contention when it lost for five seconds, or for as long as the `patience` is.
    """
    started, attempt = time.monotonic(), 0
    seconds = (PATIENCE if patience is None else patience).total_seconds()
    while True:
        try:
            return once()
        except (ConditionFailed, Contended):
            attempt += 1
            if time.monotonic() - started > seconds:
                logs.log("capture.contended", attempt=attempt)
                raise Contention("Too many decisions at once; try again.") from None
            time.sleep(random.uniform(0, min(0.4, 0.01 * 2**attempt)))  # noqa: S311 - jitter
