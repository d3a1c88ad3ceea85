"""The schedule over weeks, on tables in memory: each thing once and in time, whatever breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.decisions.permission import Question, permission
from chalicelib.decisions.restriction import Ground, Restriction, lifted
from chalicelib.errors import NoticeTooOld
from chalicelib.jobs.service import new_job
from chalicelib.requests.clock.calendar import calendar_of
from chalicelib.requests.machine import Action, MoveNotAllowed, Told, advanced
from chalicelib.requests.service import deadlines, expiry, messages, transitions, view
from chalicelib.requests.service.mails import action_of
from chalicelib.requests.store import (
    OpenRequestItem,
    RequestItem,
    open_mark,
    register_place,
    request_of,
    subject_of,
)
from chalicelib.storage import keys, partition
from chalicelib.storage.item import Expiring, Item
from chalicelib.storage.lateness import Lateness
from chalicelib.storage.partition import Stored
from chalicelib.storage.turns import FIRST_PAUSE
from chalicelib.subjects.model import Limits, Standing
from chalicelib.subjects.service import account_standing, restrictions_of
from chalicelib.subjects.store import StandingItem, restriction_item, standing_item
from chalicelib.vault.store import DataKeyItem
from tests.unit.core.samples import NOW, SUBJECT, shipped, standing
from tests.unit.requests.test_agenda import morning
from tests.unit.requests.world import D, P, World
from tests.unit.storage.tables import Killed

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATE = NOW + 31 * DAY
"""The request of these tests is due on 22 December, a Tuesday."""


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    return World(monkeypatch)


def run(world: World) -> dict[str, int]:
    """One run of the schedule; the counts that are not zero."""
    told = deadlines.watch(world.notice, lambda: timedelta(minutes=5)).told()
    return {name: count for name, count in told.items() if count}


def asked(world: World, right: str = "erase", *purposes: str) -> str:
    """A request whose receipt was mailed."""
    request = world.ask(right, purposes=purposes)
    world.work_off()
    world.ses.taken.clear()
    return request


def pass_days(world: World, days: int, run_every: timedelta = HOUR * 6) -> Iterator[datetime]:
    """Lets days pass, with a run now and then, and all mails sent."""
    until = world.now + days * DAY
    while world.now < until:
        world.now += run_every
        run(world)
        world.work_off()
        yield world.now


def mails(world: World) -> list[tuple[str, str]]:
    """Who was written to, and what about, since the receipt."""
    return [(one["To"].partition("@")[0], str(one["Subject"])) for one in world.ses.taken]


def allowed(world: World, purpose: str) -> bool:
    """What the decision point says."""
    stands = account_standing(SUBJECT)
    assert isinstance(stands, Standing)
    if stands.restricted:
        stands = replace(stands, restrictions=restrictions_of(SUBJECT))
    return permission(Question(SUBJECT, purpose), stands, world.notice, world.now).allowed


def test_nothing_due_is_sixteen_queries(world: World) -> None:
    for right in ("erase", "port", "copy"):
        asked(world, right)
    world.steps.names.clear()
    assert run(world) == {}
    assert world.steps.names == ["walk"] * 16


def test_over_the_weeks_each_thing_is_told_once(world: World) -> None:
    request = asked(world)
    for _ in pass_days(world, 60):
        pass
    contact, person = world.notice.contact.partition("@")[0], "ada"
    late = f"{world.notice.site_name} is late with your request"
    assert mails(world)[:4] == [(contact, world.ses.taken[0]["Subject"])] * 4
    assert sorted(mails(world)[4:]) == sorted([(contact, mails(world)[0][1]), (person, late)])
    lefts = [world.text(number).partition("restano: ")[2].split(" ")[0] for number in range(4)]
    assert lefts == ["14", "7", "3", "1"]
    assert all(request in world.text(number) for number in range(6))
    assert world.events(request) == ["submit", "delay"]


def test_a_warning_names_the_request_and_nobody(world: World) -> None:
    asked(world)
    world.now = morning(21, 12)
    run(world)
    world.work_off()
    (mail,) = world.ses.taken
    assert mail["To"] == world.notice.contact
    assert SUBJECT not in world.text()
    assert "ada" not in world.text().lower().split()


def test_a_warning_is_dropped_where_the_answer_came_first(world: World) -> None:
    request = asked(world)
    world.now = morning(21, 12)
    assert run(world) == {"warn": 1}
    world.act(request, Action.REFUSE, D, "claims")
    world.work_off()
    assert [to for to, _ in mails(world)] == ["ada"]


def test_a_schedule_that_was_away_warns_once_of_what_is_left(world: World) -> None:
    asked(world)
    world.now = morning(20, 12)
    assert run(world) == {"warn": 1}
    assert run(world) == {}
    world.work_off()
    assert len(world.ses.taken) == 1


def test_a_delay_limits_what_the_request_is_about_and_nothing_else(world: World) -> None:
    asked(world, "object", "improvement")
    asked(world, "restrict", "research")
    asked(world, "erase")
    before = {purpose: allowed(world, purpose) for purpose in world.notice.purposes}
    world.now = LATE
    assert run(world)["delay"] == 3
    bases = {one.id: str(one.basis) for one in world.notice.purposes.values()}
    for purpose, was in before.items():
        if bases[purpose] in ("consent", "legitimate_interest"):
            assert not allowed(world, purpose)
        else:
            assert allowed(world, purpose) is was
    assert {one.ground for one in restrictions_of(SUBJECT) or ()} >= {Ground.DELAY}
    assert run(world) == {}


def test_an_answer_before_the_day_ends_is_in_time(world: World) -> None:
    request = asked(world)
    world.now = morning(23, 12) - timedelta(milliseconds=1)
    run(world)
    assert world.events(request) == ["submit"]
    world.now = morning(23, 12)
    assert run(world) == {"delay": 1}


def test_two_runs_at_once_do_it_once(world: World) -> None:
    request = asked(world)
    world.now = LATE
    world.steps.meanwhile["commit"] = [lambda: run(world)]
    assert run(world) == {}
    assert world.events(request) == ["submit", "delay"]
    world.work_off()
    assert len(world.ses.taken) == 2


def test_a_desk_that_acts_meanwhile_comes_first(world: World) -> None:
    request = asked(world)
    world.now = LATE
    world.steps.meanwhile["commit"] = [lambda: world.act(request, Action.REFUSE, D, "claims")]
    run(world)
    assert world.events(request) == ["submit", "refuse"]


@pytest.mark.parametrize("mailed", [True, False])
def test_a_clarification_without_an_answer_goes_on_after_thirty_days(
    world: World, mailed: bool
) -> None:
    request = asked(world, "copy")
    world.act(request, Action.PAUSE, D, "clarification")
    if mailed:
        world.work_off()
    world.now = morning(23, 12) - HOUR
    run(world)
    assert world.events(request)[-1] != "resume"
    world.now = morning(23, 12)
    assert run(world) == {"resume": 1}
    assert world.events(request)[-1] == "resume"
    assert run(world) == {}


def test_a_question_about_who_asks_waits_for_the_desk(world: World) -> None:
    request = asked(world)
    world.act(request, Action.PAUSE, D, "identity")
    world.work_off()
    for _ in pass_days(world, 80, DAY):
        pass
    assert world.events(request) == ["submit", "pause", "question_mailed"]
    messages.send(world.signed_in(), request, "It is me.", world.notice)
    assert world.item(request).answer_due_at == calendar_of(*world.notice.working_days).last_moment(
        (NOW + 30 * DAY + 80 * DAY).date()
    )


def unproven(world: World) -> str:
    """A request whose address is to be proven."""
    request = asked(world, "port")
    item = world.item(request)
    item.history = [
        item.history[0].replace("received submit", "awaiting_verification submit_by_address")
    ]
    item.status = "awaiting_verification"
    item.sealed_fields = frozenset({"details"})
    item.due_at = NOW + 3 * DAY
    world.tables.put(item)
    return request


def test_an_unproven_request_is_reminded_of_once_and_then_gone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = unproven(world)
    world.now = NOW + 3 * DAY
    assert run(world) == {"remind": 1}
    assert run(world) == {}
    world.work_off()
    assert [to for to, _ in mails(world)] == ["ada"]
    assert world.events(request) == ["submit_by_address", "remind"]
    world.now = NOW + 7 * DAY - HOUR
    assert run(world) == {}
    for item in [*world.tables.all(StandingItem)]:  # a contact has no account
        world.tables.items.pop((False, item.pk, item.sk))
    monkeypatch.setattr(partition, "read", lambda pk, tables: read(world, pk, tables))
    monkeypatch.setattr(partition, "keys_of", lambda pk: keys_of(world, pk))
    world.now = NOW + 7 * DAY
    assert run(world) == {"expire": 1}
    assert world.tables.items == {}


def test_an_unproven_request_of_an_account_leaves_the_account(world: World) -> None:
    """It has no mark: that of its right is of a request that is open."""
    request = unproven(world)
    world.tables.put(open_mark(SUBJECT, world.item(request).right, "another"))
    world.now = NOW + 7 * DAY
    assert run(world) == {"expire": 1}
    assert request not in {keys.record_id(one.sk) for one in world.tables.all(RequestItem)}
    assert [one.request for one in world.tables.all(OpenRequestItem)] == ["another"]
    assert account_standing(SUBJECT) is not None
    assert len(world.tables.all(DataKeyItem)) == 2


def test_a_proof_at_the_last_moment_counts(world: World) -> None:
    request = unproven(world)
    world.now = NOW + 7 * DAY
    world.steps.meanwhile["commit"] = [lambda: world.act(request, Action.PROVE, P)]
    run(world)
    assert world.events(request)[-1] == "prove"


def read(world: World, pk: str, tables: Sequence[type[Expiring]]) -> Iterator[Stored]:
    for (is_key, place, sk), raw in list(world.tables.items.items()):
        if place == pk and not is_key and Item in tables:
            yield Stored(pk, sk, raw["kind"]["S"], {}, None)


def earlier(world: World, request: str) -> None:
    """The request is as an earlier release left it: on no shelf, and in no register."""
    item = world.item(request)
    item.shelf = item.shelf_at = None
    world.tables.put(item)
    world.tables.items.pop((False, *register_place(request)))


@pytest.mark.parametrize("step", ["delay", "nothing"])
def test_the_desk_finds_one_of_an_earlier_release_once_it_was_looked_at(
    world: World, step: str
) -> None:
    request = asked(world, "object", "improvement")
    earlier(world, request)
    if step == "nothing":  # it stands where there is nothing to do
        item = world.item(request)
        item.due_at = NOW + HOUR
        world.tables.put(item)
        world.now += 2 * HOUR
    else:
        world.now = LATE
    assert subject_of(request) is None
    found = run(world)
    assert found == ({"delay": 1} if step == "delay" else {})
    assert subject_of(request) == SUBJECT
    item = world.item(request)
    assert (item.shelf, item.shelf_at) == (keys.OPEN_SHELF, item.answer_due_at)


@pytest.mark.parametrize("act", ["look", "look when closed", "message", "cancel", "close"])
def test_an_act_registers_one_of_an_earlier_release(world: World, act: str) -> None:
    request = asked(world)
    if act == "look when closed":
        view.cancel(world.signed_in(), request, world.notice)
    earlier(world, request)
    if act.startswith("look"):
        view.get(world.signed_in(), request, world.notice)
        world.steps.names.clear()
        view.get(world.signed_in(), request, world.notice)
        assert "commit" not in world.steps.names
    elif act == "message":
        messages.send(world.signed_in(), request, "Hello.", world.notice)
    elif act == "cancel":
        view.cancel(world.signed_in(), request, world.notice)
    else:
        write: Any = world.tables.transaction(world.notice)
        item = world.item(request)
        entries = advanced(request_of(item).history, Action.COMPLETE, D, world.now)[-1:]
        transitions.record(write, item, entries, world.notice, world.now)
        write.commit()
    assert subject_of(request) == SUBJECT
    assert world.item(request).shelf is not None


def keys_of(world: World, pk: str) -> list[str]:
    return [sk for is_key, place, sk in world.tables.items if is_key and place == pk]


def test_a_restriction_ends_seven_days_after_its_person_was_told(world: World) -> None:
    own = Restriction("q" * 26, Ground.ACCURACY, NOW, frozenset({"improvement"}))
    world.tables.put(
        standing_item(standing(limits=Limits(restricted=1))),
        restriction_item(SUBJECT, [lifted(own, NOW)], NOW),
    )
    assert not allowed(world, "improvement")
    world.now = NOW + 7 * DAY - HOUR
    assert run(world) == {}
    world.now = NOW + 7 * DAY
    assert run(world) == {"lifted": 1}
    assert run(world) == {}
    assert not restrictions_of(SUBJECT)


def test_a_broken_request_stops_no_other(world: World) -> None:
    broken, other = asked(world, "erase"), asked(world, "port")
    item = world.item(broken)
    before = item.due_at
    assert before is not None
    item.history = ["nonsense"]
    item.sealed_fields = frozenset({"details"})
    world.tables.put(item)
    world.now = LATE
    told = run(world)
    assert (told["delay"], told["failed"]) == (1, 1)
    assert world.events(other)[-1] == "delay"
    assert world.item(broken).late == Lateness(LATE + FIRST_PAUSE, before, 1)
    assert told["lag_seconds"] == int((LATE - before).total_seconds())


def test_a_foreign_item_of_the_lane_is_set_back(world: World) -> None:
    job = new_job(SUBJECT, "mail", action_of(Told.RECEIPT), "q", NOW)
    job.schedule("deadline", NOW, "created", NOW)
    world.tables.put(job)
    assert run(world)["failed"] == 1
    assert run(world) == {}


def test_time_that_is_over_leaves_the_rest(world: World) -> None:
    for right in ("erase", "port", "review"):
        asked(world, right)
    world.now = LATE
    times = iter([timedelta(minutes=5)] * 2 + [timedelta(0)] * 9)
    told = deadlines.watch(world.notice, lambda: next(times)).told()
    assert told["left"] == 3 - told["delay"]
    assert told["lag_seconds"] > 0


def test_an_older_notice_sets_all_back_and_loses_nothing(world: World) -> None:
    request = asked(world)
    world.now = LATE
    document = dict(shipped().completed)
    document["requests"] = {k: v for k, v in document["requests"].items() if k != "calendar"}
    world.notice = replace(shipped(), completed=document)
    assert run(world)["failed"] == 1
    with pytest.raises(NoticeTooOld):
        assert world.notice.working_days
    world.notice = shipped()
    world.now += FIRST_PAUSE
    assert run(world) == {"delay": 1}
    assert world.events(request)[-1] == "delay"


@pytest.mark.parametrize("what", ["delay", "warn", "resume"])
def test_a_crash_at_any_step_leaves_each_thing_once(world: World, what: str) -> None:
    request = asked(world, "copy")
    world.now = LATE if what == "delay" else morning(21, 12)
    if what == "resume":
        world.now = NOW
        world.act(request, Action.PAUSE, D, "clarification")
        world.work_off()
        world.ses.taken.clear()
        world.now = morning(23, 12)
    before = dict(world.tables.items)
    world.steps.names.clear()
    assert run(world) == {what: 1}
    steps = len(world.steps.names)
    for number in range(steps):
        world.tables.items, world.sqs.bodies = dict(before), []
        world.ses.taken.clear()
        at = world.now
        world.steps.kill_before(number)
        with pytest.raises(Killed):
            run(world)
        world.steps.revive()
        run(world)
        world.work_off()
        expected = {"delay": 2, "warn": 1, "resume": 0}[what]
        assert len(world.ses.taken) == expected, number
        assert world.events(request).count("delay") == (what == "delay")
        assert world.events(request).count("resume") == (what == "resume")
        world.now = at


def test_removing_takes_no_proven_request(world: World) -> None:
    item = world.item(asked(world))
    write: Any = world.tables.transaction(world.notice)
    with pytest.raises(MoveNotAllowed):
        expiry.remove(write, item, world.now)
