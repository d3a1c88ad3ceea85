"""A sweep among very many that are due, and among what cannot be handled, by the deployed function.

The records are laid into the table as they are, since only their number matters here.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib import ids
from chalicelib.instants import instant
from chalicelib.storage import keys, lateness
from tests.functions import people, tables
from tests.functions.api import Api
from tests.functions.stack import DeployedStack
from tests.functions.tables import Item
from tests.functions.test_retention import DAY, decide, is_gone, subject_of, sweep

MANY = 1_200
RECIPIENT = "nobody_in_particular"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


def due(pk: str, sk: str, kind: str, event: str, lane: str, **fields: str) -> Item:
    """An item that was due an hour ago, with no more than the index needs."""
    ended = instant(datetime.now(UTC) - timedelta(hours=1))
    written = {
        "pk": pk,
        "sk": sk,
        "kind": kind,
        "lane": lane,
        "due_at": ended,
        "due_event": event,
        "due_since": "2001-01-01T00:00:00.000Z",
        **fields,
    }
    return {name: {"S": value} for name, value in written.items()}


def delivery(number: int) -> Item:
    """What a recipient was told, which goes by itself."""
    message = f"msg_{number:05d}"
    sk = keys.record("core", "delivery", f"delivered#{message}")
    # Three shards are enough to have more than a page in each.
    lane = keys.shards("rule")[number % 3]
    return due(keys.recipient(RECIPIENT), sk, "delivery", "created", lane)


def unmanageable(lane: str, number: int) -> Item:
    """A standing without anything in it, or what is not even an entry of the index."""
    pk, sk = keys.subject(ids.new_id()), keys.record("core", "standing")
    item = due(pk, sk, "standing", "registered", lane, decisions="none")
    if number % 2:
        del item["due_since"]
    return item


def lying(stack: DeployedStack) -> int:
    """How many of the many are still there."""
    return sum(
        item["pk"]["S"] == keys.recipient(RECIPIENT) for item in tables.scan(stack, "RecordsTable")
    )


def test_what_cannot_be_handled_keeps_nothing_behind_it_waiting(
    right_clock: DeployedStack, api: Api
) -> None:
    visitor = subject_of(decide(api, people.new_visitor()))
    lane = keys.lane("rule", keys.subject(visitor))
    broken = [unmanageable(lane, number) for number in range(60)]
    tables.put_all(right_clock, broken)
    try:
        right_clock.move_clock(735 * DAY)
        swept = sweep(right_clock)
        assert is_gone(right_clock, visitor)
        assert (swept["failed"], swept["left"]) == (60, 0)
        ended = {item["pk"]["S"]: item["due_at"]["S"] for item in broken}
        for item in broken:
            (found,) = tables.in_partition(right_clock, item["pk"]["S"], "RecordsTable")
            late = lateness.read(found["late"]["S"])
            assert instant(late.until) == found["due_at"]["S"] > ended[item["pk"]["S"]]
            assert (instant(late.first), late.tries) == (ended[item["pk"]["S"]], 1)
        assert sweep(right_clock)["failed"] == 0, "they rest"
        right_clock.move_clock(735 * DAY + 3600)
        assert sweep(right_clock)["failed"] == 60
    finally:
        for item in broken:
            tables.remove(right_clock, item, "RecordsTable")


def test_more_goes_in_a_run_than_a_page_of_each_shard(stack: DeployedStack) -> None:
    sweep(stack)  # what other tests left behind
    tables.put_all(stack, [delivery(number) for number in range(MANY)])
    swept = sweep(stack)
    assert swept["handed"] >= swept["erased"] >= MANY
    assert (swept["failed"], swept["left"], swept["lag_seconds"]) == (0, 0, 0)
    assert lying(stack) == 0
