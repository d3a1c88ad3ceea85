"""What is done among one subject, a thousand and a million; the desk among so many requests.

On DynamoDB Local, which keeps its tables in SQLite with real indexes: what grows with their size
would be seen in its answers. Everybody else is written directly, a standing each, and so are other
people's requests.
"""

from __future__ import annotations

import base64
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any

from chalicelib import ids, settings
from chalicelib.consents.model import Shown, new_standing
from chalicelib.notices import service as notices
from chalicelib.requests import store as requests
from chalicelib.storage import keys
from chalicelib.subjects import store
from chalicelib.subjects.model import Life
from tests.bench.counting import Count, count
from tests.bench.office import LIST, asked, listing
from tests.bench.operation import Operation
from tests.bench.operations import operation
from tests.bench.sweeping import GONE
from tests.bench.world import World, done

SIZES: tuple[int, ...] = (1, 1_000, 1_000_000)
CAPTURES = tuple(
    f"capture, visitor, {kind}, {purposes}"
    for purposes in (1, 8)
    for kind in ("first", "repeated", "withdrawal")
)
DEADLINES = "deadlines, nothing due"
REQUESTS: tuple[int, ...] = (100, 100_000)
SAMPLES = 100
FEW = 3
"""Samples of what takes long to prepare."""

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
    """An operation among so many subjects or requests: what it did, its median milliseconds."""

    count: Count
    milliseconds: float


def million(
    world: World, sizes: tuple[int, ...] = SIZES, samples: int = SAMPLES
) -> dict[str, dict[int, Grown]]:
    """What captures, the deadlines and a sweep do by operation and number of subjects.

    `world` is filled on the way.
    """
    measured = [operation(name) for name in (*CAPTURES, DEADLINES, GONE)]
    return _grown(world, measured, sizes, samples, fill, held=1)


def shelf(
    world: World, sizes: tuple[int, ...] = REQUESTS, samples: int = SAMPLES
) -> dict[str, dict[int, Grown]]:
    """What the desk's list and the deadlines do by operation and number of open requests.

    `world` is filled on the way; nothing is due in it.
    """
    listed = Operation(LIST, "desk_requests", listing, 200)
    return _grown(world, [listed, operation(DEADLINES)], sizes, samples, fill_shelf, held=0)


def _grown(
    world: World,
    measured: Sequence[Operation],
    sizes: tuple[int, ...],
    samples: int,
    fill: Callable[[World, int], None],
    held: int,
) -> dict[str, dict[int, Grown]]:
    found: dict[str, dict[int, Grown]] = {one.name: {} for one in measured}
    for size in sizes:
        fill(world, size - held)
        held = size
        for one in measured:
            found[one.name][size] = Grown(count(world, one), _median(world, one, samples))
    return found


def _median(world: World, measured: Operation, samples: int) -> float:
    taken = []
    for _ in range(min(samples, FEW) if measured.heavy else samples):
        run = measured.prepare(world)
        world.recorder.off = True
        started = time.perf_counter()
        done(run(), measured.status)
        taken.append(1000 * (time.perf_counter() - started))
        world.recorder.off = False
    return statistics.median(taken)


def fill(world: World, subjects: int) -> None:
    """Writes so many browsers that decided once, in the due index as they would be."""
    notice, now = notices.current(), datetime.now(UTC)
    shown = Shown(notice.version, notice.digest, "it", "banner")
    item = store.standing_item(new_standing("v" * 33, Life.ACTIVE, shown, now))
    item.schedule(store.LANE, now + timedelta(days=700), "last_decision", now)
    _copies(world, _Pattern(item.serialize(), store.LANE, "v"), subjects)


def fill_shelf(world: World, open_requests: int) -> None:
    """Writes so many open requests, each of somebody else: on the desk's shelf, and on the clock.

    They are copies of one, whose first date of the clock lies weeks ahead.
    """
    person, request = asked(world)
    item = requests.get_request(person.subject, request)
    assert item is not None
    # The one that they are copies of is one of them.
    _copies(world, _Pattern(item.serialize(), requests.DEADLINE_LANE), open_requests - 1)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """An item of which copies are written, each for a subject of its own in a lane."""

    item: Mapping[str, Any]
    lane: str
    prefix: str = ""
    """What the names of such subjects begin with."""

    def text(self) -> str:
        """The item as a request writes it, without the place and the lane that are its own."""
        stored = {**self.item, "pk": {"S": "THE-PK"}, "lane": {"S": "THE-LANE"}}
        raw = {
            name: {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value
            for name, value in stored.items()
        }
        return json.dumps({"PutRequest": {"Item": raw}})


def _copies(world: World, pattern: _Pattern, count: int) -> None:
    """Writes copies by plain requests.

    A client of botocore's would take a quarter of an hour to write a million.
    """
    shares = [count // _WRITERS + (one < count % _WRITERS) for one in range(_WRITERS)]
    endpoint = world.recorder.tables.meta.endpoint_url
    with ThreadPoolExecutor(_WRITERS) as writers:
        list(writers.map(lambda share: _write(endpoint, pattern, share), shares))


def _write(endpoint: str, pattern: _Pattern, count: int) -> None:
    connection, text = HTTPConnection(endpoint.removeprefix("http://")), pattern.text()
    for start in range(0, count, _BATCH):
        puts = ",".join(_put(pattern, text) for _ in range(start, min(start + _BATCH, count)))
        body = f'{{"RequestItems":{{"{settings.records_table()}":[{puts}]}}}}'
        connection.request("POST", "/", body, _HEADERS)
        answer = connection.getresponse()
        written = answer.read()
        assert answer.status == HTTPStatus.OK, written
    connection.close()


def _put(pattern: _Pattern, text: str) -> str:
    pk = keys.subject(pattern.prefix + ids.new_id())
    return text.replace("THE-PK", pk).replace("THE-LANE", keys.lane(pattern.lane, pk))
