"""Telling recipients, through the queue function: whatever they answer, it is known and goes on."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.storage import keys
from chalicelib.webhooks.model import GIVEN_UP_AFTER, Event, Status
from chalicelib.webhooks.service import endpoints, transport
from chalicelib.webhooks.store import DeliveryItem
from tests.examples import examples
from tests.receiver import Receiver, receiving
from tests.unit.core.samples import SUBJECT
from tests.unit.webhooks.world import BOTH, PARTNERS, SPONSORS, World


@pytest.fixture
def one(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> World:
    """Somebody whose data sponsors alone received, who are told somewhere."""
    world = World(monkeypatch, SPONSORS)
    world.endpoint(SPONSORS, receiver.url)
    return world


def test_who_answers_is_told_once(one: World, receiver: Receiver) -> None:
    (job,) = one.notify(Event.ERASED)
    one.work_off()
    one.sqs.bodies.append(json.dumps({"subject": job.subject, "job": job.id}))
    one.deliver()  # the message comes twice
    (received,) = receiver.received
    (found,) = one.deliveries()
    assert (found.status, found.attempts, found.error) == (Status.DELIVERED, 1, None)
    assert (found.recipient, found.subject) == (SPONSORS, SUBJECT)
    assert found.delivered_at == one.now
    assert received.id == found.id


def test_the_message_stays_the_same_over_all_tries(one: World, receiver: Receiver) -> None:
    receiver.answers = [503, 500, 404, 302]
    one.notify(Event.RECTIFIED)
    began = one.now
    for expected in ("http_503", "http_500", "http_404", "http_302"):
        one.now += timedelta(minutes=3)
        one.deliver()
        (found,) = one.deliveries()
        assert (found.status, found.error) == (Status.RETRYING, expected)
        assert (found.created_at, found.updated_at) == (began, one.now)
    one.deliver()
    (found,) = one.deliveries()
    assert (found.status, found.attempts, found.error) == (Status.DELIVERED, 5, None)
    assert len({received.id for received in receiver.received}) == 1
    assert len({received.body for received in receiver.received}) == 1
    sent = [int(received.headers["webhook-timestamp"]) for received in receiver.received]
    assert sent == sorted(sent)
    assert sent[3] - sent[0] == 540  # each try says when it was made
    assert one.jobs() == []


def test_who_never_answers_is_given_up_and_still_told_when_back(
    one: World, receiver: Receiver
) -> None:
    receiver.otherwise = 503
    one.notify(Event.ERASED)
    for _ in range(GIVEN_UP_AFTER):
        one.deliver()
    (found,) = one.deliveries()
    assert (found.status, found.attempts) == (Status.FAILED, GIVEN_UP_AFTER)
    assert one.sqs.bodies  # failed again, so that SQS puts it among the dead letters
    one.sqs.bodies.clear()
    receiver.otherwise = 204
    one.work_off()  # the relay still has the job
    (found,) = one.deliveries()
    assert (found.status, found.attempts) == (Status.DELIVERED, GIVEN_UP_AFTER + 1)


FAILURES = {
    "http_500": 500,
    "http_302": 302,
    "timeout": lambda _: time.sleep(1),
    "connection": lambda connection: connection.close(),
    "protocol": lambda connection: connection.sendall(b"no http at all\r\n\r\n"),
}


@pytest.mark.parametrize("error", FAILURES)
def test_every_failure_is_recorded_in_a_word(
    one: World,
    receiver: Receiver,
    error: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(transport, "ANSWER_SECONDS", 0.2)
    receiver.otherwise = FAILURES[error]  # type: ignore[assignment]
    one.notify(Event.ERASED)
    one.deliver()
    (found,) = one.deliveries()
    assert (found.status, found.error) == (Status.RETRYING, error)
    assert len(one.jobs()) == len(one.sqs.bodies) == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (told,) = [line for line in lines if line["event"] == "callback.failed"]
    assert told.items() >= {
        ("recipient", SPONSORS),
        ("reason", error),
        ("attempt", 1),
        ("message", found.id),
    }
    assert not [line for line in lines if "127.0.0.1" in json.dumps(line)]


def test_where_nobody_said_where_it_is_to_be_done_by_hand(
    world: World, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    world.endpoint(SPONSORS, receiver.url)
    world.notify(Event.ERASED)
    world.work_off()
    assert world.statuses() == {SPONSORS: Status.DELIVERED, PARTNERS: Status.NO_ENDPOINT}
    assert world.jobs() == []
    assert '"event":"callback.no_endpoint"' in capsys.readouterr().out


def test_an_endpoint_that_went_and_came_leaves_one_record(one: World, receiver: Receiver) -> None:
    receiver.otherwise = 503
    one.notify(Event.ERASED)
    one.deliver()
    assert endpoints.remove(SPONSORS)
    assert not endpoints.remove(SPONSORS)
    one.deliver()
    (found,) = one.deliveries()
    assert (found.status, found.attempts) == (Status.NO_ENDPOINT, 1)


def test_one_recipient_s_trouble_is_nobody_else_s(world: World, receiver: Receiver) -> None:
    with receiving() as other:
        world.endpoint(SPONSORS, receiver.url)
        world.endpoint(PARTNERS, other.url)
        other.otherwise = 500
        world.notify(Event.ERASED)
        world.deliver()
        world.deliver()
    assert world.statuses() == {SPONSORS: Status.DELIVERED, PARTNERS: Status.RETRYING}


def test_proof_is_kept_as_long_as_the_notice_says(one: World) -> None:
    one.notify(Event.ERASED)
    one.work_off()
    (item,) = one.tables.all(DeliveryItem)
    rule = one.notice.rule("delivery", "created")
    assert (item.due_event, item.due_since) == ("created", item.created_at)
    assert item.due_at == rule.ends(item.created_at)
    assert item.lane == keys.lane("rule", item.sk.rsplit("#", 1)[1])


def test_neither_message_nor_record_nor_log_says_who_it_is(
    one: World, receiver: Receiver, capsys: pytest.CaptureFixture[str]
) -> None:
    one.notify(Event.ERASED)
    assert set(json.loads(one.sqs.bodies[0])) == {"subject", "job"}
    one.work_off()
    data = receiver.received[0].message["data"]
    assert set(data) == {"subject", "recipient", "purposes", "entry_id", "notice_version"}
    assert "@" not in capsys.readouterr().out


CALLS = ("update", "batch", "kms.decrypt", "post", "commit", "delete")
"""The calls of a worker that tells one recipient for the second time."""


def test_these_are_all_calls(one: World, receiver: Receiver) -> None:
    receiver.answers = [500]
    one.notify(Event.ERASED)
    one.deliver()
    one.steps.names.clear()
    one.deliver()
    assert tuple(one.steps.names) == CALLS


def test_killed_before_any_call_it_loses_nothing(receiver: Receiver) -> None:
    for number, name in enumerate(CALLS):
        with pytest.MonkeyPatch.context() as patch:
            world = World(patch, SPONSORS)
            world.endpoint(SPONSORS, receiver.url)
            receiver.received.clear()
            receiver.answers = [500]
            world.notify(Event.ERASED)
            world.deliver()
            world.steps.kill_before(number)
            world.work_off()
            (found,) = world.deliveries()
            assert found.status is Status.DELIVERED, name
            told = [one.id for one in receiver.received]
            assert set(told) == {found.id}
            # Only who died between the answer and its record tells them once more.
            assert len(told) == (3 if name == "commit" else 2), name
            assert world.jobs() == []


@settings(max_examples=examples(25))
@given(
    st.lists(st.integers(0, 12), max_size=4),
    st.lists(st.sampled_from([204, 500, 302, 404]), max_size=6),
    st.booleans(),
)
def test_whatever_happens_both_are_told_with_one_id_each(
    deaths: list[int], answers: list[int], known: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch, receiving() as receiver:
        world = World(patch, *BOTH)
        world.endpoint(SPONSORS, receiver.url)
        if known:
            world.endpoint(PARTNERS, receiver.url)
        receiver.answers = list(answers)
        asked = world.notify(Event.DISOWNED)
        assert len(asked) == 2
        for number in deaths:
            world.steps.kill_before(number)
            world.deliver()
        world.steps.revive()
        world.work_off()
        expected = Status.DELIVERED if known else Status.NO_ENDPOINT
        assert world.statuses() == {SPONSORS: Status.DELIVERED, PARTNERS: expected}
        assert len(world.deliveries()) == 2
        assert {one.id for one in receiver.received} <= {one.id for one in world.deliveries()}
