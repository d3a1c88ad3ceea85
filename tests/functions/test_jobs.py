"""Slow work: not lost when a message is, not done twice when a message comes twice."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator

import pytest

from tests.functions import people, tables
from tests.functions.api import Api
from tests.functions.stack import DeployedStack
from tests.functions.waiting import until
from tests.functions.workers import worker_away

QUEUE, DEAD = "MailQueueUrl", "MailDeadLettersUrl"


@pytest.fixture(scope="module")
def api(stack: DeployedStack) -> Api:
    return Api(stack)


@pytest.fixture
def impatient(stack: DeployedStack) -> Iterator[DeployedStack]:
    """The stack, whose mail queue hands a failed message out again after a second."""
    client, url = stack.client("sqs"), stack.outputs[QUEUE]
    name = "VisibilityTimeout"
    before = client.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"]
    client.set_queue_attributes(QueueUrl=url, Attributes={name: "1"})
    try:
        yield stack
    finally:
        client.set_queue_attributes(QueueUrl=url, Attributes=before)


@pytest.fixture
def no_dead_letters(stack: DeployedStack) -> Iterator[None]:
    """Dead letters of a test are its own."""
    stack.client("sqs").purge_queue(QueueUrl=stack.outputs[DEAD])
    yield
    stack.client("sqs").purge_queue(QueueUrl=stack.outputs[DEAD])


def send(stack: DeployedStack, *bodies: str) -> None:
    """Puts messages into the mail queue, together."""
    entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
    answer = stack.client("sqs").send_message_batch(QueueUrl=stack.outputs[QUEUE], Entries=entries)
    assert len(answer["Successful"]) == len(bodies)


def dead_letters(stack: DeployedStack) -> list[str]:
    """Bodies of the messages in the dead-letter queue, which stay there."""
    found = stack.client("sqs").receive_message(
        QueueUrl=stack.outputs[DEAD], MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return [message["Body"] for message in found.get("Messages", [])]


def registered(api: Api) -> tuple[str, str]:
    """An address that was just registered, and its subject's id, taken from the job."""
    known = {item["pk"]["S"] for item in _jobs(api.stack)}
    email = people.new_address()
    people.register(api, email)
    (job,) = [item for item in _jobs(api.stack) if item["pk"]["S"] not in known]
    return email, job["pk"]["S"].removeprefix("S#")


def _jobs(stack: DeployedStack) -> list[tables.Item]:
    return tables.all_of(stack, "job")


def ticket(stack: DeployedStack, subject: str) -> str:
    """The message of a subject's only job."""
    (job,) = tables.of_kind(tables.partition(stack, subject), "job")
    return json.dumps({"subject": subject, "job": job["sk"]["S"].rpartition("#")[2]})


def settled(stack: DeployedStack) -> None:
    """Waits until the mail queue is empty, and what was received is done."""
    assert until(lambda: tables.waiting(stack, QUEUE) == 0)
    time.sleep(0.5)


def test_a_finished_job_is_forgotten(stack: DeployedStack, api: Api) -> None:
    _, token = people.pending(api)
    subject = token.partition(".")[0]
    assert until(lambda: not tables.of_kind(tables.partition(stack, subject), "job"))


def test_the_relay_sends_again_what_got_lost(right_clock: DeployedStack, api: Api) -> None:
    with worker_away(right_clock, "mail"):
        email, subject = registered(api)
        right_clock.client("sqs").purge_queue(QueueUrl=right_clock.outputs[QUEUE])
    right_clock.run_schedule("relay")
    settled(right_clock)
    assert right_clock.mails_to(email) == []

    right_clock.move_clock(11 * 60)
    assert right_clock.run_schedule("relay")["sent"] >= 1
    people.mails(right_clock, email)
    settled(right_clock)
    assert tables.of_kind(tables.partition(right_clock, subject), "job") == []

    right_clock.move_clock(24 * 3600)
    right_clock.run_schedule("relay")
    settled(right_clock)
    assert len(right_clock.mails_to(email)) == 1


def test_the_relay_waits_longer_each_time(right_clock: DeployedStack, api: Api) -> None:
    with worker_away(right_clock, "mail"):
        _, subject = registered(api)
        (first,) = tables.of_kind(tables.partition(right_clock, subject), "job")
        right_clock.move_clock(11 * 60)
        right_clock.run_schedule("relay")
        (second,) = tables.of_kind(tables.partition(right_clock, subject), "job")
    assert second["due_at"]["S"] > first["due_at"]["S"]


def test_a_message_that_comes_several_times_sends_one_mail(stack: DeployedStack, api: Api) -> None:
    with worker_away(stack, "mail"):
        email, subject = registered(api)
        message = ticket(stack, subject)
        send(stack, *[message] * 9)
    people.mails(stack, email)
    settled(stack)
    send(stack, message)
    settled(stack)
    assert len(stack.mails_to(email)) == 1


POISON = [
    "no json",
    "[]",
    "7",
    '{"subject": 1, "job": 2}',
    '{"subject": "x"}',
    '{"subject": "' + "a" * 3000 + '", "job": "b"}',
]


@pytest.mark.usefixtures("no_dead_letters")
def test_poison_messages_become_dead_letters(impatient: DeployedStack) -> None:
    send(impatient, *POISON)
    dead: set[str] = set()

    def all_dead() -> bool:
        dead.update(dead_letters(impatient))
        return len(dead) == len(POISON)

    until(all_dead)
    assert dead == set(POISON)
    assert tables.waiting(impatient, QUEUE) == 0


@pytest.mark.usefixtures("no_dead_letters")
def test_of_a_batch_only_the_bad_message_fails(impatient: DeployedStack, api: Api) -> None:
    bad = f"bad {uuid.uuid4()}"
    with worker_away(impatient, "mail"):
        email, _ = registered(api)  # its own message is the good one
        send(impatient, bad)
    people.mails(impatient, email)
    assert until(lambda: dead_letters(impatient)) == [bad]
    settled(impatient)
    assert len(impatient.mails_to(email)) == 1


@pytest.mark.usefixtures("no_dead_letters")
def test_a_job_that_is_gone_is_no_failure(impatient: DeployedStack) -> None:
    send(impatient, json.dumps({"subject": "a" * 26, "job": "b" * 26}))
    settled(impatient)
    assert dead_letters(impatient) == []
