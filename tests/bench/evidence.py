"""What it costs to prove that data goes: the report on a month of hourly runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib import clock, settings
from chalicelib.chain import Head
from chalicelib.notices import service as notices
from chalicelib.retention.evidence import store
from chalicelib.retention.evidence.model import Line, Tally
from chalicelib.retention.evidence.report import Month, month_of
from chalicelib.retention.evidence.run import Met, following
from chalicelib.retention.evidence.store import HeadItem
from chalicelib.retention.model import Outcome
from chalicelib.storage import keys
from chalicelib.storage.item import Stored
from tests.bench.crowd import put, write
from tests.bench.desk import officer
from tests.bench.operation import Operation
from tests.bench.world import Run, World

REPORT = "desk: report of a month of retention"
RUNS, RULES = 744, 20
_HOUR = timedelta(hours=1)


def _month() -> Month:
    """The last month of 31 days that is over."""
    now, zone = clock.now(), notices.current().zone
    for days in range(31, 100):
        found = month_of(f"{now - timedelta(days=days):%Y-%m}", zone)
        if found.ends <= now and len(found.days()) * 24 == RUNS:
            return found
    raise AssertionError("no two months in a row are shorter")


def _did(number: int) -> Tally:
    """An hour in which each of twenty rules had something, as large as such counts are."""
    names = list(notices.current().retention)[:RULES]
    assert len(names) == RULES
    lines = {
        name: Line(
            {
                Outcome.ERASED: 1 + (number * 7 + place) % 400,
                Outcome.KEPT: 1 + (number + place) % 30,
            },
            keys=(number + place) % 10,
            oldest=(number * 331 + place * 97) % 7200,
            late={0: 1 + (number * 5 + place) % 99, 1: 1 + (number + place * 3) % 99},
        )
        for place, name in enumerate(names)
    }
    return Tally(notices.current().version, lines, took=1_000 + number)


def _items(begins: datetime) -> Iterator[Stored]:
    """The records of the month and the head of their chain."""
    head = Head()
    for number in range(RUNS):
        at = begins + number * _HOUR
        (run,) = following(head, [Met(_did(number), at)], at)
        head = Head(run.link, run.at)
        yield store.run_item(run)
    _, pk, sk = store.head_at()
    assert head.at is not None
    last = HeadItem(
        pk=pk, sk=sk, kind=store.RUN, seq=head.last.seq, hash=head.last.hash, at=head.at
    )
    last.schedule(
        store.LANE, begins + timedelta(days=3650), store.CREATED, begins, spread=keys.EVIDENCE
    )
    yield last


def _reporting(world: World) -> Run:
    """The chain of the month takes the place of what sweeps wrote here before."""
    month, tables = _month(), world.recorder.tables
    _forget(tables)
    put(tables, _items(month.begins))
    query = {"month": month.name}
    headers = officer(world).headers
    return world.http(
        "desk_reports", "GET", "/v1/desk/reports/retention", headers=headers, query=query
    )


def _forget(tables: Any) -> None:
    found: Mapping[str, Any] = tables.query(
        TableName=settings.records_table(),
        KeyConditionExpression="pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues={
            ":pk": {"S": keys.EVIDENCE},
            ":sk": {"S": keys.record("evidence", store.RUN)},
        },
        ProjectionExpression="pk, sk",
    )
    deletes = [{"DeleteRequest": {"Key": item}} for item in found["Items"]]
    write(tables, settings.records_table(), deletes)


OPERATIONS: tuple[Operation, ...] = (
    Operation(REPORT, "desk_reports", _reporting, 200, heavy=True),
)
"""What the desk asks of the evidence."""
