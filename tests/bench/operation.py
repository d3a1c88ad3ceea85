"""What a row of the cost book is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.world import Run, World

QUEUES = ("mail", "fulfilment", "erasure", "announcements", "propagation", "feedback")


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of the cost book."""

    name: str
    function: str
    prepare: Callable[[World], Run]
    status: int | None = None
    """What an HTTP function answers; None for queues and schedules."""

    heavy: bool = False
    """Whether it takes so much preparing that a few samples of its CPU time have to do."""

    cold: bool = False
    """Whether it begins without the notice in memory; all others find it there."""

    compiles: bool = False
    """Whether it compiles a notice document, which takes more than all of its calls."""

    counted_only: bool = False
    """Whether its calls cannot be sent once more, as parts of an upload cannot: then its CPU time
    is not measured."""

    people: int = 1
    """How many people one invocation is about."""

    @property
    def is_http(self) -> bool:
        """Whether it comes through API Gateway."""
        return self.status is not None

    @property
    def is_queue(self) -> bool:
        """Whether it comes from a queue."""
        return self.function in QUEUES
