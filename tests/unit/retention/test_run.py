"""How a run of the schedule finds what is due and hands it over, on tables in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from chalicelib import instants, logs
from chalicelib.requests.store import ExportItem
from chalicelib.retention import message, sweep
from chalicelib.retention.evidence.store import TallyItem
from chalicelib.retention.message import SIZE, NotABatch, Places
from chalicelib.retention.model import LEFT, NEXT_TRY, OLDEST_DUE, TRIES, Outcome
from chalicelib.retention.sweep import SENT
from chalicelib.storage import clients, keys
from chalicelib.storage.lateness import Lateness
from chalicelib.webhooks.store import DeliveryItem
from tests.unit.core.samples import NOW
from tests.unit.retention.sweeping import five_minutes
from tests.unit.retention.world import HOUR, World
from tests.unit.storage.tables import Killed


class Queue:
    """SQS: what was handed over, what it does not take, and when it answers nothing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bodies: list[str] = []
        self.sends: list[int] = []
        self.refused: set[int] = set()
        self.down = False
        monkeypatch.setattr(clients, "sqs", lambda: self)
        monkeypatch.setenv("RISERBO_RETENTION_QUEUE_URL", "https://sqs.example/retention")

    def send_message_batch(self, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803
        """Takes up to ten messages."""
        assert QueueUrl == "https://sqs.example/retention"
        assert 0 < len(Entries) <= SENT
        assert len(json.dumps(Entries)) < 256 * 1024
        if self.down:
            raise EndpointConnectionError(endpoint_url=QueueUrl)
        self.sends.append(len(Entries))
        failed: list[Any] = []
        for entry in Entries:
            if len(self.bodies) + len(failed) in self.refused:
                failed.append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": False})
            else:
                self.bodies.append(entry["MessageBody"])
        return {"Failed": failed} if failed else {}

    @property
    def places(self) -> list[tuple[str, str]]:
        """All that was handed over, in its order."""
        return [place for body in self.bodies for place in message.read(body) or ()]


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    return Queue(monkeypatch)


def run(remaining: Callable[[], timedelta] = five_minutes) -> dict[str, int]:
    """One run that hands over to the queue."""
    return sweep.sweep(remaining, lambda _: None).told()


def steps_of(count: int) -> Callable[[], timedelta]:
    """A clock by which the time to work is over after so many looks at it, the first apart."""

    def looks() -> Iterator[timedelta]:
        for _ in range(count + 1):
            yield five_minutes()
        while True:
            yield five_minutes() / 5

    looked = looks()
    return lambda: next(looked)


def test_nothing_due_costs_one_query_a_shard(world: World, queue: Queue) -> None:
    assert not any(run().values())
    assert world.tables.steps.names == ["walk"] * keys.LANES
    assert queue.sends == []


def test_what_is_not_due_yet_waits(world: World, queue: Queue) -> None:
    world.deliveries(3, 0, -HOUR)
    assert not any(run().values())
    assert queue.bodies == []


def test_a_thousand_cost_a_query_a_shard_and_four_sends(world: World, queue: Queue) -> None:
    for shard in range(keys.LANES):
        world.deliveries(63, shard)
    assert run() == {"handed": 1_008, "left": 0, "closed": 0, "lag_seconds": 0}
    assert world.tables.steps.names == ["walk"] * keys.LANES
    assert queue.sends == [10, 10, 10, 10, 1]
    assert max(len(message.read(body) or ()) for body in queue.bodies) == SIZE
    assert len(set(queue.places)) == 1_008


def test_the_oldest_go_first_over_all_shards_and_pages(
    world: World, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "PAGE", 7)
    world.deliveries(40, 3, 5 * HOUR)
    world.deliveries(40, 0, 5 * HOUR)
    world.deliveries(5, 9, 50 * HOUR)
    run()
    dates = [world.tables.items[False, *place]["due_at"]["S"] for place in queue.places]
    assert len(dates) == 85
    assert dates == sorted(dates)


def test_when_the_time_is_over_it_says_what_is_left(
    world: World, queue: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    world.deliveries(700, 3)
    world.deliveries(10, 7, 3 * HOUR)
    told = run(steps_of(3))
    assert told == {"handed": 3, "left": 707, "closed": 0, "lag_seconds": 3 * 3600 - 1}
    assert len(queue.places) == 3
    oldest, left = map(json.loads, capsys.readouterr().out.splitlines())
    assert (oldest["event"], oldest["count"], oldest[OLDEST_DUE]) == (
        "retention.swept",
        3,
        3 * 3600 - 1,
    )
    assert (left["event"], left[LEFT], left["remaining"]) == ("retention.left", 707, 707)
    for line, name, unit in ((oldest, OLDEST_DUE, "Seconds"), (left, LEFT, "Count")):
        (counted,) = line["_aws"]["CloudWatchMetrics"]
        assert counted["Namespace"] == logs.NAMESPACE
        assert counted["Metrics"] == [{"Name": name, "Unit": unit}]
        assert counted["Dimensions"] == [["Stage"]]


def test_a_run_works_for_four_minutes_however_long_it_may(world: World, queue: Queue) -> None:
    world.deliveries(60, 3)
    left = iter([10 * HOUR, 10 * HOUR, 10 * HOUR - timedelta(minutes=4)])
    assert run(lambda: next(left))["handed"] == 1
    assert len(queue.places) == 1


def test_with_no_time_at_all_everything_is_left(world: World, queue: Queue) -> None:
    world.deliveries(60, 3)
    told = run(lambda: timedelta(0))
    assert (told["handed"], told["left"], queue.bodies) == (0, 60, [])


def test_a_run_hands_over_so_many_and_leaves_the_rest(
    world: World, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "MOST", 130)
    world.deliveries(200, 3)
    told = run()
    assert (told["handed"], told["left"]) == (130, 70)
    assert queue.sends == [6]


def test_what_the_queue_does_not_take_is_left(world: World, queue: Queue) -> None:
    world.deliveries(100, 3, 2 * HOUR)
    queue.refused = {1, 3}
    told = run()
    assert (told["handed"], told["left"]) == (50, 50)
    assert told["lag_seconds"] == 2 * 3600 - 1, "the first of the second batch"
    queue.refused.clear()
    assert run()["handed"] == 100, "nothing is remembered: all that is due is found again"


def test_a_queue_that_does_not_answer_takes_nothing(
    world: World, queue: Queue, capsys: pytest.CaptureFixture[str]
) -> None:
    world.deliveries(300, 3)
    queue.down = True
    told = run()
    assert (told["handed"], told["left"]) == (0, 300)
    assert "retention.not_sent" in capsys.readouterr().out


def test_a_refusal_of_all_of_it_is_a_number_too(
    world: World, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "SendMessageBatch")

    monkeypatch.setattr(queue, "send_message_batch", refuse)
    world.deliveries(1, 3)
    assert run()["left"] == 1


@pytest.mark.parametrize("step", range(18))
def test_a_run_that_is_killed_loses_nothing(world: World, queue: Queue, step: int) -> None:
    for shard in (0, 5, 9):
        world.deliveries(120, shard)
    world.tables.steps.kill_before(step)
    with suppress(Killed):
        run()
    world.tables.steps.revive()
    run()
    did = [world.work(message.read(body) or ()) for body in [*queue.bodies, *queue.bodies]]
    assert world.left(DeliveryItem) == []
    assert sum(one.count(Outcome.ERASED) for one in did) == 360


def test_two_runs_at_once_end_everything_once(world: World, queue: Queue) -> None:
    world.deliveries(60, 3)
    run()
    run()
    assert len(queue.places) == 120
    did = [world.work(message.read(body) or ()) for body in queue.bodies]
    assert world.left(DeliveryItem) == []
    assert sum(one.count(Outcome.ERASED) for one in did) == 60


def test_tallies_are_closed_and_not_handed_over(world: World, queue: Queue) -> None:
    world.message(world.deliveries(3, 3))
    (tally,) = world.left(TallyItem)
    closed: list[Places] = []
    told = sweep.sweep(five_minutes, closed.append).told()
    assert told == {"handed": 0, "left": 0, "closed": 1, "lag_seconds": 0}
    assert closed == [[(tally.pk, tally.sk)]]
    assert queue.bodies == []


def test_what_cannot_be_handled_keeps_nothing_waiting(world: World) -> None:
    world.failing = True
    world.exports(60, 3)
    world.deliveries(1, 3)
    swept = world.sweep()
    assert (swept.done, swept.failed, swept.run.left) == (1, 60, 0)
    assert world.left(DeliveryItem) == []
    late = Lateness(NOW + NEXT_TRY, NOW - 2 * HOUR, 1)
    for item in world.left(ExportItem):
        assert (item.due_at, item.late, item.ends_at) == (late.until, late, late.first)


def test_it_is_tried_five_times_then_daily_and_then_goes(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.failing = True
    world.exports(1, 3)
    tried, stuck = [], []
    for hour in range(90):
        world.now = NOW + hour * HOUR
        swept = world.sweep()
        if swept.failed:
            tried.append(hour)
            stuck.append(str(next(iter(*[one.outcomes for one in swept.did.lines.values()]))))
    # It begins at 16:00; what is set aside is looked at by the runs of 03:00.
    assert tried == [0, 1, 2, 3, 4, 35, 59, 83]
    assert stuck == ["failed"] * 4 + ["stuck"] * 4
    (item,) = world.left(ExportItem)
    assert (item.late.tries, item.ends_at, item.lane) == (8, NOW - 2 * HOUR, "stuck#03")
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counted = [line for line in lines if line["event"] == "retention.set_aside"]
    assert [(one["kind"], one["rule"], one["Stage"]) for one in counted] == [
        ("export", "export_created", "dev")
    ] * 4
    assert counted[0]["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [
        ["Stage"],
        ["Stage", "kind", "rule"],
    ]
    ages = [line[OLDEST_DUE] for line in lines if line["event"] == "retention.waits"]
    assert ages == [(hour + 2) * 3600 for hour in tried]
    world.failing = False
    world.now = NOW + 107 * HOUR
    assert world.sweep().erased == 1
    assert world.left(ExportItem) == []


def test_what_was_set_aside_and_has_to_stay_is_in_its_lane_again(world: World) -> None:
    (place,) = world.exports(1, 3, since=NOW - 2 * HOUR)
    item = world.tables.one(ExportItem, *place)
    item.lane = "stuck#03"
    world.tables.put(item)
    assert world.sweep().done == 0
    world.now = NOW.replace(hour=3) + 24 * HOUR
    assert world.sweep().postponed == 1
    (kept,) = world.left(ExportItem)
    assert kept.lane == "rule#03"
    assert kept.due_at == world.notice.rule("export", "created").ends(NOW - 2 * HOUR)


def test_an_entry_that_cannot_be_read_is_set_back_too(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.exports(2, 3)
    one, other = sorted(world.tables.items)
    del world.tables.items[one]["due_since"]
    world.tables.items[other]["due_at"] = {"S": "2026"}
    world.deliveries(1, 3)
    swept = world.sweep()
    assert (swept.done, swept.failed) == (1, 2)
    assert {raw["due_at"]["S"] for raw in world.tables.items.values()} == {
        instants.instant(NOW + NEXT_TRY)
    }
    assert "NotReadable" in capsys.readouterr().out
    for hour in range(1, TRIES):
        world.now = NOW + hour * HOUR
        world.sweep()
    assert {raw["lane"]["S"] for raw in world.tables.items.values()} == {"stuck#03"}


HOSTILE: Sequence[str] = (
    '{"places":[]}',
    '{"places":{}}',
    '{"places":null}',
    '{"places":[["a"]]}',
    '{"places":[["a","b","c"]]}',
    '{"places":[["a",1]]}',
    '{"places":[["a",""]]}',
    '{"places":["ab"]}',
    '{"places":[["a","b"]],"more":1}',
    json.dumps({"places": [["a", "b"]] * (SIZE + 1)}),
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_batch_that_nobody_wrote_so_is_refused(text: str) -> None:
    with pytest.raises(NotABatch):
        message.read(text)


@pytest.mark.parametrize("text", ["", "[", "[]", "7", '{"subject":"s","job":"j"}', "[" * 100_000])
def test_a_message_of_another_form_is_no_batch(text: str) -> None:
    assert message.read(text) is None


def test_a_message_is_keys_and_nothing_else(world: World) -> None:
    places = world.deliveries(2, 3)
    assert json.loads(message.written(places)) == {"places": [list(one) for one in places]}
    assert message.read(message.written(places)) == places
