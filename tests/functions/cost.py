"""What one invocation costs: which calls it makes, to the byte, and how much CPU it takes."""

from __future__ import annotations

import gc
import itertools
import random
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib import traces
from tests.bench.events import api_event, handler_of
from tests.bench.recording import AwsCall
from tests.bench.world import World

_networks = itertools.count(1)

Act = Callable[[str], Any]
"""Something that a stranger does about an address: one invocation, and its answer."""


def post(
    function: str, path: str, body: dict[str, Any], network: str | None = None
) -> dict[str, Any]:
    """The answer to a POST that comes from there, or from a network of its own."""
    event = api_event("POST", path, body=body)
    event["requestContext"]["identity"]["sourceIp"] = network or f"2001:db8:{next(_networks):x}::1"
    answer: dict[str, Any] = handler_of("http", function)(event, None)
    return answer


def calls(world: World, act: Act, address: str) -> list[AwsCall]:
    """The calls to AWS that an act makes, in order."""
    traces.keyed("unknown")  # the key of the week, once in each process
    world.recorder.clear()
    act(address)
    assert world.recorder.sent == len(world.recorder.calls), "a call was repeated"
    return list(world.recorder.calls)


def summary(made: Sequence[AwsCall]) -> list[str]:
    """Calls in words: the operation, and the kinds of what is read and written in which way."""
    return [f"{call.operation}({', '.join(_touched(call.parameters))})" for call in made]


def _touched(parameters: dict[str, Any]) -> list[str]:
    if "TransactItems" in parameters:
        steps = [step for one in parameters["TransactItems"] for step in one.items()]
        return [f"{name} {_kind(step.get('Item') or step['Key'])}" for name, step in steps]
    asked = parameters.get("RequestItems", {})
    return [f"Get {_kind(key)}" for keys in asked.values() for key in keys["Keys"]]


def _kind(key: dict[str, Any]) -> str:
    """The kind of an item: the second part of its sort key, or its class, for a data key."""
    return "#".join(key["sk"]["S"].split("#")[:2])


def shape(value: Any) -> Any:
    """A request with the length of each text in its place: equal shapes are equally many bytes."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [shape(part) for part in value]
    return len(value) if isinstance(value, str | bytes) else value


@dataclass(frozen=True)
class Cpu:
    """Milliseconds of CPU of one act, done about addresses that are known and that are not."""

    name: str
    known: tuple[float, ...]
    unknown: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median for known addresses to that for unknown ones."""
        return statistics.median(self.known) / statistics.median(self.unknown)

    @property
    def order(self) -> float:
        """How probably a known address takes longer than an unknown one: 0.5 tells nothing.

        The common-language effect size of Mann and Whitney's U.
        """
        pairs = [(one, other) for one in self.known for other in self.unknown]
        return sum((one > other) + (one == other) / 2 for one, other in pairs) / len(pairs)

    def __str__(self) -> str:
        return (
            f"{self.name}: known {_spread(self.known)} ms, unknown {_spread(self.unknown)} ms, "
            f"ratio of medians {self.ratio:.3f}, P(known > unknown) {self.order:.2f}, "
            f"n = {len(self.known)} + {len(self.unknown)}"
        )


def _spread(samples: Sequence[float]) -> str:
    low, middle, high = statistics.quantiles(samples, n=4)
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


def cpu(
    world: World, name: str, act: Act, known: Sequence[str], unknown: Sequence[str], seed: int
) -> Cpu:
    """Does the act once about each address, known and unknown ones in turn, in a shuffled order."""
    order, taken = random.Random(seed), {True: list[float](), False: list[float]()}
    world.recorder.off = True
    gc.collect()
    gc.freeze()  # what is alive by now is not looked through again before every act
    try:
        act(unknown[0])
        for pair in zip(known, unknown[1:], strict=True):
            for is_known in order.sample((True, False), 2):
                taken[is_known].append(_milliseconds(act, pair[0] if is_known else pair[1]))
    finally:
        gc.unfreeze()
        world.recorder.off = False
    return Cpu(name, tuple(taken[True]), tuple(taken[False]))


def _milliseconds(act: Act, address: str) -> float:
    gc.collect()
    gc.disable()
    try:
        started = time.process_time()
        act(address)
        return 1000 * (time.process_time() - started)
    finally:
        gc.enable()
