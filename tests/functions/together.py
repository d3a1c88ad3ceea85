"""Doing the same thing many times at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

T = TypeVar("T")


def at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """What each act answers, all of them started at the same moment, each in its own thread."""
    start = Barrier(len(acts))

    def run(act: Callable[[], T]) -> T:
        start.wait(timeout=30)
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def warmed(act: Callable[[], object], count: int) -> None:
    """Does an act in ever larger numbers at once, so that as many workers run when it matters.

    Fresh ones start slowly where many do: what they answer, if anything in time, is not looked at.
    """
    for many in range(WARMING, count + WARMING, WARMING):
        at_once([act] * many)


WARMING = 5
"""How many workers more are started at once: on two cores, more would not be ready in time."""
