"""A batch of messages, with the table's part (begin, finish, release) played in memory."""

from __future__ import annotations

import json
from typing import Any

import pytest
from chalice.app import SQSEvent

from chalicelib.jobs import service
from chalicelib.jobs.consumer import NotNow, consume
from chalicelib.jobs.model import Task
from chalicelib.jobs.service import Ticket, new_job
from chalicelib.jobs.store import JobItem
from tests.unit.core.samples import NOW, SUBJECT


class Table:
    """Jobs that are to be done, and what was done with them."""

    def __init__(self) -> None:
        self.jobs: dict[str, JobItem] = {}
        self.leased: set[str] = set()
        self.finished: list[str] = []
        self.released: list[str] = []
        self.worked: list[str] = []
        self.broken = ""

    def add(self, action: str) -> str:
        """A job, and the body of its message."""
        job = new_job(SUBJECT, "mail", action, "target", NOW)
        self.jobs[job.id] = job
        return Ticket(SUBJECT, job.id).body()

    def begin(self, ticket: Ticket) -> JobItem | None:
        if self.broken == "begin":
            raise OSError("ada@example.org")
        if ticket.job in self.leased:
            return None
        return self.jobs.get(ticket.job)

    def finish(self, job: JobItem) -> None:
        if self.broken == "finish":
            raise OSError("ada@example.org")
        self.finished.append(job.action)
        del self.jobs[job.id]

    def release(self, job: JobItem) -> None:
        self.released.append(job.action)

    def work(self, task: Task) -> None:
        self.worked.append(task.action)
        if task.action.startswith("not now"):
            raise NotNow
        if task.action.startswith("bad"):
            raise RuntimeError("ada@example.org")


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Table:
    playing = Table()
    for name in ("begin", "finish", "release"):
        monkeypatch.setattr(service, name, getattr(playing, name))
    return playing


def batch(*bodies: str) -> SQSEvent:
    """An event as the runtime gives it, with messages m0, m1, ..."""
    records = [
        {"messageId": f"m{number}", "receiptHandle": "h", "body": body}
        for number, body in enumerate(bodies)
    ]
    return SQSEvent({"Records": records}, context=None)


def failed(answer: Any) -> list[str]:
    assert set(answer) == {"batchItemFailures"}
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def test_a_batch_that_went_well_names_nobody(table: Table) -> None:
    answer = consume(batch(table.add("one"), table.add("two")), table.work)
    assert failed(answer) == []
    assert table.worked == table.finished == ["one", "two"]
    assert table.released == []


def test_only_what_failed_is_tried_again(table: Table) -> None:
    bodies = [table.add("one"), table.add("bad two"), "no ticket", table.add("four")]
    assert failed(consume(batch(*bodies), table.work)) == ["m1", "m2"]
    assert table.finished == ["one", "four"]
    assert table.released == ["bad two"], "the queue's next try need not wait for the lease"
    assert [job.action for job in table.jobs.values()] == ["bad two"]


def test_a_message_whose_job_is_done_is_finished(table: Table) -> None:
    body = table.add("one")
    assert failed(consume(batch(body, body), table.work)) == []
    assert table.worked == ["one"]


def test_a_job_in_other_hands_is_left_to_them(table: Table) -> None:
    body = table.add("one")
    table.leased.add(json.loads(body)["job"])
    assert failed(consume(batch(body), table.work)) == []
    assert table.worked == table.released == []


@pytest.mark.parametrize("step", ["begin", "finish"])
def test_a_table_out_of_reach_fails_every_message_alone(table: Table, step: str) -> None:
    table.broken = step
    answer = consume(batch(table.add("one"), table.add("two")), table.work)
    assert failed(answer) == ["m0", "m1"]
    assert table.released == [], "what was done is not given back to be done at once again"


def test_a_job_without_quota_stays_for_the_relay_and_is_no_dead_letter(
    table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = consume(batch(table.add("not now"), table.add("one")), table.work)
    assert failed(answer) == [], "its message would be a dead letter after five tries"
    assert table.released == ["not now"]
    assert [job.action for job in table.jobs.values()] == ["not now"]
    assert '"event":"job.not_now"' in capsys.readouterr().out


def test_an_empty_batch_is_no_failure(table: Table) -> None:
    assert failed(consume([], table.work)) == []


def test_failures_are_logged_without_what_they_quote(
    table: Table, capsys: pytest.CaptureFixture[str]
) -> None:
    consume(batch(table.add("bad"), "ada@example.org"), table.work)
    written = capsys.readouterr().out
    lines = [json.loads(line) for line in written.splitlines()]
    assert [(one["event"], one["message"]) for one in lines] == [
        ("queue.failed", "m0"),
        ("queue.not_a_ticket", "m1"),
    ]
    assert "ada@" not in written
