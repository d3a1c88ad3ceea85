"""Own CPU: what an operation spends beside the bare botocore calls that it makes.

Every repetition runs the operation as in production, with nothing watched; runs it once more to see
its calls, puts the tables back, and sends the very same requests through plain botocore clients, as
botocore makes them. All is timed by this process's CPU clock, so the engines' work does not count.
Password hashing is measured apart.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib import settings
from chalicelib.storage import clients, connection
from tests.bench.operation import Operation
from tests.bench.operations import made_ready
from tests.bench.recording import AwsCall, restore
from tests.bench.units import Place
from tests.bench.world import World, done

SAMPLES, SECONDS = 12, 5.0
"""The most repetitions of an operation, and the time after which no more of them begin."""

LEAST_SAMPLES = 3
"""The fewest repetitions; of one that takes much preparing a single one has to do."""

_WARM_UP, _SETTLING_CALLS = 2, 3


@dataclass(frozen=True, slots=True)
class Cpu:
    """The least milliseconds of CPU of one invocation.

    What else the machine does makes an invocation dearer and never cheaper, so the least is the
    figure that another run finds too.
    """

    own: float
    """The function, its calls included, hashing not."""

    bare: float
    """The same calls through plain botocore clients."""

    hashing: float
    samples: int

    @property
    def ratio(self) -> float | None:
        """Own to bare; None for an operation that calls nothing."""
        return self.own / self.bare if self.bare else None


@dataclass(frozen=True, slots=True)
class Sample:
    """One repetition, in milliseconds of CPU."""

    own: float
    bare: float
    hashing: float


def own_cpu(world: World, operation: Operation, samples: int = SAMPLES) -> Cpu:
    """The least of some repetitions in this process, after a few that warm it up."""
    gc.collect()
    gc.freeze()  # what is alive by now is not looked through again before every repetition
    warm_up, least = (1, 1) if operation.heavy else (_WARM_UP, LEAST_SAMPLES)
    for _ in range(warm_up):
        sample(world, operation)
    taken, until = list[Sample](), time.monotonic() + SECONDS
    while len(taken) < samples and (len(taken) < least or time.monotonic() < until):
        taken.append(sample(world, operation))
    return Cpu(
        min(one.own for one in taken),
        min(one.bare for one in taken),
        min(one.hashing for one in taken),
        len(taken),
    )


def sample(world: World, operation: Operation) -> Sample:
    """One repetition: the operation, and its calls through plain clients."""
    own, hashing = invocation(world, operation), world.hashing
    calls = _calls(world, operation)
    restore(world.recorder.tables, first_images(calls))
    _settle(world)
    bare = _replayed(calls)
    return Sample(1000 * own, 1000 * bare, 1000 * hashing)


def invocation(world: World, operation: Operation) -> float:
    """CPU seconds of an invocation that nobody watches, hashing not among them."""
    run = made_ready(world, operation)
    world.hashing = 0.0
    with world.recorder.unwatched():
        _settle(world)
        gc.disable()
        try:
            started = time.process_time()
            answer = run()
            own = time.process_time() - started
        finally:
            gc.enable()
    done(answer, operation.status)
    return own - world.hashing


def _calls(world: World, operation: Operation) -> list[AwsCall]:
    """The calls of another invocation, with the items that they write as they were before."""
    run, recorder = made_ready(world, operation), world.recorder
    recorder.asks_units, recorder.keeps_images = False, True
    recorder.clear()
    try:
        done(run(), operation.status)
    finally:
        recorder.asks_units, recorder.keeps_images = True, False
    return list(recorder.calls)


def first_images(calls: list[AwsCall]) -> dict[Place, Any]:
    images: dict[Place, Any] = {}
    for call in calls:
        images = call.before | images
    return images


def _settle(world: World) -> None:
    """Leaves processor caches in the same state before either side, whatever was done before."""
    gc.collect()
    key = {"pk": {"S": "-"}, "sk": {"S": "-"}}
    for _ in range(_SETTLING_CALLS):
        world.recorder.tables.get_item(TableName=settings.records_table(), Key=key)


def _replayed(calls: list[AwsCall]) -> float:
    """CPU seconds of the same requests, sent one after another."""
    sends = [(*plain(call), call.refused) for call in calls]
    gc.disable()
    try:
        started = time.process_time()
        for send, parameters, refused in sends:
            # A condition that did not hold the first time does not hold now either.
            with suppress(ClientError) if refused else nullcontext():
                send(**parameters)
        return time.process_time() - started
    finally:
        gc.enable()


def plain(call: AwsCall) -> tuple[Callable[..., Any], dict[str, Any]]:
    """The method of a plain client that makes the same request, and what to give it."""
    return getattr(_bare(call.service), xform_name(call.operation)), call.parameters


def _bare(service: str) -> Any:
    ours = connection.connection().client if service == "dynamodb" else getattr(clients, service)()
    return _plain_client(service, ours)


@cache
def _plain_client(service: str, ours: Any) -> Any:
    """A plain botocore client for the endpoint of ours; addresses of buckets as in ours."""
    config = None
    if service == "s3":
        config = Config(s3=ours.meta.config.s3, signature_version="s3v4")
    client = botocore.session.get_session().create_client(service, config=config)
    for event in ("provide-client-params", "before-call", "before-send", "after-call"):
        client.meta.events.register(f"{event}.*.*", _nothing)  # ours are watched at these
    return client


def _nothing(**_: Any) -> None: ...
