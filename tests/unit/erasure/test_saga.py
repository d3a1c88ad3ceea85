"""The erasure that a person asked for: all of it, whatever breaks off or comes in between."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.accounts.store import ClaimItem, ProfileItem
from chalicelib.consents.model import Choice, Shown
from chalicelib.consents.service import capture
from chalicelib.consents.service.context import Caller
from chalicelib.decisions.permission import Question, permission
from chalicelib.errors import Problem
from chalicelib.jobs.store import JobItem
from chalicelib.notices.erasure import REQUESTED, plan
from chalicelib.requests import store as requests
from chalicelib.requests.machine import Status
from chalicelib.requests.service import view
from chalicelib.requests.service.access import Bearer
from chalicelib.requests.store import OpenRequestItem, ReplyItem
from chalicelib.sessions.role_store import role_item
from chalicelib.storage import keys
from chalicelib.storage.contention import Contended
from chalicelib.subjects import burial
from chalicelib.subjects.service import account_standing
from chalicelib.subjects.store import StandingItem, TombstoneItem
from tests.unit.core.samples import SUBJECT
from tests.unit.erasure.erased import MAC, PK, ErasedWorld
from tests.unit.receipts.kms import ARN
from tests.unit.storage.tables import Killed

DAY = timedelta(days=1)
STANDS = "core#standing#"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> ErasedWorld:
    found = ErasedWorld(monkeypatch)
    found.fill()
    return found


def after(world: ErasedWorld, request: str) -> None:
    """What holds when everything is done: all that goes is gone, all that stays is there."""
    left = world.left()
    kinds = {sk.split("#")[1] for sk in left}
    assert kinds == {"standing", "entry", "obligation", "request"}
    assert len([sk for sk in left if "#entry#" in sk]) == 2
    assert world.keys_left() == {"evidence"}
    assert not [key for bucket, key in world.s3.objects if bucket == "exports"]
    assert world.tables.all(ClaimItem) == []
    assert world.events(request).count("carry_out") == 1
    assert world.request(request).status is Status.COMPLETED
    stone = burial.tombstone_of(SUBJECT)
    assert stone is not None
    assert set(stone.stays) == {"entry", "obligation", "request"}
    assert world.tables.all(JobItem) == [] or {job.queue for job in world.tables.all(JobItem)} == {
        "propagation"
    }
    assert [job.queue for job in world.tables.all(JobItem)].count("propagation") == 1


def test_everything_goes_and_the_proof_stays(
    world: ErasedWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    request = world.approved()
    world.work_off()
    world.ses.taken.clear()
    world.finish()
    assert capsys.readouterr().out.count('"Erasures":1') == 1
    after(world, request)
    assert world.subjects() == ["Kaveripoint has erased your data"]
    assert [one["To"] for one in world.ses.taken] == ["ada@example.com"]
    assert world.tables.all(ReplyItem) == []


def test_the_log_says_what_goes_before_a_key_dies(world: ErasedWorld) -> None:
    request = world.approved()
    world.steps.names.clear()
    world.finish()
    names = world.steps.names
    assert names.index("s3.put") < names.index("remove keys")
    entry, closed = world.log()
    assert (entry["subject"], entry["request"]) == (SUBJECT, request)
    assert (entry["step"], closed["step"]) == ("begun", "closed")
    assert entry["classes"] == ["account", "core", "marketing", "support", "transaction"]
    assert entry["stays"] == [
        "disclosure",
        "entry",
        "erasure",
        "obligation",
        "request",
        "told",
        "transaction",
    ]
    assert {"profile", "session", "export"} <= set(entry["goes"])
    assert "ada" not in str(entry)


def test_killed_before_any_call_it_is_done_once(world: ErasedWorld) -> None:
    request = world.approved()
    world.work_off()
    world.ses.taken.clear()
    before, objects = world.copied(), dict(world.s3.objects)
    waiting, number, now = list(world.retention), 0, world.now
    while True:
        world.steps.kill_before(number)
        killed = world.carry_out() and world.retention != []
        world.steps.revive()
        world.finish()
        after(world, request)
        assert len(world.ses.taken) == 1
        if not killed:
            break
        world.tables.items.clear()
        world.tables.items.update({place: dict(raw) for place, raw in before.items()})
        world.s3.objects.clear()
        world.s3.objects.update(objects)
        world.retention[:], world.now = waiting, now
        world.ses.taken.clear()
        world.told.clear()
        number += 1
    assert number > 20


def test_killed_and_left_alone_the_sweep_has_it_go_on(world: ErasedWorld) -> None:
    request = world.approved()
    world.steps.kill_before(4)
    world.carry_out()
    world.steps.revive()
    standing = account_standing(SUBJECT)
    assert standing is not None
    assert standing.erasing
    world.retention.clear()
    for job in world.tables.all(JobItem):
        world.tables.items.pop((False, job.pk, job.sk))
    world.now += timedelta(hours=1)
    assert world.sweep() == {"done": 1, "postponed": 1}
    assert len(world.retention) == 1
    world.finish()
    assert world.request(request).status is Status.COMPLETED


def test_the_same_message_twice_does_nothing_twice(world: ErasedWorld) -> None:
    request = world.approved()
    world.retention *= 2
    world.finish()
    after(world, request)
    assert world.subjects().count("Kaveripoint has erased your data") == 1


@pytest.mark.parametrize("step", ["s3.put", "remove keys", "remove records", "page of links"])
def test_writes_of_every_kind_meet_an_erasure_that_has_begun(world: ErasedWorld, step: str) -> None:
    request, refused = world.approved(), list[str]()

    def write() -> None:
        shown = Shown(world.notice.version, world.notice.digest, "en", "preference_centre")
        caller = Caller(bearer=world.token)
        tries: dict[str, Callable[[], object]] = {
            "capture": lambda: capture.capture(
                caller, {"offers_email": Choice.DENIED}, shown, "late", world.notice
            ),
            "ask": lambda: world.ask("port"),
            "cancel": lambda: view.cancel(Bearer(SUBJECT), request, world.notice),
        }
        for name, once in tries.items():
            try:
                once()
            except (Problem, Contended):
                refused.append(name)

    world.steps.meanwhile[step] = [write]
    world.finish()
    assert refused == ["capture", "ask", "cancel"]
    after(world, request)


def test_what_came_in_all_the_same_is_found_and_removed(world: ErasedWorld) -> None:
    request = world.approved()
    late = ProfileItem(pk=PK, sk="account#profile#company", kind="profile")

    third: list[Callable[[], object]] = [dict, dict, lambda: world.tables.put(late)]
    world.steps.meanwhile["page of records"] = third
    world.carry_out()
    assert world.request(request).status is Status.IN_PROGRESS
    assert len(world.retention) == 1
    world.finish()
    after(world, request)


def test_other_open_requests_end_with_the_person(world: ErasedWorld) -> None:
    other = world.ask("port")
    request = world.approved()
    world.finish()
    assert world.request(other).status is Status.CANCELLED
    assert world.request(request).status is Status.COMPLETED
    assert world.tables.all(OpenRequestItem) == []


def test_cancelled_before_it_begins_nothing_is_erased(world: ErasedWorld) -> None:
    request = world.approved()
    before = world.left()
    view.cancel(Bearer(SUBJECT), request, world.notice)
    world.finish()
    assert world.request(request).status is Status.CANCELLED
    assert before - world.left() <= {"evidence#open_request#erase"} | {
        sk for sk in before if "#job#" in sk
    }
    assert world.log() == []


def test_a_member_of_the_desk_is_not_erased(world: ErasedWorld) -> None:
    request = world.approved()
    world.tables.put(role_item(SUBJECT, "desk"))
    world.finish()
    assert world.request(request).status is Status.IN_PROGRESS
    assert "account#profile#identity" in world.left()
    assert world.log() == []


def test_erased_twice_is_a_success(world: ErasedWorld) -> None:
    request = world.approved()
    world.finish()
    item = world.item(request)
    item.history, item.status = item.history[:-1], "in_progress"
    item.sealed_fields = requests.SEALED
    world.tables.put(item)
    job = JobItem(
        pk=PK,
        sk="core#job#erase",
        kind="job",
        queue="retention",
        action="erase",
        target=request,
        leased_until=world.now,
        created_at=world.now,
    )
    world.tables.put(job)
    world.retention.append(f'{{"subject": "{SUBJECT}", "job": "erase"}}')
    world.finish()
    assert world.request(request).status is Status.COMPLETED
    assert burial.tombstone_of(SUBJECT) is not None


def test_the_decision_point_says_erased(world: ErasedWorld) -> None:
    world.approved()
    world.finish()
    standing = account_standing(SUBJECT)
    assert standing is not None
    answer = permission(Question(SUBJECT, "support"), standing, world.notice, world.now)
    assert not answer.allowed
    assert "erased" in answer.reasons


def test_mail_that_never_leaves_takes_its_address_along(world: ErasedWorld) -> None:
    world.approved()
    world.work_off()
    world.ses.away = True
    world.carry_out()
    assert len(world.tables.all(ReplyItem)) == 1
    world.now += 7 * DAY
    world.sweep()
    assert world.tables.all(ReplyItem) == []
    world.ses.away = False
    world.ses.taken.clear()
    world.work_off()
    assert world.ses.taken == []


@pytest.mark.parametrize(
    "step",
    ["s3.put", "s3.list", "s3.delete", "page of records", "remove keys", "remove records"],
)
def test_a_service_that_is_away_for_a_while_puts_it_off(world: ErasedWorld, step: str) -> None:
    request = world.approved()
    world.work_off()
    world.ses.taken.clear()

    def away() -> None:
        raise OSError("away")

    world.steps.meanwhile[step] = [away, away]
    world.carry_out()
    assert world.request(request).status is Status.IN_PROGRESS
    world.steps.meanwhile[step] = []
    world.finish()
    after(world, request)
    assert len(world.ses.taken) == 1


def test_a_receipt_that_cannot_be_signed_yet_leaves_the_request_open(
    world: ErasedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = world.approved()
    monkeypatch.setenv("RISERBO_RECEIPT_KEY", "arn:aws:kms:eu-south-1:000000000000:key/none")
    world.carry_out()
    assert world.request(request).status is Status.IN_PROGRESS
    assert "core#standing#" in world.left()
    monkeypatch.setenv("RISERBO_RECEIPT_KEY", ARN)
    world.finish()
    after(world, request)
    assert world.item(request).receipt is not None


def test_a_damaged_profile_goes_like_any_other(world: ErasedWorld) -> None:
    request = world.approved()
    broken = ProfileItem(pk=PK, sk="account#profile#identity", kind="profile", sealed=b"x" * 40)
    world.tables.put(broken)
    world.finish()
    after(world, request)


class TestLater:
    def test_each_kind_ends_at_its_own_time_and_the_tombstone_with_the_last(
        self, world: ErasedWorld
    ) -> None:
        request = world.approved()

        def an_hour_passes() -> None:
            world.now += timedelta(hours=1)

        world.steps.meanwhile["remove keys"] = [an_hour_passes]
        world.finish()
        erased = burial.tombstone_of(SUBJECT)
        assert erased is not None
        ends = plan(world.notice, REQUESTED).stays["entry"].ends(erased.erased_at)
        assert ends is not None
        world.now = ends - timedelta(milliseconds=1)
        world.sweep()
        assert len([sk for sk in world.left() if "#entry#" in sk]) == 2
        world.now = ends
        world.sweep()
        assert not [sk for sk in world.left() if "#entry#" in sk or "#obligation#" in sk]
        assert world.item(request) is not None
        assert world.keys_left() == {"evidence"}
        world.now += timedelta(hours=1)
        world.sweep()
        world.sweep()
        assert {sk for sk in world.left() if "#job#" not in sk} == set()
        assert world.keys_left() == set()
        assert requests.subject_of(request) is None

    def test_killed_before_any_call_an_end_is_finished(self, world: ErasedWorld) -> None:
        world.approved()
        world.finish()
        stone = burial.tombstone_of(SUBJECT)
        assert stone is not None
        world.now = stone.due_at + 3 * DAY
        before, number = world.copied(), 0
        while True:
            world.tables.items.clear()
            world.tables.items.update({place: dict(raw) for place, raw in before.items()})
            world.steps.kill_before(number)
            killed = True
            with suppress(Killed):
                world.sweep()
                killed = False
            world.steps.revive()
            now = world.now
            for _ in range(4):
                world.sweep()
                world.now += DAY
            world.now = now
            assert {sk for sk in world.left() if "#job#" not in sk} == set()
            assert world.keys_left() == set()
            if not killed:
                break
            number += 1
        assert number > 16


@pytest.mark.parametrize("event", ["registered", "disowned", "last_decision"])
def test_the_sweep_erases_by_its_own_rule(world: ErasedWorld, event: str) -> None:
    item = world.tables.one(StandingItem, PK, STANDS)
    rule = world.notice.rule("standing", event)
    item.schedule("rule", rule.ends(world.now), event, world.now)
    world.tables.put(item)
    world.now = rule.ends(world.now) + DAY
    assert world.sweep()["erased"] == 1
    assert {sk for sk in world.left() if "#job#" not in sk} == set()
    assert world.keys_left() == set()
    assert world.tables.all(TombstoneItem) == []
    entry, closed = world.log()
    assert (entry["rule"], entry["request"], entry["stays"]) == (event, None, ["erasure"])
    assert closed["stays"] == {}


def test_who_leaves_nothing_is_not_looked_for_in_the_bucket(world: ErasedWorld) -> None:
    item = world.tables.one(StandingItem, PK, STANDS)
    item.disclosed = None
    item.schedule("rule", world.now, "disowned", world.now)
    world.tables.put(item)
    world.steps.names.clear()
    world.sweep()
    calls = [name for name in world.steps.names if name != "walk"]
    assert "s3.list" not in calls
    assert calls.count("s3.put") == 2
    assert sum(name.startswith("page of") for name in calls) == 8


def test_an_unused_account_leaves_its_proof(world: ErasedWorld) -> None:
    rule = world.notice.rule("standing", "last_activity")
    world.notice = replace(
        world.notice,
        retention={**world.notice.retention, rule.id: replace(rule, then="erase", warn=())},
    )
    item = world.tables.one(StandingItem, PK, STANDS)
    item.schedule("rule", rule.ends(item.last_activity_at), "last_activity", item.last_activity_at)
    world.tables.put(item)
    world.now = rule.ends(item.last_activity_at) + DAY
    assert world.sweep()["erased"] == 1
    assert {sk.split("#")[1] for sk in world.left() if "#job#" not in sk} == {
        "standing",
        "entry",
        "obligation",
    }
    assert world.keys_left() == {"evidence"}
    assert keys.claim(MAC) not in {pk for _, pk, _ in world.tables.items}
