"""When a failed call of AWS is sent again, and after what pause: botocore's standard mode.

The classes of errors, the number of attempts, the quota and the jitter are those of
`botocore.retries.standard` and `botocore.retries.quota`, which a test compares with these.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Codes of errors that say that too much was asked."""

TRANSIENT = frozenset({"PriorRequestNotComplete", "RequestTimeout", "RequestTimeoutException"})
"""Codes of errors that pass by themselves."""

REPLICATED = "ReplicatedWriteConflictException"
"""The one error of the transport's operations that AWS's models call worth another try."""

_TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})
_TOO_MANY = 429
_LONGEST_PAUSE, _LONGEST_ADDITION = 20.0, 5.0
_THROTTLED_SCALE = 1.0
_CAPACITY, _COST, _THROTTLED_COST, _REGAINED = 500, 14, 5, 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one attempt: an answer's status, error code and headers, or an exception.

    `lost` tells that the exception is one of the network; `damaged` that the answer does not have
    the checksum that its header names.
    """

    status: int = 0
    code: str = ""
    headers: Mapping[str, str] | None = None
    lost: bool = False
    damaged: bool = False

    @property
    def throttled(self) -> bool:
        """Whether the service said that too much was asked."""
        return self.code in THROTTLED or (self.status == _TOO_MANY and self.code != REPLICATED)

    @property
    def retryable(self) -> bool:
        """Whether another attempt may succeed."""
        return (
            self.lost
            or self.damaged
            or self.throttled
            or self.status in _TRANSIENT_STATUSES
            or self.code in TRANSIENT
            or self.code == REPLICATED
        )


class Quota:
    """The attempts that a client may make beside the first ones, shared by all its calls."""

    def __init__(self) -> None:
        self._left, self._one = _CAPACITY, threading.Lock()

    def take(self, amount: int) -> bool:
        """Takes an amount, and tells whether there was as much."""
        with self._one:
            if amount > self._left:
                return False
            self._left -= amount
            return True

    def give(self, amount: int) -> None:
        """Gives an amount back, up to the capacity."""
        if self._left < _CAPACITY:
            with self._one:
                self._left = min(_CAPACITY, self._left + amount)


class Retries:
    """Decides about the attempts of all calls of one client.

    `attempts` is the most of one call, the first included; `scale` is the longest pause before the
    second one in seconds, where nothing was throttled.
    """

    def __init__(
        self,
        attempts: int,
        scale: float,
        draw: Callable[[], float] = random.random,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self.attempts = attempts
        self._scale, self._draw, self._sleep = scale, draw, sleep
        self._quota = Quota()

    def again(self, attempt: int, outcome: Outcome) -> int:
        """Waits before the next attempt and returns what it took of the quota; 0 for no next one.

        `attempt` is the number of the attempt that failed, from 1.
        """
        if attempt >= self.attempts or not outcome.retryable:
            return 0
        cost = _THROTTLED_COST if outcome.throttled else _COST
        if not self._quota.take(cost):
            return 0
        (self._sleep or time.sleep)(self.pause(attempt, outcome))
        return cost

    def told(self, attempt: int, outcome: Outcome) -> dict[str, object]:
        """Returns what botocore tells with an answer: how many attempts, and why not one more."""
        found: dict[str, object] = {"RetryAttempts": attempt - 1}
        if attempt >= self.attempts:
            found["MaxAttemptsReached"] = True
        elif outcome.retryable:
            found["RetryQuotaReached"] = True
        return found

    def succeeded(self, taken: int) -> None:
        """Gives back what the last of several attempts took, or a little for a single one."""
        self._quota.give(taken or _REGAINED)

    def pause(self, attempt: int, outcome: Outcome) -> float:
        """Returns the seconds to wait after that attempt: full jitter, doubling, bounded.

        The header `x-amz-retry-after` (milliseconds) can lengthen it by at most five seconds.
        """
        scale = _THROTTLED_SCALE if outcome.throttled else self._scale
        pause = self._draw() * min(scale * (1 << (attempt - 1)), _LONGEST_PAUSE)
        asked = _asked(outcome.headers or {})
        return max(pause, min(asked, _LONGEST_ADDITION + pause))


def _asked(headers: Mapping[str, str]) -> float:
    try:
        return max(0.0, int(headers.get("x-amz-retry-after", "0")) / 1000)
    except (ValueError, OverflowError):
        return 0.0
