"""Who proves an address is told of what changed since they registered."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.accounts.service import newcomers
from chalicelib.jobs import service as jobs
from chalicelib.jobs.model import Task
from chalicelib.jobs.store import JobItem
from chalicelib.notices import service as notices
from chalicelib.publications.model import Status
from chalicelib.publications.service.announcement import NotTold
from chalicelib.publications.service.work import work
from chalicelib.subjects import service as subjects
from chalicelib.subjects.model import Decision, Life, Standing
from chalicelib.subjects.store import StandingItem, standing_item
from tests.unit.core.samples import NOW
from tests.unit.notices.changes_edits import at, more
from tests.unit.publications.world import AHEAD, SECOND, World, later_version

LONGER = at("retention", "session_end", period={"days": 60})
WIDER = more("purposes", "newsletter", "categories", "plot")
THIRD = "2027-03-01"
MINUTE = timedelta(minutes=1)


def stands(world: World, subject: str) -> Standing:
    kind, pk, sk = subjects.standing_at(subject)
    return subjects.standing_of(world.tables.one(kind, pk, sk))


def prove(world: World, subject: str) -> str | None:
    """The address is proven now; what the job that was asked for says."""
    standing = stands(world, subject)
    write: Any = world.tables.transaction(notices.current())
    job = newcomers.ask(write, standing, notices.current(), world.now)
    write.commit()
    kind, pk, sk = subjects.standing_at(subject)
    item = world.tables.one(kind, pk, sk)
    assert isinstance(item, StandingItem)
    item.state = str(Life.ACTIVE)
    world.tables.put(item)
    if job is None:
        return None
    jobs.send(job)
    return str(job.target)


def register(world: World, number: int = 1, **decisions: Decision) -> str:
    """Somebody registers now, on the words that are in force, and has still to prove an address."""
    subject = world.person(number, decisions, life=Life.PENDING, registered_at=world.now)
    read = replace(stands(world, subject), notice_version=notices.current().version)
    item = standing_item(read)
    item.schedule("rule", world.now + timedelta(days=10), "registered", world.now)
    world.tables.put(item)
    return subject


def past_the_round(world: World) -> None:
    world.work_off()
    world.now += timedelta(hours=1)


def test_while_nothing_waits_nothing_is_asked_for(world: World) -> None:
    subject = register(world)
    assert prove(world, subject) is None
    assert world.jobs() == []


def test_who_comes_while_a_version_waits_is_told_of_it(world: World) -> None:
    world.publish(later_version(LONGER))
    past_the_round(world)
    subject = register(world)
    assert prove(world, subject) == f"2025-03-01 {SECOND}"
    world.work_off()
    assert world.mails() == {subject: 1}
    found = world.obligation(subject)
    assert found is not None
    assert found.status is Status.SENT


def test_who_registered_before_and_proves_after_it_took_effect_is_told_too(world: World) -> None:
    world.publish(later_version(LONGER))
    world.now = NOW + AHEAD - MINUTE
    subject = register(world)
    world.work_off()
    assert world.mails() == {}, "nobody writes to an address that is not proven"
    world.now = max(world.now, NOW + AHEAD + MINUTE)
    assert prove(world, subject) == f"2025-03-01 {SECOND}"
    world.work_off()
    assert world.mails() == {subject: 1}


def test_who_registered_on_the_words_in_force_has_read_them(world: World) -> None:
    world.publish(later_version(LONGER))
    past_the_round(world)
    world.now = NOW + AHEAD
    assert prove(world, register(world)) is None


def test_who_missed_two_versions_is_told_the_difference_at_once(world: World) -> None:
    subject = register(world)
    world.publish(later_version(LONGER))
    past_the_round(world)
    world.now = NOW + AHEAD
    then = world.now + AHEAD
    world.publish(later_version(LONGER, WIDER, version=THIRD, effective_at=then))
    world.work_off()
    assert prove(world, subject) == f"2025-03-01 {THIRD}"
    world.work_off()
    assert world.mails() == {subject: 1}
    assert world.obligation(subject, THIRD) is not None


def test_whom_it_does_not_concern_is_left_alone(world: World) -> None:
    world.publish(later_version(WIDER))
    past_the_round(world)
    subject = register(world, newsletter=Decision.DENIED)
    assert prove(world, subject) is not None
    world.work_off()
    assert world.mails() == {}
    assert world.obligation(subject) is None


def newcomer(world: World) -> str:
    """Somebody whom the round passed, and who has just proven an address."""
    world.publish(later_version(LONGER))
    past_the_round(world)
    subject = register(world)
    prove(world, subject)
    return subject


@pytest.mark.parametrize("answer", ["Throttling", "lost", "InternalFailure"])
def test_the_job_stays_until_the_person_is_told(world: World, answer: str) -> None:
    subject = newcomer(world)
    world.ses.answers = [answer]
    world.work_off()
    found = world.obligation(subject)
    assert found is not None
    assert found.status is Status.SENT
    assert world.mails() == {subject: 2 if answer == "lost" else 1}


def test_without_quota_the_job_fails_and_nothing_is_sent(world: World) -> None:
    subject = newcomer(world)
    world.ses.quota = {"Max24HourSend": 10.0, "SentLast24Hours": 9.0, "MaxSendRate": 1.0}
    (job,) = world.jobs()
    with pytest.raises(NotTold):
        work(task_of(job))
    assert world.mails() == {}
    world.ses.quota = {"Max24HourSend": -1.0, "SentLast24Hours": 9.0, "MaxSendRate": 1e4}
    world.work_off()
    assert world.mails() == {subject: 1}


def test_a_busy_ses_fails_the_job_and_takes_the_try_back(world: World) -> None:
    subject = newcomer(world)
    world.ses.answers = ["Throttling"]
    (job,) = world.jobs()
    with pytest.raises(NotTold):
        work(task_of(job))
    found = world.obligation(subject)
    assert found is not None
    assert found.tries == 0


def task_of(job: JobItem) -> Task:
    return Task(job.subject, job.action, job.target)


@pytest.mark.parametrize("moment", ["batch", "ses.quota", "commit", "update", "ses.send"])
def test_told_by_the_round_at_the_same_moment_it_is_one_mail(world: World, moment: str) -> None:
    world.publish(later_version(LONGER))
    subject = register(world)
    prove(world, subject)
    others = [one for one in world.sqs.bodies if subject not in one]
    world.sqs.bodies = [one for one in world.sqs.bodies if subject in one]
    alone = list(world.sqs.bodies)

    def round_meanwhile() -> None:
        world.sqs.bodies = others
        while world.sqs.bodies:
            world.deliver()

    now: datetime = world.now
    world.steps.meanwhile[moment] = [round_meanwhile]
    world.sqs.bodies = alone
    world.deliver()
    assert world.now >= now
    world.work_off()
    assert world.mails() == {subject: 1}
    found = world.obligation(subject)
    assert found is not None
    assert (found.status, found.tries) == (Status.SENT, 1)
