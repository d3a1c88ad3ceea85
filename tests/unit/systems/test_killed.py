"""A worker that dies before any call leaves nothing half done: what is repeated ends it once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.jobs import service as jobs
from chalicelib.requests.casework import Act
from chalicelib.requests.machine import Action
from chalicelib.requests.service import casework
from chalicelib.systems.model import Status, Upload
from tests.unit.core.samples import NOW
from tests.unit.storage.tables import Killed
from tests.unit.systems.world import ARCHIVE, DAY, PARTNER, RECORD, World, lines, sha256

DESK = "d" * 26
FILE = lines(RECORD, RECORD)
UPLOAD = Upload(len(FILE), sha256(FILE))
Job = Callable[[World, str], object]


def asked(world: World) -> str:
    """A copy for which one system has still to answer."""
    request = world.ask("copy")
    world.give(request, ARCHIVE, "nothing")
    world.steps.names.clear()
    return request


def answered(world: World, request: str) -> None:
    world.give(request, PARTNER, "data", records=(RECORD,))


def uploaded(world: World, request: str) -> None:
    given = world.give(request, PARTNER, "data", upload=UPLOAD)
    if given.place is not None:
        world.s3.put(given.place.url, FILE)
        world.give(request, PARTNER, "data", upload=UPLOAD)


def checked(world: World, request: str) -> None:
    uploaded(world, request)
    world.check()


def silent(world: World, request: str) -> None:
    del request
    world.now = max(world.now, NOW + 10 * DAY)
    world.watch()


@pytest.mark.parametrize(
    ("work", "events", "status"),
    [
        (answered, ["system_answered"] * 2, Status.DATA),
        (checked, ["system_answered"] * 2, Status.DATA),
        (silent, ["system_answered", "system_silent"], None),
    ],
)
def test_however_often_the_worker_dies_it_is_done_once(
    monkeypatch: pytest.MonkeyPatch, work: Job, events: list[str], status: Status | None
) -> None:
    world = World(monkeypatch)
    request = asked(world)
    deaths = 0
    for number in range(400):
        world.steps.kill_before(number)
        try:
            work(world, request)
        except Killed:
            world.steps.revive()
            deaths += 1
            continue
        world.steps.revive()
        break
    assert deaths >= 3
    assert world.events(request) == ["submit", *events]
    assert world.question(request, PARTNER).status is status
    item = world.item(request)
    assert item.waits_until is None
    assert item.waiting == (PARTNER if status is None else None)
    copies = [job for job in world.of_queue("fulfilment") if job.action == "copy"]
    assert len(copies) == 1


@pytest.mark.parametrize("work", [answered, checked, silent])
def test_a_death_at_any_one_call_is_made_good(work: Job) -> None:
    died = [_dies_at(number, work) for number in range(60)]
    assert died.index(False) > 3


def _dies_at(number: int, work: Job) -> bool:
    """Does it once with a death before that call, and once more; whether it came to that call."""
    with pytest.MonkeyPatch.context() as patch:
        world = World(patch)
        request = asked(world)
        world.steps.kill_before(number)
        died = False
        try:
            work(world, request)
        except Killed:
            died = True
        world.steps.revive()
        if died:
            work(world, request)
        assert world.item(request).waits_until is None
        assert [job.action for job in world.of_queue("fulfilment")].count("copy") == 1
    return died


@pytest.mark.parametrize("right", ["copy", "restrict"])
def test_asking_that_breaks_off_asks_all_or_nobody(right: str) -> None:
    died = [_asks(number, right) for number in range(20)]
    assert died.index(False) > 1


def _asks(number: int, right: str) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        world = World(patch)
        world.steps.kill_before(number)
        died = False
        try:
            world.ask(right)
        except Killed:
            died = True
        world.steps.revive()
        request = world.ask(right)
        assert sorted(one.recipient for one in world.callbacks()) == [PARTNER, ARCHIVE]
        assert len(world.stored()[0]) == 2
        assert world.item(request).waiting == f"{ARCHIVE} {PARTNER}"
    return died


def test_an_approval_that_breaks_off_asks_all_or_nobody() -> None:
    died = [_approves(number) for number in range(20)]
    assert died.index(False) > 1


def _approves(number: int) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        world = World(patch)
        request = world.ask("erase")
        world.steps.kill_before(number)
        died = False
        try:
            casework.act(DESK, request, Act(Action.APPROVE), world.notice)
        except Killed:
            died = True
        world.steps.revive()
        asked = 2 if "approve" in world.events(request) else 0
        assert len(world.callbacks()) == len(world.stored()[0]) == asked
        assert asked == 2 or died
    return died


def test_a_lost_message_is_sent_by_the_relay(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(monkeypatch)
    world.ask("copy")
    world.now += DAY
    relayed = jobs.resend_overdue(lambda created_at: created_at + 90 * DAY)
    assert relayed.sent == 3
    assert relayed.failed == 0
