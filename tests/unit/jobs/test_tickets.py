from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.jobs.model import SKEW
from chalicelib.jobs.service import NotATicket, Ticket, new_job, read_ticket
from chalicelib.storage import keys
from tests.unit.core.samples import NOW, SUBJECT, shipped

HOSTILE: dict[str, Any] = {
    "empty": "",
    "none": None,
    "text": "hello",
    "null": "null",
    "number": "7",
    "text in json": '"subject"',
    "list": '["subject", "job"]',
    "empty object": "{}",
    "no job": '{"subject": "a"}',
    "no subject": '{"job": "a"}',
    "null members": '{"subject": null, "job": null}',
    "numbers": '{"subject": 1, "job": 2}',
    "lists": '{"subject": ["a"], "job": ["b"]}',
    "objects": '{"subject": {"S": "a"}, "job": {"S": "b"}}',
    "true": '{"subject": true, "job": true}',
    "cut": '{"subject": "a", "job": "b"',
    "single quotes": "{'subject': 'a', 'job': 'b'}",
    "two documents": '{"subject": "a", "job": "b"}{}',
    "not a number": "NaN",
    "long number": "9" * 5_000,
    "deep": "[" * 100_000,
    "deep object": '{"subject":' * 100_000,
    "byte order mark": '\ufeff{"subject": "a", "job": "b"}',
    "s3 test": '{"Service": "Amazon S3", "Event": "s3:TestEvent"}',
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_what_no_function_of_ours_wrote(body: Any) -> None:
    with pytest.raises(NotATicket) as refused:
        read_ticket(body)
    assert str(refused.value) == ""


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    with pytest.raises(NotATicket):
        read_ticket(text)


def test_a_ticket_is_read_as_it_was_written() -> None:
    ticket = Ticket(SUBJECT, "b" * 26)
    assert read_ticket(ticket.body()) == ticket
    assert set(json.loads(ticket.body())) == {"subject", "job"}


def test_a_new_job_is_free_and_looked_at_after_ten_minutes() -> None:
    job = new_job(SUBJECT, "mail", "verify_address", "target", NOW)
    assert (job.subject, job.kind, job.queue, job.attempts) == (SUBJECT, "job", "mail", 0)
    assert job.created_at == job.due_since == NOW
    assert job.leased_until == NOW - SKEW, "free also where a worker's clock is a moment behind"
    assert job.lane in keys.shards("job")
    assert job.due_at == NOW.replace(minute=10)
    assert new_job(SUBJECT, "mail", "x", "y", NOW).id != job.id
    job.refuse_undeclared(shipped())
