"""A bounded load on DynamoDB Local: worker processes that call functions back to back.

Each worker does the same work twice: through our function, then as the bare botocore calls that it
had made. All workers are in the same phase, so that what competes for the cores is the same.
"""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from typing import Any

from tests.bench.cpu import first_images, plain
from tests.bench.engines import Services
from tests.bench.operations import made_ready, operation
from tests.bench.recording import AwsCall, restore
from tests.bench.world import World, done, world

LOADED = ("capture, visitor, repeated, 1", "notice, warm", "sign in")
CONCURRENCY = (1, 8)
INVOCATIONS = 320
"""Invocations in one measurement, over all its workers."""

MANY_INVOCATIONS = 6400
"""The same for an operation that calls nothing: fewer would be over before all workers began."""

CALLS_NOTHING = frozenset({"notice, warm"})

ROUNDS = 4
"""Times that the workers change between our function and the bare calls, so that neither has the
better moments of the machine."""

_PATIENCE_SECONDS = 180


@dataclass(frozen=True, slots=True)
class Phase:
    """What the workers of one phase did, together."""

    p50: float
    p95: float
    """Milliseconds of one invocation."""

    per_second: float
    """Invocations in a second, of all workers together."""

    per_core: float
    """Invocations in a second of CPU time of the workers."""


@dataclass(frozen=True, slots=True)
class Load:
    """One operation at one concurrency."""

    ours: Phase
    hashing_apart: Phase | None
    """Ours without password hashing, where there is some; rates of it cannot be seen apart."""

    bare: Phase | None
    """The bare calls; None for an operation that calls nothing."""


@dataclass(frozen=True, slots=True)
class _Done:
    """What one worker did: milliseconds an invocation, seconds in all, seconds of CPU."""

    latencies: list[float]
    seconds: float
    cpu: float


def load(services: Services, dynamodb: str, name: str, workers: int) -> Load:
    """One operation by so many worker processes at once."""
    context = multiprocessing.get_context("spawn")
    barrier, answers = context.Barrier(workers), context.Queue()
    invocations = MANY_INVOCATIONS if name in CALLS_NOTHING else INVOCATIONS
    arguments = (services, dynamodb, name, invocations // workers, barrier, answers)
    processes = [context.Process(target=_work, args=arguments) for _ in range(workers)]
    for process in processes:
        process.start()
    try:
        found = [answers.get(timeout=_PATIENCE_SECONDS) for _ in processes]
    finally:
        for process in processes:
            process.join(10)
            process.kill()
    ours, apart, bare = zip(*found, strict=True)
    hashes = any(one.latencies != other.latencies for one, other in zip(ours, apart, strict=True))
    calls = name not in CALLS_NOTHING
    return Load(_phase(ours), _phase(apart) if hashes else None, _phase(bare) if calls else None)


def _phase(parts: tuple[_Done, ...]) -> Phase:
    latencies = [one for part in parts for one in part.latencies]
    elapsed = max(part.seconds for part in parts)
    return Phase(
        p50=statistics.median(latencies),
        p95=statistics.quantiles(latencies, n=20)[-1],
        per_second=len(latencies) / elapsed,
        per_core=len(latencies) / sum(part.cpu for part in parts),
    )


def _work(
    services: Services,
    dynamodb: str,
    name: str,
    invocations: int,
    barrier: Barrier,
    answers: Queue[Any],
) -> None:
    with world(services, dynamodb, fresh=False) as made:
        recorded = _recorded(made, name, invocations)
        wanted = operation(name)
        runs = [made_ready(made, wanted) for _ in range(invocations)]
        made.recorder.off = True
        hashed: list[float] = []

        def ours(number: int) -> None:
            made.hashing_wall = 0.0
            done(runs[number](), wanted.status)
            hashed.append(1000 * made.hashing_wall)

        def bare(number: int) -> None:
            for send, parameters in recorded[number]:
                send(**parameters)

        made.hashing = 0.0
        phases: tuple[list[_Done], list[_Done]] = ([], [])
        for part in range(ROUNDS):
            numbers = range(part, invocations, ROUNDS)
            phases[0].append(_timed(ours, numbers, barrier))
            phases[1].append(_timed(bare, numbers, barrier))
    first, second = (_joined(parts) for parts in phases)
    less = [latency - apart for latency, apart in zip(first.latencies, hashed, strict=True)]
    answers.put((first, _Done(less, first.seconds, first.cpu - made.hashing), second))


def _recorded(
    made: World, name: str, invocations: int
) -> list[list[tuple[Callable[..., Any], dict[str, Any]]]]:
    """The calls of so many invocations; the tables stand again as before the first."""
    wanted, seen = operation(name), list[list[AwsCall]]()
    for _ in range(invocations):
        run = made_ready(made, wanted)
        made.recorder.clear()
        done(run(), wanted.status)
        seen.append(list(made.recorder.calls))
    for calls in reversed(seen):
        restore(made.recorder.tables, first_images(calls))
    return [[plain(call) for call in calls] for calls in seen]


def _timed(act: Callable[[int], None], numbers: range, barrier: Barrier) -> _Done:
    barrier.wait(_PATIENCE_SECONDS)
    latencies: list[float] = []
    cpu, began = time.process_time(), time.perf_counter()
    for number in numbers:
        started = time.perf_counter()
        act(number)
        latencies.append(1000 * (time.perf_counter() - started))
    return _Done(latencies, time.perf_counter() - began, time.process_time() - cpu)


def _joined(parts: list[_Done]) -> _Done:
    return _Done(
        [latency for part in parts for latency in part.latencies],
        sum(part.seconds for part in parts),
        sum(part.cpu for part in parts),
    )
