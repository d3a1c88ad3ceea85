"""A capture as the first subject, the thousandth and the millionth.

On DynamoDB Local, which keeps its tables in SQLite with real indexes: what grows with their size
would be seen in its answers. Everybody else is written directly, a standing each.
"""

from __future__ import annotations

import base64
import json
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any

from chalicelib import ids, settings
from chalicelib.consents.model import Shown, new_standing
from chalicelib.notices import service as notices
from chalicelib.storage import keys
from chalicelib.subjects import store
from chalicelib.subjects.model import Life
from tests.bench.counting import Count, count
from tests.bench.operations import operation
from tests.bench.world import World, done

SIZES = (1, 1_000, 1_000_000)
CAPTURES = tuple(
    f"capture, visitor, {kind}, {purposes}"
    for purposes in (1, 8)
    for kind in ("first", "repeated", "withdrawal")
)
SAMPLES = 100
_WRITERS, _BATCH = 4, 25
_HEADERS = {
    "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
    "Content-Type": "application/x-amz-json-1.0",
    "Authorization": (
        "AWS4-HMAC-SHA256 Credential=test/20260101/eu-south-1/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=none"
    ),
}
"""What DynamoDB Local asks of a request: it checks no signature."""


@dataclass(frozen=True, slots=True)
class Grown:
    """One capture among so many subjects: what it did, and its median milliseconds."""

    count: Count
    milliseconds: float


def million(
    world: World, sizes: tuple[int, ...] = SIZES, samples: int = SAMPLES
) -> dict[str, dict[int, Grown]]:
    """What captures do by operation and number of subjects; `world` is filled on the way."""
    found: dict[str, dict[int, Grown]] = {name: {} for name in CAPTURES}
    held = 0
    for size in sizes:
        fill(world, size - 1 - held)
        held = size - 1
        for name, grown in found.items():
            one = operation(name)
            counted = count(world, one)
            grown[size] = Grown(counted, _median(world, one.prepare, samples))
    return found


def _median(world: World, prepare: Callable[[World], Callable[[], Any]], samples: int) -> float:
    taken = []
    for _ in range(samples):
        run = prepare(world)
        world.recorder.off = True
        started = time.perf_counter()
        done(run(), 201)
        taken.append(1000 * (time.perf_counter() - started))
        world.recorder.off = False
    return statistics.median(taken)


def fill(world: World, subjects: int) -> None:
    """Writes so many browsers that decided once, in the due index as they would be.

    By plain requests: a client of botocore's would take a quarter of an hour to write a million.
    """
    shares = [subjects // _WRITERS + (one < subjects % _WRITERS) for one in range(_WRITERS)]
    endpoint, pattern = world.recorder.tables.meta.endpoint_url, _pattern()
    with ThreadPoolExecutor(_WRITERS) as writers:
        list(writers.map(lambda share: _write(endpoint, pattern, share), shares))


def _write(endpoint: str, pattern: str, subjects: int) -> None:
    connection = HTTPConnection(endpoint.removeprefix("http://"))
    for start in range(0, subjects, _BATCH):
        puts = ",".join(_put(pattern) for _ in range(start, min(start + _BATCH, subjects)))
        body = f'{{"RequestItems":{{"{settings.records_table()}":[{puts}]}}}}'
        connection.request("POST", "/", body, _HEADERS)
        answer = connection.getresponse()
        written = answer.read()
        assert answer.status == HTTPStatus.OK, written
    connection.close()


def _put(pattern: str) -> str:
    pk = keys.subject("v" + ids.new_id())
    return pattern.replace("THE-PK", pk).replace("THE-LANE", keys.lane(store.LANE, pk))


def _pattern() -> str:
    """A standing as a request writes it, without the place and the lane that are its own."""
    notice, now = notices.current(), datetime.now(UTC)
    shown = Shown(notice.version, notice.digest, "it", "banner")
    item = store.standing_item(new_standing("v" * 33, Life.ACTIVE, shown, now))
    item.schedule(store.LANE, now + timedelta(days=700), "last_decision", now)
    stored: dict[str, Any] = item.serialize()
    stored |= {"pk": {"S": "THE-PK"}, "lane": {"S": "THE-LANE"}}
    for value in stored.values():
        if "B" in value:
            value["B"] = base64.b64encode(value["B"]).decode()
    return json.dumps({"PutRequest": {"Item": stored}})
