"""A version that waits is called back: nothing of it comes, and whoever was told is told that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.errors import Conflict, NotFound, Problem
from chalicelib.jobs.rounds.model import Status as Stands
from chalicelib.notices import service as notices
from chalicelib.notices import store as notices_store
from chalicelib.publications import store
from chalicelib.publications.model import Status
from chalicelib.publications.service.announcement import ANNOUNCE
from chalicelib.publications.service.publication import publish
from chalicelib.publications.service.recall import RECALL
from chalicelib.publications.service.withdrawal import withdraw
from chalicelib.publications.store import ObligationItem, obligation_at
from chalicelib.subjects.model import Decision, Life
from tests.unit.core.samples import DISOWNED, NOW
from tests.unit.core.test_publication import LONGER, WIDER
from tests.unit.publications.world import AHEAD, FIRST, SECOND, World, later_version

STAFF = "b" * 26
YES = {"newsletter": Decision.GRANTED}


def refused(version: str = SECOND) -> Problem:
    """How a withdrawal is refused."""
    with pytest.raises(Problem) as raised:
        withdraw(version, STAFF)
    return raised.value


def status(world: World, subject: str) -> Status | None:
    """How far it has come with telling somebody."""
    found = world.obligation(subject)
    return None if found is None else found.status


def test_nothing_waits_any_more_and_the_version_stays_readable(world: World) -> None:
    world.publish(later_version(LONGER))
    assert withdraw(SECOND, STAFF).version == SECOND
    pointer = notices_store.get_pointer()
    assert pointer is not None
    assert (pointer.current, pointer.next, pointer.next_at, pointer.next_shown) == (
        FIRST,
        None,
        None,
        None,
    )
    assert notices.is_withdrawn(SECOND)
    assert notices.version(SECOND).version == SECOND
    assert notices.announced() is None
    world.now += AHEAD + timedelta(days=1)
    world.restart()
    assert notices.current().version == FIRST
    status_told = notices.status(SECOND, NOW + AHEAD, withdrawn=True)
    assert status_told == "withdrawn"


def test_withdrawing_again_changes_nothing(world: World) -> None:
    world.publish(later_version(LONGER))
    withdraw(SECOND, STAFF)
    before = dict(world.tables.items)
    withdraw(SECOND, STAFF)
    assert world.tables.items == before


def test_only_what_was_published_is_withdrawn(world: World) -> None:
    with pytest.raises(NotFound):
        withdraw("2031-01-01", STAFF)
    assert (refused(FIRST).status, refused(FIRST).type) == (409, "too-late")


@pytest.mark.parametrize(
    ("before", "late"),
    [(timedelta(minutes=5), False), (timedelta(minutes=4, seconds=59), True)],
)
def test_it_works_until_every_process_can_still_know(
    world: World, before: timedelta, late: bool
) -> None:
    world.publish(later_version(LONGER))
    world.now = NOW + AHEAD - before
    if late:
        assert refused().type == "too-late"
        assert not notices.is_withdrawn(SECOND)
    else:
        withdraw(SECOND, STAFF)


def test_what_took_effect_stays(world: World) -> None:
    world.publish(later_version(LONGER))
    world.now = NOW + AHEAD + timedelta(seconds=1)
    assert refused().type == "too-late"
    world.restart()
    assert notices.current().version == SECOND


def test_a_process_that_read_the_pointer_before_does_not_act_on_it(world: World) -> None:
    world.publish(later_version(LONGER))
    world.now = NOW + AHEAD - timedelta(minutes=5)
    world.restart()
    assert notices.waiting() == SECOND  # read, and trusted for a minute
    kept = notices._memory
    world.restart()
    withdraw(SECOND, STAFF)
    notices._memory = kept
    for _ in range(12):
        world.now += timedelta(seconds=29)
        assert notices.current().version == FIRST


class TestWhoWasTold:
    def test_gets_one_mail_and_nobody_else_does(self, world: World) -> None:
        told = [world.person(number, YES) for number in range(5)]
        world.publish(later_version(WIDER))
        world.work_off()
        assert world.mails().total() == 5
        quiet = world.person(11)  # came when everybody had been told, and never agreed
        world.ses.accepted.clear()
        withdraw(SECOND, STAFF)
        world.work_off()
        assert world.mails() == dict.fromkeys(told, 1)
        assert {status(world, one) for one in told} == {Status.WITHDRAWN}
        assert world.obligation(quiet) is None
        found = world.round(action=RECALL)
        assert found is not None
        assert (found.status, found.totals["sent"]) == (Stands.COMPLETE, 5)

    def test_before_any_mail_nobody_is_written_to(self, world: World) -> None:
        people = [world.person(number) for number in range(3)]
        world.publish(later_version(LONGER))
        withdraw(SECOND, STAFF)
        world.work_off()
        assert world.mails() == {}
        assert [world.obligation(one) for one in people] == [None] * 3
        stopped = world.round(action=ANNOUNCE)
        assert stopped is not None
        assert stopped.status is Stands.STOPPED

    @pytest.mark.parametrize(
        ("stands", "changed", "mails"),
        [
            (Status.DUE, {}, 0),
            (Status.DUE, {"tries": 1, "tried_at": NOW - timedelta(hours=1)}, 1),
            (Status.BOUNCED, {"bounced_at": NOW}, 0),
            (Status.SENT, {"sent_at": NOW, "tries": 1}, 1),
            (Status.SEEN, {"seen_at": NOW}, 1),
            (Status.SEEN, {"sent_at": NOW, "seen_at": NOW, "tries": 2}, 1),
        ],
    )
    def test_is_who_learned_of_it_or_may_have(
        self, world: World, stands: Status, changed: dict[str, object], mails: int
    ) -> None:
        subject = world.person(1)
        world.publish(later_version(LONGER))
        item = store.new_obligation(subject, SECOND, (), NOW + AHEAD, NOW)
        item.status = str(stands)
        for name, value in changed.items():
            setattr(item, name, value)
        world.tables.put(item)
        withdraw(SECOND, STAFF)
        world.work_off()
        assert world.mails().total() == mails
        assert status(world, subject) is Status.WITHDRAWN

    def test_whose_mail_is_on_its_way_is_waited_for(self, world: World) -> None:
        subject = world.person(1)
        world.publish(later_version(LONGER))
        item = store.new_obligation(subject, SECOND, (), NOW + AHEAD, NOW)
        item.tries, item.tried_at = 1, NOW
        world.tables.put(item)
        withdraw(SECOND, STAFF)
        while world.deliver():
            pass
        assert status(world, subject) is Status.DUE
        sending = world.obligation(subject)
        assert sending is not None
        store.mark_sent(sending, world.now)  # the worker got its answer
        world.work_off()
        assert world.mails() == {subject: 1}
        assert status(world, subject) is Status.WITHDRAWN

    def test_mail_that_may_not_be_sent_is_not_sent(self, world: World) -> None:
        subject = world.person(1)
        world.publish(later_version(LONGER))
        world.work_off()
        world.ses.accepted.clear()
        world.ses.answers.append("InvalidParameterValue")
        withdraw(SECOND, STAFF)
        world.work_off()
        assert world.mails() == {}
        assert status(world, subject) is Status.WITHDRAWN

    def test_disowned_accounts_are_left_alone(self, world: World) -> None:
        world.person(1)
        world.person(2, life=Life.PENDING, limits=DISOWNED)
        world.publish(later_version(LONGER))
        world.work_off()
        world.ses.accepted.clear()
        withdraw(SECOND, STAFF)
        world.work_off()
        assert world.mails().total() == 1

    def test_what_they_say_later_changes_nothing(self, world: World) -> None:
        subject = world.person(1)
        world.publish(later_version(LONGER))
        world.work_off()
        withdraw(SECOND, STAFF)
        assert store.mark_seen(subject, SECOND, world.now)
        world.work_off()
        store.mark_seen(subject, SECOND, world.now)
        found = world.obligation(subject)
        assert found is not None
        assert (found.status, found.seen_at is not None) == (Status.WITHDRAWN, True)


def test_killed_before_any_call_nobody_is_skipped_and_at_most_one_mail_repeats(
    world: World,
) -> None:
    people = {world.person(number) for number in range(4)}
    world.publish(later_version(LONGER))
    world.work_off()
    withdraw(SECOND, STAFF)
    before, bodies = dict(world.tables.items), list(world.sqs.bodies)
    world.steps.names.clear()
    world.ses.accepted.clear()
    world.deliver()
    calls = len(world.steps.names)
    for number in range(calls):
        world.tables.items = dict(before)
        world.sqs.bodies[:] = bodies
        world.ses.accepted.clear()
        world.steps.kill_before(number)
        world.deliver()
        world.work_off()
        mails = world.mails()
        assert mails.keys() == people, number
        assert mails.total() <= 5
        assert {status(world, one) for one in people} == {Status.WITHDRAWN}


def test_wherever_the_withdrawal_is_killed_it_is_whole_or_nothing(world: World) -> None:
    world.person(1)
    world.publish(later_version(LONGER))
    before = dict(world.tables.items)
    world.steps.names.clear()
    withdraw(SECOND, STAFF)
    calls = len(world.steps.names)
    for number in range(calls):
        world.tables.items = dict(before)
        world.restart()
        world.steps.kill_before(number)
        with pytest.raises(BaseException):  # noqa: B017 - the process is gone
            withdraw(SECOND, STAFF)
        world.restart()
        stood = notices.is_withdrawn(SECOND)
        pointer, recalled = notices_store.get_pointer(), world.round(action=RECALL)
        assert pointer is not None
        assert stood is (pointer.next is None) is (recalled is not None)


def test_of_two_at_once_both_are_answered_and_it_happens_once(world: World) -> None:
    world.publish(later_version(LONGER))
    world.steps.meanwhile["commit"] = [lambda: withdraw(SECOND, STAFF)]
    assert withdraw(SECOND, STAFF).version == SECOND
    assert len([job for job in world.jobs() if f" {RECALL} " in job.target]) == 1


def test_a_publication_meanwhile_wins_or_loses_whole(world: World) -> None:
    world.publish(later_version(LONGER))
    third = later_version(LONGER, version="2026-12-21", effective_at=NOW + AHEAD)

    def other() -> None:
        withdraw(SECOND, STAFF)
        publish(third)

    world.steps.meanwhile["commit"] = [other]
    withdraw(SECOND, STAFF)
    pointer = notices_store.get_pointer()
    assert pointer is not None
    assert pointer.next == "2026-12-21"


class TestAnother:
    def test_takes_its_place_and_its_name_is_not_used_again(self, world: World) -> None:
        world.publish(later_version(LONGER))
        withdraw(SECOND, STAFF)
        with pytest.raises(Conflict) as refusal:
            publish(later_version(LONGER), again=True)
        assert refusal.value.type == "notice-withdrawn"
        better = f"{SECOND}.1"
        world.publish(later_version(LONGER, version=better))
        assert notices.waiting() == better
        before, after = notices.compared(better, None)
        assert (before.version, after.version) == (FIRST, better)

    def test_is_told_to_people_in_a_mail_of_its_own(self, world: World) -> None:
        subject = world.person(1)
        world.publish(later_version(LONGER))
        world.work_off()
        withdraw(SECOND, STAFF)
        world.publish(later_version(LONGER, version=f"{SECOND}.1"))
        world.work_off()
        assert world.mails() == {subject: 3}  # the first, that it is off, and the better one
        assert status(world, subject) is Status.WITHDRAWN
        kept = world.obligation(subject, f"{SECOND}.1")
        assert kept is not None
        assert kept.status is Status.SENT

    def test_a_newcomer_is_told_of_what_stands(self, world: World) -> None:
        from chalicelib.accounts.service.newcomers import TELL
        from chalicelib.jobs.model import Task
        from chalicelib.publications.service.work import work

        world.publish(later_version(LONGER))
        withdraw(SECOND, STAFF)
        subject = world.person(1)
        work(Task(subject, TELL, f"{FIRST} {SECOND}"))
        assert world.tables.one(*obligation_at(subject, SECOND)) is None
        assert world.tables.all(ObligationItem) == []
        world.publish(later_version(LONGER, version=f"{SECOND}.1"))
        work(Task(subject, TELL, f"{FIRST} {SECOND}"))
        assert world.obligation(subject, f"{SECOND}.1") is not None
