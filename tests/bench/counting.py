"""Counts the calls and units of each operation, once on each engine."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.operation import Operation
from tests.bench.operations import made_ready
from tests.bench.recording import AwsCall
from tests.bench.world import World, done

SERVICES = ("dynamodb", "kms", "sqs", "ses", "s3")


@dataclass(frozen=True, slots=True)
class Count:
    """What one invocation did on one engine."""

    calls: dict[str, int]
    """Calls by service. Each was one HTTP request."""

    reads: float
    writes: float
    """Units as the engine counted them."""

    computed_reads: float
    computed_writes: float
    """Units by DynamoDB's published rules."""

    log: tuple[AwsCall, ...]


def count(world: World, operation: Operation) -> Count:
    """One invocation, warm; whatever is needed before it is not counted."""
    recorder = world.recorder
    recorder.preparing = True
    try:
        run = made_ready(world, operation)
    finally:
        recorder.preparing = False
    recorder.clear()
    done(run(), operation.status)
    assert recorder.sent == len(recorder.calls), "a call was repeated: count it again"
    return Count(
        {service: recorder.count(service) for service in SERVICES},
        recorder.read_units,
        recorder.write_units,
        recorder.computed_read_units,
        recorder.computed_write_units,
        tuple(recorder.calls),
    )
