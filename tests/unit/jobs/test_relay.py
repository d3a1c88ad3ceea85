from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from chalicelib import clock
from chalicelib.jobs import service, store
from chalicelib.jobs.model import next_check
from chalicelib.jobs.store import JobItem
from chalicelib.storage import keys
from chalicelib.storage.due import Due
from tests.unit.core.samples import NOW, SUBJECT, shipped


def ends(created_at: datetime) -> datetime:
    """Until when the notice says that a job is kept."""
    return shipped().rule("job", "created").ends(created_at)


class Lane:
    """The lane of jobs in memory."""

    def __init__(self) -> None:
        self.overdue_jobs: list[JobItem] = []
        self.moved: dict[str, datetime] = {}
        self.sent: list[str] = []
        self.forgotten: list[str] = []
        self.done: set[str] = set()
        self.shards: list[str] = []

    def add(self, age: timedelta, attempts: int = 0) -> JobItem:
        job = service.new_job(SUBJECT, "mail", "a", "b", NOW - age)
        job.attempts = attempts
        self.overdue_jobs.append(job)
        return job

    def overdue(
        self, shard: str, now: datetime, after: int | None, limit: int
    ) -> tuple[list[Due], int | None]:
        self.shards.append(shard)
        found = [job for job in self.overdue_jobs if job.lane == shard]
        begin, end = after or 0, (after or 0) + limit
        listed = [Due(job.pk, job.sk, job.kind, "created", NOW, NOW) for job in found[begin:end]]
        return listed, end if end < len(found) else None

    def stored(self, entries: Sequence[Due]) -> list[JobItem | None]:
        known = {job.sk: job for job in self.overdue_jobs}
        return [known.get(entry.sk) for entry in entries]

    def postpone(self, job: JobItem, due_at: datetime) -> bool:
        self.moved[job.id] = due_at
        return job.id not in self.done

    def send_all(self, found: Sequence[JobItem]) -> None:
        self.sent += [job.id for job in found]

    def finish(self, job: JobItem) -> None:
        self.forgotten.append(job.id)


@pytest.fixture
def lane(monkeypatch: pytest.MonkeyPatch) -> Lane:
    playing = Lane()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    monkeypatch.setenv("RISERBO_MAIL_QUEUE_URL", "https://sqs.example/mail")
    for name in ("overdue", "stored", "postpone"):
        monkeypatch.setattr(store, name, getattr(playing, name))
    monkeypatch.setattr(store, "job_of", lambda found: found)
    for name in ("send_all", "finish"):
        monkeypatch.setattr(service, name, getattr(playing, name))
    return playing


@pytest.mark.parametrize("attempts", [0, 1, 5, 30])
def test_an_overdue_job_is_sent_and_looked_at_later(lane: Lane, attempts: int) -> None:
    job = lane.add(timedelta(hours=1), attempts)
    relayed = service.resend_overdue(ends)
    assert (relayed.sent, relayed.given_up) == (1, 0)
    assert lane.sent == [job.id]
    assert lane.moved == {job.id: next_check(NOW, attempts)}


def test_a_job_that_was_done_meanwhile_is_not_sent(lane: Lane) -> None:
    job = lane.add(timedelta(hours=1))
    lane.done.add(job.id)
    assert service.resend_overdue(ends).sent == 0
    assert lane.sent == []


def test_every_shard_is_asked_once(lane: Lane) -> None:
    service.resend_overdue(ends)
    assert sorted(lane.shards) == sorted(keys.shards("job"))


def test_each_run_begins_with_another_shard(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    first = set()
    for number in range(16):
        monkeypatch.setattr(clock, "now", lambda: NOW + number * service.RUN)  # noqa: B023
        lane.shards.clear()
        service.resend_overdue(ends)
        first.add(lane.shards[0])
    assert len(first) == 16


def test_all_pages_are_sent_while_time_is_left(lane: Lane) -> None:
    for _ in range(60):
        lane.add(timedelta(hours=1))
    assert service.resend_overdue(ends, batch=2).sent == 60
    assert len(lane.shards) > 30
    lane.sent.clear()
    left = iter([timedelta(minutes=1)] * 3)
    relayed = service.resend_overdue(ends, 2, lambda: next(left, timedelta(0)))
    assert relayed.sent == len(lane.sent) <= 6, "the rest is for the next run"
    assert relayed.failed == 0


def test_a_job_is_given_up_when_the_notice_says_so(
    lane: Lane, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = lane.add(timedelta(days=14) - timedelta(milliseconds=1))
    gone = lane.add(timedelta(days=14))
    relayed = service.resend_overdue(ends)
    assert (relayed.sent, relayed.given_up) == (1, 1)
    assert (lane.sent, lane.forgotten) == ([kept.id], [gone.id])
    assert f'"job":"{gone.id}"' in capsys.readouterr().out
